// Small pieces of Bayesian arithmetic: quantiles, stratified uniforms, strength of a prior by
// marginal likelihood, rounding. Pure.
#ifndef QUOTACAST_SIMULATOR_FIT_POSTERIOR_H_
#define QUOTACAST_SIMULATOR_FIT_POSTERIOR_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/types/span.h"

namespace quotacast::simulator {

// The prior of a cell is worth at least this many observations of its parent.
inline constexpr double kMinPriorCount = 2;
inline constexpr double kMaxPriorCount = 512;

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

// A share `count / total` of a group against its parent's.
struct ShareGroup {
  double count = 0;
  double total = 0;
  double parent_share = 0;
};

// Events of a group against those expected at the parent's rate.
struct RateGroup {
  double events = 0;
  double expected = 0;
};

// The prior count kappa under which groups drawn around their parents - shares as
// Beta(kappa q, kappa (1 - q)), rates as Gamma(kappa, kappa) times the parent's - make the data
// likeliest: the beta-binomial or gamma-Poisson marginal likelihood on the grid kMinPriorCount *
// 2^i up to kMaxPriorCount. Without information: kMinPriorCount.
double SharePriorCount(absl::Span<const ShareGroup> groups);
double RatePriorCount(absl::Span<const RateGroup> groups);

// Keeps a parent's share off the edges, where a beta distribution has no density.
double ClampShare(double share);

// Rounds to 26 significant bits (1.5e-8 relative): results that differ in the last bits between
// mathematical libraries come out the same, so that hashes of models agree. NaN is a bug: aborts.
double Quantise(double value);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_FIT_POSTERIOR_H_
