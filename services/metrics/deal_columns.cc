#include "services/metrics/deal_columns.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/fiscal_calendar.h"
#include "base/parallel_for.h"
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

ClosedDeals::ClosedDeals(const DealColumns& columns, std::span<const uint32_t> closed) {
  const std::vector<StageCategory>& outcomes = *columns.outcome;
  const std::vector<int32_t>& close_days = *columns.close_day;
  const std::vector<int32_t>& reps = *columns.rep;
  const std::vector<int64_t>& amounts = *columns.amount_minor_units;
  const size_t count = closed.size();
  days_.resize(count);
  for (size_t i = 0; i < count; ++i) days_[i] = close_days[closed[i]];
  DayOrder order(days_);
  positions_.resize(count);
  for (size_t i = 0; i < count; ++i) positions_[order.NextPlace(days_[i])] = closed[i];
  reps_.resize(count);
  is_won_.resize(count);
  amounts_.resize(count);
  // Reads that the processor can begin at once, because none waits for another one.
  constexpr size_t kPartDeals = 32'768;
  ParallelParts(count, kPartDeals, [&](size_t begin, size_t end) {
    for (size_t place = begin; place < end; ++place) {
      const uint32_t i = positions_[place];
      reps_[place] = reps[i];
      days_[place] = close_days[i];
      is_won_[place] = outcomes[i] == StageCategory::kWon ? 1 : 0;
      amounts_[place] = amounts[i];
    }
  });
  won_.resize(count + 1);
  size_t won_count = 0;
  for (uint32_t number = 0; number < count; ++number) {
    won_[won_count] = number;
    won_count += is_won_[number];
  }
  won_.resize(won_count);
}

std::pair<size_t, size_t> ClosedDeals::NumbersIn(const std::optional<FiscalPeriod>& period) const {
  if (!period) return {0, days_.size()};
  const auto first_from = [this](absl::CivilDay day) {
    return static_cast<size_t>(std::lower_bound(days_.begin(), days_.end(), NumberOfDay(day)) -
                               days_.begin());
  };
  return {first_from(period->start), first_from(period->end)};
}

ClosedDeals::Range ClosedDeals::In(const std::optional<FiscalPeriod>& period) const {
  const auto [begin, end] = NumbersIn(period);
  return {this, begin, end};
}

ClosedDeals::WonRange ClosedDeals::WonIn(const std::optional<FiscalPeriod>& period) const {
  const auto [begin, end] = NumbersIn(period);
  const auto first_from = [this](size_t number) {
    return static_cast<size_t>(std::lower_bound(won_.begin(), won_.end(), number) - won_.begin());
  };
  return {this, first_from(begin), first_from(end)};
}

namespace {

using Days = std::pair<int32_t, int32_t>;  // The first and the one after the last.
constexpr Days kAllDays = {INT32_MIN, INT32_MAX};

Days DaysIn(const std::optional<FiscalPeriod>& period) {
  return period ? Days(NumberOfDay(period->start), NumberOfDay(period->end)) : kAllDays;
}

// Those of `size` positions that `is_one`(position) says yes to.
template <typename IsOne>
std::vector<uint32_t> PositionsWhere(size_t size, const IsOne& is_one) {
  // Without jumps: they come in no order.
  std::vector<uint32_t> positions(size + 1);
  size_t count = 0;
  for (size_t i = 0; i < size; ++i) {
    positions[count] = static_cast<uint32_t>(i);
    count += is_one(i) ? 1 : 0;
  }
  // Kept as long as the view, and mostly few of all.
  return {positions.begin(), positions.begin() + static_cast<std::ptrdiff_t>(count)};
}

}  // namespace

template <typename IsOne>
SomeDeals DealColumns::Pick(const std::string& name, IsOne is_one) const {
  return {this, picked_.Get<std::vector<uint32_t>>(
                    name, [size = size(), is_one] { return PositionsWhere(size, is_one); })};
}

const ClosedDeals& DealColumns::ClosedAround(const std::optional<FiscalPeriod>& period) const {
  LazyValue<ClosedDeals> deals;
  {
    const std::lock_guard<std::mutex> lock(closed_mutex_);
    const Days days = DaysIn(period);
    const bool has_all = closed_.count(kAllDays) > 0;
    const bool is_full = closed_.size() - (has_all ? 1 : 0) >= kMaxClosedOrders;
    if (closed_.count(days) > 0) {
      deals = closed_[days];
    } else if (period && !has_all && !is_full) {
      deals = closed_[days] = LazyValue<ClosedDeals>(
          [this, period] { return ClosedDeals(*this, ClosedByDeal(period).positions()); });
    } else {
      // Its positions are most of all, and are not kept.
      const auto make = [this] {
        const StageCategory* outcomes = outcome->data();
        return ClosedDeals(*this, PositionsWhere(size(), [outcomes](size_t i) {
          return outcomes[i] != StageCategory::kOpen;
        }));
      };
      deals = closed_.try_emplace(kAllDays, LazyValue<ClosedDeals>(make)).first->second;
    }
  }
  return *deals;
}

ClosedDeals::Range DealColumns::ClosedIn(const std::optional<FiscalPeriod>& period) const {
  return ClosedAround(period).In(period);
}

ClosedDeals::WonRange DealColumns::WonIn(const std::optional<FiscalPeriod>& period) const {
  return ClosedAround(period).WonIn(period);
}

SomeDeals DealColumns::ClosedByDeal(const std::optional<FiscalPeriod>& period) const {
  const auto [start, end] = DaysIn(period);
  return Pick(
      absl::StrCat("closed ", start, " ", end),
      [outcomes = outcome->data(), closed = close_day->data(), start = start, end = end](size_t i) {
        return (outcomes[i] != StageCategory::kOpen) & (closed[i] >= start) & (closed[i] < end);
      });
}

SomeDeals DealColumns::CreatedIn(const std::optional<FiscalPeriod>& period) const {
  const auto [start, end] = DaysIn(period);
  return Pick(absl::StrCat("created ", start, " ", end),
              [created = created_day->data(), start = start, end = end](size_t i) {
                return (created[i] >= start) & (created[i] < end);
              });
}

SomeDeals DealColumns::OpenIn(const std::optional<FiscalPeriod>& period) const {
  const auto [start, end] = DaysIn(period);
  return Pick(absl::StrCat("open ", start, " ", end),
              [outcomes = outcome->data(), created = created_day->data(),
               closed = close_day->data(), start = start, end = end](size_t i) {
                return (created[i] < end) &
                       ((outcomes[i] == StageCategory::kOpen) | (closed[i] >= start));
              });
}

SomeDeals DealColumns::OpenNow() const {
  return Pick("open now", [outcomes = outcome->data()](size_t i) {
    return outcomes[i] == StageCategory::kOpen;
  });
}

}  // namespace quotacast::metrics
