// How far expected close dates can be believed: deals that were due and did not close, and dates
// that move to a later period.
#ifndef QUOTACAST_SERVICES_METRICS_KPI_SLIPS_H_
#define QUOTACAST_SERVICES_METRICS_KPI_SLIPS_H_

#include <vector>

#include "services/metrics/kpi/kpi.h"

namespace quotacast::metrics {

// pushes_per_deal, slip_rate and pull_in_rate; the rules are in docs/kpis.md.
std::vector<Kpi> SlipKpis();

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_KPI_SLIPS_H_
