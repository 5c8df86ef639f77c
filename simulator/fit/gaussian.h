// Normal distributions given by mode and precision matrix: what Laplace's method leaves.
#ifndef QUOTACAST_SIMULATOR_FIT_GAUSSIAN_H_
#define QUOTACAST_SIMULATOR_FIT_GAUSSIAN_H_

#include <cstddef>
#include <vector>

namespace quotacast::simulator {

// A symmetric matrix, row by row.
struct SymmetricMatrix {
  explicit SymmetricMatrix(size_t n) : size(n), values(n * n, 0.0) {}
  double& At(size_t row, size_t column) { return values[row * size + column]; }
  double At(size_t row, size_t column) const { return values[row * size + column]; }
  size_t size;
  std::vector<double> values;
};

// The factor L of a positive definite matrix A = L L'. A pivot that rounding makes too small is
// lifted to 1e-12 of its diagonal element.
class Cholesky {
 public:
  explicit Cholesky(SymmetricMatrix matrix);

  double log_determinant() const;  // Of A.
  // A^-1 b; `b` has the matrix's size, here and below.
  std::vector<double> Solve(std::vector<double> b) const;
  // L'^-1 z: with z standard normal, a draw from N(0, A^-1).
  std::vector<double> Spread(std::vector<double> z) const;

 private:
  SymmetricMatrix factor_;
};

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_FIT_GAUSSIAN_H_
