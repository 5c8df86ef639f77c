// The continuous ranked probability score of a forecast given as samples.
#ifndef QUOTACAST_SIMULATOR_STATS_CRPS_H_
#define QUOTACAST_SIMULATOR_STATS_CRPS_H_

#include <cstdint>
#include <vector>

namespace quotacast::simulator {

// The fair CRPS (Ferro, QJRMS 2014): mean |x_i - y| - sum_i (2i - N - 1) x_(i) / (N (N - 1)), in
// the unit of the samples; lower is better. Unbiased for the score of the distribution the
// samples come from, so it may be slightly negative. One sample: |x - y|. Sorts `samples`;
// aborts without any.
double FairCrps(std::vector<int64_t>& samples, int64_t outcome);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_STATS_CRPS_H_
