// Goal: the oracles themselves are right. Method: special cases with answers in every textbook.
#include "simulator/testing/closed_forms.h"

#include <cmath>
#include <vector>

#include "gtest/gtest.h"

namespace quotacast::simulator::testing {
namespace {

TEST(ClosedFormsTest, NormalValues) {
  EXPECT_NEAR(Phi(1.959963984540054), 0.975, 1e-14);
  EXPECT_NEAR(PhiInverse(0.975), 1.959963984540054, 1e-12);
  EXPECT_NEAR(ExpectNormal([](double x) { return x * x; }), 1, 1e-10);
  // P(both positive) = 1/4 + asin(rho) / (2 pi).
  EXPECT_NEAR(BivariatePhi(0, 0, 0.5), 0.25 + std::asin(0.5) / (2 * M_PI), 1e-9);
}

TEST(ClosedFormsTest, PoissonBinomialWithEqualChancesIsBinomial) {
  const std::vector<double> law = PoissonBinomial({0.3, 0.3, 0.3});
  EXPECT_NEAR(law[0], 0.343, 1e-15);
  EXPECT_NEAR(law[1], 0.441, 1e-15);
  EXPECT_NEAR(law[3], 0.027, 1e-15);
}

TEST(ClosedFormsTest, PanjerWithUnitClaimsIsTheCountLaw) {
  // Poisson(2): a = 0, b = 2. P(N >= 3) = 1 - e^-2 (1 + 2 + 2).
  EXPECT_NEAR(PanjerTail(0, 2, std::exp(-2.0), {0, 1}, 3), 1 - std::exp(-2.0) * 5, 1e-14);
}

TEST(ClosedFormsTest, OneStageChainIsGeometric) {
  // Won within n steps: p (1 - (1 - h)^n).
  EXPECT_NEAR(ChainWinProbability(1, 0.3, 0.6, 0, 5), 0.6 * (1 - std::pow(0.7, 5)), 1e-14);
  // Two stages, one step: both left at once.
  EXPECT_NEAR(ChainWinProbability(2, 0.3, 0.6, 0, 1), 0.18 * 0.18, 1e-14);
  // For ever: p^2.
  EXPECT_NEAR(ChainWinProbability(2, 0.3, 0.6, 0, 1'000), 0.36, 1e-12);
  // Nobody goes back.
  EXPECT_NEAR(ReturningChainWins(0.3, 0.6, {0, 0}, {{1}, {1, 0}}, 5)[0],
              ChainWinProbability(2, 0.3, 0.6, 0, 5), 1e-14);
  // A stage started anew by one in five of those that leave: by the second step those who left in
  // the first and went back have had one more.
  EXPECT_NEAR(ReturningChainWins(0.3, 0.6, {0.2}, {{1}}, 1)[0], 0.3 * 0.8 * 0.6, 1e-14);
  EXPECT_NEAR(ReturningChainWins(0.3, 0.6, {0.2}, {{1}}, 2)[0],
              0.3 * 0.8 * 0.6 * (1 + 0.7 + 0.3 * 0.2), 1e-14);
  EXPECT_NEAR(ReturningChainWins(0.3, 0.6, {0.2}, {{1}}, 1'000)[0], 0.6, 1e-12);
}

TEST(ClosedFormsTest, RoundedLognormalSumsToOne) {
  double sum = 0;
  for (const double p : RoundedLognormal(std::log(5.0), 0.7, 50)) sum += p;
  EXPECT_NEAR(sum, 1, 1e-14);
}

TEST(ClosedFormsTest, ZScoresAndMoments) {
  ZScores scores;
  scores.Add(3, 1, 1);
  scores.Add(0, 1, 1);
  EXPECT_DOUBLE_EQ(scores.Sd(), std::sqrt(2.5));
  EXPECT_EQ(scores.Max(), 2);
  EXPECT_EQ(Mean({1, 2, 6}), 3);
  EXPECT_EQ(Covariance({1, 2, 6}, {1, 2, 6}), 7);
}

}  // namespace
}  // namespace quotacast::simulator::testing
