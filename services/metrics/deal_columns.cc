#include "services/metrics/deal_columns.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "base/fiscal_calendar.h"
#include "services/metrics/day_number.h"

namespace quotacast::metrics {

namespace {

// The place of each deal in order of their days, those of one day in their own order. By counting
// where the days are few, as days of business are.
class DayOrder {
 public:
  // `days` of the deals that get a place, in their own order.
  explicit DayOrder(const std::vector<int32_t>& days) {
    constexpr int64_t kMaxCountedDays = 1 << 20;
    if (days.empty()) return;
    const auto [first, last] = std::minmax_element(days.begin(), days.end());
    first_day_ = *first;
    const int64_t day_count = int64_t{*last} - *first + 1;
    if (day_count > kMaxCountedDays) {
      std::vector<uint32_t> order(days.size());
      std::iota(order.begin(), order.end(), 0);
      std::stable_sort(order.begin(), order.end(),
                       [&](uint32_t a, uint32_t b) { return days[a] < days[b]; });
      sorted_.resize(days.size());
      for (uint32_t place = 0; place < order.size(); ++place) sorted_[order[place]] = place;
      return;
    }
    next_of_day_.resize(static_cast<size_t>(day_count) + 1);
    for (const int32_t day : days) ++next_of_day_[IndexOf(day) + 1];
    std::partial_sum(next_of_day_.begin(), next_of_day_.end(), next_of_day_.begin());
  }

  // Once for each deal, in their own order.
  uint32_t NextPlace(int32_t day) {
    return sorted_.empty() ? next_of_day_[IndexOf(day)]++ : sorted_[next_++];
  }

 private:
  size_t IndexOf(int32_t day) const { return static_cast<size_t>(int64_t{day} - first_day_); }

  int32_t first_day_ = 0;
  std::vector<uint32_t> next_of_day_;
  std::vector<uint32_t> sorted_;
  size_t next_ = 0;
};

}  // namespace

ClosedDeals::ClosedDeals(const DealColumns& columns) {
  const std::vector<StageCategory>& outcomes = *columns.outcome;
  const std::vector<int32_t>& close_days = *columns.close_day;
  const std::vector<int32_t>& reps = *columns.rep;
  const std::vector<int64_t>& amounts = *columns.amount_minor_units;
  std::vector<int32_t> closed_days;
  closed_days.reserve(outcomes.size());
  for (size_t i = 0; i < outcomes.size(); ++i) {
    if (outcomes[i] != StageCategory::kOpen) closed_days.push_back(close_days[i]);
  }
  DayOrder order(closed_days);
  const size_t count = closed_days.size();
  positions_.resize(count);
  reps_.resize(count);
  days_.resize(count);
  is_won_.resize(count);
  amounts_.resize(count);
  // Reads what there is from front to back: places are many but few at a time, one per day.
  for (size_t i = 0; i < outcomes.size(); ++i) {
    if (outcomes[i] == StageCategory::kOpen) continue;
    const uint32_t place = order.NextPlace(close_days[i]);
    positions_[place] = static_cast<uint32_t>(i);
    reps_[place] = reps[i];
    days_[place] = close_days[i];
    is_won_[place] = outcomes[i] == StageCategory::kWon ? 1 : 0;
    amounts_[place] = amounts[i];
  }
}

ClosedDeals::Range ClosedDeals::In(const std::optional<FiscalPeriod>& period) const {
  if (!period) return {this, 0, days_.size()};
  const auto first_from = [this](absl::CivilDay day) {
    return static_cast<size_t>(std::lower_bound(days_.begin(), days_.end(), NumberOfDay(day)) -
                               days_.begin());
  };
  return {this, first_from(period->start), first_from(period->end)};
}

ClosedDeals::Range DealColumns::ClosedIn(const std::optional<FiscalPeriod>& period) const {
  std::call_once(closed_->once, [&] { closed_->deals.emplace(*this); });
  return closed_->deals->In(period);
}

template <typename IsOne>
SomeDeals DealColumns::Pick(IsOne is_one) const {
  // Without jumps: those picked come in no order.
  std::vector<uint32_t> positions(size() + 1);
  size_t count = 0;
  for (size_t i = 0; i < size(); ++i) {
    positions[count] = static_cast<uint32_t>(i);
    count += is_one(i) ? 1 : 0;
  }
  positions.resize(count);
  return {this, std::move(positions)};
}

SomeDeals DealColumns::CreatedIn(const std::optional<FiscalPeriod>& period) const {
  if (!period) return Pick([](size_t) { return true; });
  const int32_t* created = created_day->data();
  const int32_t start = NumberOfDay(period->start);
  const int32_t end = NumberOfDay(period->end);
  return Pick([=](size_t i) { return (created[i] >= start) & (created[i] < end); });
}

SomeDeals DealColumns::OpenIn(const std::optional<FiscalPeriod>& period) const {
  if (!period) return Pick([](size_t) { return true; });
  const int32_t* created = created_day->data();
  const int32_t* closed = close_day->data();
  const StageCategory* outcomes = outcome->data();
  const int32_t start = NumberOfDay(period->start);
  const int32_t end = NumberOfDay(period->end);
  return Pick([=](size_t i) {
    return (created[i] < end) & ((outcomes[i] == StageCategory::kOpen) | (closed[i] >= start));
  });
}

SomeDeals DealColumns::OpenNow() const {
  const StageCategory* outcomes = outcome->data();
  return Pick([=](size_t i) { return outcomes[i] == StageCategory::kOpen; });
}

}  // namespace quotacast::metrics
