// Small pieces of Bayesian arithmetic: quantiles, stratified uniforms, rounding. Pure.
#ifndef QUOTACAST_SIMULATOR_FIT_POSTERIOR_H_
#define QUOTACAST_SIMULATOR_FIT_POSTERIOR_H_

#include <cstdint>
#include <vector>

// The standard normal distribution belongs to the arithmetic here, and there is one of it.
#include "simulator/engine/deterministic_math.h"  // IWYU pragma: export

namespace quotacast::simulator {

// One uniform in (0, 1) per parameter draw, one from each of `draw_count` equal strata in an order
// of the parameter's own (Latin hypercube sampling: McKay, Beckman and Conover 1979). Means over
// the draws are then far closer to the posterior's than with independent uniforms. A function of
// (seed, entity, parameter, draw_count) only.
std::vector<double> StratifiedUniforms(uint64_t seed, uint64_t entity_id, uint32_t parameter,
                                       int draw_count);

// Quantile u of Beta(a, b), a and b > 0.
double BetaQuantile(double a, double b, double u);

// Quantile u of the gamma distribution with this shape and rate, both > 0.
double GammaQuantile(double shape, double rate, double u);

// Keeps a parent's share off the edges, where a beta distribution has no density.
double ClampShare(double share);

// Logarithm of the gamma function of a positive argument; thread-safe, unlike the C library's.
double LnGamma(double x);

// Rounds to 26 significant bits (1.5e-8 relative): results that differ in the last bits between
// mathematical libraries come out the same, so that hashes of models agree. NaN is a bug: aborts.
double Quantise(double value);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_FIT_POSTERIOR_H_
