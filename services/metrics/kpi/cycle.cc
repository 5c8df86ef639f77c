#include "services/metrics/kpi/cycle.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/grouping.h"
#include "services/metrics/kpi/kpi.h"

namespace quotacast::metrics {
namespace {

enum class Middle { kMedian, kMean };

// The mean of the two middle values when their number is even.
double Median(std::vector<int64_t> days) {
  std::sort(days.begin(), days.end());
  const size_t half = days.size() / 2;
  if (days.size() % 2 == 1) return static_cast<double>(days[half]);
  return (static_cast<double>(days[half - 1]) + static_cast<double>(days[half])) / 2;
}

absl::StatusOr<KpiColumn> CycleDays(const KpiQuery& query, Middle middle) {
  if (const auto reason = NotBegunReason(query)) return UndefinedColumn(*query.grouping, *reason);
  std::vector<std::vector<int64_t>> days(query.grouping->groups().size());
  for (const BookOpportunity& deal : query.view->opportunities) {
    if (deal.outcome != StageCategory::kWon || !Falls(deal.close_day, query.period)) continue;
    for (const int row : query.grouping->RowsOf(deal)) {
      days[static_cast<size_t>(row)].push_back(deal.close_day - deal.created_day);
    }
  }
  KpiColumn column;
  for (const std::vector<int64_t>& row : days) {
    KpiCell cell;
    for (const int64_t length : row) cell.numerator += static_cast<double>(length);
    cell.denominator = static_cast<double>(row.size());
    cell.sample_size = static_cast<int64_t>(row.size());
    if (row.empty()) {
      cell.undefined_reason = absl::StrCat("no deal was won", InPeriod(query));
    } else {
      cell.value = middle == Middle::kMedian ? Median(row) : cell.numerator / cell.denominator;
    }
    column.cells.push_back(cell);
  }
  if (const auto note = PeriodToDateNote(query)) column.notes.push_back(*note);
  return column;
}

}  // namespace

std::vector<Kpi> CycleKpis() {
  using namespace metrics::v1;  // NOLINT: the names of one small enum.
  const std::vector<GroupBy> every = {GROUP_BY_ORG, GROUP_BY_REP, GROUP_BY_TEAM, GROUP_BY_PRODUCT,
                                      GROUP_BY_PERIOD};
  const char* const numerator =
      "days from creation to the win, summed over deals won in the period";
  const char* const denominator = "deals won in the period";
  const char* const caveat =
      "Won deals only: deals still open, which tend to be the slow ones, are not in it, so it is "
      "shorter than the cycle a new deal should expect. Reopened deals keep their first creation.";
  return {{.definition = Define({.name = "sales_cycle_days",
                                 .display_name = "Sales cycle (median)",
                                 .formula = "median of (close day - creation day) of deals won in "
                                            "the period",
                                 .numerator = numerator,
                                 .denominator = denominator,
                                 .unit = KPI_UNIT_DAYS,
                                 .caveat = caveat},
                                every),
           .compute = [](const KpiQuery& query) { return CycleDays(query, Middle::kMedian); }},
          {.definition = Define({.name = "sales_cycle_days_mean",
                                 .display_name = "Sales cycle (mean)",
                                 .formula = "mean of (close day - creation day) of deals won in "
                                            "the period",
                                 .numerator = numerator,
                                 .denominator = denominator,
                                 .unit = KPI_UNIT_DAYS,
                                 .caveat = caveat},
                                every),
           .compute = [](const KpiQuery& query) { return CycleDays(query, Middle::kMean); }}};
}

}  // namespace quotacast::metrics
