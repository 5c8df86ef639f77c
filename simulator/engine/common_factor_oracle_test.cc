// Goal: the market, team and rep factors keep every win probability and give exactly the
// covariances of the probit model. Method: bivariate normal probabilities and quadrature over the
// factor, on libm; each figure within 4.6 of its standard errors (about 30 figures: false alarm
// near 1e-4 for a correct engine; seeds fixed).
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

using testing::BivariatePhi;
using testing::Company;
using testing::CompanyOptions;
using testing::ExpectNormal;
using testing::Phi;
using testing::PhiInverse;

struct Simulated {
  PlanShape shape;
  Partial partial;
  double trials = 0;

  std::vector<int64_t> Samples(int entity) const {
    return GatherSamples(shape, partial, shape.EntitySeries(entity, 0));
  }
};

Simulated Simulate(const Company& company, int64_t trials, uint64_t seed) {
  EngineOptions options;
  options.trials = trials;
  options.seed = seed;
  const auto plan = Compile(company.model, company.state, {}, options, nullptr);
  EXPECT_TRUE(plan.ok()) << plan.status();
  const auto partial = SimulateParallel(**plan, 0, (*plan)->layout().trials, 2, nullptr, nullptr);
  EXPECT_TRUE(partial.ok()) << partial.status();
  EXPECT_EQ(partial->clamped_count, 0);
  return {(*plan)->shape(), *partial, static_cast<double>((*plan)->layout().trials)};
}

// Sample covariance against the exact one, with the standard error of the products.
void ExpectCovariance(const std::vector<int64_t>& x, const std::vector<int64_t>& y, double exact,
                      const char* what) {
  const double mean_x = testing::Mean(x), mean_y = testing::Mean(y);
  double squares = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    const double product =
        (static_cast<double>(x[i]) - mean_x) * (static_cast<double>(y[i]) - mean_y) - exact;
    squares += product * product;
  }
  const double error = std::sqrt(squares) / static_cast<double>(x.size());
  EXPECT_NEAR(testing::Covariance(x, y), exact, 4.6 * error) << what << ", error " << error;
}

constexpr double kAdvance = 0.4;
constexpr double kMarket = 0.25, kTeam = 0.2, kRep = 0.15;

CompanyOptions OneStage() {
  CompanyOptions options;
  options.rep_count = 4;  // Reps 0 and 2 in team 0, reps 1 and 3 in team 1.
  options.team_count = 2;
  options.open_deals_per_rep = 8;
  options.weekly_exit_share = 0.2;
  options.advance_probability = kAdvance;
  options.market_sd = kMarket;
  options.team_sd = kTeam;
  options.rep_sd = kRep;
  options.rep_variance = kRep * kRep;
  options.deal_amount = 1;
  return options;
}

