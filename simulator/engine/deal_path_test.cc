// Goal: a deal feels its owner, then nobody, then its next owner. Method: paths worked out by hand.
#include "simulator/engine/deal_path.h"

#include <cmath>
#include <vector>

#include "absl/time/civil_time.h"
#include "base/fiscal_calendar.h"
#include "gtest/gtest.h"
#include "simulator/engine/levers.h"
#include "simulator/engine/step_grid.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {
namespace {

const absl::CivilDay kAsOf(2017, 9, 30);

StepGrid Weeks(int weeks) {
  return BuildStepGrid(kAsOf, {{"p", kAsOf + 1, kAsOf + 1 + 7 * weeks}}, 7, {});
}

// Person 0 has no initiative; person 1 one that adds .5 to wins, .25 of it in stage 2 only, and
// makes deals larger; person 2 is away in days [0, 3) and [35, 42).
class DealPathTest : public ::testing::Test {
 protected:
  DealPathTest() {
    Initiative initiative;
    initiative.id = 1;
    initiative.win = Effect{0.25, 0};
    initiative.stage_wins = {{2, {0.25, 0}}};
    initiative.size = Effect{0.1, 0};
    initiative.start = kAsOf + 1;
    initiative.adoption.t50_weeks = 0;
    scenario_.initiatives = {initiative};
    scenario_.departures.resize(2);
    scenario_.departures[0].inherited_win = {-0.15, 0};
    scenario_.departures[1].inherited_win = {-0.1, 0};
    scenario_.reassignments.resize(1);
    scenario_.reassignments[0].inherited_win = {-0.2, 0};
    people_.resize(3);
    people_[1].initiatives = {{0, -1, 1}};
    people_[2].absences = {{0, 3}, {35, 42}};
  }

  LeverPath Path(const DealLevers& deal) {
    const StepGrid grid = Weeks(8);
    return DealPath(LeverCalendar(scenario_, kAsOf, grid), people_, deal, 0,
                    DrawLevers(scenario_, 1, 0), grid);
  }

  Scenario scenario_;
  std::vector<PersonLevers> people_;
};

TEST_F(DealPathTest, FirstStepFromADay) {
  const StepGrid grid = Weeks(3);
  EXPECT_EQ(FirstStepFrom(-4, grid), 0);
  EXPECT_EQ(FirstStepFrom(0, grid), 0);
  EXPECT_EQ(FirstStepFrom(1, grid), 1);
  EXPECT_EQ(FirstStepFrom(14, grid), 2);
  EXPECT_EQ(FirstStepFrom(15, grid), 3);
}

TEST_F(DealPathTest, AbsencesSlowByDays) {
  const LeverPath path = Path({2, {}, -1});
  EXPECT_EQ(path.cycle_factor[0], 4.0 / 7);
  EXPECT_EQ(path.cycle_factor[1], 1);
  EXPECT_EQ(path.cycle_factor[5], 0);
}

TEST_F(DealPathTest, PassesFromHandToHand) {
  // 0 leaves after day 9, 1 works from day 16 on and leaves after day 34, 2 works from day 38 on.
  const LeverPath path = Path({0, {{10, 16, 1, 0}, {35, 38, 2, 1}}, -1});
  EXPECT_EQ(path.win_shift[1], 0);           // The step of the last day is the owner's ...
  EXPECT_EQ(path.cycle_factor[1], 3.0 / 7);  // ... up to that day.
  EXPECT_NEAR(path.WinShift(0, 2), 0.25 - 0.15, 1e-15);
  EXPECT_NEAR(path.WinShift(2, 2), 0.5 - 0.15, 1e-15);
  EXPECT_EQ(path.cycle_factor[2], 5.0 / 7);
  EXPECT_GT(path.size_factor[4], 1);
  EXPECT_EQ(path.cycle_factor[4], 1);
  EXPECT_NEAR(path.WinShift(2, 5), -0.25, 1e-15);  // Both were inherited.
  EXPECT_EQ(path.size_factor[5], 1);
  EXPECT_EQ(path.cycle_factor[5], 0);  // Frozen, and the owner is away.
  EXPECT_EQ(path.cycle_factor[6], 1);
}

// Leads and customers go from hand to hand as deals do: person 1's levers act while 1 has them.
TEST_F(DealPathTest, LeadsAndCustomersPassOnToo) {
  scenario_.initiatives[0].lead_work = Effect{0.2, 0};
  scenario_.initiatives[0].lead_response = Effect{0.3, 0};
  scenario_.initiatives[0].churn = Effect{-0.4, 0};
  const LeverPath path = Path({0, {{10, 16, 1, 0}, {35, 38, 2, 1}}, -1});
  EXPECT_EQ(path.lead_speed_factor[0], 1);
  EXPECT_EQ(path.lead_speed_factor[1], 3.0 / 7);
  EXPECT_NEAR(path.lead_speed_factor[2], std::exp(0.3) * 5 / 7, 1e-12);
  EXPECT_NEAR(path.lead_speed_factor[4], std::exp(0.3), 1e-12);
  EXPECT_EQ(path.lead_speed_factor[5], 0);
  EXPECT_EQ(path.lead_work_shift[1], 0);
  EXPECT_NEAR(path.lead_work_shift[4], 0.2, 1e-15);  // The inherited shift is one of wins.
  EXPECT_EQ(path.lead_work_shift[5], 0);
  EXPECT_NEAR(path.churn_log_factor[4], -0.4, 1e-15);
  EXPECT_EQ(path.churn_log_factor[6], 0);
}

TEST_F(DealPathTest, AnOwnersAbsenceBeforeTheHandoverDoesNotCount) {
  people_[1].absences = {{0, 20}};
  const LeverPath path = Path({0, {{7, 7, 1, 0}}, -1});
  EXPECT_EQ(path.cycle_factor[0], 1);
  EXPECT_EQ(path.cycle_factor[1], 0);
  EXPECT_EQ(path.cycle_factor[2], 1.0 / 7);
}

TEST_F(DealPathTest, WithoutASuccessorNothingHappensAnyMore) {
  const LeverPath path = Path({1, {{10, 31, -1, 0}}, -1});
  EXPECT_NEAR(path.win_shift[1], 0.25, 1e-15);
  EXPECT_EQ(path.cycle_factor[0], 1);
  EXPECT_EQ(path.cycle_factor[1], 3.0 / 7);
  for (int w = 2; w < 8; ++w) EXPECT_EQ(path.cycle_factor[w], 0);
}

TEST_F(DealPathTest, AReassignedDealIsInheritedFromTheStart) {
  const LeverPath path = Path({1, {}, 0});
  for (int w = 0; w < 8; ++w) EXPECT_NEAR(path.win_shift[w], 0.05, 1e-15);
}

}  // namespace
}  // namespace quotacast::simulator
