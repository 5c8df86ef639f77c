// Which periods a table has: one, a series, every one of the history; fiscal periods or calendar
// months. And which period stands beside another one.
#ifndef QUOTACAST_SERVICES_METRICS_KPI_PERIODS_H_
#define QUOTACAST_SERVICES_METRICS_KPI_PERIODS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "base/fiscal_calendar.h"
#include "quotacast/metrics/v1/kpi.pb.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/kpi.h"

namespace quotacast::metrics {

// Periods of one table; more is INVALID_ARGUMENT (a table over centuries is a typing error).
inline constexpr int kMaxTablePeriods = 400;

struct PeriodQuery {
  metrics::v1::GroupBy group_by = metrics::v1::GROUP_BY_ORG;
  std::string period;       // Empty: all history; every period where rows are periods.
  std::string last_period;  // Empty: one period.
};

struct TablePeriods {
  // In order, at least one; the one of all history is absent.
  std::vector<std::optional<FiscalPeriod>> periods;
  // Of the data that the KPI is about; absent when there are none.
  std::optional<absl::CivilDay> first_day;
  std::vector<std::string> notes;
};

// Under GROUP_BY_MONTH `period` and `last_period` may name months ("2017-04") or fiscal periods, of
// which the months that touch them count. INVALID_ARGUMENT (UNKNOWN_PERIOD; INVALID_FIELD for a
// last period without a first, or before it, for a KPI without rows per period, for too many
// periods).
absl::StatusOr<TablePeriods> PeriodsOfTable(const BookView& view, const Kpi& kpi,
                                            const PeriodQuery& query);

// The calendar month of a day, as a period called "2017-04".
FiscalPeriod MonthOf(absl::CivilDay day);

// The period of another one's name a year earlier ("2016Q3" for "2017Q3"), or the period before; of
// months under GROUP_BY_MONTH. Absent outside the calendar, and for names without a year.
std::optional<FiscalPeriod> YearEarlier(const FiscalCalendar& calendar,
                                        metrics::v1::GroupBy group_by, const FiscalPeriod& period);
std::optional<FiscalPeriod> PeriodBefore(const FiscalCalendar& calendar,
                                         metrics::v1::GroupBy group_by, const FiscalPeriod& period);

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_KPI_PERIODS_H_
