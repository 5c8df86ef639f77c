// Goal: the peer does the work it is measured for. Method: rows go into a table like that of a real
// log, on a server of the test's own, once and again.
#include "tools/bench/peers/postgres_upsert_loop.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "gtest/gtest.h"
#include "services/eventlog/postgres_event_log.h"
#include "services/eventlog/postgres_test_cluster.h"
#include "tools/bench/peers/log_row.h"

namespace quotacast::bench {
namespace {

std::vector<LogRow> Rows(int count) {
  std::vector<LogRow> rows;
  for (int i = 0; i < count; ++i) {
    rows.push_back({"crm", absl::StrCat("opportunity/", i), "Won@2026-01-01", i, "content"});
  }
  return rows;
}

TEST(PostgresUpsertLoopTest, InsertsEachRowOnce) {
  const SystemClock clock;
  const auto cluster = eventlog::PostgresTestCluster::Start();
  ASSERT_TRUE(eventlog::PostgresEventLog::Open(cluster->ConnectionString(), "events", &clock).ok());
  const auto loop = PostgresUpsertLoop::Create(cluster->ConnectionString(), "events");
  ASSERT_TRUE(loop.ok()) << loop.status();
  const absl::Status first = (*loop)->Insert(Rows(25), 10);
  ASSERT_TRUE(first.ok()) << first;
  EXPECT_EQ(*(*loop)->RowCount(), 25);
  const absl::Status again = (*loop)->Insert(Rows(30), 7);
  EXPECT_TRUE(again.ok()) << again;
  EXPECT_EQ(*(*loop)->RowCount(), 30);
}

}  // namespace
}  // namespace quotacast::bench
