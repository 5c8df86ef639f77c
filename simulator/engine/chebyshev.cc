#include "simulator/engine/chebyshev.h"

#include <cstddef>

#include "simulator/engine/deterministic_math.h"

namespace quotacast::simulator {
namespace {

constexpr double kPi = 0x1.921fb54442d18p+1;

int NodesFor(double radius) {
  if (radius <= 0.4) return 8;
  if (radius <= 0.8) return 10;
  if (radius <= 1.4) return 14;
  if (radius <= 2.1) return 20;
  return 26;
}

template <int kSize>
void EvaluateLanes(const double* coefficients, const double* t, int lanes, double* values) {
  double c[kSize];
  for (int i = 0; i < kSize; ++i) c[i] = coefficients[i];
  for (int lane = 0; lane < lanes; ++lane) {
    values[lane] = EvaluatePolynomial(c, kSize, t[lane]);
  }
}

}  // namespace

ChebyshevBasis::ChebyshevBasis(double radius) : radius_(radius) {
  const int n = NodesFor(radius);
  std::vector<double> unit(n);
  for (int i = 0; i < n; ++i) {
    unit[i] = Cos(kPi * (i + 0.5) / n);
    points_.push_back(radius * unit[i]);
  }
  // The interpolant is sum_m a_m T_m(t), a_m = (2 - [m = 0]) / n sum_i f_i T_m(t_i); the powers of
  // T_m follow from T_{m+1} = 2 t T_m - T_{m-1}.
  matrix_.assign(static_cast<size_t>(n) * n, 0);
  std::vector<double> previous(n, 0), current(n, 0), next(n, 0);
  current[0] = 1;
  std::vector<double> value_previous(n, 0), value_current(n, 1);
  for (int m = 0; m < n; ++m) {
    const double scale = (m == 0 ? 1.0 : 2.0) / n;
    for (int power = 0; power <= m; ++power) {
      for (int i = 0; i < n; ++i) {
        matrix_[power * n + i] += scale * current[power] * value_current[i];
      }
    }
    for (int power = 0; power < n; ++power) {
      const double lifted = power > 0 ? current[power - 1] : 0;
      next[power] = m == 0 ? lifted : 2 * lifted - previous[power];
    }
    for (int i = 0; i < n; ++i) {
      const double value_next =
          m == 0 ? unit[i] : 2 * unit[i] * value_current[i] - value_previous[i];
      value_previous[i] = value_current[i];
      value_current[i] = value_next;
    }
    previous.swap(current);
    current.swap(next);
  }
}

void ChebyshevBasis::ToCoefficients(const double* values, double* coefficients) const {
  const int n = size();
  // Powers of t are an ill-conditioned basis: rounding costs up to 10^-9 of what is interpolated,
  // which is therefore the difference to one of the values.
  const double reference = values[n / 2];
  const double* row = matrix_.data();
  for (int power = 0; power < n; ++power, row += n) {
    double sum = 0;
    for (int i = 0; i < n; ++i) sum += row[i] * (values[i] - reference);
    coefficients[power] = sum;
  }
  coefficients[0] += reference;
}

void EvaluatePolynomialLanes(const double* coefficients, int size, const double* t, int lanes,
                             double* values) {
  switch (size) {
    case 8:
      return EvaluateLanes<8>(coefficients, t, lanes, values);
    case 10:
      return EvaluateLanes<10>(coefficients, t, lanes, values);
    case 14:
      return EvaluateLanes<14>(coefficients, t, lanes, values);
    case 20:
      return EvaluateLanes<20>(coefficients, t, lanes, values);
    default:
      return EvaluateLanes<26>(coefficients, t, lanes, values);
  }
}

}  // namespace quotacast::simulator
