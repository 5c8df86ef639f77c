// The fiscal calendar: which period a civil day belongs to.
#ifndef QUOTACAST_BASE_FISCAL_CALENDAR_H_
#define QUOTACAST_BASE_FISCAL_CALENDAR_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"

namespace quotacast {

// Named limits of an explicit list; more is INVALID_ARGUMENT.
inline constexpr size_t kMaxPeriodCount = 20'000;  // Weeks of the years of civil_date.h fit.
inline constexpr size_t kMaxPeriodNameBytes = 64;

// One fiscal period: [start, end) in civil days.
struct FiscalPeriod {
  std::string name;      // "2017Q4".
  absl::CivilDay start;  // First day.
  absl::CivilDay end;    // First day after.
  bool operator==(const FiscalPeriod&) const = default;
};

// An immutable calendar. Thread-safe. Periods never overlap and follow each other; an explicit
// list may have odd starts and must be contiguous.
class FiscalCalendar {
 public:
  // Quarters of a fiscal year that starts on day 1 of `start_month` (1..12). The year is named
  // after the calendar year in which it ends (start_month 1: the calendar year), so with
  // start_month 2 the quarter starting 2017-02-01 is "2018Q1". Infinite in both directions
  // within the years of civil_date.h. INVALID_ARGUMENT for another month.
  static absl::StatusOr<FiscalCalendar> MonthStart(int start_month);

  // 4-4-5: years of 52 or 53 weeks, four quarters of 4+4+5 weeks, the 53rd week added to the
  // last quarter. `first_year_start` is the first day of fiscal year `first_year`;
  // `weeks_in_year` lists 52 or 53 for each year from there. Finite.
  static absl::StatusOr<FiscalCalendar> FourFourFive(int first_year,
                                                     absl::CivilDay first_year_start,
                                                     const std::vector<int>& weeks_in_year);

  // Any contiguous list with unique non-empty names (odd starts welcome). INVALID_ARGUMENT names
  // the period at fault. Finite.
  static absl::StatusOr<FiscalCalendar> Explicit(std::vector<FiscalPeriod> periods);

  // The period that contains `day`; OUT_OF_RANGE (OUTSIDE_CALENDAR) if a finite calendar ends
  // before or begins after it.
  absl::StatusOr<FiscalPeriod> PeriodContaining(absl::CivilDay day) const;

  // The period called `name`. INVALID_ARGUMENT (UNKNOWN_PERIOD) with the right name of what was
  // most likely meant ("2023Q1" for "Q1 2023"), else with an example: of the year that `name`
  // mentions, else the period at or nearest to `near`, which callers set to a day of their data.
  absl::StatusOr<FiscalPeriod> PeriodNamed(std::string_view name,
                                           std::optional<absl::CivilDay> near = std::nullopt) const;

  // The period that follows / precedes; OUT_OF_RANGE at the end of a finite calendar.
  absl::StatusOr<FiscalPeriod> Next(const FiscalPeriod& period) const;
  absl::StatusOr<FiscalPeriod> Previous(const FiscalPeriod& period) const;

  // All periods that touch [from, to), in order; none when the interval is empty. OUT_OF_RANGE as
  // PeriodContaining.
  absl::StatusOr<std::vector<FiscalPeriod>> PeriodsBetween(absl::CivilDay from,
                                                           absl::CivilDay to) const;

 private:
  FiscalCalendar() = default;
  std::optional<FiscalPeriod> Find(std::string_view name) const;
  int start_month_ = 0;                //  1..12, or 0 for a finite list.
  std::vector<FiscalPeriod> periods_;  // The finite list.
};

}  // namespace quotacast

#endif  // QUOTACAST_BASE_FISCAL_CALENDAR_H_
