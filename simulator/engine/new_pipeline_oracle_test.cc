// Goal: bookings from deals not yet created follow the laws of thinned Poisson arrivals. Method:
// no common factor; means from the absorbing chain, distributions by Panjer's recursion, all
// independent of the engine. Acceptance as in open_pipeline_oracle_test.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

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
using testing::PanjerTail;
using testing::ZScores;

struct Simulated {
  PlanShape shape;
  Partial partial;
  double trials = 0;

  int Series(int entity, int period) const {
    return shape.EntitySeries(entity, shape.mark_of_period[period]);
  }
  double AttainShare(int entity, int period) const {
    return static_cast<double>(
               partial.attain_counts[static_cast<size_t>(entity) * shape.period_count + period]) /
           trials;
  }
};

Simulated Simulate(const Company& company, const Scenario& scenario, int64_t trials,
                   int period_count, uint64_t seed) {
  EngineOptions options;
  options.trials = trials;
  options.seed = seed;
  options.period_count = period_count;
  const auto plan = Compile(company.model, company.state, scenario, options, nullptr);
  EXPECT_TRUE(plan.ok()) << plan.status();
  const auto partial = (*plan)->SimulateRange(0, (*plan)->layout().trials, nullptr);
  EXPECT_TRUE(partial.ok()) << partial.status();
  return {(*plan)->shape(), *partial, static_cast<double>((*plan)->layout().trials)};
}

void ExpectAcceptable(const ZScores& scores) {
  EXPECT_GT(scores.Sd(), 0.93);
  EXPECT_LT(scores.Sd(), 1.07);
  EXPECT_LT(scores.Max(), 4.6);
}

constexpr double kExit = 0.25;
constexpr double kAdvance = 0.6;
constexpr int kPeriodWeeks = 8;

CompanyOptions TwoStages() {
  CompanyOptions options;
  options.rep_count = 200;
  options.stage_count = 2;
  options.weekly_exit_share = kExit;
  options.advance_probability = kAdvance;
  options.creation_rate_per_day = 0.15;
  options.deal_amount = 1;
  options.period_count = 4;
  options.period_weeks = kPeriodWeeks;
  return options;
}

// Expected wins of a rep in a period: deals arriving in week w are won in week v with the chain's
// probability C(v - w + 1) - C(v - w), the week of arrival being the first step.
double ComputeExpectedWins(int period) {
  const int begin = period * kPeriodWeeks, end = begin + kPeriodWeeks;
  double wins = 0;
  for (int w = 0; w < end; ++w) {
    wins += ChainWinProbability(2, kExit, kAdvance, 0, end - w);
    if (w < begin) wins -= ChainWinProbability(2, kExit, kAdvance, 0, begin - w);
  }
  return 0.15 * 7 * wins;
}

double ExpectedWins(int period) {
  static const double kWins[4] = {ComputeExpectedWins(0), ComputeExpectedWins(1),
                                  ComputeExpectedWins(2), ComputeExpectedWins(3)};
  return kWins[period];
}

