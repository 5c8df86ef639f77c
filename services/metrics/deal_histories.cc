#include "services/metrics/deal_histories.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <future>
#include <memory>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "base/parallel_for.h"
#include "base/thread_priority.h"
#include "services/metrics/deal_layer.h"
#include "services/metrics/deal_place.h"

namespace quotacast::metrics {
namespace {

using Layer = DealHistories::Layer;

// Deals that a thread looks at a time.
constexpr size_t kPartDeals = 131'072;

size_t PieceCount(size_t deal_count, size_t max_deals) {
  return (deal_count + max_deals - 1) / max_deals;
}

// Layers to which some are added.
class LayerSlots {
 public:
  explicit LayerSlots(std::vector<Layer> layers) : layers_(std::move(layers)) {}

  // The number it gets, which may be that of a layer before in which no deal had its place.
  size_t Add(std::shared_ptr<const DealLayer> deals, bool is_patch) {
    while (next_ < layers_.size() && layers_[next_].live_count > 0) ++next_;
    if (next_ == layers_.size()) layers_.emplace_back();
    const auto live_count = static_cast<uint32_t>(deals->size());
    layers_[next_] = {.deals = std::move(deals), .live_count = live_count, .is_patch = is_patch};
    return next_++;
  }
  // How many deals have their place in each; in none, a layer is let go.
  void SetLiveCounts(const std::vector<uint32_t>& live_counts) {
    static const auto* const nothing = new std::shared_ptr<const DealLayer>(new DealLayer());
    for (size_t layer = 0; layer < live_counts.size(); ++layer) {
      layers_[layer].live_count = live_counts[layer];
      if (live_counts[layer] == 0) layers_[layer] = {.deals = *nothing};
    }
  }
  size_t size() const { return layers_.size(); }
  std::vector<Layer> Take() && { return std::move(layers_); }

 private:
  std::vector<Layer> layers_;
  size_t next_ = 0;
};

// Positions of all deals whose histories are not taken over as they lie.
struct Changed {
  std::vector<uint32_t> settled;      // To be settled.
  std::vector<uint32_t> merged;       // To be copied out of small layers of the patch.
  std::vector<uint32_t> live_counts;  // By layer, of the deals that are taken over.
};

// By layer, whether it is a small one of the patch; all false while these are few.
std::vector<bool> SmallLayers(const std::vector<Layer>& layers, const LayerLimits& limits) {
  std::vector<bool> is_small(layers.size());
  size_t count = 0;
  for (size_t i = 0; i < layers.size(); ++i) {
    is_small[i] = layers[i].is_patch && 2 * size_t{layers[i].live_count} < limits.max_layer_deals;
    if (is_small[i]) ++count;
  }
  if (count <= limits.max_small_layers) is_small.assign(layers.size(), false);
  return is_small;
}

// Where each deal that `known` has lies, in order of id; of those that changed it is not said yet.
class PlaceMap {
 public:
  PlaceMap(const DealHistories& known, const std::vector<bool>& is_stale, const FoldedDeals* folded,
           LayerSlots& slots, const LayerLimits& limits)
      : known_(known), is_stale_(is_stale), is_merged_(SmallLayers(known.layers(), limits)) {
    moved_.resize(known.layers().size());
    if (folded == nullptr) return;
    for (const std::shared_ptr<const DealLayer>& layer : folded->layers) {
      numbers_.push_back(slots.Add(layer, false));
    }
    const std::vector<Layer>& before = folded->from->layers();
    for (size_t i = 0; i < folded->moved.size(); ++i) {
      if (i < moved_.size() && !folded->moved[i].empty() &&
          before[i].deals == known.layers()[i].deals) {
        moved_[i] = folded->moved[i].data();
      }
    }
  }

