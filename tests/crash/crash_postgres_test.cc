// Goal: on PostgreSQL, too, nothing acknowledged is lost and nothing is there twice, whether the
// server is killed, or the database, or both; and a server whose database comes back goes on.
// Method: as crash_test, on a cluster of the test's own; SIGKILL of quotacastd, and of every
// process of PostgreSQL; an orderly restart of PostgreSQL.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "services/eventlog/postgres_test_cluster.h"
#include "tests/crash/crash_run.h"

namespace quotacast::tests {
namespace {

constexpr int kServerKills = 50;
// Each is followed by a recovery of a second or two.
constexpr int kDatabaseKills = 8;

uint64_t Seed() {
  const char* seed = std::getenv("QUOTACAST_CRASH_SEED");
  return seed == nullptr ? 1 : static_cast<uint64_t>(std::atoll(seed));
}

void Check(const CrashReport& report, int kill_count) {
  EXPECT_TRUE(report.status.ok()) << report.status;
  EXPECT_EQ(report.kill_count, kill_count);
  std::printf("%d kills: %lld events, %lld batches acknowledged, %lld durable without\n",
              report.kill_count, static_cast<long long>(report.event_count),
              static_cast<long long>(report.acknowledged_batch_count),
              static_cast<long long>(report.unacknowledged_batch_count));
  EXPECT_GT(report.acknowledged_batch_count, kill_count);
}

CrashOptions OnCluster(const eventlog::PostgresTestCluster& cluster, int kill_count) {
  return {.seed = Seed(),
          .kill_count = kill_count,
          .server_flags = {"--services", "ingestion", "--event-store", cluster.ConnectionString()},
          .kill_store = {}};
}

TEST(CrashPostgresTest, KillsOfTheServer) {
  const auto cluster = eventlog::PostgresTestCluster::Start();
  Check(RunCrashes(OnCluster(*cluster, kServerKills)), kServerKills);
}

TEST(CrashPostgresTest, KillsOfServerAndDatabase) {
  const auto cluster = eventlog::PostgresTestCluster::Start();
  CrashOptions options = OnCluster(*cluster, kDatabaseKills);
  options.kill_store = [&cluster] {
    cluster->Crash();
    cluster->Restart();
    return absl::OkStatus();
  };
  Check(RunCrashes(options), kDatabaseKills);
}

TEST(CrashPostgresTest, TheServerGoesOnAfterKillsOfTheDatabase) {
  const auto cluster = eventlog::PostgresTestCluster::Start();
  CrashOptions options = OnCluster(*cluster, kDatabaseKills);
  options.server_survives = true;
  options.kill_store = [&cluster] {
    cluster->Crash();
    cluster->Restart();
    return absl::OkStatus();
  };
  Check(RunCrashes(options), kDatabaseKills);
}

TEST(CrashPostgresTest, TheServerGoesOnAfterRestartsOfTheDatabase) {
  const auto cluster = eventlog::PostgresTestCluster::Start();
  CrashOptions options = OnCluster(*cluster, kDatabaseKills);
  options.server_survives = true;
  options.kill_store = [&cluster] {
    cluster->Stop();
    cluster->Restart();
    return absl::OkStatus();
  };
  Check(RunCrashes(options), kDatabaseKills);
}

}  // namespace
}  // namespace quotacast::tests
