// Goal: draws by inversion have the law they name. Method: compare quantiles with distribution
// functions summed or written independently on libm; check monotonicity.
#include "simulator/engine/inversion.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "gtest/gtest.h"
#include "simulator/engine/deterministic_math.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {
namespace {

// P(Poisson(mean) <= n).
double PoissonCdf(double mean, int n) {
  double sum = 0;
  for (int i = 0; i <= n; ++i) sum += std::exp(i * std::log(mean) - mean - std::lgamma(i + 1.0));
  return sum;
}

TEST(InversionTest, PoissonQuantileIsTheSmallestCountReached) {
  for (const double mean : {0.001, 0.3, 1.0, 7.5, 40.0, 250.0}) {
    for (double u = 0.0005; u < 1; u += 0.0071) {
      const int n = PoissonQuantile(mean, u);
      ASSERT_GE(PoissonCdf(mean, n), u - 1e-12) << mean << " " << u;
      if (n > 0) {
        ASSERT_LT(PoissonCdf(mean, n - 1), u + 1e-12) << mean << " " << u;
      }
    }
  }
  EXPECT_EQ(PoissonQuantile(0, 0.999), 0);
  EXPECT_LT(PoissonQuantile(3, 1 - 1e-10), 40);
}

TEST(InversionTest, LargeMeansUseAnExpansionOfKnownError) {
  for (const double mean : {257.0, 1'000.0, 20'000.0}) {
    for (const double u : {1e-6, 0.01, 0.3, 0.5, 0.9, 0.999, 1 - 1e-6}) {
      const int n = PoissonQuantile(mean, u);
      // Off by less than 1e-4 in probability means at most one count at these means.
      EXPECT_GE(PoissonCdf(mean, n), u - 1e-4) << mean << " " << u;
      EXPECT_LT(PoissonCdf(mean, n - 1), u + 1e-4) << mean << " " << u;
    }
  }
  EXPECT_EQ(PoissonQuantile(1e9, 0.5), kMaxPoissonCount);
}

TEST(InversionTest, PoissonQuantileIsMonotoneInTheMean) {
  for (const double u : {0.1, 0.5, 0.97}) {
    int previous = 0;
    for (double mean = 0; mean < 400; mean += 0.25) {
      const int n = PoissonQuantile(mean, u);
      ASSERT_GE(n, previous) << mean;
      previous = n;
    }
  }
}

TEST(InversionTest, AmountsAreLognormalRoundedAndCapped) {
  const AmountDistribution amount = {std::log(25'000.0), 0.8, 100'000};
  EXPECT_EQ(AmountQuantile(amount, 0.5), 25'000);
  for (const double u : {0.01, 0.2, 0.7, 0.9}) {
    const double exact = 25'000 * std::exp(0.8 * NormalQuantile(u));
    EXPECT_NEAR(static_cast<double>(AmountQuantile(amount, u)), exact, 0.51) << u;
  }
  EXPECT_EQ(AmountQuantile(amount, 0.9999), 100'000);
  EXPECT_EQ(AmountQuantile({40, 5, 77}, 0.999), 77);
  EXPECT_EQ(AmountQuantile({std::log(500.0), 0, 1'000}, 0.01), 500);
}

TEST(InversionTest, GammaMixingHitsTheDistributionFunction) {
  for (const double shape : {0.05, 0.5, 1.0, 10.0, 500.0}) {
    const GammaMixing mixing(shape);
    double previous = -1;
    for (const double u : {1e-9, 1e-4, 0.02, 0.3, 0.5, 0.8, 0.99, 0.9999, 1 - 1e-9}) {
      const double g = mixing.Quantile(u);
      // Where the table is, the distribution function brings u back; the tolerance is relative to
      // the nearer tail.
      EXPECT_NEAR(GammaCdf(shape, shape * g), u, 2e-6 * std::min(u, 1 - u) + 1e-12)
          << shape << " " << u;
      EXPECT_GT(g, previous);
      previous = g;
    }
  }
}

// The mean over 2^16 equally spaced uniforms is 1 up to the trapezoid error.
TEST(InversionTest, GammaMixingHasMeanOne) {
  const GammaMixing mixing(10);
  double sum = 0, squares = 0;
  for (int i = 0; i < 65'536; ++i) {
    const double g = mixing.Quantile((i + 0.5) / 65'536);
    sum += g;
    squares += (g - 1) * (g - 1);
  }
  EXPECT_NEAR(sum / 65'536, 1, 1e-5);
  EXPECT_NEAR(squares / 65'536, 0.1, 1e-4);
}

TEST(InversionTest, HugeShapesAreConstant) {
  EXPECT_TRUE(GammaMixing(1e9).is_constant());
  EXPECT_EQ(GammaMixing(1e9).Quantile(0.9), 1);
}

}  // namespace
}  // namespace quotacast::simulator