  // For the deals at [begin, end) of `codes`, of which `next` are known before `begin`.
  void Place(const std::vector<uint32_t>& codes, size_t begin, size_t end, size_t next,
             std::vector<uint32_t>& places, Changed& changed) const {
    const size_t known_count = known_.size();
    const uint32_t* known_places = known_.places().data();
    for (size_t i = begin; i < end; ++i) {
      const uint32_t code = codes[i];
      const bool is_known = code < known_count;
      const uint32_t place = is_known ? known_places[next++] : 0;
      if (!is_known || (code < is_stale_.size() && is_stale_[code])) {
        changed.settled.push_back(static_cast<uint32_t>(i));
        continue;
      }
      const uint32_t layer = LayerOf(place);
      places[i] = place;
      if (moved_[layer] != nullptr) {
        const uint32_t to = moved_[layer][DealOf(place)];
        if (to != FoldedDeals::kStays) places[i] = PlaceOf(numbers_[LayerOf(to)], DealOf(to));
      }
      if (places[i] == place && is_merged_[layer]) {
        changed.merged.push_back(static_cast<uint32_t>(i));
      } else {
        ++changed.live_counts[LayerOf(places[i])];
      }
    }
  }

 private:
  const DealHistories& known_;
  const std::vector<bool>& is_stale_;
  const std::vector<bool> is_merged_;   // By layer.
  std::vector<const uint32_t*> moved_;  // By layer, by deal; null: none was.
  std::vector<size_t> numbers_;         // Of the layers folded into.
};

// Calls place(begin, end, next, changed) on parts of the deals in order of id, `next` being how
// many of those before `begin` are known, and adds up what changed.
template <typename Place>
Changed PlaceInParts(const NameOrder& names, const NameOrder& known, size_t layer_count,
                     const Place& place) {
  const auto parts =
      ParallelResults<Changed>(names.size(), kPartDeals, [&](size_t begin, size_t end) {
        const size_t next =
            begin < end ? known.PositionOf(names.At(names.codes()[begin])) : size_t{0};
        Changed changed;
        changed.live_counts.resize(layer_count);
        place(begin, end, next, changed);
        return changed;
      });
  Changed all;
  all.live_counts.resize(layer_count);
  const auto append = [](const std::vector<uint32_t>& from, std::vector<uint32_t>& to) {
    to.insert(to.end(), from.begin(), from.end());
  };
  for (const auto& [begin, part] : parts) {
    append(part.settled, all.settled);
    append(part.merged, all.merged);
    for (size_t layer = 0; layer < layer_count; ++layer) {
      all.live_counts[layer] += part.live_counts[layer];
    }
  }
  return all;
}

// Calls make(first, last) on pieces of `positions` of about the same size, none larger than a
// layer, on several threads, and puts the deals at them into the layers it makes.
template <typename Make>
void AddLayers(const std::vector<uint32_t>& positions, const LayerLimits& limits, bool is_patch,
               const Make& make, LayerSlots& slots, std::vector<uint32_t>& places) {
  const size_t count = positions.size();
  const size_t piece_count = PieceCount(count, limits.max_layer_deals);
  std::vector<std::shared_ptr<const DealLayer>> made(piece_count);
  const auto begin_of = [&](size_t piece) { return piece * count / piece_count; };
  ParallelParts(piece_count, 1, [&](size_t first, size_t last) {
    for (size_t piece = first; piece < last; ++piece) {
      made[piece] = make(begin_of(piece), begin_of(piece + 1));
    }
  });
  for (size_t piece = 0; piece < piece_count; ++piece) {
    const size_t layer = slots.Add(made[piece], is_patch);
    const size_t begin = begin_of(piece);
    for (size_t deal = 0; deal < made[piece]->size(); ++deal) {
      places[positions[begin + deal]] = PlaceOf(layer, deal);
    }
  }
}

// Deals that follow each other in order of id: those of a layer of the base, and those of the patch
// before the next one.
struct BaseRange {
  size_t begin = 0;  // Positions.
  size_t end = 0;
  size_t patch_count = 0;
};

std::vector<BaseRange> RangesOf(const DealHistories& histories) {
  std::vector<BaseRange> ranges(1);
  uint32_t current = UINT32_MAX;  // Layer of the last range; deals of the patch may come before it.
  const std::vector<uint32_t>& places = histories.places();
  for (size_t i = 0; i < places.size(); ++i) {
    const uint32_t layer = LayerOf(places[i]);
    const bool is_patch = histories.layers()[layer].is_patch;
    if (!is_patch && layer != current) {
      if (current != UINT32_MAX) {
        ranges.back().end = i;
        ranges.push_back({.begin = i});
      }
      current = layer;
    }
    if (is_patch) ++ranges.back().patch_count;
  }
  ranges.back().end = places.size();
  return ranges;
}

size_t MaxPatch(const DealHistories& histories, const LayerLimits& limits) {
  return std::max(limits.min_folded_deals, histories.size() / limits.fold_share);
}

}  // namespace

bool DealHistories::IsPlace(uint32_t place) const {
  return places_[names_->PositionOf(IdOf(place))] == place;
}

size_t DealHistories::patch_size() const {
  return std::accumulate(layers_.begin(), layers_.end(), size_t{0},
                         [](size_t count, const Layer& layer) {
                           return count + (layer.is_patch ? layer.live_count : 0);
                         });
}

size_t DealHistories::memory_bytes() const {
  size_t bytes = layers_.capacity() * sizeof(Layer) + places_.capacity() * sizeof(uint32_t);
  for (const Layer& layer : layers_) bytes += layer.deals->memory_bytes();
  return bytes;
}

std::shared_ptr<const DealHistories> MakeDealHistories(
    const DealHistorySource& source, int64_t log_offset, const DealHistories* known,
    const std::vector<bool>& is_stale, const FoldedDeals* folded, const LayerLimits& limits) {
  const std::vector<uint32_t>& codes = source.names->codes();
  LayerSlots slots(known == nullptr ? std::vector<Layer>() : known->layers());
  std::vector<uint32_t> places(codes.size());
  Changed changed;
  if (known == nullptr) {
    changed.settled.resize(codes.size());
    std::iota(changed.settled.begin(), changed.settled.end(), 0);
  } else {
    const PlaceMap map(*known, is_stale, folded, slots, limits);
    changed = PlaceInParts(*source.names, *known->names(), slots.size(),
                           [&](size_t begin, size_t end, size_t next, Changed& part) {
                             map.Place(codes, begin, end, next, places, part);
                           });
    slots.SetLiveCounts(changed.live_counts);
  }
  AddLayers(
      changed.settled, limits, known != nullptr,
      [&](size_t first, size_t last) {
        std::vector<uint32_t> settled(changed.settled.begin() + static_cast<std::ptrdiff_t>(first),
                                      changed.settled.begin() + static_cast<std::ptrdiff_t>(last));
        for (uint32_t& deal : settled) deal = codes[deal];
        return SettledLayer(*source.facts, settled, log_offset, *source.closing_stages);
      },
      slots, places);
  AddLayers(
      changed.merged, limits, true,
      [&](size_t first, size_t last) {
        LayerCopy copy;
        for (size_t i = first; i < last; ++i) {
          const DealPlace at = known->At(places[changed.merged[i]]);
          copy.Add(at.layer, at.deal);
        }
        return copy.Make();
      },
      slots, places);
  return std::make_shared<DealHistories>(source.names, std::move(slots).Take(), std::move(places));
}

FoldedDeals FoldPatch(std::shared_ptr<const DealHistories> histories, const LayerLimits& limits) {
  FoldedDeals folded{.from = std::move(histories), .layers = {}, .moved = {}};
  const DealHistories& from = *folded.from;
  folded.moved.resize(from.layers().size());
  size_t patch_count = from.patch_size();
  std::vector<BaseRange> ranges = RangesOf(from);
  std::stable_sort(ranges.begin(), ranges.end(), [](const BaseRange& a, const BaseRange& b) {
    return a.patch_count > b.patch_count;
  });
  for (const BaseRange& range : ranges) {
    if (patch_count <= MaxPatch(from, limits)) break;
    patch_count -= range.patch_count;
    const size_t size = range.end - range.begin;
    const size_t piece_count = PieceCount(size, limits.max_layer_deals);
    for (size_t piece = 0; piece < piece_count; ++piece) {
      LayerCopy copy;
      const size_t begin = range.begin + piece * size / piece_count;
      const size_t end = range.begin + (piece + 1) * size / piece_count;
      for (size_t i = begin; i < end; ++i) {
        const uint32_t place = from.places()[i];
        std::vector<uint32_t>& moved = folded.moved[LayerOf(place)];
        const DealPlace at = from.At(place);
        if (moved.empty()) moved.assign(at.layer.size(), FoldedDeals::kStays);
        moved[at.deal] = PlaceOf(folded.layers.size(), i - begin);
        copy.Add(at.layer, at.deal);
      }
      folded.layers.push_back(copy.Make());
    }
  }
  return folded;
}

void DealHistoryCache::Touch(uint32_t opportunity, int64_t offset) {
  last_offset_ = offset;
  if (opportunity >= is_touched_.size()) is_touched_.resize(size_t{opportunity} + 1);
  is_touched_[opportunity] = true;
  any_touched_ = true;
}

std::shared_ptr<const DealHistories> DealHistoryCache::Get(const DealHistorySource& source,
                                                           int64_t log_offset) {
  // Stages that nobody had named say nothing about the histories made before.
  bool is_same = true;
  for (size_t stage = 0; stage < closing_stages_.size(); ++stage) {
    const bool closes = stage < source.closing_stages->size() && (*source.closing_stages)[stage];
    if (closes != closing_stages_[stage]) is_same = false;
  }
  if (!is_same) {
    known_ = nullptr;
    folded_ = {};
  }
  closing_stages_ = *source.closing_stages;
  if (known_ == nullptr || any_touched_) {
    const auto all = static_cast<int64_t>(UINT32_MAX);
    const std::optional<FoldedDeals> folded = TakeFolded();
    known_ = MakeDealHistories(source, all, known_.get(), is_touched_, folded ? &*folded : nullptr,
                               limits_);
    is_touched_.assign(is_touched_.size(), false);
    any_touched_ = false;
    Fold();
  }
  if (log_offset >= last_offset_) return known_;
  std::vector<bool> is_later(source.facts->opportunity_count());
  for (uint32_t code = 0; code < source.facts->opportunity_count(); ++code) {
    const OpportunityFactHead& head = source.facts->HeadOf(source.facts->LastFact(code));
    is_later[code] = int64_t{head.offset} > log_offset;
  }
  return MakeDealHistories(source, log_offset, known_.get(), is_later, nullptr, limits_);
}

std::optional<FoldedDeals> DealHistoryCache::TakeFolded() {
  if (!folded_.valid() || folded_.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
    return std::nullopt;
  }
  return folded_.get();
}

void DealHistoryCache::Fold() {
  if (folded_.valid() || known_->patch_size() <= MaxPatch(*known_, limits_)) return;
  folded_ = std::async(std::launch::async, [histories = known_, limits = limits_]() {
    GiveWayToOtherThreads();
    return FoldPatch(histories, limits);
  });
}

size_t DealHistoryCache::memory_bytes() const {
  size_t bytes = is_touched_.capacity() / 8 + closing_stages_.capacity() / 8;
  if (known_ != nullptr) bytes += known_->memory_bytes();
  // What is being folded is about as much as was touched, and what lies between it.
  if (folded_.valid()) bytes += known_->memory_bytes() / limits_.fold_share;
  return bytes;
}

}  // namespace quotacast::metrics
