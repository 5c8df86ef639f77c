// Goal: the peer does the work it is measured for. Method: rows go into a file whose schema is that
// of a real log, once and again; a path that is no log is refused.
#include "tools/bench/peers/sqlite_insert_loop.h"

#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "gtest/gtest.h"
#include "services/eventlog/sqlite_event_log.h"
#include "tools/bench/peers/log_row.h"

namespace quotacast::bench {
namespace {

std::string TestPath(const std::string& name) {
  return absl::StrCat(std::getenv("TEST_TMPDIR"), "/", name);
}

std::vector<LogRow> Rows(int count) {
  std::vector<LogRow> rows;
  for (int i = 0; i < count; ++i) {
    rows.push_back({"crm", absl::StrCat("opportunity/", i), "Won@2026-01-01", i, "content"});
  }
  return rows;
}

TEST(SqliteInsertLoopTest, InsertsEachRowOnce) {
  const SystemClock clock;
  const std::string log_path = TestPath("log.db");
  ASSERT_TRUE(eventlog::SqliteEventLog::Open(log_path, &clock).ok());
  const auto loop = SqliteInsertLoop::Create(TestPath("peer.db"), log_path);
  ASSERT_TRUE(loop.ok()) << loop.status();
  ASSERT_TRUE((*loop)->Insert(Rows(25), 10).ok());
  EXPECT_EQ(*(*loop)->RowCount(), 25);
  const absl::Status again = (*loop)->Insert(Rows(30), 7);
  EXPECT_TRUE(again.ok()) << again;
  EXPECT_EQ(*(*loop)->RowCount(), 30);
}

TEST(SqliteInsertLoopTest, RefusesAFileWithoutEvents) {
  EXPECT_FALSE(SqliteInsertLoop::Create(TestPath("peer2.db"), TestPath("nothing.db")).ok());
}

}  // namespace
}  // namespace quotacast::bench
