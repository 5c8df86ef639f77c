#include "services/metrics/kpi/losses.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/deal_history.h"
#include "services/metrics/kpi/grouping.h"
#include "services/metrics/kpi/kpi.h"

namespace quotacast::metrics {
namespace {

std::string NothingLostReason(const KpiQuery& query) {
  return absl::StrCat("no deal was lost", InPeriod(query));
}

absl::StatusOr<KpiColumn> CompetitiveWinRate(const KpiQuery& query) {
  if (const auto reason = NotBegunReason(query)) return UndefinedColumn(*query.grouping, *reason);
  int64_t other_count = 0;
  const std::vector<Share> shares = ShareClosedDeals(
      query, [&](const ClosedDeal& closed, const DealRef& deal) -> std::optional<bool> {
        if (closed.is_won) return true;
        if (LossOf(*query.view, deal) == LossKind::kCompetitive) return false;
        if (query.grouping->Counts(deal)) ++other_count;
        return std::nullopt;
      });
  KpiColumn column =
      ShareColumn(shares, absl::StrCat("no deal was won or lost to a competitor", InPeriod(query)));
  if (other_count > 0) {
    column.notes.push_back(
        absl::StrCat(other_count, " deals lost to no decision or disqualified are left out"));
  }
  if (const auto note = PeriodToDateNote(query)) column.notes.push_back(*note);
  return column;
}

absl::StatusOr<KpiColumn> NoDecisionShare(const KpiQuery& query) {
  if (const auto reason = NotBegunReason(query)) return UndefinedColumn(*query.grouping, *reason);
  KpiColumn column = ShareColumn(
      ShareClosedDeals(query,
                       [&](const ClosedDeal& closed, const DealRef& deal) -> std::optional<bool> {
                         if (closed.is_won) return std::nullopt;
                         return LossOf(*query.view, deal) == LossKind::kNoDecision;
                       }),
      NothingLostReason(query));
  const std::vector<BookStage>& stages = query.view->stages;
  if (std::none_of(stages.begin(), stages.end(),
                   [](const BookStage& stage) { return stage.loss == LossKind::kNoDecision; })) {
    column.notes.push_back("no stage of the source stands for no decision");
  }
  if (const auto note = PeriodToDateNote(query)) column.notes.push_back(*note);
  return column;
}

// Rows that a lost deal counts in: by stage, that of the last open stage it stood in.
std::span<const int> RowsOfLoss(const KpiQuery& query, const DealRef& deal) {
  if (query.grouping->group_by() != metrics::v1::GROUP_BY_STAGE) {
    return query.grouping->RowsOf(deal);
  }
  const std::optional<int> last = LastOpenStage(*query.view, deal);
  return last ? query.grouping->RowsOfStay(deal, *last) : query.grouping->RowsOf(deal);
}

struct Losses {
  std::vector<int64_t> counts;  // By row.
  int64_t all_count = 0;
  int64_t without_stage_count = 0;  // In no row by stage.
};

Losses CountLosses(const KpiQuery& query) {
  Losses losses;
  losses.counts.resize(query.grouping->groups().size());
  const DealColumns& columns = *query.view->columns;
  for (const ClosedDeal closed : columns.ClosedIn(query.period)) {
    const DealRef deal = columns.At(closed);
    if (closed.is_won || !query.grouping->Counts(deal)) continue;
    ++losses.all_count;
    const std::span<const int> rows = RowsOfLoss(query, deal);
    if (rows.empty()) ++losses.without_stage_count;
    for (const int row : rows) ++losses.counts[static_cast<size_t>(row)];
  }
  return losses;
}

void AddLossNotes(const Losses& losses, const KpiQuery& query, KpiColumn& column) {
  if (losses.without_stage_count > 0) {
    column.notes.push_back(absl::StrCat(losses.without_stage_count,
                                        " lost deals were in no open stage before and are in no "
                                        "row"));
  }
  if (const auto note = PeriodToDateNote(query)) column.notes.push_back(*note);
}

absl::StatusOr<KpiColumn> LostDeals(const KpiQuery& query) {
  if (const auto reason = NotBegunReason(query)) return UndefinedColumn(*query.grouping, *reason);
  const Losses losses = CountLosses(query);
  KpiColumn column = CountColumn(losses.counts);
  AddLossNotes(losses, query, column);
  return column;
}

absl::StatusOr<KpiColumn> LossShare(const KpiQuery& query) {
  if (const auto reason = NotBegunReason(query)) return UndefinedColumn(*query.grouping, *reason);
  const Losses losses = CountLosses(query);
  std::vector<Share> shares;
  for (const int64_t count : losses.counts) shares.push_back({count, losses.all_count});
  KpiColumn column = ShareColumn(shares, NothingLostReason(query));
  AddLossNotes(losses, query, column);
  return column;
}

// Of all deals won by the as-of date; absent when there are none.
std::optional<double> MedianWonCycleDays(const BookView& view) {
  std::vector<int64_t> days;
  for (const ClosedDeal closed : view.columns->WonIn(std::nullopt)) {
    days.push_back(closed.close_day - view.columns->At(closed).created_day());
  }
  if (days.empty()) return std::nullopt;
  return MedianOf(std::move(days));
}

absl::StatusOr<KpiColumn> EarlyDisqualificationShare(const KpiQuery& query) {
  if (const auto reason = NotBegunReason(query)) return UndefinedColumn(*query.grouping, *reason);
  const std::optional<double> cycle_days = MedianWonCycleDays(*query.view);
  if (!cycle_days) {
    return UndefinedColumn(*query.grouping,
                           "no deal was won by the as-of date: nothing says what early is");
  }
  const double early_days = *cycle_days / 2;
  KpiColumn column = ShareColumn(
      ShareClosedDeals(query,
                       [&](const ClosedDeal& closed, const DealRef& deal) -> std::optional<bool> {
                         if (closed.is_won) return std::nullopt;
                         const int64_t age_days = closed.close_day - deal.created_day();
                         return LossOf(*query.view, deal) == LossKind::kDisqualified &&
                                static_cast<double>(age_days) <= early_days;
                       }),
      NothingLostReason(query));
  column.notes.push_back(
      absl::StrCat("early is within ", early_days, " days, half the median cycle of won deals"));
  if (const auto note = PeriodToDateNote(query)) column.notes.push_back(*note);
  return column;
}

}  // namespace

std::vector<Kpi> LossKpis() {
  using namespace metrics::v1;  // NOLINT: the names of one small enum.
  std::vector<GroupBy> with_stages = DealGroupBys();
  with_stages.push_back(GROUP_BY_STAGE);
  const char* const stage_rule =
      "By stage, a deal counts in the last open stage it stood in; a deal that was entered as lost "
      "is in no row, and a note says how many those are.";
  const char* const kind_rule =
      "What a loss is follows from its stage: a stage that the source calls lost, and nothing "
      "else, is a loss to a competitor.";
  return {
      {.definition = Define(
           {.name = "win_rate_competitive",
            .display_name = "Win rate (competitive)",
            .formula = "won / (won + lost to a competitor), by close date in the period",
            .numerator = "deals won in the period",
            .denominator = "deals won in the period or lost in it to a competitor",
            .unit = KPI_UNIT_RATIO,
            .direction = KPI_DIRECTION_UP,
            .edge_rules = {"Undefined when no deal was won or lost to a competitor.",
                           "The narrow rate: deals lost because the customer decided nothing, and "
                           "those that were disqualified, count nowhere; a note says how many. "
                           "win_rate_closed is the broad one.",
                           kind_rule},
            .caveat = "Says how well one competes, not how much of the pipeline turns into wins. "
                      "Equal to win_rate_closed where a source knows one kind of loss.",
            .source = "The narrow definition of win rate in win/loss analysis.",
            .interval_method = kWilsonMethod},
           DealGroupBys()),
       .compute = CompetitiveWinRate},
      {.definition = Define(
           {.name = "no_decision_share",
            .display_name = "No-decision share",
            .formula = "lost without a decision / lost, by close date in the period",
            .numerator = "deals lost in the period because the customer decided nothing",
            .denominator = "deals lost in the period",
            .unit = KPI_UNIT_RATIO,
            .direction = KPI_DIRECTION_DOWN,
            .edge_rules = {"Undefined when no deal was lost.",
                           "Where no stage stands for no decision it is 0, and a note says so.",
                           kind_rule},
            .caveat = "Too low where such deals are left open: watch open deals that nobody "
                      "touches, too.",
            .source = "No-decision losses of win/loss analysis.",
            .interval_method = kWilsonMethod},
           DealGroupBys()),
       .compute = NoDecisionShare},
      {.definition =
           Define({.name = "lost_deals",
                   .display_name = "Lost deals",
                   .formula = "deals lost in the period, by close date",
                   .numerator = "deals lost in the period",
                   .denominator = "none (1)",
                   .unit = KPI_UNIT_COUNT,
                   .direction = KPI_DIRECTION_NEITHER,
                   .edge_rules = {"Undefined only for a period that has not begun: no "
                                  "lost deal is 0.",
                                  "A deal that was reopened by the as-of is not lost.", stage_rule},
                   .caveat = "Losing early what will not be won is good work: read it "
                             "beside early_disqualification_share.",
                   .source = "The usual definition of CRM reports."},
                  with_stages),
       .compute = LostDeals},
      {.definition = Define(
           {.name = "loss_share",
            .display_name = "Share of losses",
            .formula = "lost deals of the row / all lost deals, by close date in the period",
            .numerator = "the row's deals lost in the period",
            .denominator = "all deals lost in the period",
            .unit = KPI_UNIT_RATIO,
            .direction = KPI_DIRECTION_NEITHER,
            .edge_rules = {"Undefined when no deal was lost. Rows without a loss are 0.",
                           "For the organisation as a whole it is 1. Rows of teams include the "
                           "teams below them and do not add up to 1.",
                           stage_rule},
            .caveat = "A pattern among losses says nothing about how often a thing ends in a loss: "
                      "compare with the win rate of the same rows. Reasons are what reps wrote.",
            .source = "Win/loss analysis.",
            .interval_method = kWilsonMethod},
           with_stages),
       .compute = LossShare},
      {.definition = Define(
           {.name = "early_disqualification_share",
            .display_name = "Early disqualification",
            .formula = "disqualified within half the median cycle of won deals / lost, by close "
                       "date in the period",
            .numerator = "deals lost in the period because they were disqualified, at an age of at "
                         "most half the median cycle",
            .denominator = "deals lost in the period",
            .unit = KPI_UNIT_RATIO,
            .direction = KPI_DIRECTION_UP,
            .edge_rules = {"Undefined when no deal was lost, and when no deal has been won.",
                           "The median cycle is that of all deals won by the as-of date, of "
                           "whatever row and period, so that rows can be compared; a note says "
                           "how many days are early.",
                           kind_rule},
            .caveat = "A fast honest loss frees time for deals that can be won. Zero where the "
                      "source has no stage for disqualified deals.",
            .source = "Qualification practice; half the cycle is a convention of ours.",
            .interval_method = kWilsonMethod},
           DealGroupBys()),
       .compute = EarlyDisqualificationShare}};
}

}  // namespace quotacast::metrics
