#include "simulator/fit/gaussian.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace quotacast::simulator {
namespace {

constexpr double kMinPivot = 1e-12;

}  // namespace

Cholesky::Cholesky(SymmetricMatrix matrix) : factor_(std::move(matrix)) {
  const size_t n = factor_.size;
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = 0; j <= i; ++j) {
      double sum = factor_.At(i, j);
      for (size_t k = 0; k < j; ++k) sum -= factor_.At(i, k) * factor_.At(j, k);
      if (i == j) {
        factor_.At(i, i) = std::sqrt(std::max(sum, kMinPivot * std::abs(factor_.At(i, i))));
      } else {
        factor_.At(i, j) = sum / factor_.At(j, j);
      }
    }
  }
}

double Cholesky::log_determinant() const {
  double sum = 0;
  for (size_t i = 0; i < factor_.size; ++i) sum += 2 * std::log(factor_.At(i, i));
  return sum;
}

std::vector<double> Cholesky::Solve(std::vector<double> b) const {
  for (size_t i = 0; i < factor_.size; ++i) {
    for (size_t k = 0; k < i; ++k) b[i] -= factor_.At(i, k) * b[k];
    b[i] /= factor_.At(i, i);
  }
  return Spread(std::move(b));
}

std::vector<double> Cholesky::Spread(std::vector<double> z) const {
  for (size_t i = factor_.size; i-- > 0;) {
    for (size_t k = i + 1; k < factor_.size; ++k) z[i] -= factor_.At(k, i) * z[k];
    z[i] /= factor_.At(i, i);
  }
  return z;
}

}  // namespace quotacast::simulator