TEST(CommonFactorOracleTest, CovariancesAreThoseOfTheProbitModel) {
  const Simulated run = Simulate(testing::MakeCompany(OneStage()), 200'000, 41);
  const double leaves = 1 - std::pow(0.8, 13);
  const double p = leaves * kAdvance;
  const double b2 = kMarket * kMarket + kTeam * kTeam + kRep * kRep;
  const double z = PhiInverse(kAdvance);
  // P(both advance) when the shifts have covariance c: Phi_2(z, z; c / (1 + b^2)).
  const auto both = [&](double c) { return leaves * leaves * BivariatePhi(z, z, c / (1 + b2)); };
  const double same_rep = both(b2) - p * p;
  const double same_team = both(kMarket * kMarket + kTeam * kTeam) - p * p;
  const double other_team = both(kMarket * kMarket) - p * p;
  std::vector<std::vector<int64_t>> reps;
  for (int r = 0; r < 4; ++r) reps.push_back(run.Samples(3 + r));

  const double rep_variance = 8 * p * (1 - p) + 8 * 7 * same_rep;
  for (int r = 0; r < 4; ++r) {
    EXPECT_NEAR(testing::Mean(reps[r]), 8 * p, 4.6 * std::sqrt(rep_variance / run.trials)) << r;
    ExpectCovariance(reps[r], reps[r], rep_variance, "variance of a rep");
  }
  ExpectCovariance(reps[0], reps[2], 64 * same_team, "reps of one team");
  ExpectCovariance(reps[1], reps[3], 64 * same_team, "reps of one team");
  ExpectCovariance(reps[0], reps[1], 64 * other_team, "reps of two teams");
  ExpectCovariance(reps[2], reps[3], 64 * other_team, "reps of two teams");
  ExpectCovariance(run.Samples(1), run.Samples(1), 2 * rep_variance + 2 * 64 * same_team,
                   "variance of a team");
  ExpectCovariance(run.Samples(1), run.Samples(2), 4 * 64 * other_team, "teams");
  ExpectCovariance(run.Samples(0), run.Samples(0),
                   4 * rep_variance + 4 * 64 * same_team + 8 * 64 * other_team,
                   "variance of the org");
}

// With the market alone, Var X = E Var(X | M) + Var E(X | M) by quadrature.
TEST(CommonFactorOracleTest, OrgVarianceSplitsOverTheMarket) {
  CompanyOptions options = OneStage();
  options.team_sd = options.rep_sd = options.rep_variance = 0;
  const Simulated run = Simulate(testing::MakeCompany(options), 100'000, 42);
  const double leaves = 1 - std::pow(0.8, 13);
  const double widened = PhiInverse(kAdvance) * std::sqrt(1 + kMarket * kMarket);
  const auto p = [&](double m) { return leaves * Phi(widened + kMarket * m); };
  const double n = 32;
  const double mean = n * ExpectNormal(p);
  EXPECT_NEAR(mean, n * leaves * kAdvance, 1e-9);
  const double within = ExpectNormal([&](double m) { return n * p(m) * (1 - p(m)); });
  const double between = ExpectNormal([&](double m) { return n * p(m) * n * p(m); }) - mean * mean;
  EXPECT_GT(between, within);  // The factor matters here.
  EXPECT_NEAR(testing::Mean(run.Samples(0)), mean,
              4.6 * std::sqrt((within + between) / run.trials));
  ExpectCovariance(run.Samples(0), run.Samples(0), within + between, "variance of the org");
}

// Over several stages the shared shift would favour long runs of luck; the thresholds undo that.
// Horizon of 104 weeks at 30 % a week: fewer than 1e-13 of the deals are left.
TEST(CommonFactorOracleTest, WinProbabilityOverThreeStagesIsKept) {
  CompanyOptions options = OneStage();
  options.stage_count = 3;
  options.open_deals_per_rep = 9;
  options.weekly_exit_share = 0.3;
  options.advance_probability = 0.7;
  options.period_weeks = 104;
  const Simulated run = Simulate(testing::MakeCompany(options), 100'000, 43);
  // Three deals in each stage, four reps.
  const double expected = 12 * (0.7 + 0.49 + 0.343);
  const double error =
      std::sqrt(run.partial.moments[run.shape.EntitySeries(0, 0)].Variance() / run.trials);
  EXPECT_NEAR(testing::Mean(run.Samples(0)), expected, 4.6 * error);
  // Widened thresholds alone would book more than ten standard errors too much.
  const double b2 = kMarket * kMarket + kTeam * kTeam + kRep * kRep;
  const double widened = PhiInverse(0.7) * std::sqrt(1 + b2);
  double uncorrected = 0;
  for (int stages = 1; stages <= 3; ++stages) {
    uncorrected += 12 * ExpectNormal([&](double x) {
                     return std::pow(Phi(widened + std::sqrt(b2) * x), stages);
                   });
  }
  EXPECT_GT(uncorrected - expected, 10 * error);
}

// Forty equal reps with five deals and a quota of two: the number at quota is Bin(40, p) without a
// factor.
TEST(CommonFactorOracleTest, EqualRepsWithoutFactorAreBinomial) {
  CompanyOptions options;
  options.rep_count = 40;
  options.open_deals_per_rep = 5;
  options.weekly_exit_share = 0.1;
  options.deal_amount = 1;
  options.quota = 2;
  const Simulated run = Simulate(testing::MakeCompany(options), 40'000, 44);
  const double win = 0.5 * (1 - std::pow(0.9, 13));
  const double p = 1 - std::pow(1 - win, 5) - 5 * win * std::pow(1 - win, 4);
  const std::vector<double> law = testing::PoissonBinomial(std::vector<double>(40, p));
  std::vector<int64_t> counts(41, 0);
  for (const int64_t n : GatherSamples(run.shape, run.partial, run.shape.AtQuotaSeries(0))) {
    ++counts[n];
  }
  // Cells with at least 40 expected: the normal approximation holds to 4.6 sd well enough.
  int judged = 0;
  for (int n = 0; n <= 40; ++n) {
    if (law[n] * run.trials < 40) continue;
    ++judged;
    EXPECT_NEAR(static_cast<double>(counts[n]) / run.trials, law[n],
                4.6 * std::sqrt(law[n] * (1 - law[n]) / run.trials))
        << n;
  }
  EXPECT_GT(judged, 15);
}

// With a market factor: mean n p, variance n p (1 - p) + n (n - 1) (E p(M)^2 - p^2).
TEST(CommonFactorOracleTest, EqualRepsWithAFactorAreOverdispersed) {
  CompanyOptions options;
  options.rep_count = 40;
  options.open_deals_per_rep = 5;
  options.weekly_exit_share = 0.1;
  options.market_sd = 0.25;
  options.deal_amount = 1;
  options.quota = 2;
  const Simulated run = Simulate(testing::MakeCompany(options), 100'000, 45);
  const double leaves = 1 - std::pow(0.9, 13);
  const auto reach = [&](double m) {
    const double win = leaves * Phi(0.25 * m);  // Advance probability one half: threshold 0.
    return 1 - std::pow(1 - win, 5) - 5 * win * std::pow(1 - win, 4);
  };
  const double p = ExpectNormal(reach);
  const double square = ExpectNormal([&](double m) { return reach(m) * reach(m); });
  const double variance = 40 * p * (1 - p) + 40 * 39 * (square - p * p);
  const std::vector<int64_t> counts =
      GatherSamples(run.shape, run.partial, run.shape.AtQuotaSeries(0));
  EXPECT_NEAR(testing::Mean(counts), 40 * p, 4.6 * std::sqrt(variance / run.trials));
  ExpectCovariance(counts, counts, variance, "variance of the number at quota");
  EXPECT_GT(variance, 2 * 40 * p * (1 - p));
}

}  // namespace
}  // namespace quotacast::simulator
