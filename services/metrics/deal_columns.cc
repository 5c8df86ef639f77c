#include "services/metrics/deal_columns.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "base/fiscal_calendar.h"
#include "services/metrics/day_number.h"

namespace quotacast::metrics {

namespace {

// A place in time and in the columns.
struct DayAndPosition {
  uint32_t day = 0;  // Since the first one.
  uint32_t position = 0;
};

// In order of the day; those of one day stay in their order. Digit by digit, so linear.
void SortByDay(std::vector<DayAndPosition>& deals) {
  constexpr int kDigitBits = 11;
  constexpr uint32_t kDigitMask = (1u << kDigitBits) - 1;
  uint32_t last_day = 0;
  for (const DayAndPosition& deal : deals) last_day = std::max(last_day, deal.day);
  std::vector<DayAndPosition> sorted(deals.size());
  for (int shift = 0; shift < 32 && last_day >> shift > 0; shift += kDigitBits) {
    std::array<uint32_t, kDigitMask + 2> begins = {};
    for (const DayAndPosition& deal : deals) ++begins[(deal.day >> shift & kDigitMask) + 1];
    for (size_t digit = 1; digit < begins.size(); ++digit) begins[digit] += begins[digit - 1];
    for (const DayAndPosition& deal : deals) {
      sorted[begins[deal.day >> shift & kDigitMask]++] = deal;
    }
    deals.swap(sorted);
  }
}

}  // namespace

std::span<const ClosedDeal> DealColumns::ClosedIn(const std::optional<FiscalPeriod>& period) const {
  std::vector<ClosedDeal>& closed = closed_->deals;
  std::call_once(closed_->once, [&] {
    std::vector<DayAndPosition> order;
    order.reserve(size());
    int32_t first_day = std::numeric_limits<int32_t>::max();
    for (size_t i = 0; i < size(); ++i) {
      if (outcome[i] != StageCategory::kOpen) first_day = std::min(first_day, close_day[i]);
    }
    for (size_t i = 0; i < size(); ++i) {
      if (outcome[i] == StageCategory::kOpen) continue;
      order.push_back(
          {.day = static_cast<uint32_t>(close_day[i]) - static_cast<uint32_t>(first_day),
           .position = static_cast<uint32_t>(i)});
    }
    SortByDay(order);
    closed.reserve(order.size());
    for (const DayAndPosition& place : order) {
      const DealRef deal = At(place.position);
      closed.push_back({.position = place.position,
                        .close_day = deal.close_day(),
                        .amount_minor_units = deal.amount_minor_units(),
                        .is_won = deal.outcome() == StageCategory::kWon});
    }
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
