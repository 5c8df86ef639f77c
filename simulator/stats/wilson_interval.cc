#include "simulator/stats/wilson_interval.h"

#include <algorithm>
#include <cmath>

namespace quotacast::simulator {

ProportionInterval WilsonInterval(int64_t successes, int64_t count, double z) {
  if (count == 0) return {0, 1};
  const double n = static_cast<double>(count);
  const double share = static_cast<double>(successes) / n;
  const double shrink = 1 / (1 + z * z / n);
  const double centre = shrink * (share + z * z / (2 * n));
  const double half = shrink * z * std::sqrt(share * (1 - share) / n + z * z / (4 * n * n));
  // At the ends the exact bound is 0 or 1; the subtraction may miss it by a rounding error.
  return {successes == 0 ? 0 : std::max(0.0, centre - half),
          successes == count ? 1 : std::min(1.0, centre + half)};
}

}  // namespace quotacast::simulator
