#include "services/metrics/kpi/volume.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "base/civil_date.h"
#include "base/status_macros.h"
#include "services/metrics/book_view.h"
#include "services/metrics/day_number.h"
#include "services/metrics/kpi/bookings.h"
#include "services/metrics/kpi/deal_amounts.h"
#include "services/metrics/kpi/deal_history.h"
#include "services/metrics/kpi/grouping.h"
#include "services/metrics/kpi/kpi.h"
#include "services/metrics/proto_values.h"

namespace quotacast::metrics {
namespace {

absl::StatusOr<KpiColumn> CreatedDeals(const KpiQuery& query) {
  if (const auto reason = NotBegunReason(query)) return UndefinedColumn(*query.grouping, *reason);
  std::vector<int64_t> counts(query.grouping->groups().size());
  for (const DealRef deal : query.view->columns->CreatedIn(query.period)) {
    for (const int row : query.grouping->RowsOf(deal)) ++counts[static_cast<size_t>(row)];
  }
  KpiColumn column = CountColumn(counts);
  if (const auto note = PeriodToDateNote(query)) column.notes.push_back(*note);
  return column;
}

absl::StatusOr<KpiColumn> OpenDeals(const KpiQuery& query) {
  if (const auto reason = NotBegunReason(query)) return UndefinedColumn(*query.grouping, *reason);
  absl::CivilDay day_after = query.view->as_of.effective_day + 1;
  if (query.period) day_after = std::min(day_after, query.period->end);
  std::vector<int64_t> counts(query.grouping->groups().size());
  const bool is_now = day_after == query.view->as_of.effective_day + 1;
  const DealColumns& columns = *query.view->columns;
  for (const DealRef deal :
       is_now ? columns.OpenNow() : OpenBefore(*query.view, NumberOfDay(day_after))) {
    for (const int row : query.grouping->RowsOf(deal)) ++counts[static_cast<size_t>(row)];
  }
  KpiColumn column = CountColumn(counts);
  column.notes.push_back(absl::StrCat("open at the end of ", FormatIsoDate(day_after - 1)));
  return column;
}

absl::StatusOr<KpiColumn> OpenAmount(const KpiQuery& query) {
  if (const auto reason = NotBegunReason(query)) return UndefinedColumn(*query.grouping, *reason);
  if (query.period &&
      PhaseOf(*query.period, query.view->as_of.effective_day) == PeriodPhase::kEnded &&
      query.period->end != query.view->as_of.effective_day + 1) {
    return UndefinedColumn(*query.grouping, absl::StrCat("what was open in ", query.period->name,
                                                         " is known as of its end: ask as of ",
                                                         FormatIsoDate(query.period->end - 1)));
  }
  AmountGaps gaps;
  std::vector<int64_t> amounts(query.grouping->groups().size());
  std::vector<int64_t> counts(query.grouping->groups().size());
  for (const DealRef deal : query.view->columns->OpenNow()) {
    if (!query.grouping->Counts(deal)) continue;
    const std::optional<int64_t> amount =
        AmountOrListPrice(deal.amount_minor_units(), deal.product(), *query.view, gaps);
    if (!amount) continue;
    for (const int row : query.grouping->RowsOf(deal)) {
      ++counts[static_cast<size_t>(row)];
      QC_RETURN_IF_ERROR(AddTo(amounts[static_cast<size_t>(row)], *amount));
    }
  }
  KpiColumn column = CountColumn(amounts);
  ToMajorUnits(query.view->currency, column);
  for (size_t row = 0; row < counts.size(); ++row) column.cells[row].sample_size = counts[row];
  AddGapNotes(gaps, "open deals", column);
  return column;
}

absl::StatusOr<KpiColumn> DealSizeMedian(const KpiQuery& query) {
  if (const auto reason = NotBegunReason(query)) return UndefinedColumn(*query.grouping, *reason);
  std::vector<std::vector<int64_t>> amounts(query.grouping->groups().size());
  int64_t without_amount_count = 0;
  const DealColumns& columns = *query.view->columns;
  for (const ClosedDeal closed : columns.WonIn(query.period)) {
    const DealRef deal = columns.At(closed);
    if (!query.grouping->Counts(deal)) continue;
    if (closed.amount_minor_units.value_or(0) <= 0) {
      ++without_amount_count;
      continue;
    }
    for (const int row : query.grouping->RowsOf(deal)) {
      amounts[static_cast<size_t>(row)].push_back(*closed.amount_minor_units);
    }
  }
  KpiColumn column =
      MedianColumn(std::move(amounts),
                   absl::StrCat("no deal with an amount above zero was won", InPeriod(query)));
  ToMajorUnits(query.view->currency, column);
  if (without_amount_count > 0) {
    column.notes.push_back(absl::StrCat(without_amount_count, " deals won", InPeriod(query),
                                        " have no booked amount above zero and are left out"));
  }
  if (const auto note = PeriodToDateNote(query)) column.notes.push_back(*note);
  return column;
}

}  // namespace

void ToMajorUnits(const std::string& currency, KpiColumn& column) {
  const double minor_per_major = MinorPerMajor(currency);
  for (KpiCell& cell : column.cells) {
    cell.numerator /= minor_per_major;
    if (cell.value) cell.value = *cell.value / minor_per_major;
    if (cell.interval) {
      cell.interval =
          Interval{cell.interval->low / minor_per_major, cell.interval->high / minor_per_major};
    }
  }
}

std::vector<Kpi> VolumeKpis() {
  using namespace metrics::v1;  // NOLINT: the names of one small enum.
  return {
      {.definition =
           Define({.name = "created_deals",
                   .display_name = "Created deals",
                   .formula = "deals created in the period",
                   .numerator = "deals created in the period",
                   .denominator = "none (1)",
                   .unit = KPI_UNIT_COUNT,
                   .direction = KPI_DIRECTION_UP,
                   .edge_rules = {"Undefined only for a period that has not begun: none is 0.",
                                  "A deal without a stated creation day is created on the day of "
                                  "its first fact.",
                                  "Credit goes to the owner at the as-of date."},
                   .caveat = "Easily raised with deals that will not be won: read it beside the "
                             "win rate of the cohort.",
                   .source = "The usual definition of CRM reports."},
                  DealGroupBys()),
       .compute = CreatedDeals},
      {.definition =
           Define({.name = "open_deals",
                   .display_name = "Open deals",
                   .formula = "deals open at the end of the period, or of the as-of day before it",
                   .numerator = "deals in an open stage",
                   .denominator = "none (1)",
                   .unit = KPI_UNIT_COUNT,
                   .direction = KPI_DIRECTION_NEITHER,
                   .edge_rules = {"Undefined only for a period that has not begun: none is 0.",
                                  "A deal that was closed then and reopened later was not open.",
                                  "Owner, product and segment are those at the as-of date."},
                   .caveat = "Grows where nobody closes deals that are dead.",
                   .source = "The usual definition of CRM reports."},
                  DealGroupBys()),
       .compute = OpenDeals},
      {.definition = Define(
           {.name = "open_amount",
            .display_name = "Open amount",
            .formula = "sum of the amounts of deals open at the as-of date",
            .numerator = "stated amount of open deals, else the list price of their "
                         "product, major units",
            .denominator = "none (1)",
            .unit = KPI_UNIT_MONEY,
            .direction = KPI_DIRECTION_NEITHER,
            .edge_rules =
                {"Whatever the period, the open deals are those at the as-of date. Undefined "
                 "for a period that ended before it: the amounts of that day are those of "
                 "a view as of that day, which the reason names.",
                 "A deal without a stated amount (or with a stated amount of zero) counts "
                 "at the list price of its product; without that either it adds nothing. "
                 "Notes say how many. The sample size is the number of deals that add something.",
                 "When a deal is due plays no part; see pipeline_coverage_full."},
            .caveat = "Not weighed by what deals are likely to bring: that is a forecast's "
                      "work.",
            .source = "The open pipeline of sales operations."},
           DealGroupBys()),
       .uses_money = true,
       .compute = OpenAmount},
      {.definition =
           Define({.name = "deal_size_median",
                   .display_name = "Deal size (median)",
                   .formula = "median booked amount of deals won in the period",
                   .numerator = "booked amount of deals won in the period, major units",
                   .denominator = "deals won in the period with an amount (numerator / denominator "
                                  "is the mean)",
                   .unit = KPI_UNIT_MONEY,
                   .direction = KPI_DIRECTION_UP,
                   .edge_rules = {"Undefined when no deal with an amount above zero was won.",
                                  "Won deals without an amount above zero are left out, and a note "
                                  "says how many."},
                   .caveat = "Says nothing about the few large deals that make or break a period.",
                   .source = "The usual definition of CRM reports.",
                   .interval_method = kMedianMethod},
                  DealGroupBys()),
       .uses_money = true,
       .compute = DealSizeMedian}};
}

}  // namespace quotacast::metrics
