// How fast a book comes back from its snapshot, and how large that is.
#ifndef QUOTACAST_TOOLS_BENCH_SNAPSHOT_SPEED_H_
#define QUOTACAST_TOOLS_BENCH_SNAPSHOT_SPEED_H_

#include <string>

#include "absl/status/status.h"
#include "base/clock.h"
#include "services/metrics/book.h"
#include "tools/bench/figures.h"

namespace quotacast::bench {

// Writes the book to a file in a temporary folder and reads it back, kRounds times each. The last
// book read must answer as `book` does.
absl::Status MeasureSnapshot(const std::string& prefix, const Clock& clock,
                             const metrics::Book& book, Figures& figures);

}  // namespace quotacast::bench

#endif  // QUOTACAST_TOOLS_BENCH_SNAPSHOT_SPEED_H_
