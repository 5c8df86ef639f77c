// The settled histories of all opportunities of a book by what was recorded up to an offset of the
// log, field by field in flat arrays. A view on a day reads each field up to that day, so that a
// new day costs a pass over the arrays that are looked at.
#ifndef QUOTACAST_SERVICES_METRICS_DEAL_HISTORIES_H_
#define QUOTACAST_SERVICES_METRICS_DEAL_HISTORIES_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "services/metrics/book_view.h"
#include "services/metrics/field_history.h"
#include "services/metrics/name_order.h"
#include "services/metrics/opportunity_facts.h"
#include "services/metrics/settled_facts.h"

namespace quotacast::metrics {

// Immutable once made; deals are in order of id. Names are codes of OpportunityNames.
struct DealHistories {
  size_t size() const { return codes.size(); }
  std::string_view IdOf(size_t deal) const { return names->At(codes[deal]); }
  size_t memory_bytes() const;

  std::shared_ptr<const NameOrder> names;  // Of the opportunities.
  std::vector<uint32_t> codes;
  std::vector<uint8_t> is_undated;  // Nothing dates the deal.
  FieldHistory<uint8_t> ends;       // Whether it is gone: deleted, or merged into another one.
  FieldHistory<uint32_t> facts;     // One per fact that counts: how many so far were learned late.
  FieldHistory<uint32_t> stages;    // Stays, closings settled.
  FieldHistory<uint32_t> owners;    // Changes only, as all names below.
  FieldHistory<uint32_t> segments;
  FieldHistory<uint32_t> products;
  FieldHistory<uint32_t> accounts;
  FieldHistory<uint32_t> lead_sources;
  FieldHistory<uint32_t> close_reasons;
  FieldHistory<uint32_t> competitors;
  FieldHistory<StatedAmount> amounts;     // As often as stated.
  FieldHistory<int32_t> created_days;     // As stated, never after the first fact.
  FieldHistory<int32_t> expected_closes;  // Changes only; DealColumns::kNoDay when cleared.
  FieldHistory<DealCategory> categories;  // Changes only, as the next three.
  FieldHistory<DealMotion> motions;
  FieldHistory<uint8_t> discovery_ratings;
  FieldHistory<uint8_t> customer_problems;
  // Some amount may be none of money.
  bool may_have_bad_amounts = false;
};

// What the histories of a book are made from.
struct DealHistorySource {
  const OpportunityFacts* facts = nullptr;
  std::shared_ptr<const NameOrder> names;  // Of all opportunities.
  // By stage code: whether the stage closes a deal. One per stage that facts name.
  const std::vector<bool>* closing_stages = nullptr;
};

// Histories by what was recorded up to `log_offset`. Those in `known` are taken over, but for deals
// of which `is_stale` says so by code; `known` may be null. Complexity: a copy of what is taken
// over, and n log n in the facts of the others.
std::shared_ptr<const DealHistories> MakeDealHistories(const DealHistorySource& source,
                                                       int64_t log_offset,
                                                       const DealHistories* known,
                                                       const std::vector<bool>& is_stale);

// Keeps the histories of everything recorded so far, and makes those of an earlier offset when
// asked. Not thread-safe; what it gives out is.
class DealHistoryCache {
 public:
  // A fact came about this opportunity, with the largest offset so far.
  void Touch(uint32_t opportunity, int64_t offset);

  // The closing stages are those of the view that asks.
  std::shared_ptr<const DealHistories> Get(const DealHistorySource& source, int64_t log_offset);

  size_t memory_bytes() const;

 private:
  std::vector<bool> closing_stages_;  // That the histories were settled with.
  std::shared_ptr<const DealHistories> known_;
  std::vector<bool> is_touched_;  // Since then, by code.
  bool any_touched_ = false;
  int64_t last_offset_ = 0;  // Of any fact.
};

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_DEAL_HISTORIES_H_
