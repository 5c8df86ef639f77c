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
#include "boost/math/distributions/students_t.hpp"
#include "simulator/engine/deterministic_math.h"
#include "simulator/stats/quantiles.h"

namespace quotacast::simulator {
namespace {

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
  const double t = boost::math::quantile(boost::math::students_t(count - 1), 0.975);
  return NormalCdf(-t * std::sqrt(count / (count - 1)));
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
  // A rank, so the last digits of `tail`, which are libm's, do not reach the result. The same
  // number of resamples lies beyond either end.
  const int64_t rank = QuantileRank(tail, options.resample_count);
  result.interval = {ratios[static_cast<size_t>(rank)],
                     ratios[static_cast<size_t>(options.resample_count - 1 - rank)]};
  return result;
}

}  // namespace quotacast::simulator
