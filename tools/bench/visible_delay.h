// How long an acknowledged event takes to be in an answer of metrics, while others keep coming.
#ifndef QUOTACAST_TOOLS_BENCH_VISIBLE_DELAY_H_
#define QUOTACAST_TOOLS_BENCH_VISIBLE_DELAY_H_

#include <string>

#include "absl/status/status.h"
#include "base/clock.h"
#include "tools/bench/deal_histories.h"
#include "tools/bench/figures.h"

namespace quotacast::bench {

struct VisibleDelayOptions {
  std::string server;        // The quotacastd to start.
  double round_seconds = 3;  // Of the feed at full pace.
};

// Starts a server with ingestion and metrics on an empty SQLite log, gives it the histories, and
// then feeds it 10,000 events a second while it is asked for the bookings of the quarter: each
// question goes out when a batch was acknowledged, and its answer must have all of that batch.
// `clock` is the machine's. UNAVAILABLE when the server fails.
absl::Status MeasureVisibleDelay(const VisibleDelayOptions& options, const std::string& prefix,
                                 const DealHistories& histories, const Clock& clock,
                                 Figures& figures);

}  // namespace quotacast::bench

#endif  // QUOTACAST_TOOLS_BENCH_VISIBLE_DELAY_H_
