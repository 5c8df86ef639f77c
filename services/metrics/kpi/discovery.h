// Whether reps learn the customer's problem before they sell, and whether that goes with wins.
#ifndef QUOTACAST_SERVICES_METRICS_KPI_DISCOVERY_H_
#define QUOTACAST_SERVICES_METRICS_KPI_DISCOVERY_H_

#include <vector>

#include "services/metrics/kpi/kpi.h"

namespace quotacast::metrics {

// customer_problem_coverage, discovery_rating_mean and discovery_win_difference; the rules are in
// docs/kpis.md.
std::vector<Kpi> DiscoveryKpis();

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_KPI_DISCOVERY_H_
