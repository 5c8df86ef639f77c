// The mean of the worst fraction of a sample (conditional value at risk, expected shortfall), with
// its standard error.
#ifndef QUOTACAST_SIMULATOR_STATS_TAIL_MEAN_H_
#define QUOTACAST_SIMULATOR_STATS_TAIL_MEAN_H_

#include <cstdint>
#include <vector>

namespace quotacast::simulator {

// Of bookings the lowest are worst, of payouts the highest.
enum class Tail { kLower, kUpper };

struct TailMean {
  double mean = 0;  // CVaR: of exactly the fraction q; samples at the edge count in part.
  double edge = 0;  // VaR: the sample at which the fraction is full.
  // sqrt((Var(X | tail) + (1 - q) (VaR - CVaR)^2) / (q N)), for independent samples.
  double standard_error = 0;
};

// `fraction` in (0, 1]. Reorders `samples`; zeros when there are none. Expected O(N) plus a sort of
// the tail.
TailMean MeanOfTail(std::vector<int64_t>& samples, double fraction, Tail tail);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_STATS_TAIL_MEAN_H_
