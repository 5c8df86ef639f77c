#include "simulator/fit/posterior.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <numeric>

#include "base/random.h"
#include "boost/math/policies/policy.hpp"
#include "boost/math/special_functions/beta.hpp"
#include "boost/math/special_functions/gamma.hpp"

namespace quotacast::simulator {
namespace {

// Results come back even when the last digits did not converge; nothing is thrown.
using QuantilePolicy = boost::math::policies::policy<
    boost::math::policies::overflow_error<boost::math::policies::ignore_error>,
    boost::math::policies::underflow_error<boost::math::policies::ignore_error>,
    boost::math::policies::evaluation_error<boost::math::policies::ignore_error>,
    boost::math::policies::promote_double<false>>;

constexpr int kSignificantBits = 26;
constexpr double kMinShare = 0.005;

}  // namespace

std::vector<double> StratifiedUniforms(uint64_t seed, uint64_t entity_id, uint32_t parameter,
                                       int draw_count) {
  std::vector<double> within(draw_count);
  std::vector<uint32_t> keys(draw_count);
  for (int k = 0; k < draw_count; ++k) {
    const std::array<uint32_t, 4> words = RandomBlock(seed, entity_id, static_cast<uint32_t>(k),
                                                      RandomPurpose::kParameterDraw, parameter);
    within[k] = UniformOpen(words[0], words[1]);
    keys[k] = words[2];
  }
  std::vector<int> stratum_owner(draw_count);
  std::iota(stratum_owner.begin(), stratum_owner.end(), 0);
  std::sort(stratum_owner.begin(), stratum_owner.end(),
            [&](int a, int b) { return keys[a] != keys[b] ? keys[a] < keys[b] : a < b; });
  std::vector<double> uniforms(draw_count);
  for (int stratum = 0; stratum < draw_count; ++stratum) {
    const int k = stratum_owner[stratum];
    uniforms[k] = (stratum + within[k]) / draw_count;
  }
  return uniforms;
}

double BetaQuantile(double a, double b, double u) {
  return boost::math::ibeta_inv(a, b, u, QuantilePolicy());
}

double GammaQuantile(double shape, double rate, double u) {
  return boost::math::gamma_p_inv(shape, u, QuantilePolicy()) / rate;
}

double LnGamma(double x) { return boost::math::lgamma(x, QuantilePolicy()); }

double ClampShare(double share) { return std::clamp(share, kMinShare, 1 - kMinShare); }

double Quantise(double value) {
  if (std::isnan(value)) {
    std::fputs("Quantise: a fitted value is NaN\n", stderr);
    std::abort();
  }
  if (value == 0 || std::isinf(value)) return value;
  int exponent = 0;
  const double mantissa = std::frexp(value, &exponent);
  return std::ldexp(std::nearbyint(std::ldexp(mantissa, kSignificantBits)),
                    exponent - kSignificantBits);
}

}  // namespace quotacast::simulator
