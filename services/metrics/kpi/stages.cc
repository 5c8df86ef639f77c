#include "services/metrics/kpi/stages.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/fiscal_calendar.h"
#include "services/metrics/book_view.h"
#include "services/metrics/day_number.h"
#include "services/metrics/kpi/grouping.h"
#include "services/metrics/kpi/kpi.h"
#include "services/metrics/lazy_value.h"

namespace quotacast::metrics {
namespace {

// A stay in an open stage that ended in the query's period, and where it led.
struct EndedStay {
  std::span<const int> rows;
  const BookStage& from;
  const BookStage& to;
  int step_count = 0;  // Places from one to the other in the view's order, below zero for back.
  int64_t days = 0;

  bool stays_open() const { return to.category == StageCategory::kOpen; }
  bool goes_back() const { return stays_open() && step_count < 0; }
  bool skips() const { return stays_open() && step_count > 1; }
};

// Which deal it is of, from which stage to which it led, and how long it was.
struct StayOfDeal {
  uint32_t position = 0;
  int stage = 0;
  int next = 0;
  int32_t days = 0;
};

std::vector<StayOfDeal> FindEndedStays(const BookView& view,
                                       const std::optional<FiscalPeriod>& period) {
  std::vector<StayOfDeal> ended;
  const DayRange days = DaysOf(period);
  const SomeDeals open = view.columns->OpenIn(period);
  view.columns->stays->ForEach(open.positions(), [&](size_t i, const Stays::List& stays) {
    // Days are in order: what follows the last one ended on none of them.
    if (stays.DayAt(stays.size() - 1) < days.start) return;
    for (size_t stay = 0; stay + 1 < stays.size(); ++stay) {
      const int32_t ended_day = stays.DayAt(stay + 1);
      if (ended_day >= days.end) break;
      const int stage = stays.ValueAt(stay);
      const bool is_open = view.stages[static_cast<size_t>(stage)].category == StageCategory::kOpen;
      if (!is_open || ended_day < days.start) continue;
      ended.push_back(
          {open.positions()[i], stage, stays.ValueAt(stay + 1), ended_day - stays.DayAt(stay)});
    }
  });
  return ended;
}

template <typename Visit>
void ForEachEndedStay(const KpiQuery& query, Visit visit) {
  const BookView& view = *query.view;
  const auto find = [&view, period = query.period] { return FindEndedStays(view, period); };
  // Those of all history are too many to keep.
  const LazyValue<std::vector<StayOfDeal>> ended =
      query.period ? view.memo.Get<std::vector<StayOfDeal>>(
                         absl::StrCat(NumberOfDay(query.period->start), " to ",
                                      NumberOfDay(query.period->end)),
                         find)
                   : LazyValue<std::vector<StayOfDeal>>(find);
  for (const StayOfDeal& stay : *ended) {
    const DealRef deal = view.columns->At(stay.position);
    if (!query.grouping->Counts(deal)) continue;
    visit(EndedStay{
        query.grouping->RowsOfStay(deal, stay.stage), view.stages[static_cast<size_t>(stay.stage)],
        view.stages[static_cast<size_t>(stay.next)], stay.next - stay.stage, stay.days});
  }
}

std::string NoStayReason(const KpiQuery& query) {
  return absl::StrCat("no stay in an open stage ended", InPeriod(query));
}

absl::StatusOr<KpiColumn> Conversion(const KpiQuery& query) {
  if (const auto reason = NotBegunReason(query)) return UndefinedColumn(*query.grouping, *reason);
  std::vector<Share> shares(query.grouping->groups().size());
  int64_t skip_count = 0, back_count = 0;
  ForEachEndedStay(query, [&](const EndedStay& stay) {
    if (stay.goes_back()) ++back_count;
    if (stay.skips()) ++skip_count;
    const bool moves_on =
        stay.to.category == StageCategory::kWon || (stay.stays_open() && !stay.goes_back());
    for (const int row : stay.rows) {
      shares[static_cast<size_t>(row)].Count(moves_on);
    }
  });
  KpiColumn column = ShareColumn(shares, NoStayReason(query));
  if (skip_count > 0) {
    column.notes.push_back(absl::StrCat(skip_count, " stays led past at least one stage"));
  }
  if (back_count > 0) {
    column.notes.push_back(absl::StrCat(back_count, " stays led back to an earlier stage"));
  }
  if (const auto note = PeriodToDateNote(query)) column.notes.push_back(*note);
  return column;
}

absl::StatusOr<KpiColumn> RegressionRate(const KpiQuery& query) {
  if (const auto reason = NotBegunReason(query)) return UndefinedColumn(*query.grouping, *reason);
  std::vector<Share> shares(query.grouping->groups().size());
  ForEachEndedStay(query, [&](const EndedStay& stay) {
    for (const int row : stay.rows) {
      shares[static_cast<size_t>(row)].Count(stay.goes_back());
    }
  });
  KpiColumn column = ShareColumn(shares, NoStayReason(query));
  if (const auto note = PeriodToDateNote(query)) column.notes.push_back(*note);
  return column;
}

absl::StatusOr<KpiColumn> DwellDays(const KpiQuery& query) {
  if (const auto reason = NotBegunReason(query)) return UndefinedColumn(*query.grouping, *reason);
  std::vector<std::vector<int64_t>> days(query.grouping->groups().size());
  ForEachEndedStay(query, [&](const EndedStay& stay) {
    for (const int row : stay.rows) days[static_cast<size_t>(row)].push_back(stay.days);
  });
  KpiColumn column = MedianColumn(std::move(days), NoStayReason(query));
  if (const auto note = PeriodToDateNote(query)) column.notes.push_back(*note);
  return column;
}

}  // namespace

std::vector<Kpi> StageKpis() {
  using namespace metrics::v1;  // NOLINT: the names of one small enum.
  std::vector<GroupBy> group_bys = DealGroupBys();
  group_bys.push_back(GROUP_BY_STAGE);
  const char* const ended_rule =
      "A stay counts in the period in which it ended; stays that go on count nowhere.";
  const char* const again_rule =
      "A deal that enters a stage again has another stay in it. The sample size is the number of "
      "stays.";
  return {
      {.definition = Define(
           {.name = "stage_conversion",
            .display_name = "Stage conversion",
            .formula = "stays that led on / stays in an open stage that ended in the period",
            .numerator = "stays followed by a later open stage or a win",
            .denominator = "stays that ended: led on, back, or to a loss",
            .unit = KPI_UNIT_RATIO,
            .direction = KPI_DIRECTION_UP,
            .edge_rules = {"Undefined when no stay ended.", ended_rule, again_rule,
                           "A stay that leads past stages counts as one that leads on, and one to "
                           "an earlier stage as one that does not; notes say how many of each."},
            .caveat =
                "The product over the stages is not the win rate where deals skip or go back. "
                "Too high when losses are not marked as lost.",
            .source = "Transition counts of a multi-state model.",
            .interval_method = kWilsonMethod},
           group_bys),
       .compute = Conversion},
      {.definition = Define(
           {.name = "stage_regression_rate",
            .display_name = "Steps back",
            .formula = "stays that led back to an earlier open stage / stays in an open stage that "
                       "ended in the period",
            .numerator = "stays followed by an earlier open stage",
            .denominator = "stays that ended: led on, back, or to a closing",
            .unit = KPI_UNIT_RATIO,
            .direction = KPI_DIRECTION_DOWN,
            .edge_rules = {"Undefined when no stay ended.", ended_rule, again_rule,
                           "Earlier and later are the order of the pipeline. By stage, a step back "
                           "counts in the stage that was left."},
            .caveat = "A step back may be honest: what was thought to be done was not. Many out of "
                      "one stage say that deals get there too soon.",
            .source = "Transition counts of a multi-state model.",
            .interval_method = kWilsonMethod},
           group_bys),
       .compute = RegressionRate},
      {.definition = Define(
           {.name = "stage_dwell_days",
            .display_name = "Days in a stage (median)",
            .formula = "median length of stays in an open stage that ended in the period",
            .numerator = "days of the stays that ended, summed",
            .denominator = "stays that ended (numerator / denominator is the mean)",
            .unit = KPI_UNIT_DAYS,
            .direction = KPI_DIRECTION_DOWN,
            .edge_rules = {"Undefined when no stay ended.", ended_rule, again_rule,
                           "Entered and left on one day is 0 days."},
            .caveat = "Deals that still sit in a stage, which tend to be the slow ones, are not in "
                      "it.",
            .source = "Sojourn times of a multi-state model.",
            .interval_method = kMedianMethod},
           group_bys),
       .compute = DwellDays}};
}

}  // namespace quotacast::metrics
