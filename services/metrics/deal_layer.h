// The settled histories of some opportunities, field by field in flat arrays.
#ifndef QUOTACAST_SERVICES_METRICS_DEAL_LAYER_H_
#define QUOTACAST_SERVICES_METRICS_DEAL_LAYER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "services/metrics/book_view.h"
#include "services/metrics/field_history.h"
#include "services/metrics/opportunity_facts.h"

namespace quotacast::metrics {

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

// Histories of at most kMaxLayerDeals deals, in order of id. Names are codes of OpportunityNames.
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
  int32_t latest_first_day = INT32_MIN;
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

// The histories of these opportunities by what was recorded up to `log_offset`. `closing_stages`
// are those of Settle. Complexity: n log n in the facts of each.
std::shared_ptr<const DealLayer> SettledLayer(const OpportunityFacts& facts,
                                              std::span<const uint32_t> codes, int64_t log_offset,
                                              const std::vector<bool>& closing_stages);

// Picks deals out of layers, which must outlive it.
class LayerCopy {
 public:
  void Add(const DealLayer& layer, size_t deal);
  // All that were added as a layer. Complexity: a copy.
  std::shared_ptr<const DealLayer> Make() const;

 private:
  struct Run {
    const DealLayer* layer;
    size_t begin;
    size_t end;
  };

  std::vector<Run> runs_;
  size_t size_ = 0;
};

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_DEAL_LAYER_H_
