#include "services/metrics/kpi/paths.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/grouping.h"
#include "services/metrics/kpi/kpi.h"

namespace quotacast::metrics {
namespace {

// The open stages that a deal has been in; the view has them in the order of the pipeline.
struct Path {
  std::vector<bool> visited;  // By stage of the view.
  int furthest = -1;          // The last open stage of the pipeline among them.
};

// Calls visit(deal, is_won, path) for each deal closed in the period. Paths are valid during the
// call.
template <typename Visit>
void ForEachClosedPath(const KpiQuery& query, Visit visit) {
  const BookView& view = *query.view;
  const SomeDeals closed = view.columns->ClosedByDeal(query.period);
  Path path;  // One place for all.
  view.columns->stays->ForEach(closed.positions(), [&](size_t i, const Stays::List& stays) {
    path.visited.assign(view.stages.size(), false);
    path.furthest = -1;
    for (size_t stay = 0; stay < stays.size(); ++stay) {
      const int stage = stays.ValueAt(stay);
      if (view.stages[static_cast<size_t>(stage)].category != StageCategory::kOpen) continue;
      path.visited[static_cast<size_t>(stage)] = true;
      path.furthest = std::max(path.furthest, stage);
    }
    visit(closed[i], closed[i].outcome() == StageCategory::kWon, path);
  });
}

int OpenStageCount(const BookView& view) {
  return static_cast<int>(
      std::count_if(view.stages.begin(), view.stages.end(),
                    [](const BookStage& stage) { return stage.category == StageCategory::kOpen; }));
}

absl::StatusOr<KpiColumn> SkipRate(const KpiQuery& query) {
  if (const auto reason = NotBegunReason(query)) return UndefinedColumn(*query.grouping, *reason);
  std::vector<Share> shares(query.grouping->groups().size());
  const int stage_count = OpenStageCount(*query.view);
  ForEachClosedPath(query, [&](const DealRef& deal, bool is_won, const Path& path) {
    for (int stage = 0; stage < stage_count; ++stage) {
      const bool is_visited = path.visited[static_cast<size_t>(stage)];
      const bool is_passed = path.furthest > stage || is_won;
      if (!is_visited && !is_passed) continue;
      for (const int row : query.grouping->RowsOfStay(deal, stage)) {
        shares[static_cast<size_t>(row)].Count(!is_visited);
      }
    }
  });
  KpiColumn column = ShareColumn(
      shares, absl::StrCat("no deal that was in the stage or beyond was closed", InPeriod(query)));
  if (const auto note = PeriodToDateNote(query)) column.notes.push_back(*note);
  return column;
}

absl::StatusOr<KpiColumn> Uplift(const KpiQuery& query) {
  if (const auto reason = NotBegunReason(query)) return UndefinedColumn(*query.grouping, *reason);
  struct Compared {
    Share visited;
    Share skipped;
  };
  std::vector<Compared> rows(query.grouping->groups().size());
  ForEachClosedPath(query, [&](const DealRef& deal, bool is_won, const Path& path) {
    for (int stage = 0; stage < path.furthest; ++stage) {
      for (const int row : query.grouping->RowsOfStay(deal, stage)) {
        Compared& compared = rows[static_cast<size_t>(row)];
        Share& share =
            path.visited[static_cast<size_t>(stage)] ? compared.visited : compared.skipped;
        share.Count(is_won);
      }
    }
  });
  KpiColumn column;
  for (const Compared& row : rows) {
    column.cells.push_back(DifferenceCell(
        row.visited, row.skipped,
        absl::StrCat("of the deals closed", InPeriod(query), " that were in a later stage, ",
                     row.visited.count, " had been in this one and ", row.skipped.count,
                     " had not: it takes both")));
  }
  if (const auto note = PeriodToDateNote(query)) column.notes.push_back(*note);
  return column;
}

}  // namespace

std::vector<Kpi> PathKpis() {
  using namespace metrics::v1;  // NOLINT: the names of one small enum.
  std::vector<GroupBy> group_bys = DealGroupBys();
  group_bys.push_back(GROUP_BY_STAGE);
  return {
      {.definition = Define(
           {.name = "stage_skip_rate",
            .display_name = "Skipped stages",
            .formula = "stages that deals closed in the period passed without being in them / "
                       "stages they were in or passed",
            .numerator = "pairs of a deal and an open stage that it passed but was never in",
            .denominator = "pairs of a deal closed in the period and an open stage that it was in "
                           "or passed",
            .unit = KPI_UNIT_RATIO,
            .direction = KPI_DIRECTION_NEITHER,
            .edge_rules = {"A deal passed a stage when it was in a later open stage or was won.",
                           "A stage that a deal went back to later was not skipped.",
                           "Undefined when no deal that was in a stage or passed it was closed.",
                           "By stage, it is the share of deals that left the stage out."},
            .caveat = "A stage that most deals leave out is no step of the way deals are sold. "
                      "Where a source keeps no history, every deal seems to skip. The interval "
                      "takes the stages of one deal as independent.",
            .source = "Path analysis of process mining.",
            .interval_method = kWilsonMethod},
           group_bys),
       .compute = SkipRate},
      {.definition = Define(
           {.name = "stage_uplift",
            .display_name = "Uplift of a stage",
            .formula = "win rate of deals closed in the period that were in the stage - win rate "
                       "of those that skipped it",
            .numerator = "won / closed, of the deals that were in the stage",
            .denominator = "won / closed, of the deals that skipped it",
            .unit = KPI_UNIT_RATIO,
            .direction = KPI_DIRECTION_NEITHER,
            .edge_rules = {"The value is numerator - denominator.",
                           "Only deals that were in a later open stage are compared: both kinds "
                           "have come as far. Otherwise deals that were lost before the stage "
                           "would count against skipping it, and wins without any stage for it.",
                           "Undefined when all of these deals, or none, were in the stage; always "
                           "for the last one.",
                           "The sample size is the number of deals of both kinds."},
            .caveat = "Not the effect of the stage: deals that skip it differ from the others in "
                      "size, customer and rep. A reason to try, not a proof.",
            .source = "Path analysis of process mining.",
            .interval_method = kDifferenceMethod},
           {GROUP_BY_STAGE}),
       .compute = Uplift}};
}

}  // namespace quotacast::metrics
