// Win rates. There is never one unlabelled "win rate": each has a name that says what is divided.
#ifndef QUOTACAST_SERVICES_METRICS_KPI_WIN_RATE_H_
#define QUOTACAST_SERVICES_METRICS_KPI_WIN_RATE_H_

#include <vector>

#include "services/metrics/kpi/kpi.h"

namespace quotacast::metrics {

// Deals won among those closed in the query's period, per row.
std::vector<Share> ClosedShares(const KpiQuery& query);

// win_rate_closed, win_rate_created, win_rate_flow and win_rate_value; the rules are in
// docs/kpis.md.
std::vector<Kpi> WinRateKpis();

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_KPI_WIN_RATE_H_
