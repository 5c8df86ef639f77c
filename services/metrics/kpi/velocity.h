// What the open pipeline would bring in a day, if its parts were independent.
#ifndef QUOTACAST_SERVICES_METRICS_KPI_VELOCITY_H_
#define QUOTACAST_SERVICES_METRICS_KPI_VELOCITY_H_

#include <vector>

#include "services/metrics/kpi/kpi.h"

namespace quotacast::metrics {

// sales_velocity; the rules are in docs/kpis.md.
std::vector<Kpi> VelocityKpis();

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_KPI_VELOCITY_H_
