// Goal: whatever fails and whoever dies, the log keeps its promises. Method: whole worlds in one
// thread, each given by its seed; QUOTACAST_WORLD_SEEDS sets how many, QUOTACAST_WORLD_FIRST_SEED
// where they begin. Then the same with bugs planted: each must be noticed within a few seeds, or
// the test sees nothing.
#include "tests/world/world.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "gtest/gtest.h"
#include "tests/world/planted_bug.h"

namespace quotacast::tests {
namespace {

constexpr int64_t kSeedCount = 2'000;
// Within which each planted bug must be found.
constexpr uint64_t kBugSeedCount = 25;

int64_t FromEnvironment(const char* name, int64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::atoll(text);
}

TEST(WorldTest, KeepsItsPromisesForManySeeds) {
  const int64_t first = FromEnvironment("QUOTACAST_WORLD_FIRST_SEED", 1);
  const int64_t count = FromEnvironment("QUOTACAST_WORLD_SEEDS", kSeedCount);
  WorldReport sum;
  for (int64_t seed = first; seed < first + count; ++seed) {
    const WorldReport report = RunWorld({.seed = static_cast<uint64_t>(seed)});
    ASSERT_TRUE(report.status.ok())
        << "seed " << seed << ": " << report.status << "\nsee the way there: tools/do world --seed "
        << seed << " --trace";
    sum.event_count += report.event_count;
    sum.acknowledged_event_count += report.acknowledged_event_count;
    sum.crash_count += report.crash_count;
    sum.fault_count += report.fault_count;
    sum.conflict_count += report.conflict_count;
  }
  std::printf("%lld worlds: %lld events, %lld faults, %lld crashes, %lld conflicts\n",
              static_cast<long long>(count), static_cast<long long>(sum.event_count),
              static_cast<long long>(sum.fault_count), static_cast<long long>(sum.crash_count),
              static_cast<long long>(sum.conflict_count));
  // A world in which nothing happens shows nothing.
  EXPECT_GT(sum.acknowledged_event_count, 50 * count);
  EXPECT_GT(sum.fault_count, 2 * count);
  EXPECT_GT(sum.crash_count, count);
  EXPECT_GT(sum.conflict_count, count);
}

TEST(WorldTest, ASeedReplaysItsRun) {
  for (const uint64_t seed : {1, 2, 3, 4, 5}) {
    const WorldReport once = RunWorld({.seed = seed});
    const WorldReport again = RunWorld({.seed = seed});
    EXPECT_EQ(once.trace, again.trace) << seed;
    EXPECT_EQ(once.event_count, again.event_count) << seed;
  }
  EXPECT_NE(RunWorld({.seed = 1}).trace, RunWorld({.seed = 2}).trace);
}

class PlantedBugTest : public ::testing::TestWithParam<std::pair<PlantedBug, std::string_view>> {};

TEST_P(PlantedBugTest, IsFoundWithinAFewSeeds) {
  for (uint64_t seed = 1; seed <= kBugSeedCount; ++seed) {
    const WorldReport report = RunWorld({.seed = seed, .bug = GetParam().first});
    if (report.status.ok()) continue;
    std::printf("found with seed %llu: %s\n", static_cast<unsigned long long>(seed),
                report.status.ToString().c_str());
    return;
  }
  FAIL() << GetParam().second << " is not noticed within " << kBugSeedCount << " seeds";
}

INSTANTIATE_TEST_SUITE_P(All, PlantedBugTest, ::testing::ValuesIn(kPlantedBugs),
                         [](const auto& info) { return std::string(info.param.second); });

}  // namespace
}  // namespace quotacast::tests
