#include "simulator/engine/inversion.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "simulator/engine/deterministic_math.h"

namespace quotacast::simulator {
namespace {

constexpr double kMaxSummedMean = 256;
constexpr double kMaxMixShape = 1e6;
constexpr double kMaxScore = 6.5;
constexpr int kScoreCells = 520;  // 0.025 wide.

// ln of the p-quantile of Gamma(shape, rate = shape) by Newton's method inside a bracket.
double LogGammaQuantile(double shape, double p) {
  const double log_shape = Log(shape);
  // P(shape, x) <= x^shape / Gamma(shape + 1) with near equality for small x: a lower bound that
  // is the answer itself when x is tiny.
  const double small = (Log(p) + LogGamma(shape + 1)) / shape;
  if (small < -28) return small - log_shape;
  const double log_gamma = LogGamma(shape);
  double low = small;
  double high = Log(shape + 45 + 14 * std::sqrt(shape));
  double y = std::clamp(log_shape, low, high);
  for (int iteration = 0; iteration < 100; ++iteration) {
    const double x = Exp(y);
    const double value = GammaCdf(shape, x) - p;
    (value > 0 ? high : low) = y;
    const double slope = Exp(shape * y - x - log_gamma);  // d P / d ln x.
    double next = slope > 0 ? y - value / slope : high + 1;
    if (!(next > low && next < high)) next = 0.5 * (low + high);
    const double change = next - y;
    y = next;
    if (change < 1e-12 && change > -1e-12) break;
  }
  return y - log_shape;
}

}  // namespace

int PoissonQuantile(double mean, double u) {
  if (mean <= 0) return 0;
  if (mean <= kMaxSummedMean) {
    double probability = Exp(-mean);
    double cumulative = probability;
    int n = 0;
    // The bound stops a sum that rounding keeps below a u close to 1.
    while (cumulative < u && n < 2'000) {
      ++n;
      probability *= mean / n;
      cumulative += probability;
    }
    return n;
  }
  const double z = NormalQuantile(u);
  const double root = std::sqrt(mean);
  const double x = mean + root * z + (1.0 / 3 + z * z / 6) - (z / 36 + z * z * z / 72) / root;
  return static_cast<int>(std::clamp(std::floor(x), 0.0, static_cast<double>(kMaxPoissonCount)));
}

int64_t AmountQuantile(const AmountDistribution& amount, double u) {
  double log_amount = amount.log_median;
  if (amount.log_sd > 0) log_amount += amount.log_sd * NormalQuantile(u);
  const double value = Exp(log_amount) + 0.5;
  if (value >= static_cast<double>(amount.cap_minor_units)) return amount.cap_minor_units;
  return static_cast<int64_t>(value);
}

GammaMixing::GammaMixing(double shape) {
  if (shape > kMaxMixShape) return;
  log_quantiles_.reserve(kScoreCells + 1);
  for (int i = 0; i <= kScoreCells; ++i) {
    const double score = -kMaxScore + 2 * kMaxScore * i / kScoreCells;
    log_quantiles_.push_back(LogGammaQuantile(shape, NormalCdf(score)));
  }
}

double GammaMixing::Quantile(double u) const {
  if (is_constant()) return 1;
  const double position = (NormalQuantile(u) + kMaxScore) * (kScoreCells / (2 * kMaxScore));
  const int cell = std::clamp(static_cast<int>(position), 1, kScoreCells - 2);
  const double t = position - cell;
  const double* q = &log_quantiles_[static_cast<size_t>(cell)];
  // Cubic through four neighbours: in the normal score the logarithm is nearly straight.
  const double a = t + 1, b = t, c = t - 1, d = t - 2;
  return Exp(-q[-1] * b * c * d / 6 + q[0] * a * c * d / 2 - q[1] * a * b * d / 2 +
             q[2] * a * b * c / 6);
}

}  // namespace quotacast::simulator
