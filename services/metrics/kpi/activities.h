// What reps spend their time on, and when they reach out.
#ifndef QUOTACAST_SERVICES_METRICS_KPI_ACTIVITIES_H_
#define QUOTACAST_SERVICES_METRICS_KPI_ACTIVITIES_H_

#include <vector>

#include "services/metrics/kpi/kpi.h"

namespace quotacast::metrics {

// selling_time_share, activities_per_rep_day, outreach_business_hours_share and
// activity_hour_share; the rules are in docs/kpis.md.
std::vector<Kpi> ActivityKpis();

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_KPI_ACTIVITIES_H_