TEST(NewPipelineOracleTest, WinsArePoissonInEveryPeriod) {
  Company company = testing::MakeCompany(TwoStages());
  for (size_t r = 0; r < company.state.reps.size(); ++r) {
    for (int p = 0; p < 4; ++p) {
      company.state.reps[r].quota_minor_units[p] = static_cast<int64_t>(1 + (r + p) % 4);
    }
  }
  const Simulated run = Simulate(company, {}, 5'000, 4, 31);
  ZScores attain, mean, variance;
  for (int r = 0; r < 200; ++r) {
    for (int p = 0; p < 4; ++p) {
      const double expected = ExpectedWins(p);
      const int quota = 1 + (r + p) % 4;
      // Unit claims: the compound law is the count's.
      const double reaches = PanjerTail(0, expected, std::exp(-expected), {0, 1}, quota);
      attain.Add(run.AttainShare(2 + r, p), reaches,
                 std::sqrt(reaches * (1 - reaches) / run.trials));
      const ExactMoments& moments = run.partial.moments[run.Series(2 + r, p)];
      mean.Add(moments.Mean(), expected, std::sqrt(expected / run.trials));
      // Var of a sample variance: (mu_4 - sigma^4) / N, for Poisson (L + 2 L^2) / N.
      variance.Add(moments.Variance(), expected,
                   std::sqrt((expected + 2 * expected * expected) / run.trials));
    }
  }
  ExpectAcceptable(attain);
  ExpectAcceptable(mean);
  ExpectAcceptable(variance);
  // Counts of different periods are independent: correlations of 3 * 200 pairs.
  ZScores correlation;
  for (int r = 0; r < 200; ++r) {
    for (int p = 1; p < 4; ++p) {
      const double covariance =
          testing::Covariance(GatherSamples(run.shape, run.partial, run.Series(2 + r, p - 1)),
                              GatherSamples(run.shape, run.partial, run.Series(2 + r, p)));
      correlation.Add(covariance, 0, std::sqrt(ExpectedWins(p - 1) * ExpectedWins(p) / run.trials));
    }
  }
  ExpectAcceptable(correlation);
  // Weeks within the period: the org's expected wins up to each step.
  for (int step = 0; step < 4 * kPeriodWeeks; ++step) {
    const int begin = step / kPeriodWeeks * kPeriodWeeks;
    double expected = 0;
    for (int w = 0; w <= step; ++w) {
      expected += ChainWinProbability(2, kExit, kAdvance, 0, step + 1 - w);
      if (w < begin) expected -= ChainWinProbability(2, kExit, kAdvance, 0, begin - w);
    }
    expected *= 200 * 0.15 * 7;
    EXPECT_NEAR(run.partial.moments[run.shape.OrgSeries(step)].Mean(), expected,
                4.6 * std::sqrt(expected / run.trials))
        << step;
  }
}

// Lognormal amounts of median 4 and sd .7, rounded and capped: mean L E A, variance L E A^2, and
// the probability of a quota by Panjer's recursion.
TEST(NewPipelineOracleTest, BookingsAreCompoundPoisson) {
  CompanyOptions options = TwoStages();
  options.deal_amount = 4;
  options.amount_log_sd = 0.7;
  Company company = testing::MakeCompany(options);
  company.model.amounts[0].cap_minor_units = 40;
  for (size_t r = 0; r < company.state.reps.size(); ++r) {
    for (int p = 0; p < 4; ++p) {
      company.state.reps[r].quota_minor_units[p] = static_cast<int64_t>(3 + (r * 3 + p) % 12);
    }
  }
  const Simulated run = Simulate(company, {}, 5'000, 4, 32);
  const std::vector<double> severity = testing::RoundedLognormal(std::log(4.0), 0.7, 40);
  double power[5] = {0, 0, 0, 0, 0};
  for (int a = 0; a <= 40; ++a) {
    for (int k = 1; k <= 4; ++k) power[k] += severity[a] * std::pow(a, k);
  }
  ZScores attain, mean, variance;
  for (int r = 0; r < 200; ++r) {
    for (int p = 0; p < 4; ++p) {
      const double wins = ExpectedWins(p);
      const int quota = 3 + (r * 3 + p) % 12;
      const double reaches =
          PanjerTail(0, wins, std::exp(-wins * (1 - severity[0])), severity, quota);
      attain.Add(run.AttainShare(2 + r, p), reaches,
                 std::sqrt(reaches * (1 - reaches) / run.trials));
      const ExactMoments& moments = run.partial.moments[run.Series(2 + r, p)];
      mean.Add(moments.Mean(), wins * power[1], std::sqrt(wins * power[2] / run.trials));
      // mu_4 = L E A^4 + 3 (L E A^2)^2.
      const double sigma2 = wins * power[2];
      variance.Add(moments.Variance(), sigma2,
                   std::sqrt((wins * power[4] + 2 * sigma2 * sigma2) / run.trials));
    }
  }
  ExpectAcceptable(attain);
  ExpectAcceptable(mean);
  ExpectAcceptable(variance);
}

// Gamma(k, k) mixing: negative binomial counts, Var = mu + mu^2 / k, and periods that share the
// rep's draw, Cov = mu_1 mu_2 / k. Two segments share it as well and add up.
TEST(NewPipelineOracleTest, MixedCreationIsNegativeBinomial) {
  CompanyOptions options = TwoStages();
  options.segment_count = 2;
  options.creation_mix_shape = 2;
  Company company = testing::MakeCompany(options);
  for (size_t r = 0; r < company.state.reps.size(); ++r) {
    for (int p = 0; p < 4; ++p) {
      company.state.reps[r].quota_minor_units[p] = static_cast<int64_t>(1 + (r + p) % 6);
    }
  }
  const Simulated run = Simulate(company, {}, 5'000, 4, 33);
  const double k = 2;
  ZScores mean, covariance;
  // The periods of a rep share G, so P(attain) is judged for one period per rep.
  ZScores attain;
  for (int r = 0; r < 200; ++r) {
    const int p = r % 4;
    const double mu = 2 * ExpectedWins(p);
    const double a = mu / (mu + k);
    const double reaches = PanjerTail(a, (k - 1) * a, std::pow(1 - a, k), {0, 1}, 1 + (r + p) % 6);
    attain.Add(run.AttainShare(2 + r, p), reaches, std::sqrt(reaches * (1 - reaches) / run.trials));
    mean.Add(run.partial.moments[run.Series(2 + r, p)].Mean(), mu,
             std::sqrt((mu + mu * mu / k) / run.trials));
    const int q = (p + 1) % 4;
    const double nu = 2 * ExpectedWins(q);
    const std::vector<int64_t> x = GatherSamples(run.shape, run.partial, run.Series(2 + r, p));
    const std::vector<int64_t> y = GatherSamples(run.shape, run.partial, run.Series(2 + r, q));
    // The standard error from the products themselves.
    const double mean_x = testing::Mean(x), mean_y = testing::Mean(y);
    const double exact = mu * nu / k;
    double squares = 0;
    for (size_t i = 0; i < x.size(); ++i) {
      const double product =
          (static_cast<double>(x[i]) - mean_x) * (static_cast<double>(y[i]) - mean_y);
      squares += (product - exact) * (product - exact);
    }
    covariance.Add(testing::Covariance(x, y), exact, std::sqrt(squares) / run.trials);
  }
  // 200 cells each: a root mean square has a standard error of .05, so the band is three of them.
  for (const ZScores* scores : {&attain, &mean, &covariance}) {
    EXPECT_GT(scores->Sd(), 0.85);
    EXPECT_LT(scores->Sd(), 1.15);
    EXPECT_LT(scores->Max(), 4.6);
  }
}

// Every deal is won in the week it is created, so wins are creations: a linear ramp of 22 weeks
// gives lambda (T - 11) over T = 26 weeks to a starter and lambda 26 to a veteran; a hire with a
// 13-week ramp who starts after 13 weeks gives lambda 6.5.
TEST(NewPipelineOracleTest, RampExposureReachesBookings) {
  CompanyOptions options;
  options.rep_count = 200;
  options.advance_probability = 1;
  options.creation_rate_per_day = 0.05;
  options.deal_amount = 1;
  options.period_weeks = 26;
  Company company = testing::MakeCompany(options);
  StageCell& cell = company.model.draws[0].cells[0];
  cell.entry_day_exit_share = 1;
  cell.first_week_exit_share = 1;
  for (int r = 0; r < 100; ++r) company.state.reps[r].start_date = company.state.as_of + 1;
  Scenario scenario;
  for (uint64_t i = 0; i < 100; ++i) {
    Hire hire = testing::HireIntoFirstTeam(company, 1'000 + i);
    hire.start = company.state.as_of + 1 + 13 * 7;
    hire.ramp_weeks = 13;
    scenario.hires.push_back(hire);
  }
  const Simulated run = Simulate(company, scenario, 4'000, 1, 34);
  ZScores mean;
  for (int i = 0; i < 300; ++i) {
    const double weeks = i < 100 ? 26 - 11.0 : i < 200 ? 26 : 6.5;
    const double expected = 0.05 * 7 * weeks;
    mean.Add(run.partial.moments[run.Series(2 + i, 0)].Mean(), expected,
             std::sqrt(expected / run.trials));
  }
  EXPECT_GT(mean.Sd(), 0.88);  // 300 cells: three standard errors of .04.
  EXPECT_LT(mean.Sd(), 1.12);
  EXPECT_LT(mean.Max(), 4.6);
}

}  // namespace
}  // namespace quotacast::simulator
