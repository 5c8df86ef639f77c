// Goal: reps who leave at random cost what they must: bookings follow heads
// over time (oracle O10). Method: expectations in closed form on companies of
// one stage, and bytes that must not change.
//
// Means are judged at 4.6 standard errors, a false alarm in 2.4e5 each; seeds
// are fixed, 20,000 trials. A rate of 1.5 a year makes about a third leave
// within a quarter, so that an error of one week in who leaves when shows.
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
#include "simulator/testing/companies.h"

namespace quotacast::simulator {
namespace {

using testing::Company;
using testing::CompanyOptions;
using testing::Simulate;
using testing::SimulatedRun;

constexpr int kWeeks = 13;
constexpr double kRate = 1.5;
const double kLeaving = 1 - std::exp(-kRate * 7 / 365.25);  // Of a week.
constexpr double kPerDay = 0.3;

void ExpectMean(const std::vector<int64_t>& samples, double expected) {
  ExactMoments moments;
  for (const int64_t sample : samples) moments.Add(sample);
  const double error = std::sqrt(moments.Variance() / static_cast<double>(samples.size()));
  EXPECT_NEAR(moments.Mean(), expected, 4.6 * error + 1e-12);
}

// P(there in week w), and P(first missing in week d).
double There(int week, double leaving = kLeaving) { return std::pow(1 - leaving, week); }
double Leaves(int week) { return There(week - 1) * kLeaving; }

Scenario Leaving(double rate = kRate) {
  Scenario scenario;
  scenario.attrition.emplace();
  scenario.attrition->rate_per_year = rate;
  return scenario;
}

// Whatever is created is won in the same week, so wins count rep-weeks.
Company Instant() {
  CompanyOptions options;
  options.rep_count = 2;
  options.weekly_exit_share = 1 - 1e-12;
  options.advance_probability = 1;
  options.creation_rate_per_day = kPerDay;
  options.deal_amount = 1;
  Company company = testing::MakeCompany(options);
  company.model.draws[0].ramp_weeks = 0.001;  // Newcomers create at once.
  return company;
}

TEST(AttritionOracleTest, WinsFollowRepWeeks) {
  const SimulatedRun run = Simulate(Instant(), Leaving());
  const double rep_weeks = (1 - There(kWeeks)) / kLeaving;
  for (int rep = 0; rep < 2; ++rep) ExpectMean(run.Samples(rep, 0), 7 * kPerDay * rep_weeks);
  ExpectMean(run.Org(0), 2 * 7 * kPerDay * rep_weeks);
}

TEST(AttritionOracleTest, ABackfillCreatesForTheTeam) {
  Scenario scenario = Leaving();
  scenario.attrition->backfill_weeks = 4;
  const SimulatedRun run = Simulate(Instant(), scenario);
  double weeks = (1 - There(kWeeks)) / kLeaving;
  ExpectMean(run.Samples(0, 0), 7 * kPerDay * weeks);
  for (int d = 1; d + 4 < kWeeks; ++d) weeks += Leaves(d) * (kWeeks - d - 4);
  ExpectMean(run.Team(0, 0), 2 * 7 * kPerDay * weeks);
  EXPECT_EQ(run.Team(0, 0), run.Org(0));
}

// Deals stand still for two weeks and go on with the inherited shift for the
// team; nobody's line has them.
TEST(AttritionOracleTest, DealsOfLeaversAreTheTeams) {
  constexpr int kDeals = 40;
  constexpr double kExit = 0.2;
  CompanyOptions options;
  options.rep_count = 1;
  options.open_deals_per_rep = kDeals;
  options.weekly_exit_share = kExit;
  options.advance_probability = 0.5;
  options.deal_amount = 1;
  Scenario scenario = Leaving();
  scenario.attrition->freeze_weeks = 2;
  scenario.attrition->inherited_win = {-0.3, 0};
  const SimulatedRun run = Simulate(testing::MakeCompany(options), scenario);
  double own = 0, passed_on = 0;
  for (int w = 0; w < kWeeks; ++w) own += There(w) * std::pow(1 - kExit, w) * kExit * 0.5;
  const double advance = 0.5 * std::erfc(0.3 / std::sqrt(2));  // Phi(0 - 0.3).
  for (int d = 1; d < kWeeks; ++d) {
    const int weeks = std::max(0, kWeeks - d - 2);
    passed_on += Leaves(d) * std::pow(1 - kExit, d) * advance * (1 - std::pow(1 - kExit, weeks));
  }
  ExpectMean(run.Samples(0, 0), kDeals * own);
  ExpectMean(run.Team(0, 0), kDeals * (own + passed_on));
}

TEST(AttritionOracleTest, AnInitiativeActsOnTheRate) {
  const Company company = Instant();
  Scenario scenario = Leaving();
  Initiative initiative = testing::InitiativeForAll(company, 5);
  initiative.reps = {0};
  initiative.attrition = Effect{std::log(2.0), 0};
  initiative.adoption.t50_weeks = 0;
  scenario.initiatives = {initiative};
  const SimulatedRun before = Simulate(company, Leaving());
  const SimulatedRun after = Simulate(company, scenario);
  const double leaving = 1 - (1 - kLeaving) * (1 - kLeaving);
  ExpectMean(after.Samples(0, 0), 7 * kPerDay * (1 - There(kWeeks, leaving)) / leaving);
  EXPECT_EQ(after.Samples(1, 0), before.Samples(1, 0));
  // Who leaves at the lower rate leaves at the higher one too, no later: never
  // more is won.
  const std::vector<int64_t> x = before.Samples(0, 0), y = after.Samples(0, 0);
  for (size_t i = 0; i < x.size(); ++i) ASSERT_LE(y[i], x[i]);
}

// A bit of everything: the rate 0 leaves every byte, trials in which nobody
// leaves too, lines add up to no more than their team's, and whoever is known
// to leave does not leave at random.
TEST(AttritionOracleTest, BytesOfThoseWhoStay) {
  const Company company = testing::MakeVariedCompany(8, 15, 4, 2);
  const SimulatedRun before = Simulate(company, {}, 600);
  Partial same = Simulate(company, Leaving(0), 600).partial;
  same.plan_key = before.partial.plan_key;
  EXPECT_TRUE(same == before.partial);

  Scenario scenario = Leaving(0.6);
  scenario.attrition->backfill_weeks = 2;
  scenario.reassignments = {{20, 4, 2, {}}};
  Scenario without = scenario;
  without.attrition.reset();
  const SimulatedRun stay = Simulate(company, without, 600);
  const SimulatedRun run = Simulate(company, scenario, 600);
  ASSERT_TRUE(company.state.reps[3].end_date.has_value());
  for (int period = 0; period < 2; ++period) {
    std::vector<int64_t> of_reps(run.Org(period).size(), 0);
    for (int rep = 0; rep < 8; ++rep) {
      const std::vector<int64_t> x = stay.Samples(rep, period), y = run.Samples(rep, period);
      int changed = 0;
      for (size_t i = 0; i < x.size(); ++i) {
        of_reps[i] += y[i];
        changed += x[i] != y[i] ? 1 : 0;
      }
      if (rep == 3) {
        EXPECT_EQ(changed, 0);
      } else {
        // About 12 % leave in the first period's ten weeks, 24 % by the end of
        // the second.
        EXPECT_GT(changed, 0) << rep;
        EXPECT_LT(changed, 240) << rep;
      }
    }
    const std::vector<int64_t> org = run.Org(period);
    for (size_t i = 0; i < org.size(); ++i) ASSERT_GE(org[i], of_reps[i]);
    EXPECT_EQ(run.Team(0, period), org);  // The region above both teams.
  }
}

}  // namespace
}  // namespace quotacast::simulator
