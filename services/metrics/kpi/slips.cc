#include "services/metrics/kpi/slips.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "base/fiscal_calendar.h"
#include "services/metrics/book_view.h"
#include "services/metrics/day_number.h"
#include "services/metrics/kpi/deal_history.h"
#include "services/metrics/kpi/grouping.h"
#include "services/metrics/kpi/kpi.h"

namespace quotacast::metrics {
namespace {

absl::StatusOr<KpiColumn> SlipRate(const KpiQuery& query) {
  const FiscalPeriod& period = *query.period;
  if (const auto reason = NotEndedReason(query)) return UndefinedColumn(*query.grouping, *reason);
  std::vector<Share> shares(query.grouping->groups().size());
  const DayRange days = DaysOf(period);
  const DealColumns& columns = *query.view->columns;
  const SomeDeals open = columns.OpenIn(query.period);
  std::vector<uint32_t> due;
  columns.expected_closes->ForEach(open.positions(),
                                   [&](size_t i, const ExpectedCloses::List& closes) {
                                     if (days.Has(closes.On(days.start - 1, DealColumns::kNoDay))) {
                                       due.push_back(open.positions()[i]);
                                     }
                                   });
  columns.stays->ForEach(due, [&](size_t i, const Stays::List& stays) {
    const DealRef deal = columns.At(due[i]);
    const BookView& view = *query.view;
    if (CategoryBefore(view, deal, stays, days.start) != StageCategory::kOpen) return;
    const bool is_slipped = CategoryBefore(view, deal, stays, days.end) == StageCategory::kOpen;
    for (const int row : query.grouping->RowsOf(deal)) {
      shares[static_cast<size_t>(row)].Count(is_slipped);
    }
  });
  return ShareColumn(shares,
                     absl::StrCat("no open deal was due in ", period.name, " when it began"));
}

// The first day behind the fiscal period of a day; absent for one that no calendar reaches, which
// is a typing error and in no period. Remembers the period that it met last.
class PeriodEnds {
 public:
  explicit PeriodEnds(const FiscalCalendar& calendar) : calendar_(calendar) {}

  std::optional<int32_t> After(int32_t day) {
    if (!last_.Has(day)) {
      const absl::StatusOr<FiscalPeriod> period = calendar_.PeriodContaining(DayOfNumber(day));
      if (!period.ok()) return std::nullopt;
      last_ = DaysOf(*period);
    }
    return last_.end;
  }

