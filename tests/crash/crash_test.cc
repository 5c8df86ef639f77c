// Goal: a server that is killed at any moment loses nothing it acknowledged and repeats nothing.
// Method: the built quotacastd, two writers and a reader over gRPC, SIGKILL at moments chosen by a
// seed, restart on the same data, 50 times; QUOTACAST_CRASH_SEED chooses other moments.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/crash/crash_run.h"
#include "tests/support/child_process.h"

namespace quotacast::tests {
namespace {

constexpr int kKills = 50;

TEST(CrashTest, KillsOfTheServerOnSqlite) {
  const char* seed = std::getenv("QUOTACAST_CRASH_SEED");
  const CrashReport report = RunCrashes(
      {.seed = seed == nullptr ? 1 : static_cast<uint64_t>(std::atoll(seed)),
       .kill_count = kKills,
       .server_flags = {"--services", "ingestion", "--data-dir", MakeTempDirectory("crash")},
       .kill_store = {}});
  EXPECT_TRUE(report.status.ok()) << report.status;
  EXPECT_EQ(report.kill_count, kKills);
  std::printf("%d kills: %lld events, %lld batches acknowledged, %lld durable without\n",
              report.kill_count, static_cast<long long>(report.event_count),
              static_cast<long long>(report.acknowledged_batch_count),
              static_cast<long long>(report.unacknowledged_batch_count));
  EXPECT_GT(report.acknowledged_batch_count, kKills);
}

}  // namespace
}  // namespace quotacast::tests
