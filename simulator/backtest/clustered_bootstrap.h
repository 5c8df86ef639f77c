// Intervals of ratios whose parts come in clusters: reps of one period share its market, so periods
// are drawn, not forecasts.
#ifndef QUOTACAST_SIMULATOR_BACKTEST_CLUSTERED_BOOTSTRAP_H_
#define QUOTACAST_SIMULATOR_BACKTEST_CLUSTERED_BOOTSTRAP_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"

namespace quotacast::simulator {

inline constexpr int64_t kMinResamples = 1'000;
inline constexpr int64_t kMaxResamples = 100'000;

struct BootstrapOptions {
  uint64_t seed = 1;
  int64_t resample_count = 4'000;  // kMinResamples to kMaxResamples.
};

// INVALID_ARGUMENT (INVALID_FIELD) naming resample_count.
absl::Status ValidateBootstrapOptions(const BootstrapOptions& options);

// What one cluster adds to the two sums of a ratio.
struct ClusterSums {
  double numerator = 0;
  double denominator = 0;
};

struct RatioInterval {
  double low = 0;
  double high = 0;
};

struct RatioBootstrap {
  // Absent with fewer than two clusters, or when some resample has no ratio.
  std::optional<RatioInterval> interval;
  int64_t undefined_resample_count = 0;  // Resamples whose denominators sum to 0 or less.
};

// 95 % interval of sum(numerator) / sum(denominator): resamples as many clusters as there are, with
// replacement, and takes percentiles of the resampled ratios. The percentiles lie further out than
// 2.5 and 97.5 by the spread that few clusters hide: Hesterberg's expanded percentile interval
// (The American Statistician 69, 2015), tails Phi(-t sqrt(G / (G - 1))) with t the 97.5 % quantile
// of Student's law with G - 1 degrees. With few clusters and a large expansion the ends are the
// extremes of the resamples.
//
// `options` must be valid. Draws are functions of (seed, resample, position): the same clusters in
// the same order give the same bytes. O(resamples x clusters).
RatioBootstrap BootstrapRatio(const std::vector<ClusterSums>& clusters,
                              const BootstrapOptions& options);

// The probability left in each tail of such an interval; `cluster_count` >= 2.
double ExpandedTailProbability(int64_t cluster_count);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_BACKTEST_CLUSTERED_BOOTSTRAP_H_
