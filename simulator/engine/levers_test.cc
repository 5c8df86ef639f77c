// Goal: adoption, interference and ramp follow their laws. Method: closed forms at chosen points
// and step paths worked out by hand.
#include "simulator/engine/levers.h"

#include <cmath>
#include <cstdint>
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

// Somebody who takes part in these initiatives from their start.
PersonLevers Part(std::vector<int> initiatives) {
  PersonLevers person;
  for (const int initiative : initiatives) person.initiatives.push_back({initiative, -1, 1});
  return person;
}

LeverPath PathOf(const Scenario& scenario, const PersonLevers& person, int weeks, int segment = 0) {
  return LeverCalendar(scenario, kAsOf, Weeks(weeks))
      .PathFor(person, segment, DrawLevers(scenario, 1, 0));
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

// Selling time is on creation and on both speeds, response on leads' alone, cycle on deals' alone,
// and hours take from all three.
TEST(LeversTest, LeadsAndCustomersHaveLeversOfTheirOwn) {
  Scenario scenario;
  scenario.initiatives = {MakeInitiative(1, 7, 0.1)};
  Initiative& initiative = scenario.initiatives[0];
  const LeverPath without = PathOf(scenario, Part({0}), 3);
  EXPECT_TRUE(without.lead_volume_factor.empty() && without.lead_work_shift.empty() &&
              without.churn_log_factor.empty());
  EXPECT_EQ(without.lead_speed_factor, std::vector<double>(3, 1));
  initiative.selling_time = Effect{0.1, 0};
  initiative.cycle = Effect{0.2, 0};
  initiative.creation = Effect{0.3, 0};
  initiative.lead_response = Effect{0.4, 0};
  initiative.lead_volume = Effect{0.5, 0};
  initiative.lead_work = Effect{0.6, 0};
  initiative.churn = Effect{-0.7, 0};
  initiative.overhead_hours_per_week = 4;
  initiative.segments = {1};
  const LeverPath path = PathOf(scenario, Part({0}), 3, 1);
  EXPECT_EQ(path.lead_speed_factor[0], 1);
  EXPECT_NEAR(path.cycle_factor[1], 0.9 * std::exp(0.3), 1e-12);
  EXPECT_NEAR(path.creation_factor[1], 0.9 * std::exp(0.4), 1e-12);
  EXPECT_NEAR(path.lead_speed_factor[1], 0.9 * std::exp(0.5), 1e-12);
  EXPECT_NEAR(path.lead_volume_factor[1], std::exp(0.5), 1e-12);
  EXPECT_NEAR(path.lead_work_shift[1], 0.6, 1e-15);
  EXPECT_NEAR(path.churn_log_factor[1], -0.7, 1e-15);
  EXPECT_NEAR(path.win_shift[1], 0.1, 1e-15);
  // Of another segment only the hours count.
  const LeverPath other = PathOf(scenario, Part({0}), 3, 0);
  EXPECT_NEAR(other.lead_speed_factor[1], 0.9, 1e-12);
  EXPECT_EQ(other.lead_volume_factor[1], 1);
  EXPECT_EQ(other.churn_log_factor[1], 0);
}

TEST(LeversTest, RunningCountTakesPartStepsAsFractions) {
  Scenario scenario;
  scenario.initiatives = {MakeInitiative(1, 0, 0.1), MakeInitiative(2, 9, 0.1)};
  scenario.initiatives[0].end = kOrigin + 17;
  const LeverCalendar calendar(scenario, kAsOf, Weeks(4));
  EXPECT_NEAR(calendar.RunningCount(Part({0, 1}), 0), 1, 1e-15);
  EXPECT_NEAR(calendar.RunningCount(Part({0, 1}), 1), 1 + 5.0 / 7, 1e-15);
  EXPECT_NEAR(calendar.RunningCount(Part({0, 1}), 2), 3.0 / 7 + 1, 1e-15);
  EXPECT_NEAR(calendar.RunningCount(Part({0, 1}), 3), 1, 1e-15);
  EXPECT_NEAR(calendar.RunningCount(Part({1}), 0), 0, 1e-15);
}

TEST(LeversTest, FourInitiativesInterfereAndFinishedOnesAreSpared) {
  Scenario scenario;
  scenario.interference_median = 2;
  scenario.interference_log_sd = 0;
  for (int j = 0; j < 4; ++j) scenario.initiatives.push_back(MakeInitiative(1 + j, 0, 0.1));
  scenario.initiatives[3].end = kOrigin + 7;
  const LeverCalendar calendar(scenario, kAsOf, Weeks(2));
  const LeverPath path = calendar.PathFor(Part({0, 1, 2, 3}), 0, DrawLevers(scenario, 1, 0));
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
  const LeverPath path = calendar.PathFor(Part({0}), 0, DrawLevers(scenario, 1, 0));
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
  const LeverPath path = calendar.PathFor(Part({0}), 0, DrawLevers(scenario, 1, 0));
  EXPECT_EQ(path.win_shift[0], 0);
  EXPECT_EQ(path.cycle_factor[0], 1);
  EXPECT_NEAR(path.win_shift[1], 0.2, 1e-15);
  EXPECT_NEAR(path.cycle_factor[1], std::exp(0.3), 1e-14);
  EXPECT_NEAR(path.creation_factor[1], std::exp(-0.1), 1e-14);
  const LeverPath nobody = calendar.PathFor(Part({}), 0, DrawLevers(scenario, 1, 0));
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

// Adopted at once on day 0, ended after two weeks, half-life three weeks: 2^-(t / 3) of it t weeks
// later. With reviews lapsed after one week as well, half-life one week, the two multiply.
TEST(LeversTest, WhatWasAdoptedFadesByHalf) {
  Initiative initiative = MakeInitiative(1, 0, 0.1);
  initiative.end = kOrigin + 14;
  EXPECT_EQ(AdoptedAt(initiative, kOrigin, 0, 200), 1);
  initiative.fade_half_life_weeks = 3;
  EXPECT_EQ(AdoptedAt(initiative, kOrigin, 0, -1), 0);
  EXPECT_EQ(AdoptedAt(initiative, kOrigin, 0, 14), 1);
  EXPECT_NEAR(AdoptedAt(initiative, kOrigin, 0, 14 + 21), 0.5, 1e-15);
  EXPECT_NEAR(AdoptedAt(initiative, kOrigin, 0, 14 + 42), 0.25, 1e-15);
  initiative.reviews_lapse = kOrigin + 7;
  initiative.lapse_half_life_weeks = 1;
  EXPECT_NEAR(AdoptedAt(initiative, kOrigin, 0, 14), 0.5, 1e-15);
  EXPECT_NEAR(AdoptedAt(initiative, kOrigin, 0, 35), 0.5 / 16, 1e-15);
  initiative.fade_half_life_weeks = 0;
  EXPECT_EQ(AdoptedAt(initiative, kOrigin, 0, 15), 0);
}

// Uptake stops when reviews lapse: what the curve would have reached later never comes.
TEST(LeversTest, NothingIsAdoptedOnceReviewsLapse) {
  Initiative initiative = MakeInitiative(1, 0, 0.1);
  initiative.adoption = {1, 8, 12};
  initiative.reviews_lapse = kOrigin + 56;
  EXPECT_NEAR(AdoptedAt(initiative, kOrigin, 0, 56), 0.5, 1e-12);
  EXPECT_NEAR(AdoptedAt(initiative, kOrigin, 0, 112), 0.25, 1e-12);
}

TEST(LeversTest, FadingOfWhatIsHistoryIsALoss) {
  Scenario scenario;
  scenario.initiatives = {MakeInitiative(1, -70, 0.1)};
  scenario.initiatives[0].end = kOrigin - 35;
  scenario.initiatives[0].fade_half_life_weeks = 5;
  // Half is left at the as-of date. In the middle of week 4, 4.5 weeks on, 2^-.9 of that.
  EXPECT_NEAR(PathOf(scenario, Part({0}), 5).win_shift[4], 0.1 * 0.5 * (std::pow(2.0, -0.9) - 1),
              1e-12);
}

TEST(LeversTest, AWaveStartsOnItsDay) {
  Scenario scenario;
  scenario.initiatives = {MakeInitiative(1, 0, 0.1)};
  scenario.initiatives[0].adoption = {1, 4, 6};
  Scenario late = scenario;
  late.initiatives[0].start = kOrigin + 21;
  scenario.initiatives[0].reps = {0, 1, 2};
  scenario.initiatives[0].waves = {{{1, 2}, true, kOrigin + 28}, {{1}, false, kOrigin + 21}};
  scenario.initiatives[0].covers_hires = true;
  scenario.hires.resize(1);
  const std::vector<PersonLevers> people = LeversOfPeople(scenario, 3, kAsOf);
  EXPECT_EQ(people[0].initiatives, (std::vector<Participation>{{0, -1, 1}}));
  EXPECT_EQ(people[1].initiatives, (std::vector<Participation>{{0, 1, 1}}));  // The first of two.
  EXPECT_EQ(people[2].initiatives, (std::vector<Participation>{{0, 0, 1}}));
  EXPECT_EQ(people[3].initiatives, (std::vector<Participation>{{0, 0, 1}}));
  EXPECT_EQ(PathOf(scenario, people[1], 9).win_shift, PathOf(late, Part({0}), 9).win_shift);
  EXPECT_EQ(PathOf(scenario, people[0], 9).win_shift[0] > 0, true);
}

TEST(LeversTest, HeadroomScalesEveryDriver) {
  Scenario scenario;
  Initiative initiative = MakeInitiative(1, 0, 0.2);
  initiative.cycle = Effect{0.3, 0};
  initiative.creation = Effect{-0.1, 0};
  initiative.size = Effect{0.4, 0};
  initiative.stage_wins = {{1, {0.5, 0}}};
  initiative.reps = {0, 1};
  initiative.headrooms = {{1, 0.25}};
  scenario.initiatives = {initiative};
  const std::vector<PersonLevers> people = LeversOfPeople(scenario, 2, kAsOf);
  const LeverPath whole = PathOf(scenario, people[0], 2);
  const LeverPath part = PathOf(scenario, people[1], 2);
  EXPECT_NEAR(whole.WinShift(0, 1), 0.2, 1e-15);
  EXPECT_NEAR(whole.WinShift(1, 1), 0.7, 1e-15);
  EXPECT_NEAR(part.WinShift(1, 1), 0.7 / 4, 1e-15);
  EXPECT_NEAR(part.cycle_factor[1], std::exp(0.3 / 4), 1e-14);
  EXPECT_NEAR(part.creation_factor[1], std::exp(-0.1 / 4), 1e-14);
  EXPECT_NEAR(part.size_factor[1], std::exp(0.4 / 4), 1e-14);
}

TEST(LeversTest, AnInitiativeActsOnItsSegmentsAndRunsForAll) {
  Scenario scenario;
  scenario.interference_log_sd = 0;
  for (int j = 0; j < 3; ++j) scenario.initiatives.push_back(MakeInitiative(1 + j, 0, 0.1));
  scenario.initiatives[2].segments = {1, 3};
  const PersonLevers person = Part({0, 1, 2});
  // Three run wherever the deal is: each keeps (2/3)^2.
  EXPECT_NEAR(PathOf(scenario, person, 1, 0).win_shift[0], 0.2 * 4 / 9, 1e-12);
  EXPECT_NEAR(PathOf(scenario, person, 1, 2).win_shift[0], 0.2 * 4 / 9, 1e-12);
  EXPECT_NEAR(PathOf(scenario, person, 1, 3).win_shift[0], 0.3 * 4 / 9, 1e-12);
}

TEST(LeversTest, OverheadTakesHoursWhileItRuns) {
  Scenario scenario;
  scenario.initiatives = {MakeInitiative(1, 7, 0), MakeInitiative(2, 0, 0),
                          MakeInitiative(3, -30, 0)};
  scenario.initiatives[0].overhead_hours_per_week = 10;
  scenario.initiatives[0].end = kOrigin + 17;
  scenario.initiatives[1].overhead_hours_per_week = 40;
  scenario.initiatives[2].overhead_hours_per_week = 40;
  const LeverPath path = PathOf(scenario, Part({0}), 4);
  EXPECT_EQ(path.cycle_factor[0], 1);
  EXPECT_NEAR(path.cycle_factor[1], 0.75, 1e-15);
  EXPECT_NEAR(path.creation_factor[1], 0.75, 1e-15);
  EXPECT_NEAR(path.creation_factor[2], 1 - 0.25 * 3 / 7, 1e-15);
  EXPECT_EQ(path.creation_factor[3], 1);
  // Together never more than all of the week.
  EXPECT_EQ(PathOf(scenario, Part({0, 1}), 2).cycle_factor[1], 0);
  // Hours of what runs at the as-of date are history.
  EXPECT_EQ(PathOf(scenario, Part({2}), 2).cycle_factor[0], 1);
}

TEST(LeversTest, ADemandShockCountsByItsDays) {
  Scenario scenario;
  DemandShock shock;
  shock.id = 9;
  shock.start = kOrigin + 3;
  shock.end = kOrigin + 14;
  shock.segments = {1};
  shock.creation = Effect{std::log(2.0), 0};
  shock.win = Effect{-0.3, 0};
  scenario.demand_shocks = {shock};
  const LeverPath path = PathOf(scenario, Part({}), 3, 1);
  // Four of seven days at twice the rate.
  EXPECT_NEAR(path.creation_factor[0], 1 + 4.0 / 7, 1e-12);
  EXPECT_NEAR(path.creation_factor[1], 2, 1e-12);
  EXPECT_EQ(path.creation_factor[2], 1);
  EXPECT_NEAR(path.win_shift[0], -0.3 * 4 / 7, 1e-15);
  EXPECT_NEAR(path.win_shift[1], -0.3, 1e-15);
  EXPECT_EQ(path.win_shift[2], 0);
  EXPECT_EQ(PathOf(scenario, Part({}), 3, 0).creation_factor[1], 1);
  scenario.demand_shocks[0].end.reset();
  EXPECT_NEAR(PathOf(scenario, Part({}), 3, 1).creation_factor[2], 2, 1e-12);
}

// Gamma of mean 9 weeks and shape 4: sd 4.5 weeks. 256 draws: the mean has a standard error of .28
// weeks, the variance (20.25, excess kurtosis 1.5) of 20.25 sqrt(3.5 / 256) = 2.4; four of them.
TEST(LeversTest, LeadTimesAreGammaAndKeyedByHire) {
  Scenario scenario;
  scenario.hires.resize(2);
  scenario.hires[0].id = 71;
  scenario.hires[1].id = 72;
  for (Hire& hire : scenario.hires) hire.lead_time_mean_weeks = 9;
  scenario.hires[1].quality = Effect{0.1, 0.2};
  Scenario alone = scenario;
  alone.hires.erase(alone.hires.begin());
  double sum = 0, squares = 0;
  for (int k = 0; k < 256; ++k) {
    const LeverDraw draw = DrawLevers(scenario, 5, k);
    EXPECT_EQ(draw.hire_lead_days[1], DrawLevers(alone, 5, k).hire_lead_days[0]);
    EXPECT_EQ(draw.hire_quality[1], DrawLevers(alone, 5, k).hire_quality[0]);
    EXPECT_NE(draw.hire_lead_days[0], draw.hire_lead_days[1]);
    const double weeks = draw.hire_lead_days[0] / 7;
    sum += weeks;
    squares += (weeks - 9) * (weeks - 9);
  }
  EXPECT_NEAR(sum / 256, 9, 1.13);
  EXPECT_NEAR(squares / 256, 20.25, 9.6);
  scenario.hires[0].lead_time_mean_weeks = 0;
  EXPECT_EQ(DrawLevers(scenario, 5, 3).hire_lead_days[0], 0);
}

TEST(LeversTest, DaysOutsideRangesThatOverlap) {
  EXPECT_EQ(DaysOutside({}, 3, 10), 7);
  EXPECT_EQ(DaysOutside({{0, 5}, {4, 6}, {9, 99}}, 3, 10), 3);  // Days 6, 7, 8.
  EXPECT_EQ(DaysOutside({{0, 99}}, 3, 10), 0);
}

}  // namespace
}  // namespace quotacast::simulator
