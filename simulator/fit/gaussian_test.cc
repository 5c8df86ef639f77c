// Goal: determinants, solutions and draws belong to the matrix. Method: a 3 x 3 worked by hand.
#include "simulator/fit/gaussian.h"

#include <cmath>
#include <vector>

#include "gtest/gtest.h"

namespace quotacast::simulator {
namespace {

// L = [2 0 0; 1 3 0; -1 2 1], A = L L'.
SymmetricMatrix Example() {
  SymmetricMatrix a(3);
  a.values = {4, 2, -2, 2, 10, 5, -2, 5, 6};
  return a;
}

TEST(Cholesky, DeterminantAndSolution) {
  const Cholesky cholesky(Example());
  EXPECT_NEAR(cholesky.log_determinant(), std::log(36.0), 1e-12);
  // A (1, 2, 3)' = (2, 37, 26)'.
  const std::vector<double> x = cholesky.Solve({2, 37, 26});
  EXPECT_NEAR(x[0], 1, 1e-12);
  EXPECT_NEAR(x[1], 2, 1e-12);
  EXPECT_NEAR(x[2], 3, 1e-12);
}

// The columns S of L'^-1 give S S' = A^-1, so A S S' is the unit matrix.
TEST(Cholesky, DrawsHaveTheInverseAsCovariance) {
  const Cholesky cholesky(Example());
  const SymmetricMatrix a = Example();
  SymmetricMatrix covariance(3);
  for (size_t c = 0; c < 3; ++c) {
    std::vector<double> z(3, 0.0);
    z[c] = 1;
    const std::vector<double> s = cholesky.Spread(z);
    for (size_t i = 0; i < 3; ++i) {
      for (size_t j = 0; j < 3; ++j) covariance.At(i, j) += s[i] * s[j];
    }
  }
  for (size_t i = 0; i < 3; ++i) {
    for (size_t j = 0; j < 3; ++j) {
      double product = 0;
      for (size_t k = 0; k < 3; ++k) product += a.At(i, k) * covariance.At(k, j);
      EXPECT_NEAR(product, i == j ? 1 : 0, 1e-12);
    }
  }
}

TEST(Cholesky, OfSizeZero) {
  const Cholesky cholesky(SymmetricMatrix(0));
  EXPECT_EQ(cholesky.log_determinant(), 0);
  EXPECT_TRUE(cholesky.Solve({}).empty());
}

}  // namespace
}  // namespace quotacast::simulator
