#include "base/fiscal_calendar.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "base/civil_date.h"
#include "base/errors.h"
#include "base/string_views.h"

namespace quotacast {
namespace {

constexpr int kQuarterMonths = 3;
constexpr int kQuartersPerYear = 4;
constexpr int kQuarterDays445 = (4 + 4 + 5) * 7;

absl::CivilDay FirstDay() { return absl::CivilDay(kMinYear, 1, 1); }
absl::CivilDay EndDay() { return absl::CivilDay(kMaxYear + 1, 1, 1); }

std::string QuarterName(int year, int quarter) { return absl::StrFormat("%04dQ%d", year, quarter); }

absl::Status OutsideCalendar(absl::CivilDay day, absl::CivilDay start, absl::CivilDay end) {
  ErrorDetail detail;
  detail.reason = "OUTSIDE_CALENDAR";
  return WithDetail(absl::OutOfRangeError(absl::StrCat(
                        FormatIsoDate(day), " is outside the fiscal calendar, which covers ",
                        FormatIsoDate(start), " to ", FormatIsoDate(end - 1))),
                    detail);
}

// `advice` ends the message.
absl::Status UnknownPeriod(std::string_view name, std::string_view advice) {
  ErrorDetail detail;
  detail.reason = "UNKNOWN_PERIOD";
  const std::string shown = absl::Utf8SafeCHexEscape(AbslView(name.substr(0, kMaxPeriodNameBytes)));
  return WithDetail(
      absl::InvalidArgumentError(
          absl::StrCat("period \"", shown, "\" is not in the fiscal calendar; ", AbslView(advice))),
      detail);
}

// A year and a quarter as people write them; 0 for what is not there.
struct QuarterWords {
  int year = 0;
  int quarter = 0;  // 1..4.
};

// Reads "2023q1", "Q1 2023", "2023-Q1", "1Q23" ... Years of two digits are 1969 to 2068.
QuarterWords ReadQuarterWords(std::string_view name) {
  const auto is_q = [&name](size_t i) {
    return i < name.size() && (name[i] == 'q' || name[i] == 'Q');
  };
  QuarterWords words;
  size_t begin = 0;
  while (begin < name.size()) {
    size_t end = begin;
    int number = 0;
    while (end < name.size() && end - begin < 5 && absl::ascii_isdigit(name[end])) {
      number = number * 10 + (name[end++] - '0');
    }
    if (end - begin == 1 && (is_q(end) || (begin > 0 && is_q(begin - 1)))) {
      if (number >= 1 && number <= kQuartersPerYear) words.quarter = number;
    } else if (end - begin == 2) {
      words.year = number + (number >= 69 ? 1900 : 2000);
    } else if (end - begin == 4) {
      words.year = number;
    }
    begin = std::max(end, begin + 1);
  }
  return words;
}

// The quarter of a month-start year that contains `day`.
FiscalPeriod QuarterContaining(int start_month, absl::CivilDay day) {
  const int months_in = (day.month() - start_month + 12) % 12;
  const int quarter_index = months_in / kQuarterMonths;
  const absl::CivilMonth start = absl::CivilMonth(day) - months_in % kQuarterMonths;
  const absl::CivilMonth year_start = start - quarter_index * kQuarterMonths;
  // The year in which the fiscal year's last month falls.
  const int year = static_cast<int>((year_start + 11).year());
  return {QuarterName(year, quarter_index + 1), absl::CivilDay(start),
          absl::CivilDay(start + kQuarterMonths)};
}

// Whether the period holds a day inside the years of civil_date.h.
bool TouchesYears(const FiscalPeriod& period) {
  return period.end > FirstDay() && period.start < EndDay();
}

}  // namespace

absl::StatusOr<FiscalCalendar> FiscalCalendar::MonthStart(int start_month) {
  if (start_month < 1 || start_month > 12) {
    return InvalidField("start_month", absl::StrCat(start_month, " is not a month, 1 to 12"));
  }
  FiscalCalendar calendar;
  calendar.start_month_ = start_month;
  return calendar;
}

absl::StatusOr<FiscalCalendar> FiscalCalendar::FourFourFive(int first_year,
                                                            absl::CivilDay first_year_start,
                                                            const std::vector<int>& weeks_in_year) {
  if (first_year < kMinYear || first_year > kMaxYear) {
    return InvalidField("first_year",
                        absl::StrCat(first_year, " is outside ", kMinYear, "..", kMaxYear));
  }
  if (first_year_start.year() < first_year - 1 || first_year_start.year() > first_year) {
    return InvalidField(
        "first_year_start",
        absl::StrCat(FormatIsoDate(first_year_start), " cannot begin fiscal year ", first_year,
                     ": expected a day of ", first_year - 1, " or ", first_year));
  }
  if (weeks_in_year.empty()) {
    return InvalidField("weeks_in_year", "is empty; list 52 or 53 for each year");
  }
  std::vector<FiscalPeriod> periods;
  absl::CivilDay start = first_year_start;
  for (size_t i = 0; i < weeks_in_year.size(); ++i) {
    const int weeks = weeks_in_year[i];
    if (weeks != 52 && weeks != 53) {
      return InvalidField(absl::StrCat("weeks_in_year[", i, "]"),
                          absl::StrCat(weeks, " is neither 52 nor 53"));
    }
    if (start >= EndDay()) {
      return InvalidField(absl::StrCat("weeks_in_year[", i, "]"),
                          absl::StrCat("begins after ", kMaxYear));
    }
    for (int quarter = 1; quarter <= kQuartersPerYear; ++quarter) {
      absl::CivilDay end = start + kQuarterDays445;
      if (quarter == kQuartersPerYear) end += (weeks - 52) * 7;
      periods.push_back({QuarterName(first_year + static_cast<int>(i), quarter), start, end});
      start = end;
    }
  }
  return Explicit(std::move(periods));
}

absl::StatusOr<FiscalCalendar> FiscalCalendar::Explicit(std::vector<FiscalPeriod> periods) {
  if (periods.empty()) return InvalidField("periods", "is empty; list at least one period");
  if (periods.size() > kMaxPeriodCount) {
    return InvalidField("periods",
                        absl::StrCat(periods.size(), " periods are more than ", kMaxPeriodCount));
  }
  absl::flat_hash_set<std::string> names;
  for (size_t i = 0; i < periods.size(); ++i) {
    const FiscalPeriod& period = periods[i];
    const std::string field = absl::StrCat("periods[", i, "]");
    if (period.name.empty() || period.name.size() > kMaxPeriodNameBytes) {
      return InvalidField(
          absl::StrCat(field, ".name"),
          absl::StrCat("has ", period.name.size(), " bytes; expected 1 to ", kMaxPeriodNameBytes));
    }
    const std::string shown = absl::StrCat("\"", absl::Utf8SafeCHexEscape(period.name), "\"");
    if (!names.insert(period.name).second) {
      return InvalidField(absl::StrCat(field, ".name"), absl::StrCat(shown, " is used twice"));
    }
    if (period.start < FirstDay() || period.end > EndDay()) {
      return InvalidField(field,
                          absl::StrCat(shown, " leaves the years ", kMinYear, "..", kMaxYear));
    }
    if (period.start >= period.end) {
      return InvalidField(absl::StrCat(field, ".end"),
                          absl::StrCat(FormatIsoDate(period.end), " of ", shown,
                                       " is not after its start ", FormatIsoDate(period.start)));
    }
    if (i > 0 && period.start != periods[i - 1].end) {
      return InvalidField(
          absl::StrCat(field, ".start"),
          absl::StrCat(FormatIsoDate(period.start), " of ", shown, " leaves ",
                       period.start > periods[i - 1].end ? "a gap after" : "an overlap with",
                       " the previous period; expected ", FormatIsoDate(periods[i - 1].end)));
    }
  }
  FiscalCalendar calendar;
  calendar.periods_ = std::move(periods);
  return calendar;
}

absl::StatusOr<FiscalPeriod> FiscalCalendar::PeriodContaining(absl::CivilDay day) const {
  if (start_month_ != 0) {
    if (day < FirstDay() || day >= EndDay()) return OutsideCalendar(day, FirstDay(), EndDay());
    return QuarterContaining(start_month_, day);
  }
  const auto after =
      std::upper_bound(periods_.begin(), periods_.end(), day,
                       [](absl::CivilDay d, const FiscalPeriod& p) { return d < p.start; });
  if (after == periods_.begin() || day >= periods_.back().end) {
    return OutsideCalendar(day, periods_.front().start, periods_.back().end);
  }
  return *(after - 1);
}

std::optional<FiscalPeriod> FiscalCalendar::Find(std::string_view name) const {
  if (start_month_ != 0) {
    int year = 0;
    if (name.size() != 6 || !std::all_of(name.begin(), name.begin() + 4, absl::ascii_isdigit) ||
        !absl::SimpleAtoi(AbslView(name.substr(0, 4)), &year) || name[4] != 'Q' || name[5] < '1' ||
        name[5] > '4') {
      return std::nullopt;
    }
    const absl::CivilMonth year_start(start_month_ == 1 ? year : year - 1, start_month_);
    FiscalPeriod period = QuarterContaining(
        start_month_, absl::CivilDay(year_start + (name[5] - '1') * kQuarterMonths));
    if (!TouchesYears(period)) return std::nullopt;
    return period;
  }
  // A linear scan: lists hold tens of periods and a request names one or two.
  for (const FiscalPeriod& period : periods_) {
    if (period.name == name) return period;
  }
  return std::nullopt;
}

absl::StatusOr<FiscalPeriod> FiscalCalendar::PeriodNamed(std::string_view name,
                                                         std::optional<absl::CivilDay> near) const {
  const std::optional<FiscalPeriod> found = Find(name);
  if (found.has_value()) return *found;
  const QuarterWords words = ReadQuarterWords(name);
  if (words.year != 0 && words.quarter != 0) {
    const std::string meant = QuarterName(words.year, words.quarter);
    if (Find(meant).has_value()) {
      return UnknownPeriod(name, absl::StrCat("did you mean \"", meant, "\"?"));
    }
  }
  std::string example = words.year == 0 ? "" : QuarterName(words.year, kQuartersPerYear);
  if (!Find(example).has_value()) {
    example.clear();
    if (near.has_value()) {
      const absl::CivilDay first = start_month_ != 0 ? FirstDay() : periods_.front().start;
      const absl::CivilDay last = (start_month_ != 0 ? EndDay() : periods_.back().end) - 1;
      example = PeriodContaining(std::clamp(*near, first, last)).value().name;
    } else if (start_month_ == 0) {
      example = periods_.back().name;
    }
  }
  return UnknownPeriod(
      name, example.empty() ? "names look like 2017Q4" : absl::StrCat("a right name is ", example));
}

absl::StatusOr<FiscalPeriod> FiscalCalendar::Next(const FiscalPeriod& period) const {
  return PeriodContaining(period.end);
}

absl::StatusOr<FiscalPeriod> FiscalCalendar::Previous(const FiscalPeriod& period) const {
  return PeriodContaining(period.start - 1);
}

absl::StatusOr<std::vector<FiscalPeriod>> FiscalCalendar::PeriodsBetween(absl::CivilDay from,
                                                                         absl::CivilDay to) const {
  std::vector<FiscalPeriod> result;
  absl::CivilDay day = from;
  while (day < to) {
    absl::StatusOr<FiscalPeriod> period = PeriodContaining(day);
    if (!period.ok()) return period.status();
    day = period->end;
    result.push_back(*std::move(period));
  }
  return result;
}

}  // namespace quotacast
