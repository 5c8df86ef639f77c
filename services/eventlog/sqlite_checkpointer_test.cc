// Goal: what is committed moves into the main file beside the writer, the write-ahead log stays
// bounded while the writer never pauses, a reader of old pages holds it up without a busy loop, and
// a failed checkpoint loses nothing. Method: a raw connection writes; the checkpointer runs once in
// the test's thread, where every step is seen, and once in its own.
#include "services/eventlog/sqlite_checkpointer.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "services/eventlog/fault_vfs.h"
#include "services/eventlog/sqlite_connection.h"
#include "services/eventlog/temp_directory.h"

namespace quotacast::eventlog {
namespace {

class SqliteCheckpointerTest : public ::testing::Test {
 protected:
  SqliteCheckpointerTest() {
    options_.busy_timeout = absl::Seconds(5);
    options_.trigger_pages = 50;
    options_.restart_pages = 50;
    options_.tail_pages = 10;
    options_.max_wal_pages = 1'000;
    options_.vfs = vfs_.name();
    options_.has_thread = false;
    writer_ = *SqliteConnection::Open(path_, absl::Seconds(5), vfs_.name());
    EXPECT_EQ(*writer_->QueryText("PRAGMA journal_mode = WAL"), "wal");
    writer_->CountWalPages();
    EXPECT_TRUE(writer_->Execute("CREATE TABLE t (b BLOB)").ok());
  }

  void Open() {
    checkpointer_.reset();
    checkpointer_ = *SqliteCheckpointer::Open(path_, options_);
  }
  // A commit of at least so many pages.
  void Write(int page_count) {
    checkpointer_->BeforeWrite();
    const std::string sql =
        "INSERT INTO t VALUES (zeroblob(" + std::to_string(page_count * 4096) + "))";
    ASSERT_TRUE(writer_->Execute(sql).ok());
    ++row_count_;
    checkpointer_->NoteCommit(writer_->wal_page_count());
    longest_wal_ = std::max(longest_wal_, writer_->wal_page_count());
  }

  FaultVfs vfs_{"checkpoints"};
  TempDirectory directory_;
  const std::string path_ = directory_.File("a.db");
  SqliteCheckpointerOptions options_;
  std::unique_ptr<SqliteConnection> writer_;
  std::unique_ptr<SqliteCheckpointer> checkpointer_;
  int row_count_ = 0;
  int longest_wal_ = 0;
};

TEST_F(SqliteCheckpointerTest, MovesWhatIsCommittedAndTheLogStartsOver) {
  Open();
  Write(20);
  Write(20);
  EXPECT_EQ(checkpointer_->checkpoint_count(), 0);
  Write(20);
  EXPECT_EQ(checkpointer_->checkpoint_count(), 1);
  EXPECT_GT(std::filesystem::file_size(path_), 60u * 4096);
  EXPECT_GT(writer_->wal_page_count(), 60);
  Write(5);
  EXPECT_LT(writer_->wal_page_count(), 20);  // All had been moved.
}

TEST_F(SqliteCheckpointerTest, AReaderOfOldPagesHoldsItUpWithoutABusyLoop) {
  Open();
  Write(10);
  const auto reader = *SqliteConnection::Open(path_, absl::Seconds(5));
  ASSERT_TRUE(reader->Execute("BEGIN").ok());
  EXPECT_EQ(*reader->QueryInt("SELECT count(*) FROM t"), 1);
  for (int i = 0; i < 20; ++i) Write(10);
  EXPECT_GT(writer_->wal_page_count(), 200);
  // One for every trigger_pages more, not one for every commit.
  EXPECT_LE(checkpointer_->checkpoint_count(), 5);
  EXPECT_EQ(*reader->QueryInt("SELECT count(*) FROM t"), 1);
  ASSERT_TRUE(reader->Execute("COMMIT").ok());
  for (int i = 0; i < 30 && writer_->wal_page_count() > 50; ++i) Write(10);
  EXPECT_LE(writer_->wal_page_count(), 50);
  EXPECT_EQ(*reader->QueryInt("SELECT count(*) FROM t"), row_count_);
}

TEST_F(SqliteCheckpointerTest, AFailureLosesNothingAndIsTriedAgainLater) {
  Open();
  vfs_.SetFault([](StorageOperation operation, std::string_view path) {
    const bool is_main = path.substr(path.size() - 3) == ".db";
    return operation == StorageOperation::kWrite && is_main ? SQLITE_IOERR_WRITE : SQLITE_OK;
  });
  for (int i = 0; i < 12; ++i) Write(10);
  EXPECT_EQ(checkpointer_->checkpoint_count(), 2);
  vfs_.SetFault(nullptr);
  for (int i = 0; i < 20 && writer_->wal_page_count() > 50; ++i) Write(10);
  EXPECT_LE(writer_->wal_page_count(), 50);
  EXPECT_EQ(*writer_->QueryInt("SELECT count(*) FROM t"), row_count_);
  EXPECT_EQ(*writer_->QueryText("PRAGMA integrity_check"), "ok");
}

TEST_F(SqliteCheckpointerTest, TheLogStaysBoundedBesideAWriterThatNeverPauses) {
  options_.has_thread = true;
  Open();
  for (int i = 0; i < 3'000; ++i) Write(3);
  EXPECT_GT(checkpointer_->checkpoint_count(), 2);
  // At the bound the writer waits, so no more than one commit goes past it.
  EXPECT_LE(longest_wal_, options_.max_wal_pages + 10);
  checkpointer_.reset();
  EXPECT_EQ(*writer_->QueryInt("SELECT count(*) FROM t"), row_count_);
  EXPECT_EQ(*writer_->QueryText("PRAGMA integrity_check"), "ok");
}

TEST_F(SqliteCheckpointerTest, NoCheckpointRunsWhileItIsExcluded) {
  options_.has_thread = true;
  Open();
  {
    const auto lock = checkpointer_->Exclude();
    const std::string sql = "INSERT INTO t VALUES (zeroblob(400000))";
    ASSERT_TRUE(writer_->Execute(sql).ok());
    checkpointer_->NoteCommit(writer_->wal_page_count());
    // It would be refused if one ran beside it.
    const auto checkpoint = writer_->Checkpoint(SqliteCheckpointMode::kTruncate);
    ASSERT_TRUE(checkpoint.ok()) << checkpoint.status();
    EXPECT_FALSE(checkpoint->was_hindered);
    EXPECT_EQ(writer_->wal_page_count(), 0);
  }
  Write(1);
  EXPECT_LE(writer_->wal_page_count(), 5);
}

}  // namespace
}  // namespace quotacast::eventlog
