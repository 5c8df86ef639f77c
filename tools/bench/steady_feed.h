// Events that keep coming for deals that are there already, made so that a sum tells how many of
// them an answer has.
#ifndef QUOTACAST_TOOLS_BENCH_STEADY_FEED_H_
#define QUOTACAST_TOOLS_BENCH_STEADY_FEED_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "tools/bench/deal_histories.h"

namespace quotacast::bench {

// Each batch is of kBatchEvents: changes to open deals all over the histories, an amount or a date
// in turn, and at last a new deal that is won for one unit of money, all of them true from one
// moment on. So the bookings of that day count the batches that an answer has in full, and nothing
// else of the feed moves them. Not thread-safe.
class SteadyFeed {
 public:
  static constexpr int64_t kBatchEvents = 100;

  // `histories` must have an open deal: with 1,000 deals the chance that none is is below 1e-150.
  SteadyFeed(const DealHistories& histories, absl::Time now);

  // The next batches, numbered from `first_sequence`.
  std::vector<ingestion::v1::AppendEventsRequest> NextBatches(int64_t count,
                                                              int64_t first_sequence);

 private:
  crm::v1::OpportunityChange& Fill(const std::string& id, ingestion::v1::NewEvent& event);
  void FillChange(ingestion::v1::NewEvent& event);
  void FillWonDeal(ingestion::v1::NewEvent& event);

  const absl::Time now_;
  const absl::CivilDay today_;
  std::vector<std::string> open_ids_;
  int64_t event_count_ = 0;
};

}  // namespace quotacast::bench

#endif  // QUOTACAST_TOOLS_BENCH_STEADY_FEED_H_
