// Goal: every lever moves bookings by what its definition says. Method: companies of one or two
// stages with constant hazards and no shared factors, where the expectation has a closed form, and
// pairs of runs whose integers must be equal or in a fixed ratio.
//
// Means are judged at 4.6 standard errors, a false alarm in 2.4e5 each; seeds are fixed. A person
// has 40 open deals or some 10 wins expected, 20,000 trials: half a percent of a mean is seen.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/time/civil_time.h"
#include "gtest/gtest.h"
#include "simulator/engine/partial.h"
#include "simulator/engine/simulated_run.h"
#include "simulator/model/model.h"
#include "simulator/stats/exact_moments.h"
#include "simulator/testing/closed_forms.h"
#include "simulator/testing/companies.h"

namespace quotacast::simulator {
namespace {

using testing::Company;
using testing::CompanyOptions;
using testing::Phi;
using testing::PhiInverse;
using testing::Simulate;
using testing::SimulatedRun;

constexpr double kExit = 0.2;     // Of a week.
constexpr double kAdvance = 0.6;  // Of those that leave.
constexpr int kWeeks = 13;
constexpr int kDeals = 40;

void ExpectMean(const std::vector<int64_t>& samples, double expected) {
  ExactMoments moments;
  for (const int64_t sample : samples) moments.Add(sample);
  const double error = std::sqrt(moments.Variance() / static_cast<double>(samples.size()));
  EXPECT_NEAR(moments.Mean(), expected, 4.6 * error + 1e-12);
}

// One stage; open deals worth 1 each, or new ones alone.
CompanyOptions OpenDeals(int reps) {
  CompanyOptions options;
  options.rep_count = reps;
  options.team_count = reps;
  options.open_deals_per_rep = kDeals;
  options.weekly_exit_share = kExit;
  options.advance_probability = kAdvance;
  options.deal_amount = 1;
  return options;
}

CompanyOptions NewDeals(int reps) {
  CompanyOptions options = OpenDeals(reps);
  options.open_deals_per_rep = 0;
  options.creation_rate_per_day = 0.3;
  return options;
}

// Expected wins from open deals that work for `weeks` at a weekly exit share of `exit`.
double OpenWins(double weeks, double exit = kExit, double advance = kAdvance) {
  return kDeals * advance * (1 - std::pow(1 - exit, weeks));
}

// Expected wins by the end of week kWeeks of deals created in weeks [from, to) at `rate` a day; the
// week of creation is the first in which they may leave.
double NewWins(int from, int to, double rate = 0.3, double exit = kExit) {
  double wins = 0;
  for (int w = from; w < to; ++w) {
    wins += 7 * rate * kAdvance * (1 - std::pow(1 - exit, kWeeks - w));
  }
  return wins;
}

absl::CivilDay Week(const Company& company, int week) { return company.state.as_of + 1 + 7 * week; }

Initiative ForAll(const Company& company) {
  Initiative initiative = testing::InitiativeForAll(company, 1);
  initiative.adoption.t50_weeks = 0;
  return initiative;
}

// --- Quotas.

TEST(LeverOracleTest, AQuotaChangeMovesTheYardstickOnly) {
  CompanyOptions options = OpenDeals(2);
  options.quota = 20;
  const Company company = testing::MakeCompany(options);
  Scenario scenario;
  scenario.quota_changes.resize(2);
  scenario.quota_changes[0].factor = 1.2;  // 24.
  scenario.quota_changes[1].person = 1;
  scenario.quota_changes[1].quota_minor_units = 26;
  const SimulatedRun before = Simulate(company, {});
  const SimulatedRun after = Simulate(company, scenario);
  for (size_t b = 0; b < before.partial.batches.size(); ++b) {
    // All series but the number of people at quota, group 1.
    const SeriesGroup& group = before.shape.groups[1];
    const int batch = before.shape.batch_size;
    std::vector<int64_t> x = before.partial.batches[b].values;
    std::vector<int64_t> y = after.partial.batches[b].values;
    for (auto* values : {&x, &y}) {
      values->erase(values->begin() + group.first_slot * batch,
                    values->begin() + (group.first_slot + group.series_count) * batch);
    }
    ASSERT_EQ(x, y);
  }
  const int64_t quotas[] = {24, 26};
  for (int rep = 0; rep < 2; ++rep) {
    int64_t attained = 0;
    for (const int64_t won : before.Samples(rep, 0)) attained += won >= quotas[rep] ? 1 : 0;
    const int entity = 1 + before.shape.team_count + rep;
    EXPECT_EQ(after.partial.attain_counts[entity], attained);
    EXPECT_NE(before.partial.attain_counts[entity], attained);
  }
  EXPECT_EQ(after.shape.quota_minor_units[0], 50);
}

// --- Demand.

TEST(LeverOracleTest, DoubledCreationDoublesFreshWins) {
  const Company company = testing::MakeCompany(NewDeals(1));
  Scenario scenario;
  scenario.demand_shocks.resize(1);
  scenario.demand_shocks[0].start = Week(company, 0);
  scenario.demand_shocks[0].creation = Effect{std::log(2.0), 0};
  const SimulatedRun after = Simulate(company, scenario);
  ExpectMean(after.Samples(0, 0), 2 * NewWins(0, kWeeks));
  // Poisson: the variance is the mean. Its standard error is mu sqrt((2 + 1/mu) / n).
  ExactMoments moments;
  for (const int64_t won : after.Samples(0, 0)) moments.Add(won);
  const double mean = 2 * NewWins(0, kWeeks);
  EXPECT_NEAR(moments.Variance(), mean,
              4.6 * mean * std::sqrt((2 + 1 / mean) / static_cast<double>(moments.count)));

  scenario.demand_shocks[0].start = Week(company, 4);
  scenario.demand_shocks[0].end = Week(company, 9);
  ExpectMean(Simulate(company, scenario).Samples(0, 0), NewWins(0, kWeeks) + NewWins(4, 9));
}

TEST(LeverOracleTest, AShockOnWinsShiftsTheProbit) {
  const Company company = testing::MakeCompany(OpenDeals(1));
  Scenario scenario;
  scenario.demand_shocks.resize(1);
  scenario.demand_shocks[0].start = Week(company, 5);
  scenario.demand_shocks[0].win = Effect{-0.4, 0};
  const double advance = Phi(PhiInverse(kAdvance) - 0.4);
  ExpectMean(Simulate(company, scenario).Samples(0, 0),
             OpenWins(5) + std::pow(1 - kExit, 5) * OpenWins(kWeeks - 5, kExit, advance));
}

TEST(LeverOracleTest, AShockLeavesOtherSegmentsAlone) {
  CompanyOptions options = NewDeals(1);
  options.segment_count = 2;
  const Company company = testing::MakeCompany(options);
  Scenario scenario;
  scenario.demand_shocks.resize(1);
  scenario.demand_shocks[0].start = Week(company, 0);
  scenario.demand_shocks[0].creation = Effect{std::log(3.0), 0};
  scenario.demand_shocks[0].segments = {1};
  ExpectMean(Simulate(company, scenario).Samples(0, 0), 4 * NewWins(0, kWeeks));
}

// --- Absences.

TEST(LeverOracleTest, AnAbsentRepWinsNothing) {
  CompanyOptions options = OpenDeals(2);
  options.creation_rate_per_day = 0.3;
  const Company company = testing::MakeCompany(options);
  Scenario scenario;
  scenario.absences = {{0, Week(company, 0), Week(company, kWeeks)}};
  const SimulatedRun before = Simulate(company, {});
  const SimulatedRun after = Simulate(company, scenario);
  for (const int64_t won : after.Samples(0, 0)) ASSERT_EQ(won, 0);
  EXPECT_EQ(after.Samples(1, 0), before.Samples(1, 0));
}

TEST(LeverOracleTest, AnAbsenceStopsTheClockForItsDays) {
  const Company open = testing::MakeCompany(OpenDeals(1));
  Scenario scenario;
  // From the middle of week 3 to the middle of week 6: 21 days.
  scenario.absences = {{0, Week(open, 3) + 3, Week(open, 6) + 3}};
  ExpectMean(Simulate(open, scenario).Samples(0, 0), OpenWins(kWeeks - 3));
  // New deals of weeks 0 to 4 lose the weeks 5 to 7, and none are created in these.
  const Company fresh = testing::MakeCompany(NewDeals(1));
  scenario.absences = {{0, Week(fresh, 5), Week(fresh, 8)}};
  ExpectMean(Simulate(fresh, scenario).Samples(0, 0), NewWins(3, 8) + NewWins(8, kWeeks));
}

// --- Initiatives.

TEST(LeverOracleTest, OverheadSlowsDealsAndCreation) {
  const double exit = 1 - std::pow(1 - kExit, 0.75);
  const Company open = testing::MakeCompany(OpenDeals(1));
  Scenario scenario;
  scenario.initiatives = {ForAll(open)};
  scenario.initiatives[0].overhead_hours_per_week = 10;
  ExpectMean(Simulate(open, scenario).Samples(0, 0), OpenWins(kWeeks, exit));
  const Company fresh = testing::MakeCompany(NewDeals(1));
  ExpectMean(Simulate(fresh, scenario).Samples(0, 0), NewWins(0, kWeeks, 0.75 * 0.3, exit));
}

// Two stages, all deals in the first: wins are in the ratio of the first stage's advances.
TEST(LeverOracleTest, AStageEffectActsAtItsStage) {
  CompanyOptions options = OpenDeals(1);
  options.stage_count = 2;
  Company company = testing::MakeCompany(options);
  Scenario scenario;
  scenario.initiatives = {ForAll(company)};
  scenario.initiatives[0].stage_wins = {{0, {0.3, 0}}};
  for (OpenDeal& deal : company.state.open_deals) deal.stage = 1;
  EXPECT_EQ(Simulate(company, scenario, 1'000).Samples(0, 0),
            Simulate(company, {}, 1'000).Samples(0, 0));
  for (OpenDeal& deal : company.state.open_deals) deal.stage = 0;
  const double won = testing::ChainWinProbability(2, kExit, kAdvance, 0, kWeeks);
  ExpectMean(Simulate(company, {}).Samples(0, 0), kDeals * won);
  ExpectMean(Simulate(company, scenario).Samples(0, 0),
             kDeals * won * Phi(PhiInverse(kAdvance) + 0.3) / kAdvance);
}

TEST(LeverOracleTest, SizeMultipliesAmountsFromItsStartOn) {
  CompanyOptions options = OpenDeals(1);
  options.creation_rate_per_day = 0.3;
  options.deal_amount = 101;
  options.period_count = 2;
  const Company company = testing::MakeCompany(options);
  Scenario scenario;
  scenario.initiatives = {ForAll(company)};
  scenario.initiatives[0].size = Effect{std::log(1.5), 0};
  scenario.initiatives[0].start = company.state.periods[1].start;
  const SimulatedRun before = Simulate(company, {}, 2'000);
  const SimulatedRun after = Simulate(company, scenario, 2'000);
  EXPECT_EQ(before.Samples(0, 0), after.Samples(0, 0));
  const std::vector<int64_t> x = before.Samples(0, 1), y = after.Samples(0, 1);
  for (size_t i = 0; i < x.size(); ++i) ASSERT_EQ(y[i], x[i] / 101 * 152);  // 151.5 rounds up.
}

TEST(LeverOracleTest, AnInitiativeOnASegmentLeavesTheOthersBytes) {
  CompanyOptions options = OpenDeals(1);
  options.segment_count = 2;
  Company company = testing::MakeCompany(options);
  Scenario scenario;
  scenario.initiatives = {ForAll(company)};
  scenario.initiatives[0].win = Effect{0.3, 0.1};
  scenario.initiatives[0].segments = {1};
  for (OpenDeal& deal : company.state.open_deals) deal.segment = 0;
  EXPECT_EQ(Simulate(company, scenario, 1'000).Samples(0, 0),
            Simulate(company, {}, 1'000).Samples(0, 0));
  for (OpenDeal& deal : company.state.open_deals) deal.segment = 1;
  EXPECT_NE(Simulate(company, scenario, 1'000).Samples(0, 0),
            Simulate(company, {}, 1'000).Samples(0, 0));
}

// A ramp of 10 weeks from the first day, at twice the speed: full from week 5 on.
TEST(LeverOracleTest, AFasterRampCreatesMore) {
  Company company = testing::MakeCompany(NewDeals(1));
  company.state.reps[0].start_date = Week(company, 0);
  company.model.draws[0].ramp_weeks = 10;
  Scenario scenario;
  scenario.initiatives = {ForAll(company)};
  scenario.initiatives[0].ramp = Effect{std::log(2.0), 0};
  double expected = 0;
  for (int w = 0; w < kWeeks; ++w) {
    expected += std::min(1.0, 2 * (w + 0.5) / 10) * NewWins(w, w + 1);
  }
  ExpectMean(Simulate(company, scenario).Samples(0, 0), expected);
}

// --- Hires.

TEST(LeverOracleTest, QualityMultipliesWhatAHireCreates) {
  const Company company = testing::MakeCompany(NewDeals(1));
  Scenario scenario;
  scenario.hires = {testing::HireIntoFirstTeam(company, 71)};
  scenario.hires[0].start = Week(company, 2);
  scenario.hires[0].ramp_weeks = 0.1;
  scenario.hires[0].quality = Effect{std::log(1.7), 0};
  ExpectMean(Simulate(company, scenario).Samples(1, 0), 1.7 * NewWins(2, kWeeks));
}

// 200 draws: approval on the first day, lead time of mean 4 weeks, no ramp. Expected wins are
// those of E max over the draws' own start weeks, whose law is gamma: by integrating its density.
// Between draws the mean varies, so the tolerance counts draws: sd of a draw's mean about 2.8.
TEST(LeverOracleTest, LeadTimePutsOffAHire) {
  CompanyOptions options = NewDeals(1);
  options.draw_count = 200;
  const Company company = testing::MakeCompany(options);
  Scenario scenario;
  scenario.hires = {testing::HireIntoFirstTeam(company, 71)};
  scenario.hires[0].start = Week(company, 0);
  scenario.hires[0].ramp_weeks = 0.001;  // At once: what counts is whether a midpoint lies after.
  scenario.hires[0].lead_time_mean_weeks = 4;
  // P(gamma of mean 4 weeks, shape 4 <= t weeks) = 1 - e^-t (1 + t + t^2/2 + t^3/6).
  double expected = 0, second = 0;
  std::vector<double> from(kWeeks + 1, 0);  // Wins when weeks w on count.
  for (int w = 0; w <= kWeeks; ++w) from[w] = NewWins(w, kWeeks);
  double before = 0;
  for (int w = 0; w <= kWeeks; ++w) {
    const double t = w + 0.5;
    const double by = w == kWeeks ? 1 : 1 - std::exp(-t) * (1 + t + t * t / 2 + t * t * t / 6);
    expected += (by - before) * from[w];
    second += (by - before) * from[w] * from[w];
    before = by;
  }
  const double sd = std::sqrt(second - expected * expected);
  const SimulatedRun after = Simulate(company, scenario, 51'200);
  EXPECT_NEAR(testing::Mean(after.Samples(1, 0)), expected,
              4.6 * std::sqrt(sd * sd / 200 + expected / 51'200));
}

// --- Staffing.

TEST(LeverOracleTest, AReassignedDealIsTheNewOwners) {
  const Company company = testing::MakeCompany(OpenDeals(2));
  Scenario scenario;
  for (int i = 0; i < kDeals; ++i) {
    scenario.reassignments.push_back({static_cast<uint64_t>(500 + i), i, 1, {-0.3, 0}});
  }
  const SimulatedRun before = Simulate(company, {});
  const SimulatedRun after = Simulate(company, scenario);
  for (const int64_t won : after.Samples(0, 0)) ASSERT_EQ(won, 0);
  const double advance = Phi(PhiInverse(kAdvance) - 0.3);
  ExpectMean(after.Samples(1, 0), OpenWins(kWeeks) + OpenWins(kWeeks, kExit, advance));
  // Without a loss the deals are won as before, by somebody else: random numbers are the deal's.
  for (Reassignment& reassignment : scenario.reassignments) reassignment.inherited_win = {0, 0};
  EXPECT_EQ(Simulate(company, scenario).Org(0), before.Org(0));
}

TEST(LeverOracleTest, ADepartureHandsDealsOver) {
  CompanyOptions options = OpenDeals(3);
  options.rep_variance = 0;
  const Company company = testing::MakeCompany(options);
  Scenario scenario;
  scenario.departures = {{900, 0, Week(company, 4), 1, 2, {-0.3, 0}}};
  const SimulatedRun before = Simulate(company, {});
  const SimulatedRun after = Simulate(company, scenario);
  ExpectMean(after.Samples(0, 0), OpenWins(4));
  const double advance = Phi(PhiInverse(kAdvance) - 0.3);
  const double inherited = std::pow(1 - kExit, 4) * OpenWins(kWeeks - 6, kExit, advance);
  const std::vector<int64_t> own = before.Samples(1, 0), with = after.Samples(1, 0);
  std::vector<int64_t> taken_over, sum = after.Samples(0, 0);
  for (size_t i = 0; i < own.size(); ++i) {
    taken_over.push_back(with[i] - own[i]);
    ASSERT_GE(taken_over.back(), 0);
    sum[i] += with[i];
  }
  ExpectMean(taken_over, inherited);
  // Nobody else notices, and lines add up.
  EXPECT_EQ(before.Samples(2, 0), after.Samples(2, 0));
  EXPECT_EQ(after.Team(0, 0), after.Samples(0, 0));
  EXPECT_EQ(after.Team(1, 0), with);
  const std::vector<int64_t> third = after.Samples(2, 0);
  for (size_t i = 0; i < sum.size(); ++i) sum[i] += third[i];
  EXPECT_EQ(after.Org(0), sum);
}

TEST(LeverOracleTest, ALeaverCreatesUntilTheLastDay) {
  const Company company = testing::MakeCompany(NewDeals(2));
  Scenario scenario;
  scenario.departures = {{900, 0, Week(company, 5), 1, 0, {0, 0}}};
  const SimulatedRun after = Simulate(company, scenario);
  // Booked by the leaver: what is created and won in the first five weeks.
  double own = 0;
  for (int w = 0; w < 5; ++w) own += 7 * 0.3 * kAdvance * (1 - std::pow(1 - kExit, 5 - w));
  ExpectMean(after.Samples(0, 0), own);
  ExpectMean(after.Samples(1, 0), NewWins(0, kWeeks) + NewWins(0, 5) - own);
}

TEST(LeverOracleTest, WithoutASuccessorDealsAreLost) {
  const Company company = testing::MakeCompany(OpenDeals(2));
  Scenario scenario;
  scenario.departures = {{900, 0, Week(company, 4), std::nullopt, 3, {0, 0}}};
  const SimulatedRun before = Simulate(company, {});
  const SimulatedRun after = Simulate(company, scenario);
  ExpectMean(after.Samples(0, 0), OpenWins(4));
  EXPECT_EQ(before.Samples(1, 0), after.Samples(1, 0));
}

// Rep 0 leaves after week 3 to rep 1, who leaves after week 7 to rep 2; no freeze, no loss: the org
// wins as if nobody had left, whatever the order of reps.
TEST(LeverOracleTest, DealsPassOnTwice) {
  for (const bool reversed : {false, true}) {
    CompanyOptions options = OpenDeals(3);
    options.period_count = 2;
    options.period_weeks = 7;
    const Company company = testing::MakeCompany(options);
    const int a = reversed ? 2 : 0, c = reversed ? 0 : 2;
    Scenario scenario;
    scenario.departures = {{900, 1, Week(company, 7), c, 0, {0, 0}},
                           {901, a, Week(company, 3), 1, 0, {0, 0}}};
    const SimulatedRun before = Simulate(company, {});
    const SimulatedRun after = Simulate(company, scenario);
    for (int period = 0; period < 2; ++period) EXPECT_EQ(before.Org(period), after.Org(period));
    ExpectMean(after.Samples(a, 0), OpenWins(3));
    ExpectMean(after.Samples(1, 0), OpenWins(7) + OpenWins(7) - OpenWins(3));
    for (const int64_t won : after.Samples(a, 1)) ASSERT_EQ(won, 0);
    for (const int64_t won : after.Samples(1, 1)) ASSERT_EQ(won, 0);
    ExpectMean(after.Samples(c, 1), 3 * (OpenWins(14) - OpenWins(7)));
  }
}

}  // namespace
}  // namespace quotacast::simulator
