// Business hours: Monday to Friday, 09:00 to 17:00, in UTC. Holidays are not known.
#ifndef QUOTACAST_SERVICES_METRICS_KPI_BUSINESS_HOURS_H_
#define QUOTACAST_SERVICES_METRICS_KPI_BUSINESS_HOURS_H_

#include <cstdint>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace quotacast::metrics {

inline constexpr int kBusinessStartHour = 9;
inline constexpr int kBusinessEndHour = 17;  // The first hour that is none.
inline constexpr int kBusinessDaysPerWeek = 5;
inline constexpr int64_t kBusinessMinutesPerDay = (kBusinessEndHour - kBusinessStartHour) * 60;

// Monday to Friday.
bool IsBusinessDay(absl::CivilDay day);

// From 09:00:00 until just before 17:00:00 on a business day.
bool IsInBusinessHours(absl::Time time);

// Business days of [from, to); 0 when `to` is not after `from`.
int64_t BusinessDaysBetween(absl::CivilDay from, absl::CivilDay to);

// Whole minutes of business hours between the two; 0 when `to` is not after `from`.
int64_t BusinessMinutesBetween(absl::Time from, absl::Time to);

// The earliest instant with `minutes` >= 0 of business hours between `from` and it. That is 17:00
// of a day rather than 09:00 of the next.
absl::Time AfterBusinessMinutes(absl::Time from, int64_t minutes);

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_KPI_BUSINESS_HOURS_H_
