#include "services/metrics/kpi/deal_history.h"

#include <cstddef>
#include <optional>

#include "absl/time/civil_time.h"

namespace quotacast::metrics {

std::optional<StageCategory> CategoryBefore(const BookView& view, const DealRef& deal,
                                            int32_t day) {
  if (deal.created_day() >= day) return std::nullopt;
  const int stage = view.columns->stays->On(deal.position(), day - 1, -1);
  return stage < 0 ? StageCategory::kOpen : view.stages[static_cast<size_t>(stage)].category;
}

std::optional<int32_t> ExpectedBefore(const BookView& view, const DealRef& deal, int32_t day) {
  const int32_t expected =
      view.columns->expected_closes->On(deal.position(), day - 1, DealColumns::kNoDay);
  return expected == DealColumns::kNoDay ? std::nullopt : std::optional(expected);
}

std::optional<int> LastOpenStage(const BookView& view, const DealRef& deal) {
  const FieldHistory<int32_t>& stays = *view.columns->stays;
  for (uint32_t stay = stays.EndOf(deal.position()); stay > stays.BeginOf(deal.position());
       --stay) {
    const int stage = stays.ValueAt(stay - 1);
    if (view.stages[static_cast<size_t>(stage)].category == StageCategory::kOpen) return stage;
  }
  return std::nullopt;
}

LossKind LossOf(const BookView& view, const DealRef& deal) {
  if (deal.outcome() != StageCategory::kLost) return LossKind::kNone;
  return view.stages[static_cast<size_t>(deal.stage())].loss;
}

}  // namespace quotacast::metrics
