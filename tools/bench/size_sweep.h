// What the book costs as its size grows.
#ifndef QUOTACAST_TOOLS_BENCH_SIZE_SWEEP_H_
#define QUOTACAST_TOOLS_BENCH_SIZE_SWEEP_H_

#include <cstdint>

#include "absl/status/status.h"
#include "tools/bench/figures.h"

namespace quotacast::bench {

// Books of 1,000 deals and by tens up to `deals_max`, each with 10, 100 and 1,000 reps: prints a
// line per book to stdout, and as figures the exponent with which each column grows with the deals.
// Times are processor time: what others do on the machine would bend the curve.
absl::Status SweepSizes(int64_t deals_max, Figures& figures);

}  // namespace quotacast::bench

#endif  // QUOTACAST_TOOLS_BENCH_SIZE_SWEEP_H_
