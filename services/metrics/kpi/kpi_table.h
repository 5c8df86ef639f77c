// The table of one KPI: its rows over groups and periods, what filters leave of them, and what
// stands beside each figure.
#ifndef QUOTACAST_SERVICES_METRICS_KPI_KPI_TABLE_H_
#define QUOTACAST_SERVICES_METRICS_KPI_KPI_TABLE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "quotacast/metrics/v1/kpi.pb.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/grouping.h"
#include "services/metrics/kpi/kpi.h"

namespace quotacast::metrics {

// Cells of one table; more is INVALID_ARGUMENT (TOO_MANY_CELLS). Its periods: kMaxTablePeriods.
inline constexpr int64_t kMaxTableCells = 100'000;
// Filters of one table, and ids of one filter; more is INVALID_ARGUMENT (INVALID_FIELD).
inline constexpr int kMaxFilters = 20;
inline constexpr int kMaxFilterIds = 1'000;

struct KpiTableQuery {
  std::string kpi;
  metrics::v1::GroupBy group_by = metrics::v1::GROUP_BY_ORG;
  std::string period = {};  // Empty: all history; every period under GROUP_BY_PERIOD.
  int horizon_days = kDefaultHorizonDays;  // Above zero; only KPIs by age look at it.
  metrics::v1::GroupBy then_by = metrics::v1::GROUP_BY_UNSPECIFIED;
  std::vector<GroupFilter> filters = {};  // All of them hold at once.
  std::string last_period = {};           // Empty: no series.
  metrics::v1::KpiComparison comparison = metrics::v1::KPI_COMPARISON_UNSPECIFIED;
};

// INVALID_ARGUMENT (UNKNOWN_PERIOD; UNKNOWN_GROUP with the
// nearest ids of a filter's dimension; INVALID_FIELD for a grouping, filter, series or comparison
// that the KPI does not have; TOO_MANY_CELLS before any is computed), FAILED_PRECONDITION
// (MIXED_CURRENCY), OUT_OF_RANGE (MONEY_OVERFLOW). Without a period, KPIs about quotas take the
// period of the as-of day (coverage: of the day after) and a note says so. Rows are in order of
// group, and of period in each; by period or month, the other way round. `table` is empty before,
// and of no use after an error; of many rows it is made fastest in an arena. Complexity: linear in
// the deals, per period.
absl::Status FillKpiTable(const BookView& view, const Kpi& kpi, const KpiTableQuery& query,
                          metrics::v1::KpiTable& table);

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_KPI_KPI_TABLE_H_
