// Goal: the exponent of a power law is found, and none is made up. Method: costs made from known
// exponents, a line worked out by hand, and what has no exponent.
#include "tools/bench/growth_exponent.h"

#include <cmath>
#include <vector>

#include "gtest/gtest.h"

namespace quotacast::bench {
namespace {

TEST(GrowthExponentTest, IsThatOfThePower) {
  const std::vector<double> sizes = {1e3, 1e4, 1e5};
  for (const double exponent : {0.0, 0.5, 1.0, 1.5, 2.0}) {
    std::vector<double> costs;
    for (const double size : sizes) costs.push_back(7 * std::pow(size, exponent));
    EXPECT_NEAR(GrowthExponent(sizes, costs), exponent, 1e-12);
  }
}

// Logarithms (0, 0), (1, 0), (2, 3) to the base 10: means 1 and 1, slope (1 + 0 + 2) / (1 + 0 + 1).
TEST(GrowthExponentTest, FitsTheLeastSquares) {
  EXPECT_NEAR(GrowthExponent({1, 10, 100}, {1, 1, 1000}), 1.5, 1e-12);
}

TEST(GrowthExponentTest, IsNoNumberWhereThereIsNone) {
  EXPECT_TRUE(std::isnan(GrowthExponent({}, {})));
  EXPECT_TRUE(std::isnan(GrowthExponent({10}, {1})));
  EXPECT_TRUE(std::isnan(GrowthExponent({10, 10}, {1, 2})));
  EXPECT_TRUE(std::isnan(GrowthExponent({10, 100}, {0, 2})));
  EXPECT_TRUE(std::isnan(GrowthExponent({0, 100}, {1, 2})));
}

}  // namespace
}  // namespace quotacast::bench
