// Sample quantiles as order statistics.
#ifndef QUOTACAST_SIMULATOR_STATS_QUANTILES_H_
#define QUOTACAST_SIMULATOR_STATS_QUANTILES_H_

#include <cstdint>
#include <vector>

namespace quotacast::simulator {

// For each probability the smallest sample x such that at least probability * N samples are <= x
// (the inverse of the empirical distribution function; no interpolation, so a quantile of money
// is an amount that occurred). `probabilities` ascending in (0, 1]. Reorders `samples`; returns
// zeros when there are none. Expected O(N) per probability.
std::vector<int64_t> OrderStatistics(std::vector<int64_t>& samples,
                                     const std::vector<double>& probabilities);

// The 0-based rank that OrderStatistics takes: ceil(probability * count) - 1, within range.
int64_t QuantileRank(double probability, int64_t count);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_STATS_QUANTILES_H_
