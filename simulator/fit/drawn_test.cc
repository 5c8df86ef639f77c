// Goal: top-down draws have the mean and the spread of the whole chain. Method: two-level chains
// whose moments are known in closed form.
#include "simulator/fit/drawn.h"

#include <cmath>
#include <vector>

#include "gtest/gtest.h"

namespace quotacast::simulator {
namespace {

constexpr int kDraws = 256;

double Variance(const Drawn& drawn) {
  double mean = 0;
  double squares = 0;
  for (const double draw : drawn.draws) {
    mean += draw / kDraws;
    squares += draw * draw / kDraws;
  }
  return squares - mean * mean;
}

// Parent Beta(6, 4): mean .6, variance .24 / 11. Child around it with kappa 8 and no data: variance
// Var P (8 / 9) + E P(1 - P) / 9. The variance of 256 draws is known to about 9 % (one sd); the
// bound is 4 sd (6e-5). A plug-in parent would give .0267 instead of .0436: 6 sd away.
TEST(DrawShare, CarriesTheParentsUncertainty) {
  const Drawn top = Constant(0.6, kDraws);
  const Drawn parent =
      Drawer(1, "t", "parent").DrawShare(0, {0, 0}, FixedPriorCount(10, kDraws), top);
  const double parent_variance = 0.24 / 11;
  EXPECT_NEAR(Variance(parent) / parent_variance, 1, 0.1);  // Stratified: far better than 9 %.
  const Drawn child =
      Drawer(1, "t", "child").DrawShare(0, {0, 0}, FixedPriorCount(8, kDraws), parent);
  const double expected = parent_variance * 8 / 9 + (0.24 - parent_variance) / 9;
  EXPECT_NEAR(Variance(child) / expected, 1, 0.36);
  EXPECT_GT(Variance(child), 1.2 * 0.24 / 9);
  EXPECT_NEAR(child.mean, 0.6, 0.005);
}

TEST(DrawShare, OwnDataWinOverThePrior) {
  const Drawn drawn =
      Drawer(1, "t", "x")
          .DrawShare(0, {300, 1000}, FixedPriorCount(2, kDraws), Constant(0.9, kDraws));
  EXPECT_NEAR(drawn.mean, (0.9 * 2 + 300) / 1002, 1e-9);
  EXPECT_NEAR(std::sqrt(Variance(drawn)), std::sqrt(0.3 * 0.7 / 1003), 0.001);
}

// Parent rate Gamma(5, 5 / 2): mean 2, variance .8. Child around it with kappa 4 and no data:
// variance E(R^2) / 4 + Var R = 4.8 / 4 + .8 = 2. Bound 4 sd of the variance of 256 draws (15 %).
TEST(DrawRate, CarriesTheParentsUncertainty) {
  const Drawn parent =
      Drawer(1, "t", "parent").DrawRate(0, {0, 0}, FixedPriorCount(5, kDraws), Constant(2, kDraws));
  EXPECT_NEAR(Variance(parent), 0.8, 0.05);
  const Drawn child =
      Drawer(1, "t", "child").DrawRate(0, {0, 0}, FixedPriorCount(4, kDraws), parent);
  EXPECT_NEAR(Variance(child) / 2, 1, 0.6);
  EXPECT_GT(Variance(child), 1.05);
  EXPECT_NEAR(child.mean, 2, 0.01);
}

TEST(DrawRate, OwnDataWinOverThePrior) {
  const Drawn drawn =
      Drawer(1, "t", "x")
          .DrawRate(0, {500, 10'000}, FixedPriorCount(2, kDraws), Constant(1, kDraws));
  EXPECT_NEAR(drawn.mean, 502.0 / 10'002, 1e-9);
}

// Passing up all of it would let two levels use the same observations twice. In a balanced chain
// with the discount the spread of the total is that of the observations alone, for any kappa.
TEST(PassedUp, CountsNothingTwice) {
  const ShareData bin{30, 50};
  for (const double kappa : {2.0, 50.0, 512.0}) {
    ShareData level;
    for (int b = 0; b < 8; ++b) {
      const ShareData up = PassedUp(bin, kappa);
      level.count += up.count;
      level.total += up.total;
    }
    const double w = kappa / (kappa + 50);
    const double variance = w * w * 0.24 / level.total + 0.24 / (kappa + 50) / 8;
    EXPECT_NEAR(variance, 0.24 / 400, 1e-9) << kappa;
  }
  // The level keeps the rate of its children, however few of their observations it is given.
  const std::vector<RateData> passed = PassedUp({{60, 100}, {20, 100}}, {1, 1}, 2);
  EXPECT_NEAR((passed[0].events + passed[1].events) / (passed[0].exposure + passed[1].exposure),
              0.4, 1e-9);
  EXPECT_LT(passed[0].exposure, 10);
}

}  // namespace
}  // namespace quotacast::simulator
