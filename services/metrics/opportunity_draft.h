// An opportunity on its way into a view: what its timeline says, change by change, with its names
// still codes of the book's dictionaries.
#ifndef QUOTACAST_SERVICES_METRICS_OPPORTUNITY_DRAFT_H_
#define QUOTACAST_SERVICES_METRICS_OPPORTUNITY_DRAFT_H_

#include <cstdint>
#include <vector>

#include "absl/time/civil_time.h"
#include "services/metrics/book_view.h"
#include "services/metrics/dictionary.h"
#include "services/metrics/opportunity_facts.h"

namespace quotacast::metrics {

struct OpportunityDraft {
  BookOpportunity opportunity;  // Stages of visits are codes, too.
  uint32_t rep = Dictionary::kNone;
  uint32_t segment = Dictionary::kNone;
  uint32_t product = Dictionary::kNone;
  uint32_t account = Dictionary::kNone;
  uint32_t lead_source = Dictionary::kNone;
  uint32_t close_reason = Dictionary::kNone;
  uint32_t competitor = Dictionary::kNone;
};

// Takes over what a change says from `day` on, but for its amount, whose currency is a matter of
// the whole view, and the day of creation. `closing_stages` says by stage code which stages close a
// deal.
void ApplyFields(const OpportunityFields& fields, absl::CivilDay day,
                 const std::vector<bool>& closing_stages, OpportunityDraft& draft);

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_OPPORTUNITY_DRAFT_H_
