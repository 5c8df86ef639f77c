// What was said about one field of many deals: per deal a list of days and values, all lists one
// after the other in flat arrays.
#ifndef QUOTACAST_SERVICES_METRICS_FIELD_HISTORY_H_
#define QUOTACAST_SERVICES_METRICS_FIELD_HISTORY_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace quotacast::metrics {

// Deals are numbered from 0 in the order in which they were added. Days count from 1970-01-01 and
// do not decrease within a deal.
template <typename Value>
class FieldHistory {
 public:
  // From `day` on the value of the deal being added. A later saying of one day replaces an earlier
  // one for whoever asks for the value, and both stay in the list.
  void Say(int32_t day, Value value) {
    days_.push_back(day);
    values_.push_back(value);
  }
  // The last thing said of the deal being added; null when there is none. Until the next Say.
  Value* Last() { return values_.size() > begins_.back() ? &values_.back() : nullptr; }
  int32_t& LastDay() { return days_.back(); }
  // Ends the deal being added.
  void EndDeal() { begins_.push_back(static_cast<uint32_t>(values_.size())); }
  // Adds the deals [first, last) of another history as they are.
  void AddDeals(const FieldHistory& other, size_t first, size_t last) {
    const uint32_t begin = other.begins_[first];
    const uint32_t end = other.begins_[last];
    const uint32_t shift = static_cast<uint32_t>(values_.size()) - begin;
    days_.insert(days_.end(), other.days_.begin() + begin, other.days_.begin() + end);
    values_.insert(values_.end(), other.values_.begin() + begin, other.values_.begin() + end);
    for (size_t deal = first; deal < last; ++deal) {
      begins_.push_back(other.begins_[deal + 1] + shift);
    }
  }
  void Reserve(size_t deal_count, size_t saying_count) {
    begins_.reserve(deal_count + 1);
    days_.reserve(saying_count);
    values_.reserve(saying_count);
  }

  size_t saying_count() const { return values_.size(); }
  // Sayings of a deal have the numbers [BeginOf(deal), EndOf(deal)), those up to a day
  // [BeginOf(deal), EndOf(deal, day)).
  uint32_t BeginOf(size_t deal) const { return begins_[deal]; }
  uint32_t EndOf(size_t deal, int32_t day) const {
    uint32_t end = begins_[deal + 1];
    // Most questions are about late days, and lists are short.
    while (end > begins_[deal] && days_[end - 1] > day) --end;
    return end;
  }
  uint32_t EndOf(size_t deal) const { return begins_[deal + 1]; }
  int32_t DayAt(uint32_t saying) const { return days_[saying]; }
  Value ValueAt(uint32_t saying) const { return values_[saying]; }
  // The value on a day; `none` before the first saying.
  Value On(size_t deal, int32_t day, Value none) const {
    const uint32_t end = EndOf(deal, day);
    return end > begins_[deal] ? values_[end - 1] : none;
  }
  // Days of all sayings of all deals, in order of deals.
  const std::vector<int32_t>& days() const { return days_; }
  const std::vector<Value>& values() const { return values_; }

  bool operator==(const FieldHistory&) const = default;

  size_t memory_bytes() const {
    return begins_.capacity() * sizeof(uint32_t) + days_.capacity() * sizeof(int32_t) +
           values_.capacity() * sizeof(Value);
  }

 private:
  std::vector<uint32_t> begins_ = {0};  // By deal, and the end of the last one.
  std::vector<int32_t> days_;
  std::vector<Value> values_;
};

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_FIELD_HISTORY_H_
