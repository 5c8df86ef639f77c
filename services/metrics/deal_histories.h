// The settled histories of all opportunities of a book by what was recorded up to an offset of the
// log, field by field in flat arrays. A view on a day reads each field up to that day, so that a
// new day costs a pass over the arrays that are looked at.
//
// They lie in two layers, so that a change copies little: a base, and a patch with the deals that
// were touched since the base was made. The patch is folded into a new base once it has grown past
// a share of it.
#ifndef QUOTACAST_SERVICES_METRICS_DEAL_HISTORIES_H_
#define QUOTACAST_SERVICES_METRICS_DEAL_HISTORIES_H_

#include <cstddef>
#include <cstdint>
#include <future>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "services/metrics/book_view.h"
#include "services/metrics/field_history.h"
#include "services/metrics/name_order.h"
#include "services/metrics/opportunity_facts.h"
#include "services/metrics/settled_facts.h"

namespace quotacast::metrics {

// A patch of more deals than this and than this share of the base is folded into it. The larger the
// share, the more a change copies; the smaller, the more often the base is copied, which takes a
// thread about 0.4 us a deal of ten events.
inline constexpr size_t kMinFoldedDeals = 512;
inline constexpr size_t kFoldShare = 16;  // One in so many.

// The history of a field that names something by its code.
struct NameHistory : FieldHistory<uint32_t> {
  // The rest, once the deals are there; `deal_first_days` are those of the layer.
  void NoteFirstDays(const std::vector<int32_t>& deal_first_days);

  // By code, when a deal of the layer first named it; those beyond the end are never named.
  std::vector<int32_t> first_days;
  // By code, a deal that names it last of all or, where there is none, named it once: of a late day
  // the first place to look for the name.
  std::vector<uint32_t> likely_deals;
  // A deal of the layer that names nothing on the day of its first fact, and never or as late as
  // any; kEveryDealSays: each names something from its first fact on.
  static constexpr uint32_t kEveryDealSays = UINT32_MAX;
  uint32_t unsaid_deal = kEveryDealSays;
};

// Histories of some deals, in order of id. Names are codes of OpportunityNames.
struct DealLayer {
  // Day of a deal of which no fact counts.
  static constexpr int32_t kNever = INT32_MAX;

  size_t size() const { return codes.size(); }
  size_t memory_bytes() const;
  // What follows from the histories, once the deals are there.
  void NoteFirstDays();

  std::vector<uint32_t> codes;
  std::vector<uint8_t> is_undated;  // Nothing dates the deal.
  std::vector<int32_t> first_days;  // Of the first fact that counts.
  // No deal was ever said to be created before this day, and most likely this one was on it.
  int32_t earliest_created_day = kNever;
  uint32_t earliest_created_deal = 0;
  FieldHistory<uint8_t> ends;    // Whether it is gone: deleted, or merged into another one.
  FieldHistory<uint32_t> facts;  // One per fact that counts: how many so far were learned late.
  NameHistory stages;            // Stays, closings settled.
  NameHistory owners;            // Changes only, as all names below.
  NameHistory segments;
  NameHistory products;
  FieldHistory<uint32_t> accounts;  // Few views ask for them.
  NameHistory lead_sources;
  NameHistory close_reasons;
  NameHistory competitors;
  FieldHistory<StatedAmount> amounts;     // As often as stated.
  FieldHistory<int32_t> created_days;     // As stated, never after the first fact.
  FieldHistory<int32_t> expected_closes;  // Changes only; DealColumns::kNoDay when cleared.
  FieldHistory<DealCategory> categories;  // Changes only, as the next three.
  FieldHistory<DealMotion> motions;
  FieldHistory<uint8_t> discovery_ratings;
  FieldHistory<uint8_t> customer_problems;
  // Some amount may be none of money.
  bool may_have_bad_amounts = false;
  // Some expected close may have been cleared.
  bool may_clear_expected_closes = false;
};

// Where the histories of a deal lie.
struct DealPlace {
  const DealLayer& layer;
  size_t deal;  // In the layer.
};

// Immutable. Deals are known by their *place*: those of the base from 0 on, and behind them those
// of the patch. Of a deal that is in both the patch counts.
class DealHistories {
 public:
  // `places`: of all deals in order of id.
  DealHistories(std::shared_ptr<const NameOrder> names, std::shared_ptr<const DealLayer> base,
                std::shared_ptr<const DealLayer> patch, std::vector<uint32_t> places)
      : names_(std::move(names)),
        base_(std::move(base)),
        patch_(std::move(patch)),
        base_size_(static_cast<uint32_t>(base_->size())),
        places_(std::move(places)) {}

