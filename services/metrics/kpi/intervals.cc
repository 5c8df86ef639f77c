#include "services/metrics/kpi/intervals.h"

#include <algorithm>
#include <array>
#include <atomic>
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

namespace {

// The largest r for which the r-th value from either end covers the median: it does but with the
// chance that fewer than r values lie on one side of it, which is twice a tail of the binomial with
// a half. 0: there is none.
size_t MedianRank(size_t count) {
  const boost::math::binomial_distribution<> below(static_cast<double>(count), 0.5);
  size_t covering = 0;
  size_t too_large = count / 2 + 1;
  while (covering + 1 < too_large) {
    const size_t r = covering + (too_large - covering) / 2;
    if (2 * boost::math::cdf(below, static_cast<double>(r - 1)) > 0.05) {
      too_large = r;
    } else {
      covering = r;
    }
  }
  return covering;
}

// Likewise, worked out once for each of the numbers that most rows have.
size_t KnownMedianRank(size_t count) {
  static std::array<std::atomic<uint32_t>, 1'024> known;  // One more than the rank; 0: not yet.
  if (count >= known.size()) return MedianRank(count);
  uint32_t rank = known[count].load(std::memory_order_relaxed);
  if (rank == 0) {
    rank = static_cast<uint32_t>(MedianRank(count)) + 1;
    known[count].store(rank, std::memory_order_relaxed);
  }
  return rank - 1;
}

}  // namespace

std::optional<Interval> MedianInterval(const std::vector<int64_t>& sorted) {
  const size_t rank = KnownMedianRank(sorted.size());
  if (rank == 0) return std::nullopt;
  return Interval{static_cast<double>(sorted[rank - 1]),
                  static_cast<double>(sorted[sorted.size() - rank])};
}

Interval DifferenceInterval(double first, const Interval& of_first, double second,
                            const Interval& of_second) {
  const double difference = first - second;
  return {difference - std::hypot(first - of_first.low, of_second.high - second),
          difference + std::hypot(of_first.high - first, second - of_second.low)};
}

}  // namespace quotacast::metrics
