// Goal: no limit of ours ends a call that somebody may still wait for, and none leaves a computing
// thread to a caller who does not read. Method: the limits against each other and against what the
// largest forecasts take.
#include "services/quotacastd/serving_limits.h"

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "services/serving/server.h"

namespace quotacast::quotacastd {
namespace {

// A forecast of a million trials takes minutes, and the command line sets no deadline.
TEST(ServingLimitsTest, ALongForecastWithoutADeadlineIsNotCutShort) {
  for (const serving::ServingOptions& options :
       {MetricsServing(), SimulationServing(), PlanningServing()}) {
    EXPECT_GE(options.deadline_default, absl::Minutes(30)) << options.service;
    EXPECT_EQ(options.deadline_max, absl::Hours(24)) << options.service;
    // Nor by the renewal of its connection.
    EXPECT_GE(serving::kConnectionAgeGrace, options.deadline_max) << options.service;
  }
}

TEST(ServingLimitsTest, ACallerWhoDoesNotReadHoldsAComputingThreadForAnHourAtMost) {
  EXPECT_LE(SimulationServing().stream_deadline_max, absl::Hours(1));
  // Followers of the feed stay on.
  EXPECT_EQ(IngestionServing().stream_deadline_max, absl::Hours(24));
}

}  // namespace
}  // namespace quotacast::quotacastd
