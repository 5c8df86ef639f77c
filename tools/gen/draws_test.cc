// Goal: draws are functions of their key, and have the distributions that they are named for.
// Method: 20,000 draws of each and their means, within five standard errors (false alarms below
// 1e-6; the seed is fixed).

#include "tools/gen/draws.h"

#include <array>
#include <cmath>

#include "gtest/gtest.h"

namespace quotacast::gen {
namespace {

constexpr int kDraws = 20'000;

template <typename Draw>
double Mean(Draw draw) {
  Draws draws(7, "test", "mean");
  double sum = 0;
  for (int i = 0; i < kDraws; ++i) sum += draw(draws);
  return sum / kDraws;
}

TEST(DrawsTest, SameKeySameDrawsOtherKeyOther) {
  Draws a(7, "deal", {1, 2});
  Draws b(7, "deal", {1, 2});
  Draws c(7, "deal", {2, 1});
  const double first = a.Uniform();
  EXPECT_EQ(first, b.Uniform());
  EXPECT_NE(first, c.Uniform());
  EXPECT_NE(first, a.Uniform());
  EXPECT_NE(Draws(8, "deal", {1, 2}).Uniform(), first);
}

TEST(DrawsTest, MeansAreThoseOfTheDistributions) {
  const double error = 5 / std::sqrt(kDraws);
  EXPECT_NEAR(Mean([](Draws& d) { return d.Uniform(2, 4); }), 3, error * 0.58);
  EXPECT_NEAR(Mean([](Draws& d) { return d.Normal(); }), 0, error);
  EXPECT_NEAR(Mean([](Draws& d) { return d.LogNormal(0, 0.5); }), std::exp(0.125), error * 0.61);
  EXPECT_NEAR(Mean([](Draws& d) { return d.Exponential(3); }), 3, error * 3);
  EXPECT_NEAR(Mean([](Draws& d) { return d.Weibull(2, 1.3); }), 2 * std::tgamma(1 + 1 / 1.3),
              error * 1.5);
  EXPECT_NEAR(Mean([](Draws& d) { return d.Poisson(1.7); }), 1.7, error * 1.31);
  EXPECT_NEAR(Mean([](Draws& d) { return d.Between(1, 3); }), 2, error * 0.82);
  EXPECT_NEAR(Mean([](Draws& d) { return d.Chance(0.2); }), 0.2, error * 0.4);
}

TEST(DrawsTest, PicksInProportion) {
  constexpr std::array<double, 3> kWeights = {1, 2, 1};
  Draws draws(7, "test", "pick");
  std::array<double, 3> counts{};
  for (int i = 0; i < kDraws; ++i) ++counts[draws.Pick(kWeights)];
  for (size_t i = 0; i < counts.size(); ++i) {
    const double p = kWeights[i] / 4;
    EXPECT_NEAR(counts[i] / kDraws, p, 5 * std::sqrt(p * (1 - p) / kDraws));
  }
}

TEST(DrawsTest, BoundsAreKept) {
  Draws draws(7, "test", "bounds");
  for (int i = 0; i < kDraws; ++i) {
    const int below = draws.Below(5);
    ASSERT_TRUE(below >= 0 && below < 5);
    const int between = draws.Between(-2, 2);
    ASSERT_TRUE(between >= -2 && between <= 2);
    ASSERT_GT(draws.Exponential(1), 0);
  }
}

}  // namespace
}  // namespace quotacast::gen
