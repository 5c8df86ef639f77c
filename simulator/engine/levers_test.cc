// Goal: adoption, interference and ramp follow their laws. Method: closed forms at chosen points
// and step paths worked out by hand.
#include "simulator/engine/levers.h"

#include <cmath>
#include <cstdint>
#include <numeric>
#include <optional>
#include <vector>

#include "absl/time/civil_time.h"
#include "base/fiscal_calendar.h"
#include "gtest/gtest.h"
#include "simulator/engine/step_grid.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {
namespace {

const absl::CivilDay kAsOf(2017, 9, 30);
const absl::CivilDay kOrigin = kAsOf + 1;

StepGrid Weeks(int weeks) {
  return BuildStepGrid(kAsOf, {{"p", kOrigin, kOrigin + 7 * weeks}}, 7, {});
}

Initiative MakeInitiative(uint64_t id, int start_day, double win) {
  Initiative initiative;
  initiative.id = id;
  initiative.win = Effect{win, 0};
  initiative.start = kOrigin + start_day;
  initiative.adoption.t50_weeks = 0;  // At once.
  return initiative;
}

TEST(LeversTest, AdoptionReachesHalfAtT50AndSpansItsWidth) {
  const Adoption adoption = {0.8, 8, 12};
  EXPECT_EQ(AdoptionAt(adoption, 0), 0);
  EXPECT_EQ(AdoptionAt(adoption, -3), 0);
  EXPECT_NEAR(AdoptionAt(adoption, 8), 0.4, 1e-12);
  // 10 % and 90 % of the ceiling lie t50 / 9^(1/m) and t50 * 9^(1/m) weeks in: 12 weeks apart.
  const double m = std::log(9.0) / std::asinh(12.0 / 16);
  EXPECT_NEAR(m, 3.170, 0.001);
  const double ratio = std::pow(9.0, 1 / m);
  EXPECT_NEAR(8 * ratio - 8 / ratio, 12, 1e-9);
  EXPECT_NEAR(AdoptionAt(adoption, 8 / ratio), 0.08, 1e-12);
  EXPECT_NEAR(AdoptionAt(adoption, 8 * ratio), 0.72, 1e-12);
  EXPECT_EQ(AdoptionAt({0.5, 0, 12}, 0.01), 0.5);
}

TEST(LeversTest, InterferenceKeepsTwoInitiativesWhole) {
  EXPECT_EQ(InterferenceFactor(0, 2), 1);
  EXPECT_EQ(InterferenceFactor(2, 2), 1);
  EXPECT_NEAR(InterferenceFactor(4, 2), 0.25, 1e-12);
  EXPECT_NEAR(InterferenceFactor(3, 1) * 3, 2, 1e-12);  // Kappa 1: never more than two's worth.
  EXPECT_EQ(InterferenceFactor(50, 0), 1);
}

TEST(LeversTest, RunningCountTakesPartStepsAsFractions) {
  Scenario scenario;
  scenario.initiatives = {MakeInitiative(1, 0, 0.1), MakeInitiative(2, 9, 0.1)};
  scenario.initiatives[0].end = kOrigin + 17;
  const LeverCalendar calendar(scenario, kAsOf, Weeks(4));
  EXPECT_NEAR(calendar.RunningCount(3, 0), 1, 1e-15);
  EXPECT_NEAR(calendar.RunningCount(3, 1), 1 + 5.0 / 7, 1e-15);
  EXPECT_NEAR(calendar.RunningCount(3, 2), 3.0 / 7 + 1, 1e-15);
  EXPECT_NEAR(calendar.RunningCount(3, 3), 1, 1e-15);
  EXPECT_NEAR(calendar.RunningCount(2, 0), 0, 1e-15);
}

TEST(LeversTest, FourInitiativesInterfereAndFinishedOnesAreSpared) {
  Scenario scenario;
  scenario.interference_median = 2;
  scenario.interference_log_sd = 0;
  for (int j = 0; j < 4; ++j) scenario.initiatives.push_back(MakeInitiative(1 + j, 0, 0.1));
  scenario.initiatives[3].end = kOrigin + 7;
  const LeverCalendar calendar(scenario, kAsOf, Weeks(2));
  const LeverPath path = calendar.PathFor(15, DrawLevers(scenario, 1, 0));
  // Week 0: four run, each keeps (2/4)^2. Week 1: three run at (2/3)^2 and the finished one stays
  // whole.
  EXPECT_NEAR(path.win_shift[0], 0.4 * 0.25, 1e-12);
  EXPECT_NEAR(path.win_shift[1], 0.3 * 4 / 9 + 0.1, 1e-12);
}

TEST(LeversTest, WhatWasAdoptedBeforeTheAsOfDateDoesNotCountTwice) {
  Scenario scenario;
  scenario.initiatives = {MakeInitiative(1, -56, 0.1)};
  scenario.initiatives[0].adoption = {1, 8, 12};
  const LeverCalendar calendar(scenario, kAsOf, Weeks(10));
  const LeverPath path = calendar.PathFor(1, DrawLevers(scenario, 1, 0));
  const Adoption& adoption = scenario.initiatives[0].adoption;
  // Eight weeks old at the as-of date: half is history.
  EXPECT_NEAR(path.win_shift[9], 0.1 * (AdoptionAt(adoption, 17.5) - 0.5), 1e-12);
}

TEST(LeversTest, LeversActOnTheirLinkScales) {
  Scenario scenario;
  Initiative initiative = MakeInitiative(1, 7, 0.2);
  initiative.cycle = Effect{0.3, 0};
  initiative.creation = Effect{-0.1, 0};
  scenario.initiatives = {initiative};
  const LeverCalendar calendar(scenario, kAsOf, Weeks(2));
  const LeverPath path = calendar.PathFor(1, DrawLevers(scenario, 1, 0));
  EXPECT_EQ(path.win_shift[0], 0);
  EXPECT_EQ(path.cycle_factor[0], 1);
  EXPECT_NEAR(path.win_shift[1], 0.2, 1e-15);
  EXPECT_NEAR(path.cycle_factor[1], std::exp(0.3), 1e-14);
  EXPECT_NEAR(path.creation_factor[1], std::exp(-0.1), 1e-14);
  const LeverPath nobody = calendar.PathFor(0, DrawLevers(scenario, 1, 0));
  EXPECT_EQ(nobody.win_shift[1], 0);
}

// 256 draws of an effect with mean .1 and sd .05: the mean has a standard error of .0031, the sd of
// .0022; tolerances are four of them (false alarm 1 in 10,000; the seed is fixed).
TEST(LeversTest, EffectsAreDrawnPerDrawAndKeyedByInitiative) {
  Scenario scenario;
  scenario.initiatives = {MakeInitiative(7, 0, 0), MakeInitiative(8, 0, 0)};
  scenario.initiatives[0].win = Effect{0.1, 0.05};
  scenario.initiatives[1].win = Effect{0.1, 0.05};
  Scenario alone = scenario;
  alone.initiatives.erase(alone.initiatives.begin());
  double sum = 0, squares = 0, cross = 0, log_kappa = 0;
  for (int k = 0; k < 256; ++k) {
    const LeverDraw draw = DrawLevers(scenario, 5, k);
    EXPECT_EQ(draw.win[1], DrawLevers(alone, 5, k).win[0]);
    sum += draw.win[0];
    squares += (draw.win[0] - 0.1) * (draw.win[0] - 0.1);
    cross += (draw.win[0] - 0.1) * (draw.win[1] - 0.1);
    log_kappa += std::log(draw.kappa);
  }
  EXPECT_NEAR(sum / 256, 0.1, 0.0125);
  EXPECT_NEAR(std::sqrt(squares / 256), 0.05, 0.009);
  EXPECT_NEAR(cross / 256, 0, 0.0025 * 4 / 16);
  EXPECT_NEAR(log_kappa / 256, std::log(2.0), 0.541 * 4 / 16);
}

// Exposure of a linear ramp of tau weeks over T weeks: T - tau / 2 for T >= tau, T^2 / (2 tau)
// before; with midpoints the same for whole tau.
TEST(LeversTest, RampExposureHasItsClosedForm) {
  const auto exposure_weeks = [](double tau, int weeks) {
    const std::vector<double> days =
        ProductiveDays(kOrigin, std::nullopt, tau, kAsOf, Weeks(weeks));
    return std::accumulate(days.begin(), days.end(), 0.0) / 7;
  };
  EXPECT_NEAR(exposure_weeks(22, 26), 26 - 11, 1e-12);
  EXPECT_NEAR(exposure_weeks(22, 13), 13.0 * 13 / 44, 1e-12);
  EXPECT_NEAR(exposure_weeks(1, 5), 4.5, 1e-12);
}

TEST(LeversTest, StartedLongAgoIsFullAndLeaversStop) {
  const StepGrid grid = Weeks(3);
  EXPECT_EQ(ProductiveDays(kOrigin - 1'000, std::nullopt, 22, kAsOf, grid),
            (std::vector<double>{7, 7, 7}));
  EXPECT_EQ(ProductiveDays(std::nullopt, kOrigin + 9, 22, kAsOf, grid),
            (std::vector<double>{7, 2, 0}));
  EXPECT_EQ(ProductiveDays(kOrigin + 50, std::nullopt, 22, kAsOf, grid),
            (std::vector<double>{0, 0, 0}));
}

}  // namespace
}  // namespace quotacast::simulator
