// Goal: the arithmetic of posteriors is right. Method: closed-form quantiles; strata counted.
#include "simulator/fit/posterior.h"

#include <cmath>
#include <set>
#include <vector>

#include "gtest/gtest.h"

namespace quotacast::simulator {
namespace {

TEST(Quantiles, MatchClosedForms) {
  EXPECT_NEAR(BetaQuantile(2, 2, 0.5), 0.5, 1e-12);
  EXPECT_NEAR(BetaQuantile(1, 3, 0.3), 1 - std::cbrt(0.7), 1e-12);
  EXPECT_NEAR(GammaQuantile(1, 2, 0.5), std::log(2.0) / 2, 1e-12);
  EXPECT_NEAR(GammaQuantile(1, 0.5, 0.9), 2 * std::log(10.0), 1e-10);
}

TEST(Quantiles, StayFiniteAtTheEdges) {
  for (const double u : {1e-9, 0.5, 1 - 1e-9}) {
    for (const double shape : {0.01, 2.0, 1e7}) {
      const double gamma = GammaQuantile(shape, 1e6, u);
      EXPECT_TRUE(std::isfinite(gamma) && gamma >= 0) << shape << " " << u;
      const double beta = BetaQuantile(shape, 0.01, u);
      EXPECT_TRUE(beta >= 0 && beta <= 1) << shape << " " << u;
    }
  }
}

TEST(StratifiedUniforms, HitEveryStratumOnce) {
  for (const int count : {1, 2, 64, 256}) {
    const std::vector<double> uniforms = StratifiedUniforms(1, 2, 3, count);
    std::set<int> strata;
    for (const double u : uniforms) {
      EXPECT_GT(u, 0);
      EXPECT_LT(u, 1);
      strata.insert(static_cast<int>(u * count));
    }
    EXPECT_EQ(strata.size(), static_cast<size_t>(count));
  }
}

TEST(StratifiedUniforms, AreAFunctionOfTheirKeyAndDifferBetweenKeys) {
  const std::vector<double> base = StratifiedUniforms(1, 2, 3, 64);
  EXPECT_EQ(base, StratifiedUniforms(1, 2, 3, 64));
  EXPECT_NE(base, StratifiedUniforms(2, 2, 3, 64));
  EXPECT_NE(base, StratifiedUniforms(1, 3, 3, 64));
  EXPECT_NE(base, StratifiedUniforms(1, 2, 4, 64));
  // Two parameters are ordered independently: over 200 pairs of 64 the mean correlation has sd
  // 1 / sqrt(63 * 200) = .009; the bound is 5 sd (false alarm 6e-7).
  double sum = 0;
  for (uint32_t p = 0; p < 200; ++p) {
    const std::vector<double> a = StratifiedUniforms(1, 2, 2 * p, 64);
    const std::vector<double> b = StratifiedUniforms(1, 2, 2 * p + 1, 64);
    for (int k = 0; k < 64; ++k) sum += 12 * (a[k] - 0.5) * (b[k] - 0.5) / 64;
  }
  EXPECT_LT(std::abs(sum / 200), 0.045);
}

TEST(Quantise, SwallowsLastBitsAndKeepsTheValue) {
  for (const double value : {0.3, 1e-7, 123456.789, -0.04}) {
    EXPECT_NEAR(Quantise(value) / value, 1, 1e-8);
    EXPECT_EQ(Quantise(value), Quantise(value * (1 + 2e-15)));
    EXPECT_EQ(Quantise(Quantise(value)), Quantise(value));
  }
  EXPECT_EQ(Quantise(0), 0);
  EXPECT_DEATH(Quantise(std::nan("")), "NaN");
}

}  // namespace
}  // namespace quotacast::simulator
