// What was said of a field of deals by the day of a view: a look at the histories of the book, of
// which nothing is copied.
#ifndef QUOTACAST_SERVICES_METRICS_DAY_SAYINGS_H_
#define QUOTACAST_SERVICES_METRICS_DAY_SAYINGS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "services/metrics/deal_place.h"
#include "services/metrics/field_history.h"
#include "services/metrics/lazy_value.h"

namespace quotacast::metrics {

// Deals are asked for by their position in a view. The histories hold codes, and the view says what
// these stand for. Immutable; copies share everything. Thread-safe.
template <typename Code>
class DaySayings {
 public:
  // What was said of one deal, in order of the days. Valid as long as the object it came from.
  class List {
   public:
    List(const int32_t* days, const Code* codes, size_t size, const int32_t* meanings)
        : days_(days), codes_(codes), size_(size), meanings_(meanings) {}

    size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    int32_t DayAt(size_t i) const { return days_[i]; }
    int32_t ValueAt(size_t i) const { return Meaning(codes_[i], meanings_); }
    // The value on a day; `none` before the first saying.
    int32_t On(int32_t day, int32_t none) const {
      size_t end = size_;
      while (end > 0 && days_[end - 1] > day) --end;
      return end > 0 ? ValueAt(end - 1) : none;
    }

   private:
    const int32_t* days_;
    const Code* codes_;
    size_t size_;
    const int32_t* meanings_;
  };

  // Where the deals of a view lie, and how it reads them.
  struct Source {
    std::shared_ptr<const void> owner;  // Of what is pointed to.
    std::vector<const FieldHistory<Code>*> layers;
    const std::vector<uint32_t>* places = nullptr;  // By position in the view; see deal_place.h.
    int32_t day = 0;
    // By code; empty where codes stand for themselves.
    std::vector<int32_t> meanings = {};
    // A deal of which nothing was said has one saying: this value from its day on, by position.
    // Without days it has none.
    int32_t unsaid_value = 0;
    LazyList<int32_t> unsaid_days = {};
  };

  DaySayings() : DaySayings(FieldHistory<Code>()) {}
  explicit DaySayings(Source source)
      : source_(std::make_shared<Source>(std::move(source))),
        unsaid_code_(static_cast<Code>(source_->meanings.size())),
        has_unsaid_(!source_->unsaid_days.empty()) {
    if (has_unsaid_) source_->meanings.push_back(source_->unsaid_value);
  }
  // All that is said in a history, whose deals are those of the view in their order, and whose
  // codes stand for themselves.
  explicit DaySayings(const FieldHistory<Code>& history) : DaySayings(Owning(history)) {}

  size_t deal_count() const { return source_->places->size(); }

  List Of(size_t position) const {
    const auto [history, deal] = At(position);
    const uint32_t begin = history.BeginOf(deal);
    const uint32_t end = history.EndOf(deal, source_->day);
    if (begin == end && has_unsaid_) {
      return {&source_->unsaid_days[position], &unsaid_code_, 1, meanings()};
    }
    return {history.days().data() + begin, history.values().data() + begin, end - begin,
            meanings()};
  }

  // The value on a day, as far as the view knows it; `none` before the first saying.
  int32_t On(size_t position, int32_t day, int32_t none) const {
    return Of(position).On(day, none);
  }

  // Calls visit(i, Of(positions[i])) for each of the positions. What was said of them lies far
  // apart where they are a part of the view: that of the next ones is fetched meanwhile.
  template <typename Visit>
  void ForEach(std::span<const uint32_t> positions, Visit visit) const {
    constexpr size_t kAhead = 8;
    const size_t count = positions.size();
    for (size_t i = 0; i < count; ++i) {
      if (i + 2 * kAhead < count) {
        const auto [history, deal] = At(positions[i + 2 * kAhead]);
        history.PrefetchPlace(deal);
      }
      if (i + kAhead < count) {
        const auto [history, deal] = At(positions[i + kAhead]);
        history.PrefetchSayings(deal);
      }
      visit(i, Of(positions[i]));
    }
  }

  bool operator==(const DaySayings& other) const {
    if (deal_count() != other.deal_count()) return false;
    for (size_t position = 0; position < deal_count(); ++position) {
      const List ours = Of(position);
      const List theirs = other.Of(position);
      if (ours.size() != theirs.size()) return false;
      for (size_t i = 0; i < ours.size(); ++i) {
        if (ours.DayAt(i) != theirs.DayAt(i) || ours.ValueAt(i) != theirs.ValueAt(i)) return false;
      }
    }
    return true;
  }

 private:
  static constexpr int32_t kLastDay = std::numeric_limits<int32_t>::max();

  struct Place {
    const FieldHistory<Code>& history;
    size_t deal;
  };

  static int32_t Meaning(Code code, const int32_t* meanings) {
    return meanings == nullptr ? static_cast<int32_t>(code) : meanings[code];
  }
  static Source Owning(const FieldHistory<Code>& history) {
    struct Owned {
      std::vector<FieldHistory<Code>> layers;
      std::vector<uint32_t> places;
    };
    const auto owned = std::make_shared<Owned>();
    for (size_t first = 0; first < history.deal_count(); first += kMaxLayerDeals) {
      const size_t last = std::min(history.deal_count(), first + kMaxLayerDeals);
      for (size_t deal = 0; deal < last - first; ++deal) {
        owned->places.push_back(PlaceOf(owned->layers.size(), deal));
      }
      owned->layers.emplace_back().AddDeals(history, first, last);
    }
    Source source{.owner = owned, .layers = {}, .places = &owned->places, .day = kLastDay};
    for (const FieldHistory<Code>& layer : owned->layers) source.layers.push_back(&layer);
    return source;
  }

  Place At(size_t position) const {
    const uint32_t place = (*source_->places)[position];
    return {*source_->layers[LayerOf(place)], DealOf(place)};
  }
  const int32_t* meanings() const {
    return source_->meanings.empty() ? nullptr : source_->meanings.data();
  }

  std::shared_ptr<Source> source_;
  Code unsaid_code_;
  bool has_unsaid_;
};

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_DAY_SAYINGS_H_
