#include "services/metrics/kpi/business_hours.h"

#include <algorithm>
#include <cstdint>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/civil_date.h"

namespace quotacast::metrics {
namespace {

constexpr int64_t kBusinessSecondsPerDay = kBusinessMinutesPerDay * 60;
constexpr int64_t kDaysPerWeek = 7;

// A Monday; days are counted from here, also backwards.
constexpr absl::CivilDay kFirstMonday(1970, 1, 5);

int64_t FloorDivide(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// Business days of [kFirstMonday, day), negative before it.
int64_t BusinessDaysBefore(absl::CivilDay day) {
  const int64_t days = day - kFirstMonday;
  const int64_t weeks = FloorDivide(days, kDaysPerWeek);
  return weeks * kBusinessDaysPerWeek +
         std::min<int64_t>(days - weeks * kDaysPerWeek, kBusinessDaysPerWeek);
}

int64_t SecondOfDay(absl::Time time) {
  return absl::ToUnixSeconds(time) - absl::ToUnixSeconds(StartOfDayUtc(DayOfUtc(time)));
}

// Seconds of business hours of [kFirstMonday, time), negative before it.
int64_t BusinessSecondsBefore(absl::Time time) {
  const absl::CivilDay day = DayOfUtc(time);
  const int64_t so_far = BusinessDaysBefore(day) * kBusinessSecondsPerDay;
  if (!IsBusinessDay(day)) return so_far;
  return so_far + std::clamp<int64_t>(SecondOfDay(time) - kBusinessStartHour * 3'600, 0,
                                      kBusinessSecondsPerDay);
}

}  // namespace

bool IsBusinessDay(absl::CivilDay day) {
  const absl::Weekday weekday = absl::GetWeekday(day);
  return weekday != absl::Weekday::saturday && weekday != absl::Weekday::sunday;
}

bool IsInBusinessHours(absl::Time time) {
  const int64_t second = SecondOfDay(time);
  return IsBusinessDay(DayOfUtc(time)) && second >= kBusinessStartHour * 3'600 &&
         second < kBusinessEndHour * 3'600;
}

int64_t BusinessDaysBetween(absl::CivilDay from, absl::CivilDay to) {
  return std::max<int64_t>(0, BusinessDaysBefore(to) - BusinessDaysBefore(from));
}

int64_t BusinessMinutesBetween(absl::Time from, absl::Time to) {
  return std::max<int64_t>(0, (BusinessSecondsBefore(to) - BusinessSecondsBefore(from)) / 60);
}

absl::Time AfterBusinessMinutes(absl::Time from, int64_t minutes) {
  if (minutes <= 0) return from;
  // The last second that has to pass decides the day, so that a day's end is no next day's start.
  const int64_t seconds = BusinessSecondsBefore(from) + minutes * 60;
  const int64_t days = FloorDivide(seconds - 1, kBusinessSecondsPerDay);
  const int64_t weeks = FloorDivide(days, kBusinessDaysPerWeek);
  const absl::CivilDay day =
      kFirstMonday + weeks * kDaysPerWeek + (days - weeks * kBusinessDaysPerWeek);
  return StartOfDayUtc(day) + absl::Hours(kBusinessStartHour) +
         absl::Seconds(seconds - days * kBusinessSecondsPerDay);
}

}  // namespace quotacast::metrics
