// What the facts of an opportunity amount to once corrections, retractions and repeated closings
// are settled, whatever day it is looked at from; the rules are in the header of book.h.
#ifndef QUOTACAST_SERVICES_METRICS_SETTLED_FACTS_H_
#define QUOTACAST_SERVICES_METRICS_SETTLED_FACTS_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "services/metrics/opportunity_facts.h"

namespace quotacast::metrics {

// A deletion or a merge into another opportunity, or the return from one.
struct SettledEnd {
  int32_t day = 0;  // Days count from 1970-01-01.
  bool is_gone = false;
};

struct SettledChange {
  int32_t day = 0;  // From which it counts.
  bool is_late = false;
  std::string_view fields;  // For ReadFields; valid while the facts are not appended to.
};

struct SettledFacts {
  bool is_undated = false;       // Facts are known, and none of them has a date.
  std::vector<SettledEnd> ends;  // In the order in which they count, as the changes: days do not
  std::vector<SettledChange> changes;  // decrease.
};

// By what was recorded by `log_offset`. `closing_stages` says by stage code which stages close a
// deal; codes beyond it are open. Complexity: n log n in the opportunity's facts.
SettledFacts Settle(const OpportunityFacts& facts, uint32_t opportunity, int64_t log_offset,
                    const std::vector<bool>& closing_stages);

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_SETTLED_FACTS_H_
