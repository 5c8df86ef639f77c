// How much open pipeline it took in the past to book a given amount.
#ifndef QUOTACAST_SERVICES_METRICS_KPI_REQUIRED_COVERAGE_H_
#define QUOTACAST_SERVICES_METRICS_KPI_REQUIRED_COVERAGE_H_

#include <vector>

#include "services/metrics/kpi/kpi.h"

namespace quotacast::metrics {

// Past periods that are looked at: two years of quarters.
inline constexpr int kMaxCoveragePeriods = 8;

// required_coverage; the rules are in docs/kpis.md.
std::vector<Kpi> RequiredCoverageKpis();

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_KPI_REQUIRED_COVERAGE_H_