  size_t size() const { return places_.size(); }
  const std::vector<uint32_t>& places() const { return places_; }
  DealPlace At(uint32_t place) const {
    if (place < base_size_) return {*base_, place};
    return {*patch_, place - base_size_};
  }
  uint32_t CodeOf(uint32_t place) const {
    const DealPlace at = At(place);
    return at.layer.codes[at.deal];
  }
  std::string_view IdOf(uint32_t place) const { return names_->At(CodeOf(place)); }
  // Whether a place is one of `places`: of a deal of the base that is in the patch it is not.
  bool IsPlace(uint32_t place) const;
  // False only when nothing was ever said of a field of any deal.
  template <typename History>
  bool MaySayAny(History DealLayer::*field) const {
    return (*base_.*field).saying_count() > 0 || (*patch_.*field).saying_count() > 0;
  }
  // Some amount may be none of money.
  bool may_have_bad_amounts() const {
    return base_->may_have_bad_amounts || patch_->may_have_bad_amounts;
  }
  // Some expected close may have been cleared.
  bool may_clear_expected_closes() const {
    return base_->may_clear_expected_closes || patch_->may_clear_expected_closes;
  }

  const std::shared_ptr<const NameOrder>& names() const { return names_; }
  const std::shared_ptr<const DealLayer>& base() const { return base_; }
  const DealLayer& patch() const { return *patch_; }
  size_t memory_bytes() const;

 private:
  std::shared_ptr<const NameOrder> names_;  // Of the opportunities.
  std::shared_ptr<const DealLayer> base_;
  std::shared_ptr<const DealLayer> patch_;
  uint32_t base_size_ = 0;
  std::vector<uint32_t> places_;
};

// What the histories of a book are made from.
struct DealHistorySource {
  const OpportunityFacts* facts = nullptr;
  std::shared_ptr<const NameOrder> names;  // Of all opportunities.
  // By stage code: whether the stage closes a deal. One per stage that facts name.
  const std::vector<bool>* closing_stages = nullptr;
};

// Histories by what was recorded up to `log_offset`. Those in `known` are taken over, but for deals
// of which `is_stale` says so by code: these are in the patch of what is made. `known` may be null:
// then all are in the base. Complexity: n log n in the facts of the deals that are not taken over,
// a copy of the patch of `known`, and a step per deal.
std::shared_ptr<const DealHistories> MakeDealHistories(const DealHistorySource& source,
                                                       int64_t log_offset,
                                                       const DealHistories* known,
                                                       const std::vector<bool>& is_stale);

// The same histories in one layer, without a patch. Complexity: a copy.
std::shared_ptr<const DealHistories> FoldDealHistories(const DealHistories& layered);

// Keeps the histories of everything recorded so far, and makes those of an earlier offset when
// asked. Folds the patch on a thread of its own: what it gives out says the same before and after.
// Not thread-safe; what it gives out is. Destruction waits for the thread.
class DealHistoryCache {
 public:
  // `min_folded_deals`: a smaller patch stays.
  explicit DealHistoryCache(size_t min_folded_deals = kMinFoldedDeals)
      : min_folded_deals_(min_folded_deals) {}

  // A fact came about this opportunity, with the largest offset so far.
  void Touch(uint32_t opportunity, int64_t offset);

  // The closing stages are those of the view that asks.
  std::shared_ptr<const DealHistories> Get(const DealHistorySource& source, int64_t log_offset);

  size_t memory_bytes() const;

 private:
  // Takes what was folded, when it is there, and begins to fold when there is enough to.
  void TakeFolded();
  void Fold();

  const size_t min_folded_deals_;
  std::vector<bool> closing_stages_;  // That the histories were settled with.
  std::shared_ptr<const DealHistories> known_;
  std::vector<bool> is_touched_;  // Since then, by code.
  bool any_touched_ = false;
  int64_t last_offset_ = 0;                                   // Of any fact.
  std::future<std::shared_ptr<const DealHistories>> folded_;  // Valid while it is being made.
  std::vector<bool> is_touched_since_fold_;                   // Since what is folded, by code.
};

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_DEAL_HISTORIES_H_
