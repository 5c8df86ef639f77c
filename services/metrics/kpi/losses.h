// How deals are lost: to whom, why, from which stage, and how early those that should be.
#ifndef QUOTACAST_SERVICES_METRICS_KPI_LOSSES_H_
#define QUOTACAST_SERVICES_METRICS_KPI_LOSSES_H_

#include <vector>

#include "services/metrics/kpi/kpi.h"

namespace quotacast::metrics {

// win_rate_competitive, no_decision_share, lost_deals, loss_share and early_disqualification_share;
// the rules are in docs/kpis.md.
std::vector<Kpi> LossKpis();

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_KPI_LOSSES_H_
