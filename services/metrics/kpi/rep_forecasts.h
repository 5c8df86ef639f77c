// How good reps' own forecasts of a period's bookings were.
#ifndef QUOTACAST_SERVICES_METRICS_KPI_REP_FORECASTS_H_
#define QUOTACAST_SERVICES_METRICS_KPI_REP_FORECASTS_H_

#include <vector>

#include "services/metrics/kpi/kpi.h"

namespace quotacast::metrics {

// rep_forecast_bias, rep_forecast_wape, rep_forecast_coverage and rep_forecast_accuracy_hubspot;
// the rules are in docs/kpis.md.
std::vector<Kpi> RepForecastKpis();

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_KPI_REP_FORECASTS_H_
