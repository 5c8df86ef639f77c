// Pipeline coverage: how much open amount stands against the target, full and remaining.
#ifndef QUOTACAST_SERVICES_METRICS_KPI_COVERAGE_H_
#define QUOTACAST_SERVICES_METRICS_KPI_COVERAGE_H_

#include <vector>

#include "services/metrics/kpi/kpi.h"

namespace quotacast::metrics {

// pipeline_coverage_full and pipeline_coverage_remaining; the rules are in docs/kpis.md.
std::vector<Kpi> CoverageKpis();

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_KPI_COVERAGE_H_
