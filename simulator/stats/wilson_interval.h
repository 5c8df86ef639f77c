// The score interval of a proportion (E. B. Wilson, JASA 1927): sensible at 0 and 1 of n, where
// the usual standard error is 0.
#ifndef QUOTACAST_SIMULATOR_STATS_WILSON_INTERVAL_H_
#define QUOTACAST_SIMULATOR_STATS_WILSON_INTERVAL_H_

#include <cstdint>

namespace quotacast::simulator {

struct ProportionInterval {
  double low = 0;
  double high = 1;
};

// Interval for `successes` of `count` at `z` standard normal deviations (1.96 for 95 %).
// 0 <= successes <= count; [0, 1] when count is 0.
ProportionInterval WilsonInterval(int64_t successes, int64_t count, double z);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_STATS_WILSON_INTERVAL_H_
