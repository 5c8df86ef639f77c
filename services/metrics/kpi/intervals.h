// Intervals of KPI cells: where a figure would lie, with 95 % confidence, if what was counted were
// a sample of what could have happened.
#ifndef QUOTACAST_SERVICES_METRICS_KPI_INTERVALS_H_
#define QUOTACAST_SERVICES_METRICS_KPI_INTERVALS_H_

#include <cstdint>
#include <optional>
#include <vector>

namespace quotacast::metrics {

struct Interval {
  double low = 0;
  double high = 0;
};

// The standard normal quantile of 0.975.
inline constexpr double kNormalQuantile975 = 1.959963984540054;

// Of a share of `success_count` in `count` >= 1 (E. B. Wilson, 1927). Within [0, 1], and wider than
// nothing at 0 and 1.
Interval WilsonInterval(int64_t success_count, int64_t count);

// Of a median, by order statistics: the narrowest pair of values, alike from both ends, that covers
// it with at least 95 %. `sorted` is ascending. Absent for fewer than six values, whose extremes
// do not reach 95 %.
std::optional<Interval> MedianInterval(const std::vector<int64_t>& sorted);

// Of the difference first - second of two figures of independent samples, from the interval of each
// (MOVER: G. Zou and A. Donner, 2008). With Wilson intervals of shares it is method 10 of
// R. Newcombe (1998).
Interval DifferenceInterval(double first, const Interval& of_first, double second,
                            const Interval& of_second);

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_KPI_INTERVALS_H_
