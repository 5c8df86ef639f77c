#include "services/metrics/kpi/deal_history.h"

#include <cstddef>
#include <optional>

#include "absl/time/civil_time.h"

namespace quotacast::metrics {

std::optional<StageCategory> CategoryBefore(const BookView& view, const BookOpportunity& deal,
                                            absl::CivilDay day) {
  if (deal.created_day >= day) return std::nullopt;
  StageCategory category = StageCategory::kOpen;
  for (const StageVisit& visit : deal.visits) {
    if (visit.entered_day >= day) break;
    category = view.stages[static_cast<size_t>(visit.stage)].category;
  }
  return category;
}

std::optional<absl::CivilDay> ExpectedBefore(const BookOpportunity& deal, absl::CivilDay day) {
  std::optional<absl::CivilDay> expected;
  for (const ExpectedClose& close : deal.expected_closes) {
    if (close.said_day >= day) break;
    expected = close.expected_day;
  }
  return expected;
}

const StageVisit* LastOpenVisit(const BookView& view, const BookOpportunity& deal) {
  for (auto visit = deal.visits.rbegin(); visit != deal.visits.rend(); ++visit) {
    if (view.stages[static_cast<size_t>(visit->stage)].category == StageCategory::kOpen) {
      return &*visit;
    }
  }
  return nullptr;
}

LossKind LossOf(const BookView& view, const DealRef& deal) {
  if (deal.outcome() != StageCategory::kLost) return LossKind::kNone;
  return view.stages[static_cast<size_t>(deal.stage())].loss;
}

}  // namespace quotacast::metrics
