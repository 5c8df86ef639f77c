#include "services/metrics/kpi/censored_median.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace quotacast::metrics {

std::optional<int64_t> CensoredMedian(std::vector<CensoredTime> times) {
  std::sort(times.begin(), times.end(), [](const CensoredTime& a, const CensoredTime& b) {
    return a.length != b.length ? a.length < b.length : a.is_over > b.is_over;
  });
  double going_on = 1;
  for (size_t i = 0; i < times.size(); ++i) {
    if (!times[i].is_over) continue;
    const double at_risk_count = static_cast<double>(times.size() - i);
    going_on *= 1 - 1 / at_risk_count;
    // Rounding must not move a half.
    if (going_on <= 0.5 + 1e-12) return times[i].length;
  }
  return std::nullopt;
}

}  // namespace quotacast::metrics
