#include "tools/gen/days.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace quotacast::gen {
namespace {

constexpr absl::CivilDay kEpoch(1970, 1, 1);
constexpr int kMinutesPerDay = 24 * 60;

}  // namespace

int QuarterOf(absl::CivilDay day) {
  return static_cast<int>(day.year()) * 4 + (day.month() - 1) / 3;
}

absl::CivilDay QuarterStart(int quarter) {
  return absl::CivilDay(quarter / 4, quarter % 4 * 3 + 1, 1);
}

std::string QuarterName(int quarter) { return absl::StrCat(quarter / 4, "Q", quarter % 4 + 1); }

// 1970-01-01 was a Thursday: Saturdays are 2 and Sundays 3 days after one.
bool IsWorkday(absl::CivilDay day) {
  const auto weekday = ((day - kEpoch) % 7 + 7) % 7;
  return weekday != 2 && weekday != 3;
}

absl::CivilDay WorkdayNear(absl::CivilDay day, absl::CivilDay earliest) {
  while (!IsWorkday(day)) --day;
  return std::max(day, earliest);
}

absl::CivilDay WorkdayFrom(absl::CivilDay day) {
  while (!IsWorkday(day)) ++day;
  return day;
}

int64_t MinuteOf(absl::CivilDay day, int minute_of_day) {
  return (day - kEpoch) * kMinutesPerDay + minute_of_day;
}

absl::CivilDay DayOfMinute(int64_t minute) { return kEpoch + minute / kMinutesPerDay; }

int64_t AfterBusinessMinutes(int64_t minute, int business_minutes) {
  absl::CivilDay day = DayOfMinute(minute);
  int worked = std::clamp(static_cast<int>(minute - MinuteOf(day)) - kBusinessDayStartMinute, 0,
                          kBusinessDayMinutes);
  int left = business_minutes;
  while (true) {
    if (IsWorkday(day)) {
      const int here = kBusinessDayMinutes - worked;
      if (left < here) return MinuteOf(day, kBusinessDayStartMinute + worked + left);
      left -= here;
    }
    worked = 0;
    ++day;
  }
}

std::string FormatMinute(int64_t minute) {
  const absl::CivilDay day = DayOfMinute(minute);
  const auto of_day = static_cast<int>(minute - MinuteOf(day));
  return absl::StrFormat("%04d-%02d-%02d %02d:%02d", day.year(), day.month(), day.day(),
                         of_day / 60, of_day % 60);
}

}  // namespace quotacast::gen
