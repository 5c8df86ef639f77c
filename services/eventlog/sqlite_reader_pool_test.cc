// Goal: many threads read at once, the pool keeps no more connections than its limit and uses them
// again, a missing table is an error and not an empty answer, and readers cannot write. Method:
// real files; what the answers contain is checked by the contract suite.
#include "services/eventlog/sqlite_reader_pool.h"

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "services/eventlog/event_log.h"
#include "services/eventlog/migrations.h"
#include "services/eventlog/sqlite_connection.h"
#include "services/eventlog/temp_directory.h"

namespace quotacast::eventlog {
namespace {

class SqliteReaderPoolTest : public ::testing::Test {
 protected:
  TempDirectory directory_;
  const std::string path_ = directory_.File("log.db");
  std::unique_ptr<SqliteConnection> connection_ =
      *SqliteConnection::Open(path_, absl::ZeroDuration());
};

TEST_F(SqliteReaderPoolTest, UsesItsConnectionsAgain) {
  ASSERT_TRUE(Migrate(*connection_).ok());
  SqliteReaderPool pool(path_, absl::ZeroDuration());
  EXPECT_EQ(pool.IdleCountForTesting(), 0u);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(*pool.LastOffset("w"), 0);
    EXPECT_TRUE(pool.Read("w", 0, 10)->empty());
    EXPECT_TRUE(pool.ReadKey("w", "s", "k")->empty());
    EXPECT_TRUE(pool.Workspaces()->empty());
    EXPECT_EQ(pool.IdleCountForTesting(), 1u);
  }
}

// By the offset index the answer is the same and the cost that of the whole workspace, so that only
// the plan can tell.
TEST_F(SqliteReaderPoolTest, FindsAKeyByTheIdIndex) {
  ASSERT_TRUE(Migrate(*connection_).ok());
  auto plan = connection_->Prepare("EXPLAIN QUERY PLAN " + std::string(kReadKeySql));
  ASSERT_TRUE(plan.ok()) << plan.status();
  const auto has_row = plan->Step();
  ASSERT_TRUE(has_row.ok() && *has_row);
  const std::string detail = plan->Bytes(3);
  EXPECT_NE(detail.find("workspace=? AND source=? AND source_key=?"), std::string::npos) << detail;
}

TEST_F(SqliteReaderPoolTest, KeepsNoMoreThanItsLimit) {
  ASSERT_TRUE(Migrate(*connection_).ok());
  ASSERT_TRUE(connection_
                  ->Execute("PRAGMA journal_mode = WAL;"
                            "INSERT INTO event VALUES ('w',1,'s','k','v',NULL,0,x'00',0,NULL)")
                  .ok());
  SqliteReaderPool pool(path_, absl::Seconds(5));
  std::vector<std::thread> threads;
  for (size_t i = 0; i < 2 * kMaxIdleReaders; ++i) {
    threads.emplace_back([&pool] {
      for (int j = 0; j < 20; ++j) {
        ASSERT_EQ(pool.Read("w", 0, 10)->size(), 1u);
        ASSERT_LE(pool.IdleCountForTesting(), kMaxIdleReaders);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_GE(pool.IdleCountForTesting(), 1u);
  EXPECT_LE(pool.IdleCountForTesting(), kMaxIdleReaders);
}

TEST_F(SqliteReaderPoolTest, HoldsNoSnapshotBetweenCalls) {
  ASSERT_TRUE(Migrate(*connection_).ok());
  ASSERT_TRUE(connection_->Execute("PRAGMA journal_mode = WAL").ok());
  SqliteReaderPool pool(path_, absl::ZeroDuration());
  EXPECT_EQ(*pool.LastOffset("w"), 0);
  ASSERT_TRUE(
      connection_->Execute("INSERT INTO event VALUES ('w',1,'s','k','v',NULL,0,x'00',0,NULL)")
          .ok());
  EXPECT_EQ(*pool.LastOffset("w"), 1);
  // A reader that sits on an old snapshot would keep the log from being moved into the file: the
  // first column of the answer is 1 then.
  EXPECT_EQ(*connection_->QueryInt("PRAGMA wal_checkpoint(TRUNCATE)"), 0);
}

TEST_F(SqliteReaderPoolTest, DropsAConnectionThatFailed) {
  ASSERT_TRUE(connection_->Execute("CREATE TABLE other (x INT)").ok());
  SqliteReaderPool pool(path_, absl::ZeroDuration());
  EXPECT_EQ(pool.Read("w", 0, 10).status().code(), absl::StatusCode::kInternal);
  EXPECT_EQ(pool.IdleCountForTesting(), 0u);
}

}  // namespace
}  // namespace quotacast::eventlog
