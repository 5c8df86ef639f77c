// What reps spend their time on, and when they reach out.
#ifndef QUOTACAST_SERVICES_METRICS_KPI_ACTIVITIES_H_
#define QUOTACAST_SERVICES_METRICS_KPI_ACTIVITIES_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "services/metrics/book_records.h"
#include "services/metrics/kpi/kpi.h"

namespace quotacast::metrics {

// Minutes that the activity is known to have taken of a person of ours; absent without a duration,
// and for automated ones, which take nobody's time.
std::optional<int64_t> TimedMinutes(const BookActivity& activity);

inline bool IsSellingTime(const BookActivity& activity) {
  return activity.kind != ActivityKind::kInternal;
}

// selling_time_share, activities_per_rep_day, outreach_business_hours_share and
// activity_hour_share; the rules are in docs/kpis.md.
std::vector<Kpi> ActivityKpis();

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_KPI_ACTIVITIES_H_
