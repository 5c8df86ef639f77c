// When in time bookings come: early in a period or at its end, evenly or in bursts.
#ifndef QUOTACAST_SERVICES_METRICS_KPI_RHYTHM_H_
#define QUOTACAST_SERVICES_METRICS_KPI_RHYTHM_H_

#include <vector>

#include "services/metrics/kpi/kpi.h"

namespace quotacast::metrics {

// Months that a consistency rests on at least, and at most without a period.
inline constexpr int kMinConsistencyMonths = 3;
inline constexpr int kMaxConsistencyMonths = 12;

// bookings_consistency, bookings_last_third_share and months_at_target_share; the rules are in
// docs/kpis.md.
std::vector<Kpi> RhythmKpis();

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_KPI_RHYTHM_H_
