#include "services/metrics/kpi/win_rate.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/grouping.h"
#include "services/metrics/kpi/kpi.h"

namespace quotacast::metrics {
namespace {

struct Counts {
  int64_t won = 0;
  int64_t all = 0;
};

KpiColumn Ratios(const std::vector<Counts>& counts, const std::string& undefined_reason) {
  KpiColumn column;
  for (const Counts& count : counts) {
    KpiCell cell;
    cell.numerator = static_cast<double>(count.won);
    cell.denominator = static_cast<double>(count.all);
    cell.sample_size = count.all;
    if (count.all == 0) {
      cell.undefined_reason = undefined_reason;
    } else {
      cell.value = cell.numerator / cell.denominator;
    }
    column.cells.push_back(cell);
  }
  return column;
}

void Count(const KpiQuery& query, const BookOpportunity& deal, std::vector<Counts>& counts) {
  for (const int row : query.grouping->RowsOf(deal)) {
    Counts& count = counts[static_cast<size_t>(row)];
    ++count.all;
    if (deal.outcome == StageCategory::kWon) ++count.won;
  }
}

absl::StatusOr<KpiColumn> ClosedWinRate(const KpiQuery& query) {
  if (const auto reason = NotBegunReason(query)) return UndefinedColumn(*query.grouping, *reason);
  std::vector<Counts> counts(query.grouping->groups().size());
  for (const BookOpportunity& deal : query.view->opportunities) {
    if (deal.outcome == StageCategory::kOpen || !Falls(deal.close_day, query.period)) continue;
    Count(query, deal, counts);
  }
  KpiColumn column = Ratios(counts, absl::StrCat("no deal was closed", InPeriod(query)));
  if (const auto note = PeriodToDateNote(query)) column.notes.push_back(*note);
  return column;
}

absl::StatusOr<KpiColumn> CreatedWinRate(const KpiQuery& query) {
  if (const auto reason = NotBegunReason(query)) return UndefinedColumn(*query.grouping, *reason);
  std::vector<Counts> counts(query.grouping->groups().size());
  int64_t created_count = 0;
  int64_t open_count = 0;
  for (const BookOpportunity& deal : query.view->opportunities) {
    if (!Falls(deal.created_day, query.period)) continue;
    ++created_count;
    if (deal.outcome == StageCategory::kOpen) ++open_count;
    Count(query, deal, counts);
  }
  KpiColumn column = Ratios(counts, absl::StrCat("no deal was created", InPeriod(query)));
  if (const auto note = PeriodToDateNote(query)) column.notes.push_back(*note);
  if (open_count > 0) {
    column.notes.push_back(absl::StrFormat(
        "%d of %d deals created%s (%.1f %%) are still open: the rate can still rise", open_count,
        created_count, InPeriod(query),
        100.0 * static_cast<double>(open_count) / static_cast<double>(created_count)));
  }
  return column;
}

}  // namespace

std::vector<Kpi> WinRateKpis() {
  using namespace metrics::v1;  // NOLINT: the names of one small enum.
  const std::vector<GroupBy> every = {GROUP_BY_ORG, GROUP_BY_REP, GROUP_BY_TEAM, GROUP_BY_PRODUCT,
                                      GROUP_BY_PERIOD};
  return {
      {.definition = Define({.name = "win_rate_closed",
                             .display_name = "Win rate (closed)",
                             .formula = "won / (won + lost), by close date in the period",
                             .numerator = "deals won in the period",
                             .denominator = "deals won or lost in the period",
                             .unit = KPI_UNIT_RATIO,
                             .caveat = "Too high when losses are not marked as lost, and biased "
                                       "while volume grows, because wins take longer than losses."},
                            every),
       .compute = ClosedWinRate},
      {.definition = Define({.name = "win_rate_created",
                             .display_name = "Win rate (created cohort)",
                             .formula = "won by the as-of date / created in the period",
                             .numerator = "deals created in the period that are won by the as-of "
                                          "date",
                             .denominator = "deals created in the period",
                             .unit = KPI_UNIT_RATIO,
                             .caveat = "Low for young cohorts: open deals count below the line "
                                       "and may still be won. A note says how many are open."},
                            every),
       .compute = CreatedWinRate}};
}

}  // namespace quotacast::metrics
