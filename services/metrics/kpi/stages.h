// How deals move through the open stages: forward, back, out, and how long they stay.
#ifndef QUOTACAST_SERVICES_METRICS_KPI_STAGES_H_
#define QUOTACAST_SERVICES_METRICS_KPI_STAGES_H_

#include <vector>

#include "services/metrics/kpi/kpi.h"

namespace quotacast::metrics {

// stage_conversion, stage_regression_rate and stage_dwell_days; the rules are in docs/kpis.md.
std::vector<Kpi> StageKpis();

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_KPI_STAGES_H_
