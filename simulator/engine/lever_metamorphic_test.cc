// Goal: levers that change nothing leave every byte, levers that start later leave what comes
// before, and levers on one rep leave all others. Method: pairs of runs of a company with a bit of
// everything, compared integer by integer.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "gtest/gtest.h"
#include "simulator/engine/partial.h"
#include "simulator/engine/simulated_run.h"
#include "simulator/model/model.h"
#include "simulator/testing/companies.h"

namespace quotacast::simulator {
namespace {

using testing::Company;
using testing::Simulate;
using testing::SimulatedRun;

constexpr int64_t kTrials = 600;
constexpr int kReps = 8;

Company TheCompany() { return testing::MakeVariedCompany(kReps, 15, 4, 2); }

void ExpectSameIntegers(const SimulatedRun& a, const SimulatedRun& b) {
  Partial renamed = b.partial;
  renamed.plan_key = a.partial.plan_key;
  EXPECT_TRUE(renamed == a.partial);
}

// On every rep from the first day, with every driver, hours, headroom and fading.
Initiative FullInitiative(const Company& company, double effect) {
  Initiative initiative = testing::InitiativeForAll(company, 5);
  initiative.win = Effect{effect, 0};
  initiative.cycle = Effect{effect, 0};
  initiative.creation = Effect{effect, 0};
  initiative.size = Effect{effect, 0};
  initiative.ramp = Effect{effect, 0};
  initiative.stage_wins = {{0, {effect, 0}}, {1, {effect, 0}}};
  initiative.segments = {0, 1};
  initiative.waves = {{{1, 2}, false, company.state.as_of + 20}};
  initiative.headrooms = {{3, 0.5}};
  initiative.end = company.state.as_of + 60;
  initiative.fade_half_life_weeks = 4;
  initiative.reviews_lapse = company.state.as_of + 40;
  return initiative;
}

DemandShock Shock(absl::CivilDay start, double effect) {
  DemandShock shock;
  shock.id = 77;
  shock.start = start;
  shock.creation = Effect{effect, 0};
  shock.win = Effect{effect, 0};
  return shock;
}

TEST(LeverMetamorphicTest, WhatHasNoEffectLeavesEveryByte) {
  const Company company = TheCompany();
  const SimulatedRun before = Simulate(company, {}, kTrials);
  Scenario scenario;
  scenario.initiatives = {FullInitiative(company, 0)};
  scenario.demand_shocks = {Shock(company.state.as_of + 10, 0)};
  scenario.quota_changes.resize(1);
  scenario.reassignments = {{1, 4, company.state.open_deals[4].rep, {0, 0}}};
  // Past the horizon.
  const absl::CivilDay end = company.state.periods.back().end;
  scenario.absences = {{2, end, end + 10}};
  scenario.departures = {{2, 0, end, 1, 3, {-0.5, 0.2}}};
  ExpectSameIntegers(before, Simulate(company, scenario, kTrials));
  // The same with effects changes nearly everything.
  scenario.initiatives = {FullInitiative(company, 0.2)};
  const SimulatedRun changed = Simulate(company, scenario, kTrials);
  for (int rep = 0; rep < kReps; ++rep) {
    EXPECT_NE(before.Samples(rep, 1), changed.Samples(rep, 1)) << rep;
  }
}

TEST(LeverMetamorphicTest, WhatStartsLaterLeavesWhatComesBefore) {
  const Company company = TheCompany();
  const SimulatedRun before = Simulate(company, {}, kTrials);
  const absl::CivilDay start = company.state.periods[1].start;
  Scenario scenario;
  Initiative initiative = FullInitiative(company, 0.3);
  initiative.start = start;
  initiative.waves.clear();
  initiative.reviews_lapse.reset();
  initiative.end.reset();
  initiative.overhead_hours_per_week = 15;
  initiative.adoption.t50_weeks = 1;
  scenario.initiatives = {initiative};
  scenario.demand_shocks = {Shock(start, -0.4)};
  scenario.absences = {{4, start, start + 30}};
  scenario.departures = {{2, 0, start, 1, 1, {-0.5, 0.2}}, {3, 5, start, std::nullopt, 1, {}}};
  const SimulatedRun after = Simulate(company, scenario, kTrials);
  for (int rep = 0; rep < kReps; ++rep) {
    EXPECT_EQ(before.Samples(rep, 0), after.Samples(rep, 0)) << rep;
    EXPECT_NE(before.Samples(rep, 1), after.Samples(rep, 1)) << rep;
  }
  EXPECT_EQ(before.Org(0), after.Org(0));
}

TEST(LeverMetamorphicTest, ALeverOnOneRepLeavesTheOthers) {
  const Company company = TheCompany();
  const SimulatedRun before = Simulate(company, {}, kTrials);
  const absl::CivilDay first = company.state.as_of + 1;
  Scenario initiative;
  initiative.initiatives = {FullInitiative(company, 0.3)};
  initiative.initiatives[0].reps = {2};
  initiative.initiatives[0].waves.clear();
  Scenario absence;
  absence.absences = {{2, first, first + 25}, {2, first + 10, first + 50}};
  Scenario departure;
  departure.departures = {{9, 2, first + 17, std::nullopt, 3, {}}};
  Scenario to_seven;
  to_seven.departures = {{9, 2, first + 17, 7, 1, {-0.15, 0.1}}};
  for (const Scenario* scenario : {&initiative, &absence, &departure, &to_seven}) {
    const SimulatedRun after = Simulate(company, *scenario, kTrials);
    for (int period = 0; period < 2; ++period) {
      for (int rep = 0; rep < kReps; ++rep) {
        const bool touched = rep == 2 || (rep == 7 && scenario == &to_seven);
        EXPECT_EQ(before.Samples(rep, period) != after.Samples(rep, period), touched)
            << rep << " in " << period;
      }
    }
  }
}

TEST(LeverMetamorphicTest, OrderOfStaffChangesDoesNotMatter) {
  const Company company = TheCompany();
  const absl::CivilDay first = company.state.as_of + 1;
  Scenario scenario;
  scenario.departures = {{9, 2, first + 17, 7, 1, {-0.15, 0.1}},
                         {10, 4, first + 40, 2 + 4, 2, {-0.2, 0.1}}};
  scenario.absences = {{1, first, first + 25}, {6, first + 10, first + 50}};
  scenario.reassignments = {{20, 4, 1, {-0.1, 0.2}}, {21, 30, 5, {-0.3, 0}}};
  Scenario turned = scenario;
  std::swap(turned.departures[0], turned.departures[1]);
  std::swap(turned.absences[0], turned.absences[1]);
  std::swap(turned.reassignments[0], turned.reassignments[1]);
  ExpectSameIntegers(Simulate(company, scenario, kTrials), Simulate(company, turned, kTrials));
}

// Everybody's bookings add up to the org's, however deals pass on.
TEST(LeverMetamorphicTest, LinesAddUp) {
  const Company company = TheCompany();
  const absl::CivilDay first = company.state.as_of + 1;
  Scenario scenario;
  scenario.departures = {
      {9, 2, first + 17, 7, 1, {}}, {10, 7, first + 40, 4, 2, {}}, {11, 5, first + 33, 4, 0, {}}};
  scenario.reassignments = {{20, 4, 2, {}}};
  const SimulatedRun run = Simulate(company, scenario, kTrials);
  for (int period = 0; period < 2; ++period) {
    std::vector<int64_t> sum(run.Org(period).size(), 0);
    for (int rep = 0; rep < kReps; ++rep) {
      const std::vector<int64_t> won = run.Samples(rep, period);
      for (size_t i = 0; i < sum.size(); ++i) sum[i] += won[i];
    }
    EXPECT_EQ(run.Org(period), sum);
    EXPECT_EQ(run.Team(0, period), sum);  // The region above both teams.
  }
}

}  // namespace
}  // namespace quotacast::simulator
