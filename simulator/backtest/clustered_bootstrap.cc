#include "simulator/backtest/clustered_bootstrap.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/errors.h"
#include "base/random.h"
#include "simulator/engine/deterministic_math.h"
#include "simulator/stats/quantiles.h"

namespace quotacast::simulator {
namespace {

// The 97.5 % quantile of Student's law, by Cornish and Fisher's expansion about the normal one
// (Abramowitz and Stegun, 26.7.5, three terms): within 0.1 % from 7 degrees, 4 % too small at 2.
double StudentQuantile975(int64_t degrees) {
  const double z = 1.959963984540054;
  const double z2 = z * z;
  const double v = static_cast<double>(degrees);
  const double first = z * (z2 + 1) / 4;
  const double second = z * ((5 * z2 + 16) * z2 + 3) / 96;
  const double third = z * (((3 * z2 + 19) * z2 + 17) * z2 - 15) / 384;
  return z + first / v + second / (v * v) + third / (v * v * v);
}

// Sums of as many clusters as there are, drawn with replacement.
ClusterSums Resample(const std::vector<ClusterSums>& clusters, uint64_t seed, uint32_t resample) {
  ClusterSums sums;
  std::array<uint32_t, 4> words = {};
  for (size_t i = 0; i < clusters.size(); ++i) {
    if (i % 4 == 0) {
      words = RandomBlock(seed, /*entity_id=*/0, resample, RandomPurpose::kResampling,
                          static_cast<uint32_t>(i / 4));
    }
    // The word scaled to [0, G): off an even choice by less than G in 2^32.
    const ClusterSums& drawn = clusters[(uint64_t{words[i % 4]} * clusters.size()) >> 32];
    sums.numerator += drawn.numerator;
    sums.denominator += drawn.denominator;
  }
  return sums;
}

}  // namespace

absl::Status ValidateBootstrapOptions(const BootstrapOptions& options) {
  if (options.resample_count >= kMinResamples && options.resample_count <= kMaxResamples) {
    return absl::OkStatus();
  }
  return InvalidField("resample_count", absl::StrCat(options.resample_count, " is not within ",
                                                     kMinResamples, " to ", kMaxResamples));
}

double ExpandedTailProbability(int64_t cluster_count) {
  const double count = static_cast<double>(cluster_count);
  return NormalCdf(-StudentQuantile975(cluster_count - 1) * std::sqrt(count / (count - 1)));
}

RatioBootstrap BootstrapRatio(const std::vector<ClusterSums>& clusters,
                              const BootstrapOptions& options) {
  RatioBootstrap result;
  if (clusters.size() < 2) return result;
  std::vector<double> ratios;
  ratios.reserve(static_cast<size_t>(options.resample_count));
  for (int64_t resample = 0; resample < options.resample_count; ++resample) {
    const ClusterSums sums = Resample(clusters, options.seed, static_cast<uint32_t>(resample));
    if (sums.denominator > 0) {
      ratios.push_back(sums.numerator / sums.denominator);
    } else {
      ++result.undefined_resample_count;
    }
  }
  if (result.undefined_resample_count > 0) return result;
  std::sort(ratios.begin(), ratios.end());
  const double tail = ExpandedTailProbability(static_cast<int64_t>(clusters.size()));
  // The same number of resamples beyond either end.
  const int64_t rank = QuantileRank(tail, options.resample_count);
  result.interval = {ratios[static_cast<size_t>(rank)],
                     ratios[static_cast<size_t>(options.resample_count - 1 - rank)]};
  return result;
}

}  // namespace quotacast::simulator
