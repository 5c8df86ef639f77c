// Goal: a server that may lose what it confirmed is refused; a session is durable whatever its
// defaults are; connections are kept, limited in number, and replaced when they broke. Method: a
// server of the test's own, restarted with other settings, whose sessions the test ends.
#include "services/eventlog/postgres_pool.h"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/errors.h"
#include "gtest/gtest.h"
#include "services/eventlog/postgres_connection.h"
#include "services/eventlog/postgres_test_cluster.h"

namespace quotacast::eventlog {
namespace {

using Text = absl::StatusOr<std::string>;

PostgresTestCluster& Cluster() {
  static const std::unique_ptr<PostgresTestCluster> cluster = PostgresTestCluster::Start();
  return *cluster;
}

PostgresPool MakePool(const std::string& more = "") {
  return PostgresPool(*PostgresAddress::Parse(Cluster().ConnectionString() + more), "public",
                      PostgresSessionOptions());
}

Text PidOf(PostgresConnection& connection) {
  return connection.QueryText("SELECT pg_backend_pid()");
}

TEST(PostgresPoolTest, KeepsConnectionsForTheNextCaller) {
  PostgresPool pool = MakePool();
  const Text first = pool.Run<Text>(PidOf);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(*pool.Run<Text>(PidOf), *first);
  EXPECT_EQ(pool.idle_count(), 1u);
}

TEST(PostgresPoolTest, LeavesNoTransactionBehind) {
  PostgresPool pool = MakePool();
  EXPECT_TRUE(pool.Run<absl::Status>([](PostgresConnection& connection) {
                    return connection.Execute("BEGIN; SELECT 1");
                  })
                  .ok());
  EXPECT_TRUE(pool.Run<absl::Status>([](PostgresConnection& connection) {
                    return connection.InTransaction() ? absl::InternalError("open")
                                                      : absl::OkStatus();
                  })
                  .ok());
}

TEST(PostgresPoolTest, ABrokenConnectionIsReplacedAndTheCallRunsAgain) {
  PostgresPool pool = MakePool();
  const std::string pid = *pool.Run<Text>(PidOf);
  PostgresPool other = MakePool();
  ASSERT_TRUE(other
                  .Run<absl::Status>([&pid](PostgresConnection& connection) {
                    return connection.Execute(
                        absl::StrCat("SELECT pg_terminate_backend(", pid, ", 60000)"));
                  })
                  .ok());
  const Text now = pool.Run<Text>(PidOf);
  ASSERT_TRUE(now.ok()) << now.status();
  EXPECT_NE(*now, pid);
  EXPECT_EQ(pool.retry_count(), 1);
}

TEST(PostgresPoolTest, GivesUpAfterItsAttempts) {
  PostgresPool pool = MakePool();
  int count = 0;
  const absl::Status status = pool.Run<absl::Status>([&count](PostgresConnection& connection) {
    ++count;
    return connection.Execute("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$");
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  EXPECT_EQ(count, kMaxPostgresAttempts);
  // An error of another kind is not tried again.
  count = 0;
  EXPECT_FALSE(pool.Run<absl::Status>([&count](PostgresConnection& connection) {
                     ++count;
                     return connection.Execute("SELECT 1 / 0");
                   })
                   .ok());
  EXPECT_EQ(count, 1);
}

TEST(PostgresPoolTest, OpensNoMoreThanItsLimit) {
  PostgresPool pool = MakePool();
  std::mutex mutex;
  std::condition_variable changed;
  size_t inside_count = 0;
  size_t done_count = 0;
  bool may_leave = false;
  std::vector<std::thread> threads;
  for (size_t i = 0; i < kMaxPostgresConnections + 1; ++i) {
    threads.emplace_back([&] {
      const absl::Status status = pool.Run<absl::Status>([&](PostgresConnection&) {
        std::unique_lock<std::mutex> lock(mutex);
        ++inside_count;
        EXPECT_LE(inside_count - done_count, kMaxPostgresConnections);
        changed.notify_all();
        changed.wait(lock, [&] { return may_leave; });
        ++done_count;
        return absl::OkStatus();
      });
      EXPECT_TRUE(status.ok()) << status;
    });
  }
  {
    std::unique_lock<std::mutex> lock(mutex);
    changed.wait(lock, [&] { return inside_count == kMaxPostgresConnections; });
    may_leave = true;
    changed.notify_all();
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(done_count, kMaxPostgresConnections + 1);
  EXPECT_LE(pool.idle_count(), kMaxPostgresConnections);
}

TEST(PostgresPoolTest, SwitchesSynchronousCommitOn) {
  const auto setting_under = [](const char* value) {
    PostgresPool pool = MakePool(absl::StrCat(" options='-c synchronous_commit=", value, "'"));
    return *pool.Run<Text>([](PostgresConnection& connection) {
      return connection.QueryText("SHOW synchronous_commit");
    });
  };
  EXPECT_EQ(setting_under("off"), "on");
  EXPECT_EQ(setting_under("remote_apply"), "remote_apply");
}

TEST(PostgresPoolTest, RefusesAServerThatMayLoseEvents) {
  const auto reason_under = [](const std::string& setting) {
    Cluster().Stop();
    Cluster().Restart({setting});
    const absl::Status status = MakePool().Open().status();
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
    const std::optional<ErrorDetail> detail = GetDetail(status);
    return detail.has_value() ? detail->reason : status.ToString();
  };
  EXPECT_EQ(reason_under("fsync=off"), "LOG_FSYNC_OFF");
  EXPECT_EQ(reason_under("full_page_writes=off"), "LOG_TORN_PAGES");
  Cluster().Stop();
  Cluster().Restart();
  EXPECT_TRUE(MakePool().Open().ok());
}

}  // namespace
}  // namespace quotacast::eventlog
