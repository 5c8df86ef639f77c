// How much a child owes its parent: kappa, the number of observations of the parent that a child's
// prior is worth. Children differ around their parent as Beta(kappa q, kappa (1 - q)) for shares
// and as Gamma(kappa, kappa) times the parent's rate for rates.
//
// kappa is unknown itself. Its posterior on the grid kMinPriorCount * 2^i comes from the marginal
// likelihood (beta-binomial, gamma-Poisson) with each family's own level integrated out by
// Laplace's method: a plug-in level would make the children look more alike than they are. kappa
// is then drawn with the other parameters, because with few children it is hardly known.
#ifndef QUOTACAST_SIMULATOR_FIT_PRIOR_COUNT_H_
#define QUOTACAST_SIMULATOR_FIT_PRIOR_COUNT_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/types/span.h"

namespace quotacast::simulator {

// A prior is worth at least, and on the grid at most, this many observations of the parent.
inline constexpr double kMinPriorCount = 2;
inline constexpr double kMaxPriorCount = 512;

// A child's "count of total" beside what its parent would lead one to expect.
struct ShareChild {
  double count = 0;
  double total = 0;
  double parent_share = 0;
};

// A child's events beside those expected at its parent's rate.
struct RateChild {
  double events = 0;
  double expected = 0;
};

// Children of one parent. Only differences within a family count: its level is its own.
using ShareFamily = std::vector<ShareChild>;
using RateFamily = std::vector<RateChild>;

// Posterior of kappa.
struct PriorCount {
  std::vector<double> draws;        // One per parameter draw.
  double typical = kMinPriorCount;  // Geometric mean of the posterior.
};

// Posteriors under a prior flat in ln kappa. The draws' random numbers are those of (seed, name).
// Without data all grid points are equally likely.
PriorCount FitSharePriorCount(absl::Span<const ShareFamily> families, uint64_t seed,
                              std::string_view name, int draw_count);
PriorCount FitRatePriorCount(absl::Span<const RateFamily> families, uint64_t seed,
                             std::string_view name, int draw_count);

// Logarithm of the marginal likelihood of one kappa > 0, up to a constant of the family.
double LogMarginalLikelihood(const RateFamily& family, double kappa);

// The part of a child's observations that speaks about its parent: kappa / (kappa + n). A child
// with n much larger than kappa is known well and still only one example of its kind.
double ParentShareOf(double observations, double kappa);

// The same for each child of a family of rates. n is the number of events to be expected at the
// family's own level: with the number seen, children with many events would count less than those
// with few, and the level would come out low.
std::vector<double> ParentSharesOf(const RateFamily& family, double kappa);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_FIT_PRIOR_COUNT_H_
