// docs/kpis.md, made from the definitions, so that the page and the service cannot say two things.
#ifndef QUOTACAST_SERVICES_METRICS_KPI_KPI_REFERENCE_H_
#define QUOTACAST_SERVICES_METRICS_KPI_KPI_REFERENCE_H_

#include <string>
#include <string_view>
#include <vector>

#include "services/metrics/kpi/kpi.h"

namespace quotacast::metrics {

// The page in Markdown: a comment that says how it is made, `opening` as it is, and a section per
// KPI in order of name. Lines of the sections are at most 100 columns wide, except rows of tables
// and headings, which Markdown cannot break, and words that are longer. Deterministic.
std::string KpiReference(std::string_view opening, const std::vector<Kpi>& kpis);

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_KPI_KPI_REFERENCE_H_
