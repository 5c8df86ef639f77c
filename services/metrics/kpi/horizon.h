// Win rates by age that take open deals for what they are: not decided yet.
#ifndef QUOTACAST_SERVICES_METRICS_KPI_HORIZON_H_
#define QUOTACAST_SERVICES_METRICS_KPI_HORIZON_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "services/metrics/kpi/intervals.h"
#include "services/metrics/kpi/kpi.h"

namespace quotacast::metrics {

// One deal as seen at the as-of: how old it was at its end, or how old it is.
struct AgedDeal {
  enum class End { kStillOpen, kWon, kLost };
  int64_t age_days = 0;
  End end = End::kStillOpen;
};

struct CumulativeIncidence {
  double share = 0;  // Won by the horizon.
  std::optional<Interval> interval;
  int64_t won_count = 0;  // Won by the horizon, as counted.
  // The youngest age by which half of that share was won; absent when nothing was.
  std::optional<int64_t> half_age_days;
};

// The Aalen-Johansen estimate of the share of deals that are won by the age of `horizon_days`, with
// losses as the competing end and open deals as censored; at one age, ends come before censoring.
// The interval is that of Aalen's variance on the complementary log-log scale, 95 %; absent when
// nothing or everything is won. Absent when the oldest deals are younger than the horizon and not
// all have ended: then the data do not say. `deals` in any order, not empty. Complexity: sorts.
std::optional<CumulativeIncidence> WonByAge(std::vector<AgedDeal> deals, int horizon_days);

// win_rate_horizon and cycle_days_open_aware; the rules are in docs/kpis.md.
std::vector<Kpi> HorizonKpis();

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_KPI_HORIZON_H_
