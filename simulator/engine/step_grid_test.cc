// Goal: steps are 7-day blocks cut exactly where asked and nowhere else. Method: grids worked out
// by hand.
#include "simulator/engine/step_grid.h"

#include <vector>

#include "absl/time/civil_time.h"
#include "base/fiscal_calendar.h"
#include "gtest/gtest.h"

namespace quotacast::simulator {
namespace {

const absl::CivilDay kAsOf(2017, 9, 30);

std::vector<FiscalPeriod> TwoPeriods() {
  return {{"a", absl::CivilDay(2017, 9, 1), absl::CivilDay(2017, 10, 18)},
          {"b", absl::CivilDay(2017, 10, 18), absl::CivilDay(2017, 11, 1)}};
}

TEST(StepGridTest, WeeksAreCutAtPeriodEnds) {
  // Days 0..31; periods end at days 17 and 31; weeks at 7, 14, 21, 28.
  const StepGrid grid = BuildStepGrid(kAsOf, TwoPeriods(), 7, {});
  std::vector<int> ends, periods;
  for (const Step& step : grid.steps) {
    ends.push_back(step.end_day);
    periods.push_back(step.period);
  }
  EXPECT_EQ(ends, (std::vector<int>{7, 14, 17, 21, 28, 31}));
  EXPECT_EQ(periods, (std::vector<int>{0, 0, 0, 1, 1, 1}));
  EXPECT_EQ(grid.first_step_of_period, (std::vector<int>{0, 3}));
  EXPECT_EQ(grid.last_step_of_period, (std::vector<int>{2, 5}));
  EXPECT_EQ(grid.mark_of_period, (std::vector<int>{0, 1}));
  EXPECT_EQ(grid.steps[2].length_days(), 3);
  EXPECT_EQ(grid.steps[2].midpoint_day(), 15.5);
}

TEST(StepGridTest, CutDaysAreInclusiveLastDaysAndMoveNoOtherStep) {
  // The cut after 2017-10-10 (day 9) ends a step at 10; a cut on a period's last day adds nothing.
  const StepGrid grid = BuildStepGrid(kAsOf, TwoPeriods(), 7,
                                      {absl::CivilDay(2017, 10, 10), absl::CivilDay(2017, 10, 17)});
  std::vector<int> ends, marks;
  for (const Step& step : grid.steps) ends.push_back(step.end_day);
  for (const Mark& mark : grid.marks) marks.push_back(grid.steps[mark.step].end_day);
  EXPECT_EQ(ends, (std::vector<int>{7, 10, 14, 17, 21, 28, 31}));
  EXPECT_EQ(marks, (std::vector<int>{10, 17, 31}));
  EXPECT_FALSE(grid.marks[0].ends_period);
  EXPECT_EQ(grid.steps[0].mark, 0);
  EXPECT_EQ(grid.steps[2].mark, 1);
  EXPECT_EQ(grid.mark_of_period, (std::vector<int>{1, 2}));
}

TEST(StepGridTest, DailySteps) {
  const StepGrid grid = BuildStepGrid(kAsOf, TwoPeriods(), 1, {});
  ASSERT_EQ(grid.step_count(), 31);
  for (const Step& step : grid.steps) EXPECT_EQ(step.length_days(), 1);
}

TEST(StepGridTest, ADayBeforeThePeriodEndsLeavesOneDay) {
  const StepGrid grid =
      BuildStepGrid(absl::CivilDay(2017, 10, 16),
                    {{"a", absl::CivilDay(2017, 9, 1), absl::CivilDay(2017, 10, 18)}}, 7, {});
  ASSERT_EQ(grid.step_count(), 1);
  EXPECT_EQ(grid.steps[0].length_days(), 1);
}

}  // namespace
}  // namespace quotacast::simulator
