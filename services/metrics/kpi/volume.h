// How much there is: deals created, deals and money open, the size of a won deal.
#ifndef QUOTACAST_SERVICES_METRICS_KPI_VOLUME_H_
#define QUOTACAST_SERVICES_METRICS_KPI_VOLUME_H_

#include <string>
#include <vector>

#include "services/metrics/kpi/kpi.h"

namespace quotacast::metrics {

// A column of minor units (value, numerator and interval) in major units of `currency`.
void ToMajorUnits(const std::string& currency, KpiColumn& column);

// created_deals, open_deals, open_amount and deal_size_median; the rules are in docs/kpis.md.
std::vector<Kpi> VolumeKpis();

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_KPI_VOLUME_H_
