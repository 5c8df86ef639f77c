// Goal: days fall into the right part of their period and month, and factors are means over days.
// Method: steps worked out by hand.
#include "simulator/engine/step_calendar.h"

#include <cmath>
#include <vector>

#include "absl/time/civil_time.h"
#include "base/fiscal_calendar.h"
#include "gtest/gtest.h"
#include "simulator/engine/step_grid.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {
namespace {

const absl::CivilDay kAsOf(2017, 10, 17);

// October to December (92 days: thirds of 85 turn on days 29 and 57), then a week.
std::vector<FiscalPeriod> Periods() {
  return {{"a", absl::CivilDay(2017, 10, 1), absl::CivilDay(2018, 1, 1)},
          {"b", absl::CivilDay(2018, 1, 1), absl::CivilDay(2018, 1, 8)}};
}

TEST(StepCalendarTest, StepsAreSharedOutByDays) {
  const StepGrid grid = BuildStepGrid(kAsOf, Periods(), 7, {});
  const std::vector<StepShares> steps = SharesOfSteps(kAsOf, Periods(), grid);
  ASSERT_EQ(steps.size(), grid.steps.size());
  // 18 to 24 October are days 17 to 23 of the quarter.
  EXPECT_EQ(steps[0].parts[0], 1);
  EXPECT_EQ(steps[0].months[9], 1);
  // 25 to 31 October: days 24 to 30, of which 29 and 30 are in the second third.
  EXPECT_DOUBLE_EQ(steps[1].parts[0], 5.0 / 7);
  EXPECT_DOUBLE_EQ(steps[1].parts[1], 2.0 / 7);
  EXPECT_EQ(steps[1].months[9], 1);
  // 29 November to 5 December: two days of November.
  EXPECT_DOUBLE_EQ(steps[6].months[10], 2.0 / 7);
  EXPECT_DOUBLE_EQ(steps[6].months[11], 5.0 / 7);
  // 20 to 26 December: the last seven days begin on the 25th. 27 to 31 December are five days.
  EXPECT_DOUBLE_EQ(steps[9].parts[2], 5.0 / 7);
  EXPECT_DOUBLE_EQ(steps[9].parts[3], 2.0 / 7);
  EXPECT_EQ(steps[10].parts[3], 1);
  EXPECT_EQ(grid.steps[10].length_days(), 5);
  // A period of a week is all last days.
  EXPECT_EQ(steps[11].parts[3], 1);
  EXPECT_EQ(steps[11].months[0], 1);
}

TEST(StepCalendarTest, FactorsAreMeansOverDays) {
  const StepGrid grid = BuildStepGrid(kAsOf, Periods(), 7, {});
  const std::vector<StepShares> steps = SharesOfSteps(kAsOf, Periods(), grid);
  ParameterDraw draw;
  draw.period_parts = {{0, 0}, {0, std::log(3)}, {-0.1, 0}, {std::log(2), std::log(5)}};
  draw.creation_season_log_factors.assign(12, 0);
  draw.creation_season_log_factors[11] = std::log(0.5);
  const CalendarFactors factors = CalendarFactorsOf(draw, steps);
  EXPECT_EQ(factors.win[0], 1);
  EXPECT_EQ(factors.loss[0], 1);
  EXPECT_NEAR(factors.loss[1], 5.0 / 7 + 3 * 2.0 / 7, 1e-14);
  EXPECT_NEAR(factors.win[9], 5.0 / 7 * std::exp(-0.1) + 2 * 2.0 / 7, 1e-14);
  EXPECT_NEAR(factors.win[10], 2, 1e-14);
  EXPECT_NEAR(factors.loss[10], 5, 1e-14);
  EXPECT_NEAR(factors.creation[6], 2.0 / 7 + 0.5 * 5.0 / 7, 1e-14);
  EXPECT_EQ(factors.creation[11], 1);
}

TEST(StepCalendarTest, FactorsOfOneAreNone) {
  const StepGrid grid = BuildStepGrid(kAsOf, Periods(), 7, {});
  const std::vector<StepShares> steps = SharesOfSteps(kAsOf, Periods(), grid);
  ParameterDraw draw;
  draw.period_parts.assign(kPeriodParts, {});
  draw.creation_season_log_factors.assign(12, 0);
  const CalendarFactors factors = CalendarFactorsOf(draw, steps);
  EXPECT_TRUE(factors.win.empty());
  EXPECT_TRUE(factors.loss.empty());
  EXPECT_TRUE(factors.creation.empty());
}

}  // namespace
}  // namespace quotacast::simulator
