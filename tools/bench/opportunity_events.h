// Events as a CRM's connector sends them: deals that go from stage to stage, with the ids, dates
// and amounts of a real export. A seed makes any number of them, the same for ever.
#ifndef QUOTACAST_TOOLS_BENCH_OPPORTUNITY_EVENTS_H_
#define QUOTACAST_TOOLS_BENCH_OPPORTUNITY_EVENTS_H_

#include <cstdint>
#include <string_view>

#include "quotacast/ingestion/v1/ingestion_service.pb.h"

namespace quotacast::bench {

// Event `number` (0, 1, 2, ...): the content has about 150 bytes, the whole event about 230. No two
// numbers have one id.
ingestion::v1::NewEvent OpportunityEvent(uint64_t seed, int64_t number);

// The history of a deal in kHistorySteps events, 0 to kHistorySteps - 1, each later than the one
// before: created with all fields, then in turn a stage entered and a date or an amount revised; 7
// of 10 close at the last step but one, about 4 of these are won, and the last revises the amount
// of those and the date of the others. The deals belong to `rep_count` reps.
inline constexpr int kHistorySteps = 10;
inline constexpr int kHistoryReps = 400;
ingestion::v1::NewEvent HistoryEvent(uint64_t seed, int64_t deal, int step,
                                     int rep_count = kHistoryReps);

// The stages that history events name, in order, the closing ones last.
inline constexpr const char* kHistoryStages[] = {"Qualification", "Discovery",  "Proposal",
                                                 "Negotiation",   "Closed Won", "Closed Lost"};

// Of a set of events: sums of it do not depend on the order.
uint64_t IdChecksum(const ingestion::v1::EventId& id);

}  // namespace quotacast::bench

#endif  // QUOTACAST_TOOLS_BENCH_OPPORTUNITY_EVENTS_H_
