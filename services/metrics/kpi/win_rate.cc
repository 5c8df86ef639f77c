#include "services/metrics/kpi/win_rate.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/status_macros.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/bookings.h"
#include "services/metrics/kpi/grouping.h"
#include "services/metrics/kpi/kpi.h"
#include "services/metrics/proto_values.h"

namespace quotacast::metrics {
namespace {

void Count(const KpiQuery& query, const DealRef& deal, bool is_won, std::vector<Share>& shares) {
  for (const int row : query.grouping->RowsOf(deal)) {
    shares[static_cast<size_t>(row)].Count(is_won);
  }
}

bool IsWon(const DealRef& deal) { return deal.outcome() == StageCategory::kWon; }

}  // namespace

std::vector<Share> ClosedShares(const KpiQuery& query) {
  return ShareClosedDeals(
      query, [](const ClosedDeal& closed, const DealRef&) { return std::optional(closed.is_won); });
}

namespace {

absl::StatusOr<KpiColumn> ClosedWinRate(const KpiQuery& query) {
  if (const auto reason = NotBegunReason(query)) return UndefinedColumn(*query.grouping, *reason);
  KpiColumn column =
      ShareColumn(ClosedShares(query), absl::StrCat("no deal was closed", InPeriod(query)));
  if (const auto note = PeriodToDateNote(query)) column.notes.push_back(*note);
  return column;
}

absl::StatusOr<KpiColumn> CreatedWinRate(const KpiQuery& query) {
  if (const auto reason = NotBegunReason(query)) return UndefinedColumn(*query.grouping, *reason);
  std::vector<Share> shares(query.grouping->groups().size());
  int64_t created_count = 0;
  int64_t open_count = 0;
  for (const DealRef deal : query.view->columns->CreatedIn(query.period)) {
    if (!query.grouping->Counts(deal)) continue;
    ++created_count;
    if (deal.outcome() == StageCategory::kOpen) ++open_count;
    Count(query, deal, IsWon(deal), shares);
  }
  KpiColumn column = ShareColumn(shares, absl::StrCat("no deal was created", InPeriod(query)));
  if (const auto note = PeriodToDateNote(query)) column.notes.push_back(*note);
  if (open_count > 0) {
    column.notes.push_back(absl::StrFormat(
        "%d of %d deals created%s (%.1f %%) are still open: the rate can still rise", open_count,
        created_count, InPeriod(query),
        100.0 * static_cast<double>(open_count) / static_cast<double>(created_count)));
  }
  return column;
}

// Open when the period began, or created in it.
absl::StatusOr<KpiColumn> FlowWinRate(const KpiQuery& query) {
  if (const auto reason = NotBegunReason(query)) return UndefinedColumn(*query.grouping, *reason);
  std::vector<Share> shares(query.grouping->groups().size());
  const DayRange days = DaysOf(query.period);
  for (const DealRef deal : query.view->columns->OpenIn(query.period)) {
    Count(query, deal, IsWon(deal) && days.Has(deal.close_day()), shares);
  }
  KpiColumn column =
      ShareColumn(shares, absl::StrCat("no deal was open or created", InPeriod(query)));
  if (const auto note = PeriodToDateNote(query)) column.notes.push_back(*note);
  return column;
}

absl::StatusOr<KpiColumn> ValueWinRate(const KpiQuery& query) {
  if (const auto reason = NotBegunReason(query)) return UndefinedColumn(*query.grouping, *reason);
  struct Sums {
    int64_t won_minor_units = 0;
    int64_t minor_units = 0;
    int64_t deal_count = 0;
  };
  std::vector<Sums> rows(query.grouping->groups().size());
  int64_t without_amount_count = 0;
  for (const DealRef deal : query.view->columns->CreatedIn(query.period)) {
    if (!query.grouping->Counts(deal)) continue;
    const std::optional<int64_t> amount = deal.entry_amount_minor_units();
    if (!amount) {
      ++without_amount_count;
      continue;
    }
    for (const int row : query.grouping->RowsOf(deal)) {
      Sums& sums = rows[static_cast<size_t>(row)];
      ++sums.deal_count;
      QC_RETURN_IF_ERROR(AddTo(sums.minor_units, *amount));
      if (IsWon(deal)) QC_RETURN_IF_ERROR(AddTo(sums.won_minor_units, *amount));
    }
  }
  KpiColumn column;
  for (const Sums& sums : rows) {
    KpiCell cell;
    cell.numerator = MajorUnits(sums.won_minor_units, query.view->currency);
    cell.denominator = MajorUnits(sums.minor_units, query.view->currency);
    cell.sample_size = sums.deal_count;
    if (sums.deal_count == 0) {
      cell.undefined_reason = absl::StrCat("no deal with an amount was created", InPeriod(query));
    } else {
      cell.value = cell.numerator / cell.denominator;
    }
    column.cells.push_back(cell);
  }
  if (without_amount_count > 0) {
    column.notes.push_back(absl::StrCat(without_amount_count, " deals created", InPeriod(query),
                                        " never had an amount and are left out"));
  }
  if (const auto note = PeriodToDateNote(query)) column.notes.push_back(*note);
  return column;
}

}  // namespace

std::vector<Kpi> WinRateKpis() {
  using namespace metrics::v1;  // NOLINT: the names of one small enum.
  return {
      {.definition = Define(
           {.name = "win_rate_closed",
            .display_name = "Win rate (closed)",
            .formula = "won / (won + lost), by close date in the period",
            .numerator = "deals won in the period",
            .denominator = "deals won or lost in the period",
            .unit = KPI_UNIT_RATIO,
            .direction = KPI_DIRECTION_UP,
            .edge_rules = {"Undefined when no deal was closed.", "Open deals count nowhere.",
                           "A deal that was reopened by the as-of is not closed.",
                           "Every loss counts, to a competitor or not: this is the broad rate; "
                           "win_rate_competitive is the narrow one."},
            .caveat = "Too high when losses are not marked as lost, and biased while volume grows, "
                      "because wins take longer than losses.",
            .source = "The usual definition of CRM reports.",
            .interval_method = kWilsonMethod},
           DealGroupBys()),
       .compute = ClosedWinRate},
      {.definition = Define(
           {.name = "win_rate_created",
            .display_name = "Win rate (created cohort)",
            .formula = "won by the as-of date / created in the period",
            .numerator = "deals created in the period that are won by the as-of date",
            .denominator = "deals created in the period",
            .unit = KPI_UNIT_RATIO,
            .direction = KPI_DIRECTION_UP,
            .edge_rules = {"Undefined when no deal was created.",
                           "A deal without a stated creation day is created on the day of its "
                           "first fact."},
            .caveat = "Low for young cohorts: open deals count below the line and may still be "
                      "won. A note says how many are open. Compare cohorts only at the same age, "
                      "or use win_rate_horizon.",
            .source = "Cohort analysis as in customer retention.",
            .interval_method = kWilsonMethod},
           DealGroupBys()),
       .compute = CreatedWinRate},
      {.definition = Define(
           {.name = "win_rate_flow",
            .display_name = "Win rate (flow)",
            .formula = "won in the period / (open at its start + created in it)",
            .numerator = "deals won in the period",
            .denominator = "deals open when the period began, or created in it",
            .unit = KPI_UNIT_RATIO,
            .direction = KPI_DIRECTION_UP,
            .edge_rules = {"Undefined when no deal was open or created.",
                           "A deal counts as open at the start unless its last closing lies before "
                           "it: one that was closed and reopened since was open all the time."},
            .caveat = "Falls when the pipeline is stuffed with deals that nobody closes, and "
                      "depends on the length of the period: compare periods of the same length.",
            .source = "The share of all workable deals that a period turned into wins.",
            .interval_method = kWilsonMethod},
           DealGroupBys()),
       .compute = FlowWinRate},
      {.definition = Define(
           {.name = "win_rate_value",
            .display_name = "Win rate (by value)",
            .formula = "first stated amounts of deals won by the as-of date / first stated amounts "
                       "of deals created in the period",
            .numerator = "first stated amount of deals created in the period that are won by the "
                         "as-of date, major units",
            .denominator = "first stated amount of deals created in the period, major units",
            .unit = KPI_UNIT_RATIO,
            .direction = KPI_DIRECTION_UP,
            .edge_rules = {"The first amount above zero counts on both sides: with the final one, "
                           "discounts would look like losses and upsells like better selling.",
                           "Deals that never had an amount are left out, and a note says how many "
                           "there are.",
                           "Undefined when no deal with an amount was created."},
            .caveat =
                "Low for young cohorts, as win_rate_created. Far below win_rate_created where "
                "large deals are the hard ones. Where a source states amounts of won deals "
                "only, it is 1.",
            .source = "Dollar-weighted win rate of sales operations."},
           DealGroupBys()),
       .uses_money = true,
       .compute = ValueWinRate}};
}

}  // namespace quotacast::metrics
