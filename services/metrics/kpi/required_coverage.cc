#include "services/metrics/kpi/required_coverage.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "base/civil_date.h"
#include "base/fiscal_calendar.h"
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

constexpr int kDaysPerWeek = 7;

struct PastSums {
  std::vector<int64_t> open_minor_units;
  std::vector<int64_t> won_minor_units;
  std::vector<int64_t> deal_counts;
  AmountGaps gaps;
  int undated_period_count = 0;  // Nobody said when deals were expected to close.
};

// Ended periods before that of the query, the latest first.
std::vector<FiscalPeriod> PastPeriods(const KpiQuery& query) {
  std::vector<FiscalPeriod> periods;
  const FiscalCalendar& calendar = query.view->calendar;
  const std::optional<absl::CivilDay> first_day = query.view->first_created_day;
  if (!first_day) return periods;
  absl::StatusOr<FiscalPeriod> period = calendar.Previous(*query.period);
  while (period.ok() && period->end > *first_day &&
         periods.size() < static_cast<size_t>(kMaxCoveragePeriods)) {
    if (PhaseOf(*period, query.view->as_of.effective_day) == PeriodPhase::kEnded) {
      periods.push_back(*period);
    }
    period = calendar.Previous(*period);
  }
  return periods;
}

// What was open and due in `period` at the beginning of `day`, and what of it was won by its end.
absl::Status AddPast(const KpiQuery& query, const FiscalPeriod& period, absl::CivilDay day,
                     PastSums& sums) {
  struct Open {
    DealRef deal;
    std::optional<int32_t> expected;
  };
  std::vector<Open> open;
  bool dated = false;
  const int32_t day_number = NumberOfDay(day);
  const DayRange days = DaysOf(period);
  for (const DealRef deal : OpenBefore(*query.view, day_number)) {
    open.push_back({deal, ExpectedBefore(*query.view, deal, day_number)});
    if (open.back().expected) dated = true;
  }
  if (!dated && !open.empty()) ++sums.undated_period_count;
  for (const auto& [deal, expected] : open) {
    if (!query.grouping->Counts(deal)) continue;
    if (dated && (!expected || !days.Has(*expected))) continue;
    const std::optional<int64_t> amount =
        AmountOrListPrice(deal.entry_amount_minor_units(), deal.product(), *query.view, sums.gaps);
    if (!amount) continue;
    const bool is_won = CategoryBefore(*query.view, deal, days.end) == StageCategory::kWon;
    for (const int row : query.grouping->RowsOf(deal)) {
      const size_t index = static_cast<size_t>(row);
      ++sums.deal_counts[index];
      QC_RETURN_IF_ERROR(AddTo(sums.open_minor_units[index], *amount));
      if (is_won) QC_RETURN_IF_ERROR(AddTo(sums.won_minor_units[index], *amount));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<KpiColumn> RequiredCoverage(const KpiQuery& query) {
  const absl::CivilDay next_day = query.view->as_of.effective_day + 1;
  if (PhaseOf(*query.period, query.view->as_of.effective_day) == PeriodPhase::kEnded) {
    return UndefinedColumn(*query.grouping,
                           absl::StrCat(query.period->name, " has ended by ",
                                        FormatIsoDate(query.view->as_of.effective_day),
                                        ": no pipeline is required for it any more"));
  }
  const std::vector<FiscalPeriod> past = PastPeriods(query);
  if (past.empty()) {
    return UndefinedColumn(*query.grouping, absl::StrCat("no period with deals has ended before ",
                                                         query.period->name));
  }
  const int64_t weeks = std::max<int64_t>(0, next_day - query.period->start) / kDaysPerWeek;
  PastSums sums;
  const size_t row_count = query.grouping->groups().size();
  sums.open_minor_units.resize(row_count);
  sums.won_minor_units.resize(row_count);
  sums.deal_counts.resize(row_count);
  for (const FiscalPeriod& period : past) {
    const absl::CivilDay day = std::min(period.start + weeks * kDaysPerWeek, period.end);
    QC_RETURN_IF_ERROR(AddPast(query, period, day, sums));
  }
  KpiColumn column;
  for (size_t row = 0; row < row_count; ++row) {
    KpiCell cell;
    cell.numerator = MajorUnits(sums.open_minor_units[row], query.view->currency);
    cell.denominator = MajorUnits(sums.won_minor_units[row], query.view->currency);
    cell.sample_size = sums.deal_counts[row];
    if (cell.sample_size == 0) {
      cell.undefined_reason = "nothing was open and due at this week of the past periods";
    } else if (sums.won_minor_units[row] <= 0) {
      cell.undefined_reason =
          "nothing of what was open and due at this week of the past periods was won in them";
    } else {
      cell.value = cell.numerator / cell.denominator;
    }
    column.cells.push_back(cell);
  }
  column.notes.push_back(absl::StrCat("as ", weeks, " weeks after the start of ", past.size(),
                                      " past periods, ", past.back().name, " to ",
                                      past.front().name));
  if (sums.undated_period_count > 0) {
    column.notes.push_back(absl::StrCat("in ", sums.undated_period_count,
                                        " of these no open deal had an expected close date, so "
                                        "every open deal counts as due"));
  }
  AddGapNotes(sums.gaps, "deals of past periods", column);
  return column;
}

}  // namespace

std::vector<Kpi> RequiredCoverageKpis() {
  using namespace metrics::v1;  // NOLINT: the names of one small enum.
  return {
      {.definition = Define(
           {.name = "required_coverage",
            .display_name = "Required coverage",
            .formula = "open amount due in past periods at this week of the period / what of it "
                       "was won by their ends: 1 / own conversion",
            .numerator = "amount of deals that were open and due in a past period so many weeks "
                         "after its start, major units",
            .denominator = "of this, amount of the deals won by the end of that period, major "
                           "units",
            .unit = KPI_UNIT_RATIO,
            .direction = KPI_DIRECTION_DOWN,
            .edge_rules =
                {"The week is that of the as-of date in the period asked for, in whole weeks from "
                 "its start to the end of that day; 0 before it. A past period is looked at when "
                 "as "
                 "many weeks of it were over, or at its end when it is shorter, and won is what "
                 "stood as won then at its end. The past periods are the last eight that ended "
                 "before "
                 "it and have deals; a note names them.",
                 "Deals count at their first stated amount on both sides, else at the list price "
                 "of their product; without that they are left out. Notes say how many. The sample "
                 "size is the number of the others.",
                 "Due is what was then expected to close in that period; when no open deal had an "
                 "expected date then, every open deal counts, and a note says so.",
                 "Undefined when the period has ended, when no period before it has, when nothing "
                 "was open and due, and when nothing of it was won."},
            .caveat = "To be held against pipeline_coverage_remaining: less than this is too "
                      "little, if nothing is created and closed within the period. It supposes "
                      "that deals convert as they did.",
            .source = "Takes the place of the rule of three times the quota."},
           FiscalDealGroupBys()),
       .needs_period = true,
       .looks_ahead = true,
       .uses_money = true,
       .compute = RequiredCoverage}};
}

}  // namespace quotacast::metrics
