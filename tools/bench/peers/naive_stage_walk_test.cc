// Goal: the peer simulates the step model, so that its agreement with the engine means something.
// Method: a closed form (geometric stay in one stage: P(won within 13 weeks) = p (1 - (1 - h)^13)),
// and the engine itself on companies with everything switched on. Each comparison is of two means
// with |z| < 4.6, false alarm probability 4e-6; seeds are fixed. At these sizes a bias of a tenth
// fails, usually far less.

#include "tools/bench/peers/naive_stage_walk.h"

#include <cmath>
#include <cstdint>

#include "gtest/gtest.h"
#include "simulator/engine/engine.h"
#include "simulator/testing/companies.h"

namespace quotacast::bench {
namespace {

using simulator::testing::Company;

constexpr double kMaxZ = 4.6;

NaiveResult Naive(const Company& company, int step_days, int64_t trials) {
  const NaiveStageWalk walk(company.model, company.state, step_days);
  NaiveSums sums;
  walk.Simulate(3, 0, trials / 2, &sums);
  walk.Simulate(3, trials / 2, trials - trials / 2, &sums);
  return NaiveStageWalk::Summarize(sums);
}

simulator::Estimate Engine(const Company& company, int step_days, int64_t trials) {
  simulator::EngineOptions options;
  options.seed = 3;
  options.trials = trials;
  options.step_days = step_days;
  options.period_count = static_cast<int>(company.state.periods.size());
  const auto plan =
      simulator::Compile(company.model, company.state, {}, options, [] { return false; });
  EXPECT_TRUE(plan.ok()) << plan.status();
  const auto partial = simulator::SimulateParallel(
      **plan, 0, (*plan)->layout().trials, 1, [] { return false; }, nullptr);
  EXPECT_TRUE(partial.ok()) << partial.status();
  const auto forecast = simulator::Summarize(**plan, *partial, {});
  EXPECT_TRUE(forecast.ok()) << forecast.status();
  return forecast->periods.back().entities.front().bookings.mean;
}

TEST(NaiveStageWalk, GeometricStaysHaveTheClosedForm) {
  simulator::testing::CompanyOptions options;
  options.open_deals_per_rep = 50;
  const NaiveResult naive = Naive(simulator::testing::MakeCompany(options), 7, 20'000);
  const double expected = 50 * 100 * 0.5 * (1 - std::pow(0.7, 13));
  EXPECT_LT(std::abs(naive.mean - expected), kMaxZ * naive.monte_carlo_se);
  EXPECT_LT(naive.monte_carlo_se, 0.01 * expected);
}

TEST(NaiveStageWalk, AgreesWithTheEngineWithEverythingOn) {
  for (const int periods : {1, 2}) {
    for (const int step_days : {7, 1}) {
      Company company = simulator::testing::MakeVariedCompany(6, 8, 4, periods);
      // Once a model of sojourns alone, once with all that may come on top.
      if (periods == 2) simulator::testing::AddEveryPart(company);
      const NaiveResult naive = Naive(company, step_days, 6'000);
      const simulator::Estimate engine = Engine(company, step_days, 50'000);
      const double error = std::hypot(naive.monte_carlo_se, engine.monte_carlo_se);
      EXPECT_LT(std::abs(naive.mean - engine.value), kMaxZ * error)
          << periods << " periods, steps of " << step_days << ": peer " << naive.mean << ", engine "
          << engine.value;
      EXPECT_LT(error, 0.02 * engine.value);
    }
  }
}

TEST(NaiveStageWalk, SplitsDoNotChangeASum) {
  const Company company = simulator::testing::MakeVariedCompany(3, 4, 2, 1);
  const NaiveStageWalk walk(company.model, company.state, 7);
  NaiveSums whole, parts;
  walk.Simulate(5, 0, 64, &whole);
  walk.Simulate(5, 0, 10, &parts);
  walk.Simulate(5, 10, 54, &parts);
  EXPECT_EQ(whole.sum, parts.sum);
  EXPECT_EQ(whole.trials, parts.trials);
}

}  // namespace
}  // namespace quotacast::bench
