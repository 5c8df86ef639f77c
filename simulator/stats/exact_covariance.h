// Covariance from integer sums, which merge exactly.
#ifndef QUOTACAST_SIMULATOR_STATS_EXACT_COVARIANCE_H_
#define QUOTACAST_SIMULATOR_STATS_EXACT_COVARIANCE_H_

#include <cstdint>

namespace quotacast::simulator {

// Covariance (divisor count - 1) of `count` pairs with these sums of x, of y and of x * y; 0 for
// fewer than two pairs. Exact up to the last division: deviations are taken from the rounded means
// in integers, so nothing cancels. The products of a sum with a mean must fit 128 bits.
double CovarianceFromSums(int64_t count, __int128 sum_x, __int128 sum_y, __int128 sum_xy);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_STATS_EXACT_COVARIANCE_H_
