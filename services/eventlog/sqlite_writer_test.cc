// Goal: the durability settings hold on the writing connection, a batch that fails leaves the
// transaction's other batches whole, and a full disk leaves nothing behind. Method: real files; a
// trigger makes one chosen batch fail, a page limit fills the disk.
#include "services/eventlog/sqlite_writer.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/errors.h"
#include "base/fake_clock.h"
#include "gtest/gtest.h"
#include "services/eventlog/event_log.h"
#include "services/eventlog/sqlite_connection.h"
#include "services/eventlog/temp_directory.h"

namespace quotacast::eventlog {
namespace {

class SqliteWriterTest : public ::testing::Test {
 protected:
  std::unique_ptr<SqliteWriter> Open(int64_t max_page_count = 0) {
    SqliteWriterOptions options;
    options.busy_timeout = absl::Milliseconds(1'234);
    options.max_page_count = max_page_count;
    auto writer = SqliteWriter::Open(path_, &clock_, options);
    EXPECT_TRUE(writer.ok()) << writer.status();
    return *std::move(writer);
  }
  std::unique_ptr<SqliteConnection> OpenRaw() {
    return *SqliteConnection::Open(path_, absl::ZeroDuration());
  }
  static Event MakeEvent(const std::string& key, size_t payload_size = 3) {
    return {{"crm", key, "1"}, std::nullopt, std::string(payload_size, 'p')};
  }

  TempDirectory directory_;
  const std::string path_ = directory_.File("log.db");
  FakeClock clock_{absl::FromUnixSeconds(1'500'000'000)};
};

TEST_F(SqliteWriterTest, SetsThePragmas) {
  const auto writer = Open(/*max_page_count=*/500);
  EXPECT_EQ(*writer->PragmaForTesting("synchronous"), 2);  // FULL.
  EXPECT_EQ(*writer->PragmaForTesting("busy_timeout"), 1'234);
  EXPECT_EQ(*writer->PragmaForTesting("max_page_count"), 500);
  EXPECT_EQ(*OpenRaw()->QueryText("PRAGMA journal_mode"), "wal");
}

TEST_F(SqliteWriterTest, NothingIsVisibleBeforeTheCommit) {
  const auto writer = Open();
  const auto raw = OpenRaw();
  ASSERT_TRUE(writer->Begin().ok());
  ASSERT_TRUE(writer->AppendBatch("w", {MakeEvent("a")}).ok());
  EXPECT_EQ(*raw->QueryInt("SELECT count(*) FROM event"), 0);
  ASSERT_TRUE(writer->Commit().ok());
  EXPECT_EQ(*raw->QueryInt("SELECT count(*) FROM event"), 1);
  EXPECT_FALSE(writer->InTransaction());
}

TEST_F(SqliteWriterTest, ARollbackLeavesNothing) {
  const auto writer = Open();
  ASSERT_TRUE(writer->Begin().ok());
  ASSERT_TRUE(writer->AppendBatch("w", {MakeEvent("a")}).ok());
  writer->Rollback();
  writer->Rollback();  // A second one has nothing to do.
  ASSERT_TRUE(writer->Begin().ok());
  EXPECT_EQ(writer->AppendBatch("w", {MakeEvent("b")})->at(0).offset, 1);
  ASSERT_TRUE(writer->Commit().ok());
}

TEST_F(SqliteWriterTest, AFailedBatchLeavesTheOthersWhole) {
  const auto writer = Open();
  ASSERT_TRUE(OpenRaw()
                  ->Execute("CREATE TRIGGER fault BEFORE INSERT ON event "
                            "WHEN NEW.source_key = 'bad' "
                            "BEGIN SELECT RAISE(ABORT, 'planted'); END")
                  .ok());
  ASSERT_TRUE(writer->Begin().ok());
  EXPECT_EQ(writer->AppendBatch("w", {MakeEvent("a"), MakeEvent("b")})->size(), 2u);
  // Its first event gets in and is taken out again with the second.
  EXPECT_EQ(writer->AppendBatch("w", {MakeEvent("good"), MakeEvent("bad")}).status().code(),
            absl::StatusCode::kInternal);
  EXPECT_TRUE(writer->InTransaction());
  EXPECT_EQ(writer->AppendBatch("w", {MakeEvent("c")})->at(0).offset, 3);
  ASSERT_TRUE(writer->Commit().ok());
  EXPECT_EQ(*OpenRaw()->QueryText("SELECT group_concat(source_key) FROM event"), "a,b,c");
}

TEST_F(SqliteWriterTest, AFullDiskLeavesNothingOfTheBatch) {
  const auto writer = Open(/*max_page_count=*/20);
  ASSERT_TRUE(writer->Begin().ok());
  ASSERT_TRUE(writer->AppendBatch("w", {MakeEvent("a")}).ok());
  ASSERT_TRUE(writer->Commit().ok());

  ASSERT_TRUE(writer->Begin().ok());
  const absl::Status status =
      writer->AppendBatch("w", {MakeEvent("b"), MakeEvent("c", 200'000)}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  EXPECT_EQ(GetDetail(status)->reason, "LOG_DISK_FULL");
  writer->Rollback();
  EXPECT_EQ(*OpenRaw()->QueryText("SELECT group_concat(source_key) FROM event"), "a");

  // A smaller one still fits.
  ASSERT_TRUE(writer->Begin().ok());
  EXPECT_EQ(writer->AppendBatch("w", {MakeEvent("d")})->at(0).offset, 2);
  ASSERT_TRUE(writer->Commit().ok());
}

}  // namespace
}  // namespace quotacast::eventlog