 private:
  const FiscalCalendar& calendar_;
  DayRange last_{.start = 0, .end = 0};
};

// Moves to a later fiscal period that were said on these days.
int64_t CountPushes(const ExpectedCloses::List& closes, const DayRange& days, PeriodEnds& ends) {
  int64_t count = 0;
  for (size_t saying = 1; saying < closes.size(); ++saying) {
    const int32_t before = closes.ValueAt(saying - 1);
    const int32_t after = closes.ValueAt(saying);
    if (!days.Has(closes.DayAt(saying)) || after <= before) continue;
    const std::optional<int32_t> end = ends.After(before);
    if (end && after >= *end) ++count;
  }
  return count;
}

absl::StatusOr<KpiColumn> PushesPerDeal(const KpiQuery& query) {
  if (const auto reason = NotBegunReason(query)) return UndefinedColumn(*query.grouping, *reason);
  KpiColumn column;
  column.cells.resize(query.grouping->groups().size());
  const DayRange days = DaysOf(query.period);
  PeriodEnds ends(query.view->calendar);
  const DealColumns& columns = *query.view->columns;
  const SomeDeals open = columns.OpenIn(query.period);
  columns.expected_closes->ForEach(
      open.positions(), [&](size_t i, const ExpectedCloses::List& closes) {
        if (closes.empty()) return;
        const DealRef deal = open[i];
        const double push_count = static_cast<double>(CountPushes(closes, days, ends));
        for (const int row : query.grouping->RowsOf(deal)) {
          KpiCell& cell = column.cells[static_cast<size_t>(row)];
          cell.numerator += push_count;
          ++cell.denominator;
          ++cell.sample_size;
        }
      });
  for (KpiCell& cell : column.cells) {
    if (cell.sample_size == 0) {
      cell.undefined_reason =
          absl::StrCat("no deal with an expected close date was open", InPeriod(query));
    } else {
      cell.value = cell.numerator / cell.denominator;
    }
  }
  if (const auto note = PeriodToDateNote(query)) column.notes.push_back(*note);
  return column;
}

absl::StatusOr<KpiColumn> PullInRate(const KpiQuery& query) {
  if (const auto reason = NotBegunReason(query)) return UndefinedColumn(*query.grouping, *reason);
  int64_t unexpected_count = 0;
  std::vector<Share> shares(query.grouping->groups().size());
  const DealColumns& columns = *query.view->columns;
  PeriodEnds ends(query.view->calendar);
  for (const ClosedDeal closed : columns.WonIn(query.period)) {
    const DealRef deal = columns.At(closed);
    // What was first said counts if it was said before the win.
    const ExpectedCloses::List closes = columns.expected_closes->Of(closed.position);
    if (closes.empty() || closes.DayAt(0) >= closed.close_day) {
      if (query.grouping->Counts(deal)) ++unexpected_count;
      continue;
    }
    const std::optional<int32_t> end = ends.After(closed.close_day);
    for (const int row : query.grouping->RowsOf(deal)) {
      shares[static_cast<size_t>(row)].Count(end && closes.ValueAt(0) >= *end);
    }
  }
  KpiColumn column = ShareColumn(
      shares, absl::StrCat("no deal that was expected to close was won", InPeriod(query)));
  if (unexpected_count > 0) {
    column.notes.push_back(absl::StrCat(unexpected_count, " deals won", InPeriod(query),
                                        " had no expected close date before their win and are "
                                        "left out"));
  }
  if (const auto note = PeriodToDateNote(query)) column.notes.push_back(*note);
  return column;
}

}  // namespace

std::vector<Kpi> SlipKpis() {
  using namespace metrics::v1;  // NOLINT: the names of one small enum.
  return {
      {.definition = Define(
           {.name = "slip_rate",
            .display_name = "Slip rate",
            .formula = "due at the period's start and still open at its end / due at the period's "
                       "start",
            .numerator = "of these, deals still open when the period ended",
            .denominator =
                "deals open when the period began that were then expected to close in it",
            .unit = KPI_UNIT_RATIO,
            .direction = KPI_DIRECTION_DOWN,
            .edge_rules = {"Undefined before the period has ended, and when no open deal was due.",
                           "Open when the period began is what stood in an open stage on the day "
                           "before, whatever came of it.",
                           "A lost deal has not slipped. A deal that was closed in the period and "
                           "reopened in it has.",
                           "Deals created in the period, and dates that were moved into it later, "
                           "count nowhere."},
            .caveat =
                "Without a history of expected dates, a source that states only the latest one "
                "makes it look better than it was.",
            .source = "Slipped pipeline of sales operations.",
            .interval_method = kWilsonMethod},
           DealGroupBys()),
       .needs_period = true,
       .compute = SlipRate},
      {.definition = Define(
           {.name = "pushes_per_deal",
            .display_name = "Pushes per deal",
            .formula = "moves of an expected close date to a later fiscal period / deals that were "
                       "open in the period",
            .numerator = "moves to a later fiscal period that were made in the period",
            .denominator = "deals with an expected close date, open at its start or created in it",
            .unit = KPI_UNIT_COUNT,
            .direction = KPI_DIRECTION_DOWN,
            .edge_rules = {"Moves inside one fiscal period, and moves to an earlier one, are no "
                           "pushes. Each move of a deal counts.",
                           "A deal that was closed and reopened since counts as open all the time.",
                           "Undefined when no deal with an expected close date was open."},
            .caveat = "Low where nobody keeps the dates up to date; see slip_rate.",
            .source = "Push counts of sales operations."},
           DealGroupBys()),
       .compute = PushesPerDeal},
      {.definition = Define(
           {.name = "pull_in_rate",
            .display_name = "Pull-in rate",
            .formula = "won in an earlier fiscal period than first expected / won with an expected "
                       "close date, by close date in the period",
            .numerator = "of these, deals whose first expected close date lies in a later fiscal "
                         "period than their win",
            .denominator = "deals won in the period for which an expected close date was stated "
                           "before the win",
            .unit = KPI_UNIT_RATIO,
            .direction = KPI_DIRECTION_NEITHER,
            .edge_rules = {"Undefined when no deal with an expected close date was won.",
                           "The first date that was stated counts, however often it was moved "
                           "since. A date stated on the day of the win or after it was no "
                           "expectation.",
                           "Won earlier within the same fiscal period is no pull-in.",
                           "Deals won without an expected close date are left out, and a note says "
                           "how many."},
            .caveat = "A period that many deals were pulled into leaves a hole in the next one.",
            .source = "Pull-in and push-out of sales operations.",
            .interval_method = kWilsonMethod},
           DealGroupBys()),
       .compute = PullInRate}};
}

}  // namespace quotacast::metrics
