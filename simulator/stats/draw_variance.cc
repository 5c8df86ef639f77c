#include "simulator/stats/draw_variance.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "simulator/stats/wilson_interval.h"

namespace quotacast::simulator {

DrawVariance DecomposeByDraw(const std::vector<ExactMoments>& moments) {
  ExactMoments all;
  double draws = 0;
  double mean_of_means = 0;
  double within = 0;  // Sum over draws of the within-draw variance.
  for (const ExactMoments& draw : moments) {
    if (draw.count == 0) continue;
    all.Merge(draw);
    draws += 1;
    mean_of_means += draw.Mean();
    within += draw.Variance();
  }
  DrawVariance result;
  if (all.count == 0) return result;
  mean_of_means /= draws;
  within /= draws;
  double between = 0;
  for (const ExactMoments& draw : moments) {
    if (draw.count == 0) continue;
    const double deviation = draw.Mean() - mean_of_means;
    between += deviation * deviation;
  }
  const double trials = static_cast<double>(all.count);
  result.mean = all.Mean();
  result.sd = std::sqrt(all.Variance());
  result.monte_carlo_se = std::sqrt(within / trials);
  if (draws < 2) {
    result.total_se = result.monte_carlo_se;
    return result;
  }
  between /= draws - 1;
  result.parameter_sd = std::sqrt(std::max(0.0, between - within * draws / trials));
  result.total_se = std::sqrt(between / draws);
  return result;
}

DrawVariance DecomposeShareByDraw(const std::vector<int64_t>& successes,
                                  const std::vector<int64_t>& trials) {
  std::vector<ExactMoments> moments(trials.size());
  ExactMoments all;
  for (size_t k = 0; k < trials.size(); ++k) {
    // For an indicator the sum and the sum of squares are the same count.
    moments[k] = {trials[k], successes[k], static_cast<unsigned __int128>(successes[k])};
    all.Merge(moments[k]);
  }
  DrawVariance result = DecomposeByDraw(moments);
  if (all.count > 0 && (all.sum == 0 || all.sum == all.count)) {
    const ProportionInterval interval = WilsonInterval(all.sum, all.count, 1);
    result.monte_carlo_se = interval.high - interval.low;
    result.total_se = std::max(result.total_se, result.monte_carlo_se);
  }
  return result;
}

}  // namespace quotacast::simulator
