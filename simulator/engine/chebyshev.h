// Polynomials through Chebyshev nodes: how a probability's dependence on the common shift is kept.
#ifndef QUOTACAST_SIMULATOR_ENGINE_CHEBYSHEV_H_
#define QUOTACAST_SIMULATOR_ENGINE_CHEBYSHEV_H_

#include <vector>

namespace quotacast::simulator {

// Interpolation on [-radius, radius] through `nodes` Chebyshev points of the first kind. Immutable.
class ChebyshevBasis {
 public:
  // As many nodes as keep the interpolation error of win probabilities below 1e-5 (measured; see
  // the test). `radius` in (0, 3].
  explicit ChebyshevBasis(double radius);

  int size() const { return static_cast<int>(points_.size()); }
  double radius() const { return radius_; }
  // The nodes in the units of the argument.
  const std::vector<double>& points() const { return points_; }

  // Turns `size()` values at the nodes into coefficients of powers of t = x / radius, lowest first.
  // Equal values give exactly that constant, so certain deals stay certain.
  void ToCoefficients(const double* values, double* coefficients) const;

 private:
  double radius_;
  std::vector<double> points_;
  std::vector<double> matrix_;  // [power * size + node].
};

// Value at t in [-1, 1] of a polynomial with `size` (even) coefficients: even and odd powers
// apart, which halves the chain of dependent operations.
inline double EvaluatePolynomial(const double* coefficients, int size, double t) {
  const double square = t * t;
  double even = coefficients[size - 2];
  double odd = coefficients[size - 1];
  for (int i = size - 4; i >= 0; i -= 2) {
    even = even * square + coefficients[i];
    odd = odd * square + coefficients[i + 1];
  }
  return even + t * odd;
}

// The same for `lanes` arguments; the same operations in the same order, so the same bits.
void EvaluatePolynomialLanes(const double* coefficients, int size, const double* t, int lanes,
                             double* values);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_ENGINE_CHEBYSHEV_H_
