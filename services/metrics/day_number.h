// Days as numbers, the form in which millions of them are kept.
#ifndef QUOTACAST_SERVICES_METRICS_DAY_NUMBER_H_
#define QUOTACAST_SERVICES_METRICS_DAY_NUMBER_H_

#include <cstdint>

#include "absl/time/civil_time.h"

namespace quotacast::metrics {

// The day `number` days after 1970-01-01 in the proleptic Gregorian calendar. In constant time:
// civil_time's own arithmetic walks through the years. Source: H. Hinnant, "chrono-Compatible
// Low-Level Date Algorithms", civil_from_days.
inline absl::CivilDay DayOfNumber(int32_t number) {
  // Eras of 400 years begin on the first of March, so that a leap day is the last of its year.
  const int64_t shifted = int64_t{number} + 719'468;
  const int64_t era = (shifted >= 0 ? shifted : shifted - 146'096) / 146'097;
  const int64_t day_of_era = shifted - era * 146'097;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t march_month = (5 * day_of_year + 2) / 153;
  const int64_t day = day_of_year - (153 * march_month + 2) / 5 + 1;
  const int64_t month = march_month < 10 ? march_month + 3 : march_month - 9;
  const int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  return absl::CivilDay(year, month, day);
}

inline int32_t NumberOfDay(absl::CivilDay day) {
  return static_cast<int32_t>(day - absl::CivilDay(1970, 1, 1));
}

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_DAY_NUMBER_H_
