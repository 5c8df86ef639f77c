// Goal: what cells amount to in the long run is what a deal walking through them meets. Method:
// pipelines whose shares and times follow from one line of arithmetic.
#include "simulator/fit/outlook.h"

#include <cmath>
#include <vector>

#include "gtest/gtest.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {
namespace {

// Nobody leaves in the step of entry; then at this rate.
StageCell At(double rate, double advance) {
  StageCell cell;
  cell.ages = {{rate, advance, 0}};
  return cell;
}

PipelineModel Stages(int count) {
  PipelineModel model;
  model.segments = {"all"};
  for (int s = 0; s < count; ++s) model.stages.push_back("stage");
  return model;
}

// Nobody leaves in the first step, then e^-.7 stay each week: half have left within the first week
// after the boundary. Ages below 14 (two steps: ages 3 and 10) advance at .5, then at 1.
TEST(OutlookOf, ClosedForm) {
  StageCell cell;
  cell.ages = {{0.1, 0.5, 0.2}, {0.1, 1, 0.2}};
  const CellOutlook outlook = OutlookOf(cell, {14});
  EXPECT_NEAR(outlook.regress, 0.2, 1e-9);
  EXPECT_NEAR(outlook.advance, 0.5 * (1 - std::exp(-1.4)) + std::exp(-1.4), 1e-9);
  EXPECT_NEAR(outlook.median_weeks, 0.5 + 0.5 / (1 - std::exp(-0.7)), 1e-9);
  EXPECT_NEAR(outlook.advanced, outlook.advance * 0.8, 1e-9);
  EXPECT_NEAR(outlook.went_back, 0.2, 1e-9);
  cell.ages = {{0, 0.5, 0}, {0, 1, 0}};
  EXPECT_EQ(OutlookOf(cell, {14}).median_weeks, 156);
  cell.first_week_exit_share = 1;
  cell.entry_advance_probability = 0.3;
  EXPECT_NEAR(OutlookOf(cell, {14}).advance, 0.3, 1e-12);
}

TEST(OutlookOf, HalfOfThoseThatAdvanceHaveLongBeforeHalfOfAllHave) {
  // Of 0.9 that ever leave, those that advance do so at once; the rest stay for ever.
  StageCell cell = At(0, 0.5);
  cell.first_week_exit_share = 0.4;
  cell.entry_advance_probability = 0.75;
  const CellOutlook outlook = OutlookOf(cell, {});
  EXPECT_NEAR(outlook.advanced, 0.3, 1e-12);
  EXPECT_NEAR(outlook.median_weeks_to_advance, 0.25, 1e-12);  // Half of half a week.
  EXPECT_EQ(outlook.median_weeks, 156);
  // Halved every week from the first boundary on: half of them a week later.
  EXPECT_NEAR(OutlookOf(At(std::log(2) / 7, 1), {}).median_weeks_to_advance, 1.5, 1e-9);
  EXPECT_EQ(OutlookOf(At(0.1, 0), {}).median_weeks_to_advance, 0);
}

TEST(NeverClosingShare, IsWhatIsLeftAfterTwoYears) {
  ParameterDraw draw;
  // Entered in the first of 104 steps: 103 boundaries later e^{-103 * 7 * rate} are left.
  draw.cells = {At(0.002, 0.5)};
  const double left = std::exp(-103 * 7 * 0.002);
  EXPECT_NEAR(NeverClosingShare(draw, 0, Stages(1)), left, 1e-12);
  // All advance at once into a stage that a third never leaves.
  StageCell at_once = At(0, 0);
  at_once.first_week_exit_share = 1;
  at_once.entry_advance_probability = 1;
  StageCell stuck = At(0, 0);
  stuck.first_week_exit_share = 2.0 / 3;
  draw.cells = {at_once, stuck};
  EXPECT_NEAR(NeverClosingShare(draw, 0, Stages(2)), 1.0 / 3, 1e-12);
  // Half of the others go back and meet the same again: of 1, a third stays, a third is lost and a
  // third starts anew: in the end half stay.
  stuck.entry_regress_probability = 0.5;
  stuck.regress_destinations = {1, 0};
  draw.cells = {at_once, stuck};
  EXPECT_NEAR(NeverClosingShare(draw, 0, Stages(2)), 0.5, 1e-12);
}

TEST(NeverClosingShare, TwoStagesAreTheirConvolution) {
  ParameterDraw draw;
  draw.cells = {At(0.004, 1), At(0.003, 0.3)};
  // By hand: who left the first stage at boundary i = 1..103 has 103 - i boundaries of the second.
  const double first = std::exp(-7 * 0.004);
  const double second = std::exp(-7 * 0.003);
  double left = std::pow(first, 103);
  for (int i = 1; i <= 103; ++i) {
    left += std::pow(first, i - 1) * (1 - first) * std::pow(second, 103 - i);
  }
  EXPECT_NEAR(NeverClosingShare(draw, 0, Stages(2)), left, 1e-12);
}

}  // namespace
}  // namespace quotacast::simulator
