#include "services/metrics/deal_columns.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <tuple>
#include <vector>

#include "base/fiscal_calendar.h"
#include "services/metrics/day_number.h"

namespace quotacast::metrics {

std::span<const ClosedDeal> DealColumns::ClosedIn(const std::optional<FiscalPeriod>& period) const {
  std::vector<ClosedDeal>& closed = closed_->deals;
  std::call_once(closed_->once, [&] {
    for (const DealRef deal : All()) {
      if (deal.outcome() == StageCategory::kOpen) continue;
      closed.push_back({.position = static_cast<uint32_t>(deal.position()),
                        .close_day = deal.close_day(),
                        .amount_minor_units = deal.amount_minor_units(),
                        .is_won = deal.outcome() == StageCategory::kWon});
    }
    std::sort(closed.begin(), closed.end(), [](const ClosedDeal& a, const ClosedDeal& b) {
      return std::tie(a.close_day, a.position) < std::tie(b.close_day, b.position);
    });
  });
  if (!period) return closed;
  const auto first_from = [&closed](absl::CivilDay day) {
    return std::lower_bound(
        closed.begin(), closed.end(), NumberOfDay(day),
        [](const ClosedDeal& deal, int32_t wanted) { return deal.close_day < wanted; });
  };
  return {first_from(period->start), first_from(period->end)};
}

}  // namespace quotacast::metrics
