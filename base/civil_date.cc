#include "base/civil_date.h"

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/errors.h"
#include "base/string_views.h"

namespace quotacast {
namespace {

// How much of a refused text a message repeats.
constexpr size_t kQuotedTextBytes = 40;

absl::Status InvalidDate(std::string_view text, std::string_view problem) {
  ErrorDetail detail;
  detail.reason = "INVALID_DATE";
  return WithDetail(
      absl::InvalidArgumentError(absl::StrCat(
          "date \"", absl::Utf8SafeCHexEscape(AbslView(text.substr(0, kQuotedTextBytes))),
          text.size() > kQuotedTextBytes ? "...\" " : "\" ", AbslView(problem))),
      detail);
}

// The value of 1 to 9 decimal digits and nothing else; -1 otherwise.
int DigitsValue(std::string_view digits) {
  if (digits.empty() || digits.size() > 9) return -1;
  int value = 0;
  for (const char digit : digits) {
    if (!absl::ascii_isdigit(digit)) return -1;
    value = value * 10 + (digit - '0');
  }
  return value;
}

absl::StatusOr<absl::CivilDay> CheckedDay(std::string_view text, int year, int month, int day) {
  if (year < kMinYear || year > kMaxYear) {
    return InvalidDate(text, absl::StrCat("has a year outside ", kMinYear, "..", kMaxYear));
  }
  // CivilDay normalises 30 February to 2 March; whatever it had to change was impossible.
  const absl::CivilDay result(year, month, day);
  if (result.year() != year || result.month() != month || result.day() != day) {
    return InvalidDate(text, "does not exist in the calendar");
  }
  return result;
}

}  // namespace

absl::StatusOr<absl::CivilDay> ParseIsoDate(std::string_view text) {
  if (text.size() == 10 && text[4] == '-' && text[7] == '-') {
    const int year = DigitsValue(text.substr(0, 4));
    const int month = DigitsValue(text.substr(5, 2));
    const int day = DigitsValue(text.substr(8, 2));
    if (year >= 0 && month >= 0 && day >= 0) return CheckedDay(text, year, month, day);
  }
  return InvalidDate(text, "is not of the form YYYY-MM-DD");
}

absl::StatusOr<absl::CivilDay> ParseDate(std::string_view text, DateOrder order) {
  if (order == DateOrder::kIso) return ParseIsoDate(text);
  const bool month_first = order == DateOrder::kMonthDayYear;
  const std::string_view form =
      month_first ? "is not of the form month/day/year" : "is not of the form day/month/year";
  const size_t first = text.find_first_of("-/.");
  if (first == std::string_view::npos) return InvalidDate(text, form);
  // Both separators are the same character: "3/4-2017" is a typing error.
  const size_t second = text.find(text[first], first + 1);
  if (second == std::string_view::npos) return InvalidDate(text, form);
  const std::string_view leading = text.substr(0, first);
  const std::string_view middle = text.substr(first + 1, second - first - 1);
  const std::string_view year_text = text.substr(second + 1);

  const int month = DigitsValue(month_first ? leading : middle);
  const int day = DigitsValue(month_first ? middle : leading);
  int year = DigitsValue(year_text);
  if (leading.size() > 2 || middle.size() > 2 || month < 0 || day < 0 || year < 0 ||
      (year_text.size() != 2 && year_text.size() != 4)) {
    return InvalidDate(text, form);
  }
  // The POSIX pivot of two-digit years.
  if (year_text.size() == 2) year += year <= 68 ? 2000 : 1900;
  return CheckedDay(text, year, month, day);
}

std::string FormatIsoDate(absl::CivilDay day) {
  return absl::StrFormat("%04d-%02d-%02d", day.year(), day.month(), day.day());
}

absl::Time StartOfDayUtc(absl::CivilDay day) { return absl::FromCivil(day, absl::UTCTimeZone()); }

absl::CivilDay DayOfUtc(absl::Time time) { return absl::ToCivilDay(time, absl::UTCTimeZone()); }

}  // namespace quotacast
