#include "services/metrics/deal_columns.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/fiscal_calendar.h"
#include "base/parallel_for.h"
#include "services/metrics/day_number.h"
#include "services/metrics/select_in_parts.h"

namespace quotacast::metrics {

namespace {

// Those below `count` that `is_one`(number) says yes to.
template <typename IsOne>
std::vector<uint32_t> NumbersWhere(size_t count, const IsOne& is_one) {
  constexpr size_t kPartNumbers = 131'072;
  return SelectInParts(count, kPartNumbers, [&](size_t begin, size_t end, uint32_t* into) {
    // Without jumps: they come in no order.
    size_t selected_count = 0;
    for (size_t i = begin; i < end; ++i) {
      into[selected_count] = static_cast<uint32_t>(i);
      selected_count += is_one(i) ? 1 : 0;
    }
    return selected_count;
  });
}

// The place of each deal in order of their days, those of one day in their own order. By counting
// where the days are few, as days of business are.
class DayOrder {
 public:
  // Those of the deals that get a place, in their own order.
  explicit DayOrder(const std::vector<Closing>& closings) {
    constexpr int64_t kMaxCountedDays = 1 << 20;
    if (closings.empty()) return;
    const auto is_earlier = [](Closing a, Closing b) { return a.day() < b.day(); };
    const auto [first, last] = std::minmax_element(closings.begin(), closings.end(), is_earlier);
    first_day_ = first->day();
    const int64_t day_count = int64_t{last->day()} - first_day_ + 1;
    if (day_count > kMaxCountedDays) {
      std::vector<uint32_t> order(closings.size());
      std::iota(order.begin(), order.end(), 0);
      std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
        return is_earlier(closings[a], closings[b]);
      });
      sorted_.resize(closings.size());
      for (uint32_t place = 0; place < order.size(); ++place) sorted_[order[place]] = place;
      return;
    }
    next_of_day_.resize(static_cast<size_t>(day_count) + 1);
    for (const Closing closing : closings) ++next_of_day_[IndexOf(closing.day()) + 1];
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

ClosedDeals ClosedDeals::ByDay(const DealColumns& columns, std::vector<uint32_t> closed) {
  ClosedDeals deals(std::move(closed));
  deals.is_copied_ = true;
  deals.copied_reps_ = columns.rep.At(deals.positions_);
  deals.copied_closings_ = columns.closing.At(deals.positions_);
  deals.copied_amounts_ = columns.amount_minor_units.At(deals.positions_);
  deals.OrderByDay();
  deals.reps_ = deals.copied_reps_.data();
  deals.closings_ = deals.copied_closings_.data();
  deals.amounts_ = deals.copied_amounts_.data();
  deals.FindWon();
  return deals;
}

ClosedDeals ClosedDeals::ByDeal(const DealColumns& columns, std::vector<uint32_t> closed) {
  ClosedDeals deals(std::move(closed));
  deals.reps_ = columns.rep->data();
  deals.closings_ = columns.closing->data();
  deals.amounts_ = columns.amount_minor_units->data();
  deals.FindWon();
  return deals;
}

void ClosedDeals::OrderByDay() {
  DayOrder days(copied_closings_);
  std::vector<uint32_t> order(positions_.size());  // By place, who gets it.
  for (uint32_t i = 0; i < order.size(); ++i) order[days.NextPlace(copied_closings_[i].day())] = i;
  // Reads that the processor can begin at once, because none waits for another one.
  const auto put = [&order](auto& values) {
    constexpr size_t kPartDeals = 32'768;
    std::remove_reference_t<decltype(values)> ordered(values.size());
    ParallelParts(values.size(), kPartDeals, [&](size_t begin, size_t end) {
      for (size_t place = begin; place < end; ++place) ordered[place] = values[order[place]];
    });
    values = std::move(ordered);
  };
  put(positions_);
  put(copied_reps_);
  put(copied_closings_);
  put(copied_amounts_);
}

void ClosedDeals::FindWon() {
  won_ = NumbersWhere(positions_.size(),
                      [this](size_t number) { return closings_[IndexOf(number)].is_won(); });
}

std::pair<size_t, size_t> ClosedDeals::NumbersIn(const std::optional<FiscalPeriod>& period) const {
  if (!period) return {0, positions_.size()};
  const auto first_from = [this](absl::CivilDay day) {
    const Closing* const end = closings_ + positions_.size();
    const Closing* const found =
        std::lower_bound(closings_, end, NumberOfDay(day),
                         [](Closing closing, int32_t wanted) { return closing.day() < wanted; });
    return static_cast<size_t>(found - closings_);
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

using Days = std::pair<int32_t, int32_t>;
const Days kAllDays = {Closing().day() + 1, INT32_MAX};

Days DaysIn(const std::optional<FiscalPeriod>& period) {
  return period ? Days(NumberOfDay(period->start), NumberOfDay(period->end)) : kAllDays;
}

// Tells those that closed on one of the days by their position.
auto IsClosedOn(const DealColumns& columns, const Days& days) {
  return [closings = columns.closing->data(), days](size_t i) {
    const int32_t day = closings[i].day();
    return (day >= days.first) & (day < days.second);
  };
}

}  // namespace

template <typename IsOne>
SomeDeals DealColumns::Pick(const std::string& name, IsOne is_one) const {
  return {this, picked_.Get<std::vector<uint32_t>>(
                    name, [size = size(), is_one] { return NumbersWhere(size, is_one); })};
}

const ClosedDeals& DealColumns::ClosedAround(const std::optional<FiscalPeriod>& period) const {
  LazyValue<ClosedDeals> deals;
  {
    const std::lock_guard<std::mutex> lock(closed_mutex_);
    const Days days = DaysIn(period);
    const auto known = closed_.find(days);
    if (known != closed_.end()) {
      deals = known->second;
    } else if (!period) {
      deals = closed_[days] = AllClosed(false);
    } else if (!all_closed_by_day_ && closed_.size() - closed_.count(kAllDays) < kMaxClosedOrders) {
      deals = closed_[days] = LazyValue<ClosedDeals>([this, period] {
        const std::span<const uint32_t> closed = ClosedByDeal(period).positions();
        return ClosedDeals::ByDay(*this, {closed.begin(), closed.end()});
      });
    } else {
      if (!all_closed_by_day_) all_closed_by_day_ = AllClosed(true);
      deals = *all_closed_by_day_;
    }
  }
  return *deals;
}

LazyValue<ClosedDeals> DealColumns::AllClosed(bool by_day) const {
  // Their positions are most of all, and are not kept beside them.
  return LazyValue<ClosedDeals>([this, by_day] {
    std::vector<uint32_t> closed = NumbersWhere(size(), IsClosedOn(*this, kAllDays));
    return by_day ? ClosedDeals::ByDay(*this, std::move(closed))
                  : ClosedDeals::ByDeal(*this, std::move(closed));
  });
}

ClosedDeals::Range DealColumns::ClosedIn(const std::optional<FiscalPeriod>& period) const {
  return ClosedAround(period).In(period);
}

ClosedDeals::WonRange DealColumns::WonIn(const std::optional<FiscalPeriod>& period) const {
  return ClosedAround(period).WonIn(period);
}

SomeDeals DealColumns::ClosedByDeal(const std::optional<FiscalPeriod>& period) const {
  const Days days = DaysIn(period);
  return Pick(absl::StrCat("closed ", days.first, " ", days.second), IsClosedOn(*this, days));
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
              [created = created_day->data(), closings = closing->data(), start = start,
               end = end](size_t i) {
                const bool is_open = closings[i].is_open();
                const bool is_closed_later = closings[i].day() >= start;
                return (created[i] < end) & (is_open | is_closed_later);
              });
}

SomeDeals DealColumns::OpenNow() const {
  return Pick("open now", [closings = closing->data()](size_t i) { return closings[i].is_open(); });
}

}  // namespace quotacast::metrics
