// How reps come, begin to sell, and go.
#ifndef QUOTACAST_SERVICES_METRICS_KPI_PEOPLE_H_
#define QUOTACAST_SERVICES_METRICS_KPI_PEOPLE_H_

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/kpi.h"

namespace quotacast::metrics {

// A rep's days in the job until the first win, or until the rep left or was last seen without one.
struct FirstWin {
  int64_t days = 0;
  bool is_won = false;
};

// The day by which half have won, by Kaplan and Meier (1958): the first at which the estimated
// share without a win is a half or less; at one day, wins come before censoring. Absent when it is
// never reached. In any order.
std::optional<int64_t> MedianFirstWin(const std::vector<FirstWin>& reps);

// Days of [start, end) that the rep is in the job. A rep without a start (end) day was always (is
// still) in it.
int64_t DaysInJob(const BookRep& rep, absl::CivilDay start, absl::CivilDay end);

// attrition and ramp_days_to_first_win; the rules are in docs/kpis.md.
std::vector<Kpi> PeopleKpis();

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_KPI_PEOPLE_H_
