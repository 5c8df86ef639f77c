// Which way deals took through the pipeline: what they left out, and whether a stage goes with
// wins.
#ifndef QUOTACAST_SERVICES_METRICS_KPI_PATHS_H_
#define QUOTACAST_SERVICES_METRICS_KPI_PATHS_H_

#include <vector>

#include "services/metrics/kpi/kpi.h"

namespace quotacast::metrics {

// stage_skip_rate and stage_uplift; the rules are in docs/kpis.md.
std::vector<Kpi> PathKpis();

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_KPI_PATHS_H_
