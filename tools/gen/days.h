// Days, quarters and business hours of the synthetic company: calendar quarters, Monday to Friday,
// 9 to 17 o'clock UTC.
#ifndef QUOTACAST_TOOLS_GEN_DAYS_H_
#define QUOTACAST_TOOLS_GEN_DAYS_H_

#include <cstdint>
#include <string>

#include "absl/time/civil_time.h"

namespace quotacast::gen {

inline constexpr int kBusinessDayStartMinute = 9 * 60;
inline constexpr int kBusinessDayMinutes = 8 * 60;

// Numbers calendar quarters: year * 4 + 0..3.
int QuarterOf(absl::CivilDay day);
absl::CivilDay QuarterStart(int quarter);
std::string QuarterName(int quarter);  // "2026Q4".

bool IsWorkday(absl::CivilDay day);

// `day`, or the Friday before a weekend, or `earliest` when that is later.
absl::CivilDay WorkdayNear(absl::CivilDay day, absl::CivilDay earliest);

// `day`, or the Monday after a weekend.
absl::CivilDay WorkdayFrom(absl::CivilDay day);

// Minutes are counted from 1970-01-01 00:00 UTC.
int64_t MinuteOf(absl::CivilDay day, int minute_of_day = 0);
absl::CivilDay DayOfMinute(int64_t minute);

// The instant `business_minutes` of business hours after `minute`.
int64_t AfterBusinessMinutes(int64_t minute, int business_minutes);

// "2026-03-02 14:05".
std::string FormatMinute(int64_t minute);

}  // namespace quotacast::gen

#endif  // QUOTACAST_TOOLS_GEN_DAYS_H_
