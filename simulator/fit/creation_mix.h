// How far a rep's creation strays from its rate over a quarter: the shape k of the gamma factor
// that the engine puts on it. 1/k is the variance of that factor.
#ifndef QUOTACAST_SIMULATOR_FIT_CREATION_MIX_H_
#define QUOTACAST_SIMULATOR_FIT_CREATION_MIX_H_

#include <cstddef>
#include <vector>

#include "absl/time/civil_time.h"
#include "simulator/fit/grid_posterior.h"
#include "simulator/fit/history.h"
#include "simulator/fit/prior_count.h"

namespace quotacast::simulator {

// Prior of 1/k: lognormal with mean .1, a k of 10, within a factor of 2.8 in four of five
// companies. An assumption.
inline constexpr double kMixVarianceMean = 0.1;
inline constexpr double kMixVarianceLogSd = 0.8;

inline constexpr int kMixBlockDays = 91;
inline constexpr size_t kMinRepsForCommonMoves = 5;

// One family per rep with deals in the window: created deals by 91-day block back from
// the as-of day against ramped days times the month's mean factor. Where at least
// kMinRepsForCommonMoves reps create, what is expected in a block also follows what all created in
// it: a campaign, or the first months of a CRM, make no rep erratic. `season_factors` has twelve,
// or none.
std::vector<RateFamily> CreationBlocks(const History& history, absl::CivilDay window_start,
                                       double ramp_weeks,
                                       const std::vector<double>& season_factors);

// Posterior of 1/k; the rates of the families are integrated out.
GridPosterior FitMixVariance(const std::vector<RateFamily>& families);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_FIT_CREATION_MIX_H_
