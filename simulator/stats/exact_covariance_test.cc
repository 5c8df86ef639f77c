// Goal: covariances by their definition, without cancellation. Method: by hand; against a sum of
// products of deviations; far from zero, where the sums alone would lose all digits.
#include "simulator/stats/exact_covariance.h"

#include <cstddef>
#include <cstdint>
#include <vector>

#include "gtest/gtest.h"
#include "simulator/testing/closed_forms.h"

namespace quotacast::simulator {
namespace {

double CovarianceOf(const std::vector<int64_t>& x, const std::vector<int64_t>& y) {
  __int128 sum_x = 0, sum_y = 0, sum_xy = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    sum_x += x[i];
    sum_y += y[i];
    sum_xy += static_cast<__int128>(x[i]) * y[i];
  }
  return CovarianceFromSums(static_cast<int64_t>(x.size()), sum_x, sum_y, sum_xy);
}

TEST(ExactCovarianceTest, ByHand) {
  // Means 2 and 5: (-1)(-1) + 0 * 4 + 1 * (-3), over 2.
  EXPECT_DOUBLE_EQ(CovarianceOf({1, 2, 3}, {4, 9, 2}), -1);
  // Means that are no integers: 1/2 and 3/2.
  EXPECT_DOUBLE_EQ(CovarianceOf({0, 1}, {1, 2}), 0.5);
  EXPECT_DOUBLE_EQ(CovarianceOf({-3, -4}, {7, 8}), -0.5);
  EXPECT_EQ(CovarianceOf({}, {}), 0);
  EXPECT_EQ(CovarianceOf({5}, {7}), 0);
}

TEST(ExactCovarianceTest, MatchesDeviationsFarFromZero) {
  std::vector<int64_t> x, y, near_x, near_y;
  for (int64_t i = 0; i < 1'000; ++i) {
    near_x.push_back(i * i % 97 - 31);
    near_y.push_back(i * 7 % 61 + 3 * (i * i % 97));
    x.push_back(near_x.back() + 9'000'000'000'000);
    y.push_back(near_y.back() + 900'000'000'000'000);
  }
  const double expected = testing::Covariance(near_x, near_y);
  EXPECT_NEAR(CovarianceOf(near_x, near_y), expected, 1e-9 * expected);
  EXPECT_NEAR(CovarianceOf(x, y), expected, 1e-9 * expected);
}

}  // namespace
}  // namespace quotacast::simulator
