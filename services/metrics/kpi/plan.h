// What the company plans with, against what reps are asked to book and what they book.
#ifndef QUOTACAST_SERVICES_METRICS_KPI_PLAN_H_
#define QUOTACAST_SERVICES_METRICS_KPI_PLAN_H_

#include <vector>

#include "services/metrics/kpi/kpi.h"

namespace quotacast::metrics {

// attainment_plan and over_assignment; the rules are in docs/kpis.md.
std::vector<Kpi> PlanKpis();

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_KPI_PLAN_H_
