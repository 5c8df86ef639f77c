// Goal: each function meets the accuracy its header states. Method: dense grids against libm
// (itself within 1e-15), round trips, and exact special values.
#include "simulator/engine/deterministic_math.h"

#include <algorithm>
#include <cmath>

#include "gtest/gtest.h"

namespace quotacast::simulator {
namespace {

double RelativeError(double value, double exact) {
  return exact == 0 ? std::abs(value) : std::abs(value / exact - 1);
}

TEST(DeterministicMathTest, ExpMatchesLibm) {
  for (double x = -700; x < 700; x += 0.0371) {
    ASSERT_LT(RelativeError(Exp(x), std::exp(x)), 1e-15) << x;
  }
  EXPECT_EQ(Exp(0), 1);
  EXPECT_EQ(Exp(-0.0), 1);
  EXPECT_EQ(Exp(-1000), 0);
  EXPECT_TRUE(std::isinf(Exp(710)));
  EXPECT_NEAR(Exp(-740) / std::exp(-740.0), 1, 0.2);  // Subnormal: few digits exist.
}

TEST(DeterministicMathTest, LogMatchesLibm) {
  for (double x = 1e-300; x < 1e300; x *= 1.173) {
    ASSERT_LT(RelativeError(Log(x), std::log(x)), 1e-14) << x;
  }
  for (double x = 0.5; x < 2; x += 0.00037) {
    ASSERT_NEAR(Log(x), std::log(x), 2e-16) << x;
  }
  EXPECT_EQ(Log(1), 0);
  EXPECT_TRUE(std::isinf(Log(0)));
  EXPECT_NEAR(Log(5e-324), std::log(5e-324), 1e-12);
}

TEST(DeterministicMathTest, PowerAndCosMatchLibm) {
  for (double x = 0.01; x < 50; x *= 1.37) {
    for (double y = -20; y < 20; y += 0.91) {
      ASSERT_LT(RelativeError(Power(x, y), std::pow(x, y)), 1e-13) << x << " " << y;
    }
  }
  for (double x = 0; x < 3.14159; x += 0.0013) ASSERT_NEAR(Cos(x), std::cos(x), 1e-15) << x;
}

TEST(DeterministicMathTest, LogGammaMatchesLibm) {
  for (double x = 0.01; x < 1e4; x *= 1.031) {
    const double exact = std::lgamma(x);
    ASSERT_NEAR(LogGamma(x), exact, 1e-13 * std::max(1.0, std::abs(exact))) << x;
  }
}

TEST(DeterministicMathTest, NormalCdfMatchesErfc) {
  for (double x = -37; x < 9; x += 0.00717) {
    const double exact = 0.5 * std::erfc(-x / std::sqrt(2.0));
    ASSERT_LT(RelativeError(NormalCdf(x), exact), 3e-13) << x;
  }
  EXPECT_EQ(NormalCdf(0), 0.5);
  EXPECT_EQ(NormalCdf(-1000), 0);
  EXPECT_EQ(NormalCdf(1000), 1);
}

TEST(DeterministicMathTest, NormalQuantileInvertsTheDistribution) {
  // A relative error e of the quantile x changes the probability by phi(x) x e, so the round trip
  // through libm's erfc bounds e.
  for (double x = -8.2; x < 8.2; x += 0.00711) {
    const double p = 0.5 * std::erfc(-x / std::sqrt(2.0));
    const double spacing = p > 0.5 ? 1.2e-16 / (NormalDensity(x) + 1e-300) : 0;
    ASSERT_NEAR(NormalQuantile(p), x, 1e-13 * std::abs(x) + 4e-16 + spacing) << x;
  }
  EXPECT_EQ(NormalQuantile(0.5), 0);
  EXPECT_EQ(NormalQuantile(0.25), -NormalQuantile(0.75));
  EXPECT_TRUE(std::isinf(NormalQuantile(1)));
  EXPECT_TRUE(std::isinf(NormalQuantile(0)));
}

TEST(DeterministicMathTest, GammaCdfMatchesClosedForms) {
  for (double x = 0.01; x < 60; x *= 1.11) {
    // Shape 1: exponential. Shape 1/2: erf(sqrt x). Shape 3: 1 - e^-x (1 + x + x^2 / 2).
    EXPECT_NEAR(GammaCdf(1, x), -std::expm1(-x), 1e-13);
    EXPECT_NEAR(GammaCdf(0.5, x), std::erf(std::sqrt(x)), 1e-13);
    EXPECT_NEAR(GammaCdf(3, x), 1 - std::exp(-x) * (1 + x + x * x / 2), 1e-13);
  }
  // Large shapes: P(k, x) = P(Poisson(x) >= k).
  double probability = std::exp(-300.0), below = 0;
  for (int n = 0; n < 310; ++n) {
    below += probability;
    probability *= 300.0 / (n + 1);
  }
  EXPECT_NEAR(GammaCdf(310, 300), 1 - below, 1e-12);
  EXPECT_EQ(GammaCdf(2, 0), 0);
}

}  // namespace
}  // namespace quotacast::simulator
