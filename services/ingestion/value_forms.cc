#include "services/ingestion/value_forms.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/civil_date.h"
#include "base/errors.h"
#include "base/money.h"
#include "base/status_macros.h"
#include "base/string_views.h"

namespace quotacast::ingestion {
namespace {

constexpr size_t kQuotedTextBytes = 60;
constexpr size_t kMaxDecimals = 9;
constexpr std::string_view kMonths[] = {"january",   "february", "march",    "april",
                                        "may",       "june",     "july",     "august",
                                        "september", "october",  "november", "december"};
constexpr std::string_view kWeekdays[] = {"monday", "tuesday",  "wednesday", "thursday",
                                          "friday", "saturday", "sunday"};

absl::Status InvalidDate(std::string_view text, std::string_view problem) {
  ErrorDetail detail;
  detail.reason = "INVALID_DATE";
  return WithDetail(
      absl::InvalidArgumentError(absl::StrCat(
          "date \"", absl::Utf8SafeCHexEscape(AbslView(text.substr(0, kQuotedTextBytes))), "\" ",
          AbslView(problem))),
      detail);
}

bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }
bool IsLetter(char c) { return absl::ascii_isalpha(static_cast<unsigned char>(c)); }

std::string_view Stripped(std::string_view text) {
  return StdView(absl::StripAsciiWhitespace(AbslView(text)));
}

// True for the name itself and for its first letters, at least three.
bool Abbreviates(std::string_view word, std::string_view name) {
  return word.size() >= 3 && word.size() <= name.size() &&
         absl::EqualsIgnoreCase(AbslView(word), AbslView(name.substr(0, word.size())));
}

// A day with the month's name: the other two numbers are the day and the year, of which the year
// stands last or has four digits.
absl::StatusOr<absl::CivilDay> ParseNamedMonth(std::string_view text) {
  int month = 0;
  std::vector<std::string_view> numbers;
  for (size_t i = 0; i < text.size();) {
    size_t end = i;
    if (IsLetter(text[i])) {
      while (end < text.size() && IsLetter(text[end])) ++end;
      const std::string_view word = text.substr(i, end - i);
      bool known = false;
      for (const std::string_view weekday : kWeekdays) known = known || Abbreviates(word, weekday);
      for (int m = 0; m < 12 && !known; ++m) {
        if (!Abbreviates(word, kMonths[m])) continue;
        if (month != 0) return InvalidDate(text, "names two months");
        month = m + 1;
        known = true;
      }
      if (!known) return InvalidDate(text, "has a word that is no English month or weekday");
    } else if (IsDigit(text[i])) {
      while (end < text.size() && IsDigit(text[end])) ++end;
      numbers.push_back(text.substr(i, end - i));
    } else if (text[i] == ' ' || text[i] == ',' || text[i] == '-' || text[i] == '/' ||
               text[i] == '.') {
      ++end;
    } else {
      return InvalidDate(text, "is not a date with the month's name");
    }
    i = end;
  }
  if (month == 0 || numbers.size() != 2) {
    return InvalidDate(text, "is not a date with the month's name, a day and a year");
  }
  if (numbers[0].size() == 4) std::swap(numbers[0], numbers[1]);
  if (numbers[0].size() > 2 || (numbers[1].size() != 4 && numbers[1].size() != 2)) {
    return InvalidDate(text, "is not a date with the month's name, a day and a year");
  }
  return ParseDate(
      absl::StrFormat("%s/%02d/%s", std::string(numbers[0]), month, std::string(numbers[1])),
      DateOrder::kDayMonthYear);
}

// The text split before its time of day; `time` is empty when there is none.
struct DateAndTime {
  std::string_view date;
  std::string_view time;
};

DateAndTime SplitTime(std::string_view text) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) return {text, {}};
  size_t begin = colon;
  while (begin > 0 && colon - begin < 2 && IsDigit(text[begin - 1])) --begin;
  size_t end = begin;
  while (end > 0 && (text[end - 1] == ' ' || text[end - 1] == ',')) --end;
  if (end == begin && end > 0 && (text[end - 1] == 'T' || text[end - 1] == 't')) --end;
  return {text.substr(0, end), text.substr(begin)};
}

absl::StatusOr<absl::CivilDay> ParseDateOnly(std::string_view text, const ValueForms& forms) {
  for (const char c : text) {
    if (IsLetter(c)) return ParseNamedMonth(text);
  }
  if (!forms.loose_year_first) return ParseDate(text, forms.date_order);
  const size_t first = text.find_first_of("-/.");
  const size_t second = first == std::string_view::npos ? first : text.find(text[first], first + 1);
  if (first != 4 || second == std::string_view::npos || second - first > 3 ||
      text.size() - second > 3) {
    return InvalidDate(text, "is not of the form year/month/day");
  }
  // The strict parser checks the rest: with the day first there is one form left.
  return ParseDate(absl::StrCat(AbslView(text.substr(second + 1)), "/",
                                AbslView(text.substr(first + 1, second - first - 1)), "/",
                                AbslView(text.substr(0, 4))),
                   DateOrder::kDayMonthYear);
}

