// The settled histories of all opportunities of a book by what was recorded up to an offset of the
// log. A view on a day reads each field up to that day, so that a new day costs a pass over the
// arrays that are looked at.
//
// They lie in layers, so that a change copies little. Those of the *base* hold the deals in order
// of id, each a range of ids. The deals that were touched since are in layers of their own, the
// *patch*. What is touched is folded into the base range by range, the ranges with most of it
// first.
#ifndef QUOTACAST_SERVICES_METRICS_DEAL_HISTORIES_H_
#define QUOTACAST_SERVICES_METRICS_DEAL_HISTORIES_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <future>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "services/metrics/deal_layer.h"
#include "services/metrics/deal_place.h"
#include "services/metrics/name_order.h"
#include "services/metrics/opportunity_facts.h"

namespace quotacast::metrics {

// Where the histories of a deal are.
struct DealPlace {
  const DealLayer& layer;
  size_t deal;  // In the layer.
};

// Immutable. Deals are known by their place, which deal_place.h tells apart.
class DealHistories {
 public:
  struct Layer {
    std::shared_ptr<const DealLayer> deals;  // Never null.
    // How many of them have their place here: the others were touched or folded since. A layer with
    // none is empty.
    uint32_t live_count = 0;
    bool is_patch = false;
  };

  // `places`: of all deals in order of id.
  DealHistories(std::shared_ptr<const NameOrder> names, std::vector<Layer> layers,
                std::vector<uint32_t> places)
      : names_(std::move(names)), layers_(std::move(layers)), places_(std::move(places)) {}

  size_t size() const { return places_.size(); }
  const std::vector<uint32_t>& places() const { return places_; }
  DealPlace At(uint32_t place) const { return {*layers_[LayerOf(place)].deals, DealOf(place)}; }
  uint32_t CodeOf(uint32_t place) const {
    const DealPlace at = At(place);
    return at.layer.codes[at.deal];
  }
  std::string_view IdOf(uint32_t place) const { return names_->At(CodeOf(place)); }
  // Whether a place in some layer is one of `places`: that of a deal which has another one is not.
  bool IsPlace(uint32_t place) const;
  // False only when nothing was ever said of a field of any deal.
  template <typename History>
  bool MaySayAny(History DealLayer::*field) const {
    return AnyLayer([field](const DealLayer& deals) { return (deals.*field).saying_count() > 0; });
  }
  // Some amount may be none of money.
  bool may_have_bad_amounts() const {
    return AnyLayer([](const DealLayer& deals) { return deals.may_have_bad_amounts; });
  }
  // Some expected close may have been cleared.
  bool may_clear_expected_closes() const {
    return AnyLayer([](const DealLayer& deals) { return deals.may_clear_expected_closes; });
  }

  const std::shared_ptr<const NameOrder>& names() const { return names_; }
  const std::vector<Layer>& layers() const { return layers_; }
  // Deals that have their place in the patch.
  size_t patch_size() const;
  size_t memory_bytes() const;

 private:
  template <typename Test>
  bool AnyLayer(const Test& test) const {
    return std::any_of(layers_.begin(), layers_.end(),
                       [&test](const Layer& layer) { return test(*layer.deals); });
  }

  std::shared_ptr<const NameOrder> names_;  // Of the opportunities.
  std::vector<Layer> layers_;
  std::vector<uint32_t> places_;
};

// What the histories of a book are made from.
struct DealHistorySource {
  const OpportunityFacts* facts = nullptr;
  std::shared_ptr<const NameOrder> names;  // Of all opportunities.
  // By stage code: whether the stage closes a deal. One per stage that facts name.
  const std::vector<bool>* closing_stages = nullptr;
};

// How the layers are kept.
struct LayerLimits {
  size_t max_layer_deals = kMaxLayerDeals;
  // A patch of more deals than this and than this share of all is folded until it is no larger. The
  // larger the share, the more reads jump between layers; the smaller, the more is copied.
  size_t min_folded_deals = 512;
  size_t fold_share = 32;  // One in so many.
  // When there are more layers less than half full in the patch, they become one. A view looks into
  // each.
  size_t max_small_layers = 32;
};

// Deals that were moved to layers of the base, each a range of ids.
struct FoldedDeals {
  // Where the deals of these histories' layers went.
  std::shared_ptr<const DealHistories> from;
  std::vector<std::shared_ptr<const DealLayer>> layers;
  // By layer of `from`, by deal: a place whose layer is one of the above; kStays: where it was.
  // Empty for layers of which all stay.
  static constexpr uint32_t kStays = UINT32_MAX;
  std::vector<std::vector<uint32_t>> moved;
};

// Histories by what was recorded up to `log_offset`. Those in `known` are taken over, but for deals
// of which `is_stale` says so by code: these are in the patch of what is made. `known` may be null:
// then all are in the base. What `folded`, which may be null, moved since is taken from there where
// it lies in `known` as it did. Complexity: n log n in the facts of the deals that are not taken
// over, and a step per deal.
std::shared_ptr<const DealHistories> MakeDealHistories(
    const DealHistorySource& source, int64_t log_offset, const DealHistories* known,
    const std::vector<bool>& is_stale, const FoldedDeals* folded, const LayerLimits& limits);

// Folds ranges of the base and what lies between them until the patch is within its limit; nothing
// when it is. Complexity: a step per deal, and a copy of those of the ranges.
FoldedDeals FoldPatch(std::shared_ptr<const DealHistories> histories, const LayerLimits& limits);

// Keeps the histories of everything recorded so far, and makes those of an earlier offset when
// asked. Folds on a thread of its own: what it gives out says the same before and after.
// Not thread-safe; what it gives out is. Destruction waits for the thread.
class DealHistoryCache {
 public:
  explicit DealHistoryCache(const LayerLimits& limits = {}) : limits_(limits) {}

  // A fact came about this opportunity, with the largest offset so far.
  void Touch(uint32_t opportunity, int64_t offset);

  // The closing stages are those of the view that asks.
  std::shared_ptr<const DealHistories> Get(const DealHistorySource& source, int64_t log_offset);

  size_t memory_bytes() const;

 private:
  // What was folded, when it is there.
  std::optional<FoldedDeals> TakeFolded();
  // Begins to fold when there is enough to.
  void Fold();

  const LayerLimits limits_;
  std::vector<bool> closing_stages_;  // That the histories were settled with.
  std::shared_ptr<const DealHistories> known_;
  std::vector<bool> is_touched_;  // Since then, by code.
  bool any_touched_ = false;
  int64_t last_offset_ = 0;          // Of any fact.
  std::future<FoldedDeals> folded_;  // Valid while it is being made.
};

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_DEAL_HISTORIES_H_
