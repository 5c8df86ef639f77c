// Goal: limits of open deals cost what they must and change nothing else. Method: limits that are
// never reached against the exact engine and the engine without limits; saturated people in closed
// form; pairs of runs whose integers must be equal.
//
// Means are judged at 4.6 standard errors, a false alarm in 2.4e5 each; seeds are fixed.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "gtest/gtest.h"
#include "simulator/engine/capacity_tables.h"
#include "simulator/engine/engine.h"
#include "simulator/engine/partial.h"
#include "simulator/engine/simulated_run.h"
#include "simulator/exact/exact.h"
#include "simulator/model/model.h"
#include "simulator/stats/exact_moments.h"
#include "simulator/testing/both_engines.h"
#include "simulator/testing/companies.h"

namespace quotacast::simulator {
namespace {

using testing::BothEngines;
using testing::Company;
using testing::CompanyOptions;
using testing::Simulate;
using testing::SimulatedRun;

constexpr double kNeverReached = kMaxCapacityDeals;
constexpr double kExit = 0.2;  // Of a week.
constexpr int kWeeks = 13;

CapacityLimit LimitFor(const Company& company, double open_deals) {
  CapacityLimit limit;
  for (size_t r = 0; r < company.state.reps.size(); ++r) limit.reps.push_back(static_cast<int>(r));
  limit.covers_hires = true;
  limit.open_deals = open_deals;
  return limit;
}

Scenario Limited(const Company& company, double open_deals, Scenario scenario = {}) {
  scenario.capacity_limits = {LimitFor(company, open_deals)};
  return scenario;
}

ExactMoments MomentsOf(const std::vector<int64_t>& samples) {
  ExactMoments moments;
  for (const int64_t sample : samples) moments.Add(sample);
  return moments;
}

double ErrorOf(const ExactMoments& moments) {
  return std::sqrt(moments.Variance() / static_cast<double>(moments.count));
}

void ExpectMean(const std::vector<int64_t>& samples, double expected) {
  const ExactMoments moments = MomentsOf(samples);
  EXPECT_NEAR(moments.Mean(), expected, 4.6 * ErrorOf(moments) + 1e-12);
}

// Every person's mean in every period, and the teams', as without limits: the two runs share no
// chance. Root mean square and largest z-score.
void ExpectSameLaw(const Company& company, const Scenario& scenario, int64_t trials) {
  const SimulatedRun free = Simulate(company, scenario, trials);
  const SimulatedRun limited = Simulate(company, Limited(company, kNeverReached, scenario), trials);
  const int lines = static_cast<int>(free.shape.entities.size());
  double squares = 0;
  int cells = 0;
  for (int entity = 1; entity < lines; ++entity) {
    for (int period = 0; period < free.shape.period_count; ++period) {
      const auto moments = [&](const SimulatedRun& run) {
        const int mark = run.shape.mark_of_period[period];
        return MomentsOf(
            GatherSamples(run.shape, run.partial, run.shape.EntitySeries(entity, mark)));
      };
      const ExactMoments a = moments(free), b = moments(limited);
      const double error = std::hypot(ErrorOf(a), ErrorOf(b));
      if (error == 0) {
        EXPECT_EQ(a.Mean(), b.Mean());
        continue;
      }
      const double z = (b.Mean() - a.Mean()) / error;
      EXPECT_LT(std::abs(z), 4.6) << entity << " " << period;
      squares += z * z;
      ++cells;
    }
  }
  EXPECT_LT(std::sqrt(squares / cells), 1 + 3 / std::sqrt(2.0 * cells));
}

// --- Limits that are never reached.

TEST(CapacityOracleTest, HighLimitsHaveTheExactLaw) {
  CompanyOptions small;
  small.rep_count = 400;
  small.stage_count = 3;
  small.open_deals_per_rep = 6;
  small.max_age_days = 60;
  small.advance_probability = 0.7;
  small.creation_rate_per_day = 0.1;
  small.creation_mix_shape = 10;
  small.amount_log_sd = 0.5;
  small.quota = 230;
  small.period_count = 3;
  small.period_weeks = 4;
  const Company company = testing::MakeCompany(small);
  const int periods = small.period_count;
  const Scenario limited = Limited(company, kNeverReached);
  EngineOptions options;
  options.trials = 2'000;
  options.seed = 31;
  options.period_count = periods;
  const auto plan = Compile(company.model, company.state, limited, options, nullptr);
  ASSERT_TRUE(plan.ok()) << plan.status();
  const auto partial = SimulateParallel(**plan, 0, (*plan)->layout().trials, 2, nullptr, nullptr);
  ASSERT_TRUE(partial.ok());
  ExactOptions exact_options;
  exact_options.engine = options;
  exact_options.sums = false;
  exact_options.threads = 2;
  auto exact = ComputeExact(company.model, company.state, {}, exact_options, nullptr);
  ASSERT_TRUE(exact.ok()) << exact.status();
  BothEngines run{(*plan)->shape(), *partial, *std::move(exact),
                  static_cast<double>((*plan)->layout().trials)};
  testing::ExpectPeopleAgree(run);  // 1,200 people and periods, twice.
}

// Deals that go back, parts of the period, seasons, ramps, mixing, factors, cuts.
TEST(CapacityOracleTest, HighLimitsKeepEveryPartOfTheModel) {
  Company company = testing::MakeVariedCompany(8, 12, 4, 2);
  testing::AddEveryPart(company);
  ExpectSameLaw(company, {}, 12'000);
}

TEST(CapacityOracleTest, HighLimitsKeepEveryLever) {
  Company company = testing::MakeVariedCompany(8, 12, 2, 2);
  testing::AddEveryPart(company);
  Scenario scenario;
  Initiative initiative = testing::InitiativeForAll(company, 3);
  initiative.win = Effect{0.2, 0.05};
  initiative.stage_wins = {{1, {0.2, 0}}};
  initiative.cycle = Effect{0.3, 0};
  initiative.creation = Effect{0.2, 0};
  initiative.size = Effect{0.2, 0};
  initiative.overhead_hours_per_week = 4;
  initiative.covers_hires = true;
  initiative.start = company.state.as_of + 20;
  scenario.initiatives = {initiative};
  scenario.hires = {testing::HireIntoFirstTeam(company, 501)};
  scenario.departures.resize(2);
  scenario.departures[0] = {11, 0, company.state.as_of + 25, 1, 2, {-0.2, 0}};
  scenario.departures[1] = {12, 1, company.state.as_of + 60, 2, 1, {-0.1, 0}};
  scenario.absences = {{4, company.state.as_of + 10, company.state.as_of + 31}};
  scenario.reassignments = {{20, 40, 5, {-0.1, 0}}};
  ExpectSameLaw(company, scenario, 12'000);
}

TEST(CapacityOracleTest, HighLimitsKeepDeparturesAtRandom) {
  Company company = testing::MakeVariedCompany(8, 12, 2, 2);
  Scenario scenario;
  scenario.attrition.emplace();
  scenario.attrition->rate_per_year = 1;
  scenario.attrition->backfill_weeks = 3;
  scenario.attrition->inherited_win = {-0.3, 0};
  scenario.departures = {{11, 0, company.state.as_of + 25, 1, 2, {-0.2, 0}}};
  ExpectSameLaw(company, scenario, 12'000);
}

// Also of leavers, by plan and at random, with people who follow.
TEST(CapacityOracleTest, HighLimitsKeepLeadsAndCustomers) {
  Company company = testing::MakeVariedCompany(8, 12, 2, 2);
  testing::AddEveryPart(company);
  testing::AddLeadsAndCustomers(company);
  ExpectSameLaw(company, {}, 12'000);
  Scenario scenario;
  scenario.departures.resize(2);
  scenario.departures[0] = {11, 0, company.state.as_of + 25, 1, 2, {-0.2, 0}};
  scenario.departures[1] = {12, 1, company.state.as_of + 60, 2, 1, {-0.1, 0}};
  scenario.attrition.emplace();
  scenario.attrition->rate_per_year = 1;
  ExpectSameLaw(company, scenario, 12'000);
}

// --- Limits that bind.

// One stage, more deals than can be worked on throughout: they leave at C times the rate of one,
// whatever their number.
constexpr int kDeals = 200;
const double kRate = -std::log(1 - kExit);  // A week.

Company Saturated(int reps) {
  CompanyOptions options;
  options.rep_count = reps;
  options.team_count = reps;
  options.open_deals_per_rep = kDeals;
  options.weekly_exit_share = kExit;
  options.advance_probability = 0.5;
  options.deal_amount = 1;
  return testing::MakeCompany(options);
}

// Wins by deals worked on for so many weeks of a person with this capacity.
void ExpectSaturated(const SimulatedRun& run, int rep, double capacity_weeks) {
  ExpectMean(run.Samples(rep, 0), 0.5 * kRate * capacity_weeks);
}

TEST(CapacityOracleTest, SaturatedPeopleWinAtTheirCapacity) {
  const Company company = Saturated(3);
  Scenario scenario;
  scenario.capacity_limits = {LimitFor(company, 10), LimitFor(company, 20)};
  scenario.capacity_limits[0].reps = {0};
  scenario.capacity_limits[1].reps = {0, 1};  // The first limit counts for rep 0.
  const SimulatedRun run = Simulate(company, scenario, 4'000);
  ExpectSaturated(run, 0, 10 * kWeeks);
  ExpectSaturated(run, 1, 20 * kWeeks);
  ExpectMean(run.Samples(2, 0), 0.5 * kDeals * (1 - std::exp(-kRate * kWeeks)));
}

TEST(CapacityOracleTest, ALimitBeginsOnItsDay) {
  const Company company = Saturated(1);
  Scenario scenario = Limited(company, 10);
  scenario.capacity_limits[0].start = company.state.as_of + 1 + 21;
  const SimulatedRun run = Simulate(company, scenario, 4'000);
  ExpectMean(run.Samples(0, 0),
             0.5 * (kDeals * (1 - std::exp(-3 * kRate)) + 10 * kRate * (kWeeks - 3)));
  // Past the horizon there is none, to the byte.
  scenario.capacity_limits[0].start = company.state.periods[0].end;
  Partial same = Simulate(company, scenario, 1'000).partial;
  const Partial without = Simulate(company, {}, 1'000).partial;
  EXPECT_NE(same.plan_key, without.plan_key);
  same.plan_key = without.plan_key;
  EXPECT_TRUE(same == without);
}

TEST(CapacityOracleTest, RampAndInitiativesTakeTheirShare) {
  Company company = Saturated(2);
  // Half ramped at first, ramped after half of the 13 weeks.
  company.model.draws[0].ramp_weeks = kWeeks;
  company.state.reps[0].start_date = company.state.as_of + 1 - 7 * kWeeks / 2;
  Scenario scenario = Limited(company, 10);
  const SimulatedRun run = Simulate(company, scenario, 4'000);
  double ramped = 0;
  for (int w = 0; w < kWeeks; ++w) {
    ramped += std::min(1.0, (7 * w + 3.5 + 7 * kWeeks / 2) / (7.0 * kWeeks));
  }
  ExpectSaturated(run, 0, 10 * ramped);
  ExpectSaturated(run, 1, 10 * kWeeks);
  // Four initiatives that do nothing: two beyond two.
  for (uint64_t id = 1; id <= 4; ++id) {
    scenario.initiatives.push_back(testing::InitiativeForAll(company, id));
    scenario.initiatives.back().reps = {1};
  }
  scenario.capacity_limits[0].initiative_tax = 0.15;
  const SimulatedRun taxed = Simulate(company, scenario, 4'000);
  ExpectSaturated(taxed, 1, 0.7 * 10 * kWeeks);
  EXPECT_EQ(taxed.Samples(0, 0), run.Samples(0, 0));
}

TEST(CapacityOracleTest, CapacityByHand) {
  CapacityLimit limit;
  limit.open_deals = 20;
  limit.initiative_tax = 0.1;
  const std::vector<double> capacity =
      CapacityPerStep(limit, {1, 1, 0.5, 0, 1}, {0, 3, 2.5, 9, 30});
  const std::vector<double> expected = {20, 18, 9.5, 20 * kLeastRampShare * 0.3, 4};
  for (size_t w = 0; w < expected.size(); ++w) EXPECT_NEAR(capacity[w], expected[w], 1e-12) << w;
}

TEST(CapacityOracleTest, ALowerLimitNeverBooksMore) {
  Company company = testing::MakeVariedCompany(8, 25, 2, 2);
  testing::AddEveryPart(company);
  double before = 0;
  for (const double open_deals : {2.0, 5.0, 10.0, 20.0, 1000.0}) {
    const SimulatedRun run = Simulate(company, Limited(company, open_deals), 2'000);
    const double mean = MomentsOf(run.Org(0)).Mean() + MomentsOf(run.Org(1)).Mean();
    EXPECT_GT(mean, before) << open_deals;
    before = mean;
  }
}

// A leaver's deals are lost, or wait with the successor's own: 100 + 100 on a capacity of 10 as
// 200, where those who could not pass on more than they have could work on 10 each.
TEST(CapacityOracleTest, DealsPassIntoTheSuccessorsWork) {
  const Company company = Saturated(2);
  const absl::CivilDay week_4 = company.state.as_of + 1 + 28;
  Scenario scenario = Limited(company, 10);
  scenario.departures = {{9, 0, week_4, std::nullopt, 0, {0, 0}}};
  ExpectSaturated(Simulate(company, scenario, 4'000), 0, 10 * 4);
  scenario.departures[0].successor = 1;
  const SimulatedRun passed = Simulate(company, scenario, 4'000);
  ExpectSaturated(passed, 0, 10 * 4);
  ExpectSaturated(passed, 1, 10 * kWeeks);
  // A successor without a limit works at full speed on what arrives; one with a limit takes over
  // from a leaver without.
  scenario.capacity_limits[0].reps = {0};
  const SimulatedRun to_free = Simulate(company, scenario, 4'000);
  ExpectSaturated(to_free, 0, 10 * 4);
  const double left = kDeals - 10 * kRate * 4;
  ExpectMean(to_free.Samples(1, 0), 0.5 * (kDeals * (1 - std::exp(-kRate * kWeeks)) +
                                           left * (1 - std::exp(-kRate * (kWeeks - 4)))));
  scenario.capacity_limits[0].reps = {1};
  const SimulatedRun from_free = Simulate(company, scenario, 4'000);
  ExpectMean(from_free.Samples(0, 0), 0.5 * kDeals * (1 - std::exp(-kRate * 4)));
  ExpectSaturated(from_free, 1, 10 * kWeeks);
}

// --- Bytes.

TEST(CapacityOracleTest, OthersKeepTheirBytes) {
  Company company = testing::MakeVariedCompany(8, 15, 4, 2);
  testing::AddEveryPart(company);
  const SimulatedRun free = Simulate(company, {}, 600);
  Scenario scenario = Limited(company, 4);
  scenario.capacity_limits[0].reps = {2, 5};
  const SimulatedRun some = Simulate(company, scenario, 600);
  scenario.capacity_limits[0].reps = {2};
  const SimulatedRun one = Simulate(company, scenario, 600);
  for (int rep = 0; rep < 8; ++rep) {
    for (int period = 0; period < 2; ++period) {
      if (rep == 2 || rep == 5) {
        EXPECT_NE(some.Samples(rep, period), free.Samples(rep, period));
      } else {
        EXPECT_EQ(some.Samples(rep, period), free.Samples(rep, period));
      }
    }
  }
  EXPECT_EQ(some.Samples(2, 1), one.Samples(2, 1));
}

TEST(CapacityOracleTest, SameBytesHoweverCutThreadedOrOrdered) {
  Company company = testing::MakeVariedCompany(6, 15, 4, 2);
  testing::AddEveryPart(company);
  testing::AddLeadsAndCustomers(company);
  Scenario scenario = Limited(company, 5);
  scenario.departures = {{11, 0, company.state.as_of + 25, 1, 2, {-0.2, 0}}};
  scenario.attrition.emplace();
  EngineOptions options;
  options.trials = 1'200;
  options.period_count = 2;
  const auto run = [&](int threads) {
    const auto plan = Compile(company.model, company.state, scenario, options, nullptr);
    EXPECT_TRUE(plan.ok()) << plan.status();
    return *SimulateParallel(**plan, 0, (*plan)->layout().trials, threads, nullptr, nullptr);
  };
  const Partial one = run(1);
  EXPECT_TRUE(run(3) == one);
  const auto plan = Compile(company.model, company.state, scenario, options, nullptr);
  const int64_t half = (*plan)->layout().trials / 2;
  EXPECT_TRUE(*Merge(*(*plan)->SimulateRange(half, half, nullptr),
                     *(*plan)->SimulateRange(0, half, nullptr)) == one);
  std::reverse(company.state.open_deals.begin(), company.state.open_deals.end());
  EXPECT_TRUE(run(2) == one);
}

// --- Refusals and cancellation.

TEST(CapacityOracleTest, TheExactEngineNamesWhoIsLimited) {
  const Company company = Saturated(2);
  Scenario scenario = Limited(company, 10);
  scenario.capacity_limits[0].reps = {1};
  const auto forecast = ComputeExact(company.model, company.state, scenario, {}, nullptr);
  ASSERT_FALSE(forecast.ok());
  EXPECT_TRUE(absl::StrContains(forecast.status().message(), "rep1")) << forecast.status();
}

TEST(CapacityOracleTest, LimitsOutOfRangeAreRefused) {
  const Company company = Saturated(2);
  const auto refused = [&](const CapacityLimit& limit, const std::string& field) {
    Scenario scenario;
    scenario.capacity_limits = {LimitFor(company, 5), limit};
    const absl::Status status = ValidateScenario(scenario, company.state, company.model);
    EXPECT_TRUE(absl::StrContains(status.message(), "capacity_limits[1]." + field)) << status;
  };
  for (const double open_deals :
       {0.0, -1.0, 2 * kMaxCapacityDeals, std::numeric_limits<double>::quiet_NaN(),
        std::numeric_limits<double>::infinity()}) {
    refused(LimitFor(company, open_deals), "open_deals");
  }
  CapacityLimit limit = LimitFor(company, 5);
  for (const double tax : {-0.1, 1.1, std::numeric_limits<double>::quiet_NaN()}) {
    limit.initiative_tax = tax;
    refused(limit, "initiative_tax");
  }
  limit = LimitFor(company, 5);
  limit.reps = {0, 2};
  refused(limit, "reps");
}

TEST(CapacityOracleTest, CancellationIsSeenWithinABatch) {
  const Company company = testing::MakeSalesForce(200, 1);
  EngineOptions options;
  options.trials = 256;
  options.period_count = 4;
  const auto plan = Compile(company.model, company.state, Limited(company, 15), options, nullptr);
  ASSERT_TRUE(plan.ok());
  int polls = 0;
  const auto partial = (*plan)->SimulateRange(0, 256, [&polls] { return ++polls > 3; });
  EXPECT_FALSE(partial.ok());
  EXPECT_EQ(polls, 4);
}

}  // namespace
}  // namespace quotacast::simulator
