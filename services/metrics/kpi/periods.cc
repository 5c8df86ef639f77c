#include "services/metrics/kpi/periods.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "base/civil_date.h"
#include "base/errors.h"
#include "base/fiscal_calendar.h"
#include "base/status_macros.h"
#include "services/metrics/kpi/record_grouping.h"

namespace quotacast::metrics {
namespace {

using metrics::v1::GroupBy;

constexpr size_t kYearDigits = 4;

absl::Status CheckCount(int64_t count, const std::string& what) {
  if (count <= kMaxTablePeriods) return absl::OkStatus();
  return InvalidField("period",
                      absl::StrCat(what, " spans ", count, " periods, a table holds at most ",
                                   kMaxTablePeriods, "; name fewer"));
}

std::optional<absl::CivilDay> FirstDayOfData(const BookView& view, const Kpi& kpi) {
  std::optional<absl::CivilDay> first = view.first_created_day;
  if (kpi.subject != KpiSubject::kRecords) return first;
  const std::optional<absl::CivilDay> first_record = FirstRecordDay(view);
  if (!first) return first_record;
  return std::min(*first, first_record.value_or(*first));
}

// Every period from the first day to that of the as-of, and on to the last one with a quota.
absl::StatusOr<std::vector<FiscalPeriod>> PeriodsOfHistory(const BookView& view,
                                                           absl::CivilDay first,
                                                           std::vector<std::string>& notes) {
  absl::CivilDay last = view.as_of.effective_day;
  std::set<std::string> quota_periods;
  for (const BookRep& rep : view.reps) {
    for (const auto& quota : rep.quotas) quota_periods.insert(quota.first);
  }
  for (const std::string& name : quota_periods) {
    const absl::StatusOr<FiscalPeriod> period = view.calendar.PeriodNamed(name);
    if (!period.ok()) {
      notes.push_back(absl::StrCat("quotas for \"", name,
                                   "\" were left out: the fiscal calendar has no such period"));
      continue;
    }
    first = std::min(first, period->start);
    last = std::max(last, period->end - 1);
  }
  return view.calendar.PeriodsBetween(first, last + 1);
}

std::optional<FiscalPeriod> MonthNamed(const std::string& name) {
  const absl::StatusOr<absl::CivilDay> day = ParseIsoDate(absl::StrCat(name, "-01"));
  if (!day.ok()) return std::nullopt;
  return MonthOf(*day);
}

absl::StatusOr<FiscalPeriod> PeriodOrMonthNamed(const BookView& view, GroupBy group_by,
                                                const std::string& name) {
  if (group_by == metrics::v1::GROUP_BY_MONTH) {
    std::optional<FiscalPeriod> month = MonthNamed(name);
    if (month) return *std::move(month);
  }
  return view.calendar.PeriodNamed(name);
}

absl::StatusOr<std::vector<FiscalPeriod>> MonthsBetween(absl::CivilDay from, absl::CivilDay to) {
  const absl::CivilMonth first(from);
  const absl::CivilMonth last(to - 1);
  QC_RETURN_IF_ERROR(CheckCount(last - first + 1, "what was asked for"));
  std::vector<FiscalPeriod> months;
  for (absl::CivilMonth month = first; month <= last; ++month) {
    months.push_back(MonthOf(absl::CivilDay(month)));
  }
  return months;
}

absl::StatusOr<std::vector<FiscalPeriod>> NamedPeriods(const BookView& view, const Kpi& kpi,
                                                       const PeriodQuery& query) {
  QC_ASSIGN_OR_RETURN(const FiscalPeriod first,
                      PeriodOrMonthNamed(view, query.group_by, query.period));
  FiscalPeriod last = first;
  if (!query.last_period.empty()) {
    QC_ASSIGN_OR_RETURN(last, PeriodOrMonthNamed(view, query.group_by, query.last_period));
    if (last.start < first.start) {
      return InvalidField("last_period",
                          absl::StrCat(last.name, " lies before ", first.name, ", the first one"));
    }
    const auto& group_bys = kpi.definition.group_bys();
    if (std::find(group_bys.begin(), group_bys.end(), metrics::v1::GROUP_BY_PERIOD) ==
        group_bys.end()) {
      return InvalidField(
          "last_period", absl::StrCat(kpi.definition.name(), " has no series: ask for one period"));
    }
  }
  if (query.group_by == metrics::v1::GROUP_BY_MONTH) return MonthsBetween(first.start, last.end);
  QC_ASSIGN_OR_RETURN(std::vector<FiscalPeriod> periods,
                      view.calendar.PeriodsBetween(first.start, last.end));
  QC_RETURN_IF_ERROR(CheckCount(static_cast<int64_t>(periods.size()), "what was asked for"));
  return periods;
}

}  // namespace

absl::StatusOr<TablePeriods> PeriodsOfTable(const BookView& view, const Kpi& kpi,
                                            const PeriodQuery& query) {
  TablePeriods table;
  table.first_day = FirstDayOfData(view, kpi);
  const absl::CivilDay as_of_day = view.as_of.effective_day;
  const absl::CivilDay history_start = std::min(table.first_day.value_or(as_of_day), as_of_day);
  std::vector<FiscalPeriod> periods;
  if (!query.period.empty()) {
    QC_ASSIGN_OR_RETURN(periods, NamedPeriods(view, kpi, query));
  } else if (!query.last_period.empty()) {
    return InvalidField("last_period",
                        absl::StrCat("\"", query.last_period.substr(0, kMaxPeriodNameBytes),
                                     "\" is the end of a series; name its first period, too"));
  } else if (query.group_by == metrics::v1::GROUP_BY_PERIOD) {
    QC_ASSIGN_OR_RETURN(periods, PeriodsOfHistory(view, history_start, table.notes));
    QC_RETURN_IF_ERROR(CheckCount(static_cast<int64_t>(periods.size()), "the history"));
  } else if (query.group_by == metrics::v1::GROUP_BY_MONTH) {
    QC_ASSIGN_OR_RETURN(periods, MonthsBetween(history_start, as_of_day + 1));
  } else if (kpi.needs_period) {
    const absl::CivilDay day = as_of_day + (kpi.looks_ahead ? 1 : 0);
    QC_ASSIGN_OR_RETURN(FiscalPeriod period, view.calendar.PeriodContaining(day));
    table.notes.push_back(
        absl::StrCat("no period was asked for; this is ", period.name, ", the period of the ",
                     kpi.looks_ahead ? "day after the as-of date" : "as-of date"));
    periods.push_back(std::move(period));
  } else {
    table.periods.push_back(std::nullopt);
    return table;
  }
  table.periods.assign(periods.begin(), periods.end());
  return table;
}

FiscalPeriod MonthOf(absl::CivilDay day) {
  const absl::CivilMonth month(day);
  return {.name = absl::StrFormat("%04d-%02d", month.year(), month.month()),
          .start = absl::CivilDay(month),
          .end = absl::CivilDay(month + 1)};
}

std::optional<FiscalPeriod> YearEarlier(const FiscalCalendar& calendar, GroupBy group_by,
                                        const FiscalPeriod& period) {
  if (group_by == metrics::v1::GROUP_BY_MONTH) {
    return MonthOf(absl::CivilDay(absl::CivilMonth(period.start) - 12));
  }
  // The year in the name: its first four digits in a row.
  size_t digits = 0;
  for (size_t i = 0; i < period.name.size(); ++i) {
    digits = std::isdigit(static_cast<unsigned char>(period.name[i])) ? digits + 1 : 0;
    if (digits < kYearDigits) continue;
    const size_t begin = i + 1 - kYearDigits;
    const int year = std::stoi(period.name.substr(begin, kYearDigits));
    std::string name = period.name;
    name.replace(begin, kYearDigits, absl::StrFormat("%04d", year - 1));
    const absl::StatusOr<FiscalPeriod> earlier = calendar.PeriodNamed(name);
    if (earlier.ok()) return *earlier;
    return std::nullopt;
  }
  return std::nullopt;
}

std::optional<FiscalPeriod> PeriodBefore(const FiscalCalendar& calendar, GroupBy group_by,
                                         const FiscalPeriod& period) {
  if (group_by == metrics::v1::GROUP_BY_MONTH) return MonthOf(period.start - 1);
  const absl::StatusOr<FiscalPeriod> before = calendar.Previous(period);
  if (!before.ok()) return std::nullopt;
  return *before;
}

}  // namespace quotacast::metrics
