// How reps come, begin to sell, and go.
#ifndef QUOTACAST_SERVICES_METRICS_KPI_PEOPLE_H_
#define QUOTACAST_SERVICES_METRICS_KPI_PEOPLE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/censored_median.h"
#include "services/metrics/kpi/kpi.h"

namespace quotacast::metrics {

// The Kaplan-Meier median (1958) per row of the days that reps who began in the period took for
// something, those who got there above the line and all of them below it. A row without reps is
// undefined for `nobody_began`, others as long as half "have not `not_yet` yet".
KpiColumn MedianOfBeginners(const KpiQuery& query, std::vector<std::vector<CensoredTime>> rows,
                            const std::string& nobody_began, const char* not_yet);

// Days of [start, end) that the rep is in the job. A rep without a start (end) day was always (is
// still) in it.
int64_t DaysInJob(const BookRep& rep, absl::CivilDay start, absl::CivilDay end);

// attrition and ramp_days_to_first_win; the rules are in docs/kpis.md.
std::vector<Kpi> PeopleKpis();

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_KPI_PEOPLE_H_
