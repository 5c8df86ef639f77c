#include "services/metrics/kpi/deal_history.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "base/fiscal_calendar.h"
#include "services/metrics/day_number.h"

namespace quotacast::metrics {

namespace {

// Of a deal that stands in a stage; below 0: in none, as before its first one.
StageCategory CategoryOf(const BookView& view, int stage) {
  return stage < 0 ? StageCategory::kOpen : view.stages[static_cast<size_t>(stage)].category;
}

}  // namespace

std::optional<StageCategory> CategoryBefore(const BookView& view, const DealRef& deal,
                                            int32_t day) {
  return CategoryBefore(view, deal, view.columns->stays->Of(deal.position()), day);
}

std::optional<StageCategory> CategoryBefore(const BookView& view, const DealRef& deal,
                                            const Stays::List& stays, int32_t day) {
  if (deal.created_day() >= day) return std::nullopt;
  return CategoryOf(view, stays.On(day - 1, -1));
}

SomeDeals OpenBefore(const BookView& view, int32_t day) {
  // Of those that are closed now, who closed before was not open.
  const SomeDeals candidates = view.columns->OpenIn(
      FiscalPeriod{.name = {}, .start = DayOfNumber(day), .end = DayOfNumber(day)});
  std::vector<uint32_t> positions;
  positions.reserve(candidates.size());
  view.columns->stays->ForEach(candidates.positions(), [&](size_t i, const Stays::List& stays) {
    if (CategoryOf(view, stays.On(day - 1, -1)) == StageCategory::kOpen) {
      positions.push_back(candidates.positions()[i]);
    }
  });
  return {view.columns.get(), std::move(positions)};
}

std::optional<int32_t> ExpectedBefore(const BookView& view, const DealRef& deal, int32_t day) {
  const int32_t expected =
      view.columns->expected_closes->On(deal.position(), day - 1, DealColumns::kNoDay);
  return expected == DealColumns::kNoDay ? std::nullopt : std::optional(expected);
}

std::optional<int> LastOpenStage(const BookView& view, const DealRef& deal) {
  const Stays::List stays = view.columns->stays->Of(deal.position());
  for (size_t stay = stays.size(); stay > 0; --stay) {
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