struct TimeOfDay {
  int hour = 0;
  int minute = 0;
  int second = 0;
  int64_t nanosecond = 0;
  std::optional<int> offset_minutes;
};

// Takes one to `max_digits` digits off the front.
bool TakeNumber(std::string_view& text, size_t max_digits, int& value) {
  size_t count = 0;
  value = 0;
  while (count < text.size() && count < max_digits && IsDigit(text[count])) {
    value = value * 10 + (text[count++] - '0');
  }
  text.remove_prefix(count);
  return count > 0;
}

bool TakeChar(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

bool TakeFraction(std::string_view& text, int64_t& nanosecond) {
  int64_t scale = 100'000'000;
  if (text.empty() || !IsDigit(text.front())) return false;
  while (!text.empty() && IsDigit(text.front())) {
    nanosecond += (text.front() - '0') * scale;
    scale /= 10;
    text.remove_prefix(1);
  }
  return true;
}

// "AM" or "PM" behind a 12-hour time.
bool TakeHalfOfDay(std::string_view& text, int& hour) {
  if (text.size() < 2 || (text[1] != 'M' && text[1] != 'm')) return true;
  const char half = absl::ascii_toupper(static_cast<unsigned char>(text[0]));
  if (half != 'A' && half != 'P') return true;
  if (hour < 1 || hour > 12) return false;
  hour = hour % 12 + (half == 'P' ? 12 : 0);
  text.remove_prefix(2);
  return true;
}

bool TakeOffset(std::string_view& text, std::optional<int>& offset_minutes) {
  if (text.empty()) return true;
  if (TakeChar(text, 'Z') || TakeChar(text, 'z')) {
    offset_minutes = 0;
    return true;
  }
  const bool west = text.front() == '-';
  if (!west && text.front() != '+') return false;
  text.remove_prefix(1);
  int hours = 0;
  int minutes = 0;
  if (!TakeNumber(text, 2, hours) || hours > 14) return false;
  TakeChar(text, ':');
  if (!text.empty() && !TakeNumber(text, 2, minutes)) return false;
  offset_minutes = (hours * 60 + minutes) * (west ? -1 : 1);
  return minutes < 60;
}

std::optional<TimeOfDay> ParseTimeOfDay(std::string_view text) {
  TimeOfDay time;
  if (!TakeNumber(text, 2, time.hour) || !TakeChar(text, ':') ||
      !TakeNumber(text, 2, time.minute)) {
    return std::nullopt;
  }
  if (TakeChar(text, ':') && !TakeNumber(text, 2, time.second)) return std::nullopt;
  if ((TakeChar(text, '.') || TakeChar(text, ',')) && !TakeFraction(text, time.nanosecond)) {
    return std::nullopt;
  }
  text = Stripped(text);
  if (!TakeHalfOfDay(text, time.hour)) return std::nullopt;
  text = Stripped(text);
  if (!TakeOffset(text, time.offset_minutes) || !text.empty()) return std::nullopt;
  // A leap second counts as the first second of the next minute.
  if (time.hour > 23 || time.minute > 59 || time.second > 60) return std::nullopt;
  return time;
}

// Digits with a decimal point; nullopt when grouping marks are not where they belong.
std::optional<std::string> WithPoint(std::string_view text, char decimal_mark) {
  const char group_mark = decimal_mark == ',' ? '.' : ',';
  std::string plain;
  bool fraction = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == group_mark) {
      size_t digits = 0;
      while (i + 1 + digits < text.size() && IsDigit(text[i + 1 + digits])) ++digits;
      if (fraction || digits != 3) return std::nullopt;
    } else if (c == decimal_mark) {
      if (fraction) return std::nullopt;
      fraction = true;
      plain.push_back('.');
    } else {
      plain.push_back(c);
    }
  }
  return plain;
}

// Without blanks of any kind between sign, currency and digits; "(5)" is -5.
std::string WithoutBlanks(std::string_view text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ' ' || text[i] == '\'') continue;
    if (text.substr(i, 2) == "\xC2\xA0") {  // A no-break space.
      ++i;
      continue;
    }
    if (text.substr(i, 3) == "\xE2\x80\xAF") {  // A narrow one.
      i += 2;
      continue;
    }
    result.push_back(text[i]);
  }
  return result;
}

// `text` with `digits` decimals, rounded half away from zero; unchanged when it is no plain number.
std::string Rounded(const std::string& text, size_t digits) {
  const size_t point = text.find('.');
  if (point == std::string::npos || text.size() - point - 1 <= digits) return text;
  for (size_t i = point + 1; i < text.size(); ++i) {
    if (!IsDigit(text[i])) return text;
  }
  const bool up = text[point + 1 + digits] >= '5';
  std::string result = text.substr(0, point + 1 + digits);
  if (digits == 0) result.pop_back();
  bool carry = up;
  size_t i = result.size();
  for (; carry && i > 0; --i) {
    char& c = result[i - 1];
    if (c == '.') continue;
    if (!IsDigit(c)) break;
    carry = c == '9';
    c = carry ? '0' : static_cast<char>(c + 1);
  }
  if (carry) result.insert(i, "1");
  return result;
}

}  // namespace

