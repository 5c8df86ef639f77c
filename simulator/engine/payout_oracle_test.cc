// Goal: people are paid what their plan pays for what they book, trial by trial (O12). Method:
// every payout of a company with every factor on, computed again from the samples of bookings;
// lognormal bookings whose expected payout has a closed form, with z-scores over 400 people whose
// root mean square must be in [.93, 1.07] and of which none may exceed 4.6 (a correct engine fails
// one of the two in about 1 of 20 seeds; the seeds are fixed).
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "simulator/comp/payout_plan.h"
#include "simulator/engine/engine.h"
#include "simulator/engine/partial.h"
#include "simulator/model/model.h"
#include "simulator/testing/closed_forms.h"
#include "simulator/testing/companies.h"

namespace quotacast::simulator {
namespace {

using testing::Company;
using testing::CompanyOptions;
using testing::Phi;
using testing::PhiInverse;
using testing::ZScores;

struct Simulated {
  std::unique_ptr<Plan> plan;
  Partial partial;

  std::vector<int64_t> Payouts(int entity, int period) const {
    return GatherSamples(plan->shape(), partial, plan->shape().PayoutSeries(entity, period));
  }
  std::vector<int64_t> Won(int entity, int period) const {
    const PlanShape& shape = plan->shape();
    return GatherSamples(
        shape, partial,
        shape.EntitySeries(entity, shape.mark_of_period[static_cast<size_t>(period)]));
  }
};

Simulated Simulate(const Company& company, const Scenario& scenario, int64_t trials,
                   int period_count) {
  EngineOptions options;
  options.trials = trials;
  options.seed = 41;
  options.period_count = period_count;
  auto plan = Compile(company.model, company.state, scenario, options, nullptr);
  EXPECT_TRUE(plan.ok()) << plan.status();
  auto partial = (*plan)->SimulateRange(0, (*plan)->layout().trials, nullptr);
  EXPECT_TRUE(partial.ok()) << partial.status();
  return {*std::move(plan), *std::move(partial)};
}

void ExpectAcceptable(const ZScores& scores) {
  EXPECT_GT(scores.Sd(), 0.93);
  EXPECT_LT(scores.Sd(), 1.07);
  EXPECT_LT(scores.Max(), 4.6);
}

// Reps 1 and 2 have a plan of their own, which the plan for all but rep 4 comes after; rep 5 has no
// quota. Two leaf teams below a region; the hire is in the first of them.
Scenario TwoPlans(const Company& company) {
  Scenario scenario;
  scenario.hires = {testing::HireIntoFirstTeam(company, 77)};
  scenario.comp_plans.resize(2);
  scenario.comp_plans[0].reps = {1, 2};
  scenario.comp_plans[0].payout.tiers = {{5'000, 2'000}};
  scenario.comp_plans[0].payout.floor_minor_units = 1'000;
  scenario.comp_plans[1].reps = {0, 1, 2, 3, 5, 6};
  scenario.comp_plans[1].covers_hires = true;
  scenario.comp_plans[1].payout.tiers = {{0, 800}, {10'000, 1'500}};
  scenario.comp_plans[1].payout.cap_minor_units = 200'000;
  return scenario;
}

TEST(PayoutOracleTest, EveryTrialIsPaidByItsPlan) {
  const Company company = testing::MakeVariedCompany(7, 20, 8, 2);
  const Scenario scenario = TwoPlans(company);
  const Simulated run = Simulate(company, scenario, 2'048, 2);
  const PlanShape& shape = run.plan->shape();
  const auto forecast = Summarize(*run.plan, run.partial, {}, 0.1);
  ASSERT_TRUE(forecast.ok());
  const int plans[] = {1, 0, 0, 1, -1, 1, 1, 1};  // By person, the hire last.
  const int teams[] = {2, 3, 2, 3, 2, 3, 2, 2};   // Entities: org, region, team0, team1, people.
  for (int period = 0; period < 2; ++period) {
    std::vector<std::vector<int64_t>> sums(4, std::vector<int64_t>(2'048, 0));
    for (int person = 0; person < 8; ++person) {
      const int entity = 4 + person;
      const auto& line =
          forecast->periods[static_cast<size_t>(period)].entities[static_cast<size_t>(entity)];
      const bool is_paid = plans[person] != -1 && line.quota_minor_units.has_value();
      EXPECT_EQ(is_paid, person != 4 && person != 5) << person;
      EXPECT_EQ(line.payout.has_value(), is_paid);
      EXPECT_EQ(line.payout_tail_mean.has_value(), is_paid);
      const std::vector<int64_t> payouts = run.Payouts(entity, period);
      const std::vector<int64_t> won = run.Won(entity, period);
      for (size_t t = 0; t < won.size(); ++t) {
        if (!is_paid) {
          EXPECT_EQ(payouts[t], 0);
          continue;
        }
        const int64_t paid =
            PayoutFor(scenario.comp_plans[static_cast<size_t>(plans[person])].payout,
                      line.booked_minor_units + won[t], *line.quota_minor_units);
        ASSERT_EQ(payouts[t], paid);
        for (const int above : {0, 1, teams[person]}) sums[static_cast<size_t>(above)][t] += paid;
      }
    }
    for (int entity = 0; entity < 4; ++entity) {
      EXPECT_EQ(run.Payouts(entity, period), sums[static_cast<size_t>(entity)]) << entity;
      const auto& line =
          forecast->periods[static_cast<size_t>(period)].entities[static_cast<size_t>(entity)];
      ASSERT_TRUE(line.payout.has_value());
      EXPECT_NEAR(line.payout->mean.value, testing::Mean(sums[static_cast<size_t>(entity)]), 1e-6);
      // The dearest trials, not the cheapest.
      EXPECT_GE(line.payout_tail_mean->value, line.payout->quantiles[6].value);
    }
  }
  // In the running period what was booked before is paid too: rep 3 begins with 300,000.
  EXPECT_EQ(shape.booked_minor_units[7 * 2], 300'000);
  EXPECT_GE(forecast->periods[0].entities[7].payout->quantiles[0].value, 24'000);
}

TEST(PayoutOracleTest, PlansChangeNothingThatIsSold) {
  const Company company = testing::MakeVariedCompany(7, 20, 8, 2);
  Scenario scenario = TwoPlans(company);
  const Simulated paying = Simulate(company, scenario, 2'048, 2);
  scenario.comp_plans.clear();
  const Simulated plain = Simulate(company, scenario, 2'048, 2);
  EXPECT_EQ(plain.plan->shape().groups.size(), 4u);
  EXPECT_FALSE(plain.plan->shape().pays());
  for (int entity = 0; entity < 12; ++entity) {
    for (int period = 0; period < 2; ++period) {
      EXPECT_EQ(paying.Won(entity, period), plain.Won(entity, period));
    }
  }
  EXPECT_EQ(paying.partial.attain_counts, plain.partial.attain_counts);
  EXPECT_NE(paying.partial.plan_key, plain.partial.plan_key);
  // Against a scenario that pays by no plan there is no difference of payouts.
  const auto pairs = CompareForecasts(*plain.plan, plain.partial, *paying.plan, paying.partial);
  ASSERT_TRUE(pairs.ok()) << pairs.status();
  for (const PairedDifference& pair : *pairs) {
    EXPECT_FALSE(pair.payout_difference.has_value());
    EXPECT_EQ(pair.tie_probability.value, 1);
  }
  // A plan whose audience has no quota pays nobody.
  scenario.comp_plans.resize(1);
  scenario.comp_plans[0].reps = {5};
  scenario.comp_plans[0].payout.tiers = {{0, 1'000}};
  const Simulated idle = Simulate(company, scenario, 64, 1);
  EXPECT_FALSE(Summarize(*idle.plan, idle.partial, {})->periods[0].entities[0].payout.has_value());
}

TEST(PayoutOracleTest, SameBytesWhateverTheThreads) {
  const Company company = testing::MakeVariedCompany(7, 20, 8, 2);
  const Simulated run = Simulate(company, TwoPlans(company), 2'048, 2);
  for (const int threads : {2, 3}) {
    const auto parallel = SimulateParallel(*run.plan, 0, 2'048, threads, nullptr, nullptr);
    ASSERT_TRUE(parallel.ok());
    EXPECT_TRUE(*parallel == run.partial);
  }
}

TEST(PayoutOracleTest, PayoutsArePairedTrialByTrial) {
  const Company company = testing::MakeVariedCompany(7, 20, 8, 2);
  Scenario scenario = TwoPlans(company);
  const Simulated a = Simulate(company, scenario, 2'048, 2);
  scenario.comp_plans[1].payout.cap_minor_units = std::nullopt;
  const Simulated b = Simulate(company, scenario, 2'048, 2);
  const auto pairs = CompareForecasts(*a.plan, a.partial, *b.plan, b.partial);
  ASSERT_TRUE(pairs.ok()) << pairs.status();
  ASSERT_EQ(pairs->size(), 24u);
  for (size_t i = 0; i < pairs->size(); ++i) {
    const PairedDifference& pair = (*pairs)[i];
    const int entity = static_cast<int>(i % 12);
    if (entity == 8 || entity == 9) {  // Reps 4 and 5.
      EXPECT_FALSE(pair.payout_difference.has_value());
      continue;
    }
    ASSERT_TRUE(pair.payout_difference.has_value());
    EXPECT_NEAR(pair.payout_difference->mean.value,
                testing::Mean(b.Payouts(entity, pair.period)) -
                    testing::Mean(a.Payouts(entity, pair.period)),
                1e-6);
    // Without the cap nobody is paid less in any trial.
    EXPECT_GE(pair.payout_difference->quantiles[0].value, 0);
    if (entity == 0) {
      EXPECT_GT(pair.payout_difference->mean.value, 0);
    }
  }
}

// One deal each that is surely won, of an unknown amount: bookings X are lognormal, and a plan pays
// a sum of E (X - K)^+ = e^{mu + s^2 / 2} Phi(d + s) - K Phi(d), d = (mu - ln K) / s. The mean of
// the dearest tenth of a plan with one rate is the rate times e^{mu + s^2 / 2} Phi(s + z_q) / q.
TEST(PayoutOracleTest, LognormalBookings) {
  CompanyOptions options;
  options.rep_count = 400;
  options.open_deals_per_rep = 1;
  options.weekly_exit_share = 0.999;
  options.advance_probability = 1;
  options.deal_amount = 100'000'000;
  options.amount_log_sd = 0.5;
  options.quota = 100'000'000;
  Company company = testing::MakeCompany(options);
  company.model.amounts[0].cap_minor_units = 9'000'000'000'000;
  for (OpenDeal& deal : company.state.open_deals) deal.amount_minor_units = std::nullopt;
  Scenario scenario;
  CompPlan& plan = scenario.comp_plans.emplace_back();
  for (int r = 0; r < 400; ++r) plan.reps.push_back(r);
  const auto above = [](double k) {
    const double d = -std::log(k / 1e8) / 0.5;
    return 1e8 * std::exp(0.125) * Phi(d + 0.5) - k * Phi(d);
  };

  // 8 % from half of the quota, 12 % beyond it, at most 10 million: reached at 1.5 quotas.
  plan.payout.tiers = {{5'000, 800}, {10'000, 1'200}};
  plan.payout.cap_minor_units = 10'000'000;
  const Simulated tiers = Simulate(company, scenario, 10'000, 1);
  const auto of_tiers = Summarize(*tiers.plan, tiers.partial, {});
  const double exact = 0.08 * above(0.5e8) + 0.04 * above(1e8) - 0.12 * above(1.5e8);
  plan.payout = {{{0, 1'000}}, 0, std::nullopt};
  const Simulated flat = Simulate(company, scenario, 10'000, 1);
  const auto of_flat = Summarize(*flat.plan, flat.partial, {}, 0.1);
  const double dearest = 0.1 * 1e8 * std::exp(0.125) * Phi(0.5 + PhiInverse(0.1)) / 0.1;
  ASSERT_TRUE(of_tiers.ok() && of_flat.ok());
  ZScores means, tails;
  for (size_t rep = 0; rep < 400; ++rep) {
    const Estimate& mean = of_tiers->periods[0].entities[2 + rep].payout->mean;
    means.Add(mean.value, exact, mean.monte_carlo_se);
    const Estimate& tail = *of_flat->periods[0].entities[2 + rep].payout_tail_mean;
    tails.Add(tail.value, dearest, tail.monte_carlo_se);
  }
  ExpectAcceptable(means);
  ExpectAcceptable(tails);
}

}  // namespace
}  // namespace quotacast::simulator
