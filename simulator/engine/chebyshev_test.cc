// Goal: win probabilities interpolated in the common shift are within 1e-5 over each range the
// engine uses, and lanes compute the same bits as scalars. Method: products of normal distribution
// functions as eight stages make them, on dense grids.
#include "simulator/engine/chebyshev.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "simulator/engine/deterministic_math.h"

namespace quotacast::simulator {
namespace {

// The win probability of `stages` equal stages whose product at shift 0 is `total`.
double WinProbability(int stages, double total, double shift) {
  const double z = NormalQuantile(std::pow(total, 1.0 / stages));
  return std::pow(NormalCdf(z + shift), stages);
}

class ChebyshevTest : public ::testing::TestWithParam<double> {};

TEST_P(ChebyshevTest, WinProbabilitiesAreWithinTolerance) {
  const double radius = GetParam();
  const ChebyshevBasis basis(radius);
  double worst = 0;
  for (const int stages : {1, 2, 3, 5, 8}) {
    for (const double total : {0.01, 0.1, 0.3, 0.5, 0.8, 0.99}) {
      std::vector<double> values, coefficients(basis.size());
      for (const double x : basis.points()) values.push_back(WinProbability(stages, total, x));
      basis.ToCoefficients(values.data(), coefficients.data());
      for (double t = -1; t <= 1; t += 0.01) {
        const double error = EvaluatePolynomial(coefficients.data(), basis.size(), t) -
                             WinProbability(stages, total, t * radius);
        worst = std::max(worst, std::abs(error));
      }
    }
  }
  RecordProperty("worst_error", std::to_string(worst));
  EXPECT_LT(worst, 1e-5) << "radius " << radius << ", " << basis.size() << " nodes";
}

TEST_P(ChebyshevTest, ConstantsStayConstant) {
  const ChebyshevBasis basis(GetParam());
  const std::vector<double> ones(basis.size(), 1);
  std::vector<double> coefficients(basis.size());
  basis.ToCoefficients(ones.data(), coefficients.data());
  for (double t = -1; t <= 1; t += 0.05) {
    EXPECT_EQ(EvaluatePolynomial(coefficients.data(), basis.size(), t), 1);
  }
}

TEST_P(ChebyshevTest, LanesComputeTheSameBits) {
  const ChebyshevBasis basis(GetParam());
  std::vector<double> values, coefficients(basis.size());
  for (const double x : basis.points()) values.push_back(WinProbability(2, 0.3, x));
  basis.ToCoefficients(values.data(), coefficients.data());
  std::vector<double> t, lanes(67);
  for (int i = 0; i < 67; ++i) t.push_back(-1 + i * 0.03);
  EvaluatePolynomialLanes(coefficients.data(), basis.size(), t.data(), 67, lanes.data());
  for (int i = 0; i < 67; ++i) {
    EXPECT_EQ(lanes[i], EvaluatePolynomial(coefficients.data(), basis.size(), t[i]));
  }
}

INSTANTIATE_TEST_SUITE_P(Radii, ChebyshevTest, ::testing::Values(0.4, 0.8, 1.4, 2.1, 3.0));

}  // namespace
}  // namespace quotacast::simulator