absl::StatusOr<absl::CivilDay> ParseDay(std::string_view text, const ValueForms& forms) {
  const DateAndTime parts = SplitTime(Stripped(text));
  if (!parts.time.empty() && !ParseTimeOfDay(parts.time).has_value()) {
    return InvalidDate(text, "has a time of day that is none");
  }
  return ParseDateOnly(parts.date, forms);
}

absl::StatusOr<absl::Time> ParseInstant(std::string_view text, const ValueForms& forms) {
  const DateAndTime parts = SplitTime(Stripped(text));
  TimeOfDay time;
  if (!parts.time.empty()) {
    const std::optional<TimeOfDay> parsed = ParseTimeOfDay(parts.time);
    if (!parsed.has_value()) return InvalidDate(text, "has a time of day that is none");
    time = *parsed;
  }
  QC_ASSIGN_OR_RETURN(const absl::CivilDay day, ParseDateOnly(parts.date, forms));
  const absl::CivilSecond second(day.year(), day.month(), day.day(), time.hour, time.minute,
                                 time.second);
  const absl::Duration fraction = absl::Nanoseconds(time.nanosecond);
  if (time.offset_minutes.has_value()) {
    return absl::FromCivil(second, absl::UTCTimeZone()) - absl::Minutes(*time.offset_minutes) +
           fraction;
  }
  const absl::TimeZone::TimeInfo info = forms.time_zone.At(second);
  if (info.kind == absl::TimeZone::TimeInfo::SKIPPED) return info.trans;
  return info.pre + fraction;
}

std::string FormatInstant(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d%ET%H:%M:%E*SZ", time, absl::UTCTimeZone());
}

absl::StatusOr<Money> ParseAmount(std::string_view text, std::string_view currency,
                                  const ValueForms& forms) {
  std::string plain =
      forms.decimal_mark == '.' && !forms.round_amounts ? std::string(text) : WithoutBlanks(text);
  if (forms.decimal_mark != '.') {
    // What is grouped wrongly goes on as it is, for the parser to name.
    plain = WithPoint(plain, forms.decimal_mark).value_or(std::string(text) + "?");
  }
  if (forms.round_amounts) {
    QC_ASSIGN_OR_RETURN(const int digits, MinorUnitDigits(currency));
    plain = Rounded(plain, static_cast<size_t>(digits));
  }
  QC_ASSIGN_OR_RETURN(Money amount, ParseMoney(plain, currency));
  if (__builtin_mul_overflow(amount.minor_units, forms.amount_scale, &amount.minor_units)) {
    return absl::OutOfRangeError(absl::StrCat("amount \"", AbslView(text), "\" is too large"));
  }
  return amount;
}

std::optional<int64_t> ParseInteger(std::string_view text, const ValueForms& forms) {
  const std::optional<std::string> plain = WithPoint(WithoutBlanks(text), forms.decimal_mark);
  if (!plain.has_value()) return std::nullopt;
  std::string digits = *plain;
  // Exports of decimal columns: "3.00".
  const size_t point = digits.find('.');
  if (point != std::string::npos) {
    if (digits.find_first_not_of('0', point + 1) != std::string::npos) return std::nullopt;
    digits.resize(point);
  }
  int64_t value = 0;
  if (!absl::SimpleAtoi(digits, &value)) return std::nullopt;
  return value;
}

std::optional<int64_t> ParsePercent(std::string_view text, const ValueForms& forms) {
  std::string_view number = Stripped(text);
  if (!number.empty() && number.back() == '%')
    number = Stripped(number.substr(0, number.size() - 1));
  const std::optional<std::string> plain = WithPoint(number, forms.decimal_mark);
  if (!plain.has_value()) return std::nullopt;
  const size_t point = plain->find('.');
  std::string digits = plain->substr(0, point);
  std::string decimals = point == std::string::npos ? "" : plain->substr(point + 1);
  while (decimals.size() > 2 && decimals.back() == '0') decimals.pop_back();
  if (decimals.size() > 2 || digits.empty() || digits.size() > kMaxDecimals) return std::nullopt;
  decimals.resize(2, '0');
  digits += decimals;
  int64_t value = 0;
  for (const char c : digits) {
    if (!IsDigit(c)) return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

std::optional<bool> ParseBoolean(std::string_view text) {
  for (const char* word : {"true", "yes", "y", "t", "1"}) {
    if (absl::EqualsIgnoreCase(AbslView(text), word)) return true;
  }
  for (const char* word : {"false", "no", "n", "f", "0"}) {
    if (absl::EqualsIgnoreCase(AbslView(text), word)) return false;
  }
  return std::nullopt;
}

}  // namespace quotacast::ingestion
