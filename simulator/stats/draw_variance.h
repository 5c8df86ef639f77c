// Splits the spread of a figure that was simulated under K parameter draws into Monte Carlo noise
// and what is not known about the parameters (one-way random effects, method of moments).
//
// With B the variance (divisor K - 1) of the K draw means, W the mean within-draw variance, N
// trials in all and n = N / K per draw:
//   Monte Carlo error  sqrt(W / N)               shrinks with trials,
//   parameter spread   sqrt(max(0, B - W / n))    does not,
//   total error        sqrt(B / K)                of the mean as an estimate of the predictive.
#ifndef QUOTACAST_SIMULATOR_STATS_DRAW_VARIANCE_H_
#define QUOTACAST_SIMULATOR_STATS_DRAW_VARIANCE_H_

#include <cstdint>
#include <vector>

#include "simulator/stats/exact_moments.h"

namespace quotacast::simulator {

struct DrawVariance {
  double mean = 0;            // Over all trials.
  double monte_carlo_se = 0;  // sqrt(W / N).
  double parameter_sd = 0;    // sqrt(max(0, B - W / n)).
  double total_se = 0;        // sqrt(B / K); the Monte Carlo error when only one draw was seen.
  double sd = 0;              // Of the trials about `mean`, all draws pooled.
};

// `moments`: one per draw; draws without trials are left out. All zeros without any trial.
DrawVariance DecomposeByDraw(const std::vector<ExactMoments>& moments);

// The same for a figure that is 1 in `successes[k]` of `trials[k]` trials of draw k. When it is
// 0 or 1 in all of them the errors are at least the width of the one-sigma Wilson interval.
DrawVariance DecomposeShareByDraw(const std::vector<int64_t>& successes,
                                  const std::vector<int64_t>& trials);

// The same for a figure that is no mean of trials but a smooth function of some, `value`: to first
// order it is the mean of its influence function, which must average 0 over all trials and take
// one of `influences` in each; `counts[k][c]` trials of draw k have influences[c].
DrawVariance DecomposeInfluenceByDraw(double value, const std::vector<double>& influences,
                                      const std::vector<std::vector<int64_t>>& counts);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_STATS_DRAW_VARIANCE_H_
