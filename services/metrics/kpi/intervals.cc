#include "services/metrics/kpi/intervals.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "boost/math/distributions/binomial.hpp"

namespace quotacast::metrics {

Interval WilsonInterval(int64_t success_count, int64_t count) {
  const double n = static_cast<double>(count);
  const double share = static_cast<double>(success_count) / n;
  const double z2 = kNormalQuantile975 * kNormalQuantile975;
  const double middle = (share + z2 / (2 * n)) / (1 + z2 / n);
  const double half =
      kNormalQuantile975 / (1 + z2 / n) * std::sqrt(share * (1 - share) / n + z2 / (4 * n * n));
  // Exact at the ends, where rounding would leave the share outside.
  return {success_count == 0 ? 0.0 : std::max(0.0, middle - half),
          success_count == count ? 1.0 : std::min(1.0, middle + half)};
}

std::optional<Interval> MedianInterval(const std::vector<int64_t>& sorted) {
  // The r-th value from either end covers the median but with the chance that fewer than r values
  // lie on one side of it, which is twice a tail of the binomial with a half.
  const boost::math::binomial_distribution<> below(static_cast<double>(sorted.size()), 0.5);
  std::optional<Interval> interval;
  for (size_t r = 1; 2 * r <= sorted.size(); ++r) {
    if (2 * boost::math::cdf(below, static_cast<double>(r - 1)) > 0.05) break;
    interval = Interval{static_cast<double>(sorted[r - 1]),
                        static_cast<double>(sorted[sorted.size() - r])};
  }
  return interval;
}

Interval DifferenceInterval(double first, const Interval& of_first, double second,
                            const Interval& of_second) {
  const double difference = first - second;
  return {difference - std::hypot(first - of_first.low, of_second.high - second),
          difference + std::hypot(of_first.high - first, second - of_second.low)};
}

}  // namespace quotacast::metrics
