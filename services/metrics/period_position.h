// Where a day falls among fiscal periods.
#ifndef QUOTACAST_SERVICES_METRICS_PERIOD_POSITION_H_
#define QUOTACAST_SERVICES_METRICS_PERIOD_POSITION_H_

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

#include "absl/time/civil_time.h"
#include "base/fiscal_calendar.h"

namespace quotacast::metrics {

// The position of the period that contains the day; absent outside all. `periods` are in order of
// time and do not overlap; there may be gaps.
inline std::optional<size_t> PositionOfDay(const std::vector<FiscalPeriod>& periods,
                                           absl::CivilDay day) {
  const auto after = std::upper_bound(
      periods.begin(), periods.end(), day,
      [](absl::CivilDay wanted, const FiscalPeriod& period) { return wanted < period.start; });
  if (after == periods.begin() || day >= (after - 1)->end) return std::nullopt;
  return static_cast<size_t>(after - periods.begin() - 1);
}

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_PERIOD_POSITION_H_
