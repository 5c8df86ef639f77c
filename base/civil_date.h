// Civil dates: parsing and formatting. Dates are absl::CivilDay everywhere inside.
#ifndef QUOTACAST_BASE_CIVIL_DATE_H_
#define QUOTACAST_BASE_CIVIL_DATE_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace quotacast {

// Dates outside [1900-01-01, 2199-12-31] are refused everywhere: in sales data they are typing
// errors, and a bound keeps day arithmetic small.
inline constexpr int kMinYear = 1900;
inline constexpr int kMaxYear = 2199;

// Strict ISO 8601 calendar date "2017-09-30". Impossible dates ("2017-02-30") and years outside
// [kMinYear, kMaxYear] are INVALID_ARGUMENT, naming the text.
absl::StatusOr<absl::CivilDay> ParseIsoDate(std::string_view text);

// How a source writes dates; the order is declared by its profile, never guessed.
enum class DateOrder { kIso, kMonthDayYear, kDayMonthYear };

// Parses under `order`; separators '-', '/' and '.', one- or two-digit day and month, four-digit
// years or two-digit ones read as 2000-2068 / 1969-1999. For kIso the same as ParseIsoDate.
absl::StatusOr<absl::CivilDay> ParseDate(std::string_view text, DateOrder order);

// "2017-09-30".
std::string FormatIsoDate(absl::CivilDay day);

// The instant at which `day` begins in UTC, and the civil day in UTC of an instant. The event log
// keeps instants; a source that only knows dates is stamped with the start of the day.
absl::Time StartOfDayUtc(absl::CivilDay day);
absl::CivilDay DayOfUtc(absl::Time time);

}  // namespace quotacast

#endif  // QUOTACAST_BASE_CIVIL_DATE_H_
