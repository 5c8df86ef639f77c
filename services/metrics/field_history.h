// What was said about one field of many deals: per deal a list of days and values, all lists one
// after the other in flat arrays.
#ifndef QUOTACAST_SERVICES_METRICS_FIELD_HISTORY_H_
#define QUOTACAST_SERVICES_METRICS_FIELD_HISTORY_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
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
  void EndDeal() {
    NoteLatest(begins_.back());
    begins_.push_back(static_cast<uint32_t>(values_.size()));
  }
  // Adds the deals [first, last) of another history as they are.
  void AddDeals(const FieldHistory& other, size_t first, size_t last) {
    const uint32_t begin = other.begins_[first];
    const uint32_t end = other.begins_[last];
    const uint32_t shift = static_cast<uint32_t>(values_.size()) - begin;
    days_.insert(days_.end(), other.days_.begin() + begin, other.days_.begin() + end);
    values_.insert(values_.end(), other.values_.begin() + begin, other.values_.begin() + end);
    const size_t said = std::min(last, other.latest_days_.size());
    if (first < said) {
      FillLatest();
      latest_days_.insert(latest_days_.end(), other.latest_days_.begin() + first,
                          other.latest_days_.begin() + said);
      latest_values_.insert(latest_values_.end(), other.latest_values_.begin() + first,
                            other.latest_values_.begin() + said);
    }
    for (size_t deal = first; deal < last; ++deal) {
      begins_.push_back(other.begins_[deal + 1] + shift);
    }
  }
  void Reserve(size_t deal_count, size_t saying_count) {
    begins_.reserve(deal_count + 1);
    if (saying_count > 0) {
      latest_days_.reserve(deal_count);
      latest_values_.reserve(deal_count);
    }
    days_.reserve(saying_count);
    values_.reserve(saying_count);
  }

  // Once all are added.
  void ShrinkToFit() {
    begins_.shrink_to_fit();
    days_.shrink_to_fit();
    values_.shrink_to_fit();
    latest_days_.shrink_to_fit();
    latest_values_.shrink_to_fit();
  }

  size_t deal_count() const { return begins_.size() - 1; }
  size_t saying_count() const { return values_.size(); }
  // Of the deals [first, last).
  size_t SayingCount(size_t first, size_t last) const { return begins_[last] - begins_[first]; }
  // Sayings of a deal have the numbers [BeginOf(deal), EndOf(deal)), those up to a day
  // [BeginOf(deal), EndOf(deal, day)).
  uint32_t BeginOf(size_t deal) const { return begins_[deal]; }
  uint32_t EndOf(size_t deal, int32_t day) const {
    uint32_t end = begins_[deal + 1];
    // Most questions are about late days, and lists are short.
    if (Latest().AreSaidBy(deal, day)) return end;
    while (end > begins_[deal] && days_[end - 1] > day) --end;
    return end;
  }
  uint32_t EndOf(size_t deal) const { return begins_[deal + 1]; }
  int32_t DayAt(uint32_t saying) const { return days_[saying]; }
  Value ValueAt(uint32_t saying) const { return values_[saying]; }
  // The value on a day; `none` before the first saying.
  Value On(size_t deal, int32_t day, Value none) const {
    if (Latest().AreSaidBy(deal, day)) return latest_values_[deal];
    const uint32_t end = EndOf(deal, day);
    return end > begins_[deal] ? values_[end - 1] : none;
  }
  // The last saying of each deal, for whoever reads many: what is in registers need not be read
  // again and again. Valid while nothing is added.
  struct LatestSayings {
    size_t size = 0;
    const int32_t* days = nullptr;
    const Value* values = nullptr;

    // Whether something was said of the deal, and nothing after the day: then this is the value
    // on the day.
    bool AreSaidBy(size_t deal, int32_t day) const {
      return deal < size && days[deal] <= day && day < kNever;
    }
  };
  LatestSayings Latest() const {
    return {latest_days_.size(), latest_days_.data(), latest_values_.data()};
  }
  // Two steps of looking at what was said of a deal last, which the processor can take ahead.
  void PrefetchPlace(size_t deal) const {
    __builtin_prefetch(&begins_[deal]);
    if (deal >= latest_days_.size()) return;
    __builtin_prefetch(&latest_days_[deal]);
    __builtin_prefetch(&latest_values_[deal]);
  }
  void PrefetchSayings(size_t deal) const {
    const uint32_t end = begins_[deal + 1];
    if (end == 0) return;
    __builtin_prefetch(&days_[end - 1]);
    __builtin_prefetch(&values_[end - 1]);
  }
  // Days of all sayings of all deals, in order of deals.
  const std::vector<int32_t>& days() const { return days_; }
  const std::vector<Value>& values() const { return values_; }

  bool operator==(const FieldHistory&) const = default;

  size_t memory_bytes() const {
    return begins_.capacity() * sizeof(uint32_t) + days_.capacity() * sizeof(int32_t) +
           values_.capacity() * sizeof(Value) + latest_days_.capacity() * sizeof(int32_t) +
           latest_values_.capacity() * sizeof(Value);
  }

 private:
  static constexpr int32_t kNever = std::numeric_limits<int32_t>::max();

  // Up to the deal being added.
  void FillLatest() {
    latest_days_.resize(begins_.size() - 1, kNever);
    latest_values_.resize(begins_.size() - 1);
  }
  void NoteLatest(uint32_t begin) {
    if (values_.size() == begin) return;
    FillLatest();
    latest_days_.push_back(days_.back());
    latest_values_.push_back(values_.back());
  }

  std::vector<uint32_t> begins_ = {0};  // By deal, and the end of the last one.
  std::vector<int32_t> days_;
  std::vector<Value> values_;
  // The last saying of each deal once more: a question about a late day, as most are, then reads
  // two arrays from front to back. Up to the last deal of which anything was said; kNever for
  // those of which nothing was.
  std::vector<int32_t> latest_days_;
  std::vector<Value> latest_values_;
};

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_FIELD_HISTORY_H_
