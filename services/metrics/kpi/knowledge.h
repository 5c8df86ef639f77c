// How well reps know their customers, and what they are trained in.
#ifndef QUOTACAST_SERVICES_METRICS_KPI_KNOWLEDGE_H_
#define QUOTACAST_SERVICES_METRICS_KPI_KNOWLEDGE_H_

#include <vector>

#include "services/metrics/kpi/kpi.h"

namespace quotacast::metrics {

// depth_index, width_index, insight_coverage and training_balance; the rules are in docs/kpis.md.
std::vector<Kpi> KnowledgeKpis();

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_KPI_KNOWLEDGE_H_
