// Whether promises to customers are kept, and what happens when something goes wrong.
#ifndef QUOTACAST_SERVICES_METRICS_KPI_CUSTOMER_CARE_H_
#define QUOTACAST_SERVICES_METRICS_KPI_CUSTOMER_CARE_H_

#include <vector>

#include "services/metrics/kpi/kpi.h"

namespace quotacast::metrics {

// commitments_on_time, incident_acknowledgement_hours, incident_recovery_hours,
// incident_recovered_share and feedback_rating; the rules are in docs/kpis.md.
std::vector<Kpi> CustomerCareKpis();

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_KPI_CUSTOMER_CARE_H_
