// Length of the sales cycle of won deals.
#ifndef QUOTACAST_SERVICES_METRICS_KPI_CYCLE_H_
#define QUOTACAST_SERVICES_METRICS_KPI_CYCLE_H_

#include <vector>

#include "services/metrics/kpi/kpi.h"

namespace quotacast::metrics {

// sales_cycle_days and sales_cycle_days_mean; the rules are in docs/kpis.md.
std::vector<Kpi> CycleKpis();

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_KPI_CYCLE_H_
