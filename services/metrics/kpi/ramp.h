// How long new reps take until they book what ramped reps of their segment do.
#ifndef QUOTACAST_SERVICES_METRICS_KPI_RAMP_H_
#define QUOTACAST_SERVICES_METRICS_KPI_RAMP_H_

#include <vector>

#include "services/metrics/kpi/kpi.h"

namespace quotacast::metrics {

// A rep counts as productive who books this share of the median of ramped peers ...
inline constexpr double kProductiveShare = 0.8;
// ... over this many whole months; one month of a rep's bookings is mostly chance.
inline constexpr int kProductiveMonths = 3;
// Peers have been in the job for at least this long, and there are at least so many.
inline constexpr int kRampedDays = 365;
inline constexpr int kMinRampedPeers = 3;

// ramp_days_to_productive; the rules are in docs/kpis.md.
std::vector<Kpi> RampKpis();

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_KPI_RAMP_H_
