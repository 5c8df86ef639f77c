#include "services/metrics/kpi/cycle.h"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/grouping.h"
#include "services/metrics/kpi/kpi.h"

namespace quotacast::metrics {
namespace {

enum class Middle { kMedian, kMean };

absl::StatusOr<KpiColumn> CycleDays(const KpiQuery& query, Middle middle) {
  if (const auto reason = NotBegunReason(query)) return UndefinedColumn(*query.grouping, *reason);
  std::vector<std::vector<int64_t>> days(query.grouping->groups().size());
  const DealColumns& columns = *query.view->columns;
  for (const ClosedDeal closed : columns.WonIn(query.period)) {
    const DealRef deal = columns.At(closed);
    for (const int row : query.grouping->RowsOf(deal)) {
      days[static_cast<size_t>(row)].push_back(closed.close_day - deal.created_day());
    }
  }
  KpiColumn column =
      MedianColumn(std::move(days), absl::StrCat("no deal was won", InPeriod(query)));
  for (KpiCell& cell : column.cells) {
    if (middle == Middle::kMedian || !cell.value) continue;
    cell.value = cell.numerator / cell.denominator;
    cell.interval.reset();
  }
  if (const auto note = PeriodToDateNote(query)) column.notes.push_back(*note);
  return column;
}

}  // namespace

std::vector<Kpi> CycleKpis() {
  using namespace metrics::v1;  // NOLINT: the names of one small enum.
  const char* const numerator =
      "days from creation to the win, summed over deals won in the period";
  const char* const denominator = "deals won in the period (numerator / denominator is the mean)";
  const std::vector<const char*> edge_rules = {
      "Undefined when no deal was won.", "Reopened deals keep their first creation.",
      "A deal won on the day it was created took 0 days.",
      "With an even number of deals the median is the mean of the two in the middle."};
  const char* const caveat =
      "Won deals only: deals still open, which tend to be the slow ones, are not in it, so it is "
      "shorter than the cycle a new deal should expect.";
  return {{.definition = Define({.name = "sales_cycle_days",
                                 .display_name = "Sales cycle (median)",
                                 .formula = "median of (close day - creation day) of deals won in "
                                            "the period",
                                 .numerator = numerator,
                                 .denominator = denominator,
                                 .unit = KPI_UNIT_DAYS,
                                 .direction = KPI_DIRECTION_DOWN,
                                 .edge_rules = edge_rules,
                                 .caveat = caveat,
                                 .source = "The usual definition of CRM reports.",
                                 .interval_method = kMedianMethod},
                                DealGroupBys()),
           .compute = [](const KpiQuery& query) { return CycleDays(query, Middle::kMedian); }},
          {.definition = Define({.name = "sales_cycle_days_mean",
                                 .display_name = "Sales cycle (mean)",
                                 .formula = "mean of (close day - creation day) of deals won in "
                                            "the period",
                                 .numerator = numerator,
                                 .denominator = denominator,
                                 .unit = KPI_UNIT_DAYS,
                                 .direction = KPI_DIRECTION_DOWN,
                                 .edge_rules = edge_rules,
                                 .caveat = "A few very slow deals move it a lot; for the rest as "
                                           "sales_cycle_days.",
                                 .source = "The usual definition of CRM reports."},
                                DealGroupBys()),
           .compute = [](const KpiQuery& query) { return CycleDays(query, Middle::kMean); }}};
}

}  // namespace quotacast::metrics
