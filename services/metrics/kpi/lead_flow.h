// What becomes of leads, and how much work goes into them.
#ifndef QUOTACAST_SERVICES_METRICS_KPI_LEAD_FLOW_H_
#define QUOTACAST_SERVICES_METRICS_KPI_LEAD_FLOW_H_

#include <vector>

#include "services/metrics/kpi/kpi.h"

namespace quotacast::metrics {

// lead_touches, leads_worked_per_day, lead_conversion and lead_days_to_conversion; the rules are in
// docs/kpis.md.
std::vector<Kpi> LeadFlowKpis();

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_KPI_LEAD_FLOW_H_
