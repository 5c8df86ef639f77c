// Draws by inversion: a uniform in, a quantile out, monotone in both the uniform and the mean, so
// that scenarios which share their uniforms move together.
#ifndef QUOTACAST_SIMULATOR_ENGINE_INVERSION_H_
#define QUOTACAST_SIMULATOR_ENGINE_INVERSION_H_

#include <cstdint>
#include <vector>

#include "simulator/model/model.h"

namespace quotacast::simulator {

// No draw of a count exceeds this; the counter of the random numbers has room for no more.
inline constexpr int kMaxPoissonCount = 65'535;

// Smallest n with P(Poisson(mean) <= n) >= u, by summation; above a mean of 256 by the asymptotic
// expansion of the quantile (M. Giles, "Algorithm 955", TOMS 2016), whose error in probability is
// below 1e-4 there. `mean` >= 0, u in (0, 1). At most kMaxPoissonCount.
int PoissonQuantile(double mean, double u);

// Lognormal amount at u, rounded to whole minor units and capped. u in (0, 1).
int64_t AmountQuantile(const AmountDistribution& amount, double u);

// Quantiles of Gamma(shape, rate = shape), mean 1, from a table: relative error below 1e-6.
// Immutable and thread-safe.
class GammaMixing {
 public:
  // `shape` >= 0.01. Above 10^6 the distribution is taken as the constant 1.
  explicit GammaMixing(double shape);

  bool is_constant() const { return log_quantiles_.empty(); }

  // `u` in [2^-33, 1 - 2^-33], the range of 32-bit uniforms.
  double Quantile(double u) const;

 private:
  std::vector<double> log_quantiles_;  // At equidistant normal scores.
};

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_ENGINE_INVERSION_H_
