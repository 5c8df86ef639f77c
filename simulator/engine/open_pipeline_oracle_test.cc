// Goal: open deals close as the theory of absorbing chains and of independent trials says. Method:
// no common factor; exact laws computed independently of the engine; z-scores over all (rep,
// period) cells must have a root mean square in [.93, 1.07] and none may exceed 4.6 (with about 800
// cells a correct engine fails one of the two in about 1 of 50 seeds; the seeds are fixed).
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/time/civil_time.h"
#include "gtest/gtest.h"
#include "simulator/engine/engine.h"
#include "simulator/engine/partial.h"
#include "simulator/model/model.h"
#include "simulator/testing/closed_forms.h"
#include "simulator/testing/companies.h"

namespace quotacast::simulator {
namespace {

using testing::ChainWinProbability;
using testing::Company;
using testing::CompanyOptions;
using testing::PoissonBinomial;
using testing::ZScores;

struct Simulated {
  PlanShape shape;
  Partial partial;
  int64_t trials = 0;
};

Simulated Simulate(const Company& company, int64_t trials, int period_count, uint64_t seed) {
  EngineOptions options;
  options.trials = trials;
  options.seed = seed;
  options.period_count = period_count;
  const auto plan = Compile(company.model, company.state, {}, options, nullptr);
  EXPECT_TRUE(plan.ok()) << plan.status();
  const auto partial = (*plan)->SimulateRange(0, (*plan)->layout().trials, nullptr);
  EXPECT_TRUE(partial.ok()) << partial.status();
  return {(*plan)->shape(), *partial, (*plan)->layout().trials};
}

void ExpectAcceptable(const ZScores& scores) {
  EXPECT_GT(scores.Sd(), 0.93);
  EXPECT_LT(scores.Sd(), 1.07);
  EXPECT_LT(scores.Max(), 4.6);
}

// One stage, four segments with their own chance p_g, twelve deals a rep worth 1 each: a deal is
// won in period k with probability p_g s^(13 (k-1)) (1 - s^13), s = 1 - h, and a rep's wins are
// Poisson-binomial.
TEST(OpenPipelineOracleTest, WinsArePoissonBinomial) {
  CompanyOptions options;
  options.rep_count = 400;
  options.segment_count = 4;
  options.open_deals_per_rep = 12;
  options.max_age_days = 100;
  options.weekly_exit_share = 0.06;
  options.deal_amount = 1;
  options.period_count = 2;
  Company company = testing::MakeCompany(options);
  const double chances[4] = {0.15, 0.4, 0.6, 0.9};
  for (int g = 0; g < 4; ++g) {
    StageCell& cell = company.model.draws[0].cells[g];
    cell.entry_advance_probability = chances[g];
    cell.ages[0].advance_probability = chances[g];
  }
  for (size_t r = 0; r < company.state.reps.size(); ++r) {
    company.state.reps[r].quota_minor_units = {static_cast<int64_t>(1 + r % 4),
                                               static_cast<int64_t>(1 + r % 3)};
  }
  const Simulated run = Simulate(company, 10'000, 2, 21);
  const double trials = static_cast<double>(run.trials);
  const double stays = std::pow(1 - 0.06, 13);
  ZScores attain, mean;
  for (int r = 0; r < 400; ++r) {
    for (int period = 0; period < 2; ++period) {
      std::vector<double> wins;
      for (int i = 0; i < 12; ++i) {
        wins.push_back(chances[i % 4] * (period == 0 ? 1 : stays) * (1 - stays));
      }
      const std::vector<double> law = PoissonBinomial(wins);
      const int64_t quota = *company.state.reps[r].quota_minor_units[period];
      double reaches = 0, expected = 0, squares = 0;
      for (int k = 0; k <= 12; ++k) {
        if (k >= quota) reaches += law[k];
        expected += k * law[k];
        squares += k * k * law[k];
      }
      const int entity = 2 + r;
      attain.Add(static_cast<double>(run.partial.attain_counts[entity * 2 + period]) / trials,
                 reaches, std::sqrt(reaches * (1 - reaches) / trials));
      const int series = run.shape.EntitySeries(entity, run.shape.mark_of_period[period]);
      mean.Add(run.partial.moments[series].Mean(), expected,
               std::sqrt((squares - expected * expected) / trials));
    }
  }
  ExpectAcceptable(attain);
  ExpectAcceptable(mean);
}

// Three stages with geometric stays, deals in each: the expected wins up to a step are those of
// the absorbing chain, B - Q^t B with B = (I - Q)^-1 R.
TEST(OpenPipelineOracleTest, WinsFollowTheAbsorbingChain) {
  CompanyOptions options;
  options.rep_count = 200;
  options.stage_count = 3;
  options.open_deals_per_rep = 9;
  options.max_age_days = 60;
  options.weekly_exit_share = 0.25;
  options.advance_probability = 0.7;
  options.deal_amount = 1;
  options.period_count = 4;
  options.period_weeks = 4;
  const Company company = testing::MakeCompany(options);
  const Simulated run = Simulate(company, 10'000, 4, 5);
  const double trials = static_cast<double>(run.trials);
  ZScores mean;
  for (int r = 0; r < 200; ++r) {
    for (int period = 0; period < 4; ++period) {
      double expected = 0, variance = 0;
      for (int i = 0; i < 9; ++i) {
        const double p = ChainWinProbability(3, 0.25, 0.7, i % 3, 4 * (period + 1)) -
                         ChainWinProbability(3, 0.25, 0.7, i % 3, 4 * period);
        expected += p;
        variance += p * (1 - p);
      }
      const int series = run.shape.EntitySeries(2 + r, run.shape.mark_of_period[period]);
      mean.Add(run.partial.moments[series].Mean(), expected, std::sqrt(variance / trials));
    }
  }
  ExpectAcceptable(mean);
  // Every week of the org's fan: 1,800 deals. Weeks of one period share trials, so only the
  // maximum is judged: below 4.6 for 16 scores (false alarm below 1e-4).
  for (int step = 0; step < 16; ++step) {
    double expected = 0, variance = 0;
    for (int stage = 0; stage < 3; ++stage) {
      const double p = ChainWinProbability(3, 0.25, 0.7, stage, step + 1) -
                       ChainWinProbability(3, 0.25, 0.7, stage, step / 4 * 4);
      expected += 600 * p;
      variance += 600 * p * (1 - p);
    }
    EXPECT_NEAR(run.partial.moments[run.shape.OrgSeries(step)].Mean(), expected,
                4.6 * std::sqrt(variance / trials))
        << step;
  }
}

// The step a win falls in does not depend on the length of the steps beyond the model's own rule:
// with one stage the daily grid gives the same law as the weekly one, s^days.
TEST(OpenPipelineOracleTest, DailyStepsAgreeForOneStage) {
  CompanyOptions options;
  options.rep_count = 100;
  options.open_deals_per_rep = 10;
  options.weekly_exit_share = 0.1;
  options.deal_amount = 1;
  const Company company = testing::MakeCompany(options);
  EngineOptions engine;
  engine.trials = 5'000;
  engine.step_days = 1;
  const auto plan = Compile(company.model, company.state, {}, engine, nullptr);
  ASSERT_TRUE(plan.ok());
  const auto partial = (*plan)->SimulateRange(0, (*plan)->layout().trials, nullptr);
  ASSERT_TRUE(partial.ok());
  const double p = 0.5 * (1 - std::pow(0.9, 13));
  const double trials = static_cast<double>((*plan)->layout().trials);
  const PlanShape& shape = (*plan)->shape();
  ASSERT_EQ(shape.step_ends.size(), 91u);
  EXPECT_NEAR(partial->moments[shape.OrgSeries(90)].Mean(), 1'000 * p,
              4.6 * std::sqrt(1'000 * p * (1 - p) / trials));
  const double early = 0.5 * (1 - std::pow(0.9, 10.0 / 7));
  EXPECT_NEAR(partial->moments[shape.OrgSeries(9)].Mean(), 1'000 * early,
              4.6 * std::sqrt(1'000 * early * (1 - early) / trials));
}

}  // namespace
}  // namespace quotacast::simulator
