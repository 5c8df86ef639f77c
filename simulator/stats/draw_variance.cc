#include "simulator/stats/draw_variance.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "simulator/stats/wilson_interval.h"

namespace quotacast::simulator {
namespace {

// The trials of one draw.
struct DrawPart {
  double mean = 0;
  double variance = 0;  // Divisor n - 1.
};

// Fills in the three errors, from the draws that have trials.
void SetErrors(const std::vector<DrawPart>& parts, double trials, DrawVariance& result) {
  const double draws = static_cast<double>(parts.size());
  double mean_of_means = 0;
  double within = 0;
  for (const DrawPart& part : parts) {
    mean_of_means += part.mean;
    within += part.variance;
  }
  mean_of_means /= draws;
  within /= draws;
  double between = 0;
  for (const DrawPart& part : parts) {
    const double deviation = part.mean - mean_of_means;
    between += deviation * deviation;
  }
  result.monte_carlo_se = std::sqrt(within / trials);
  if (draws < 2) {
    result.total_se = result.monte_carlo_se;
    return;
  }
  between /= draws - 1;
  result.parameter_sd = std::sqrt(std::max(0.0, between - within * draws / trials));
  result.total_se = std::sqrt(between / draws);
}

}  // namespace

DrawVariance DecomposeByDraw(const std::vector<ExactMoments>& moments) {
  ExactMoments all;
  std::vector<DrawPart> parts;
  for (const ExactMoments& draw : moments) {
    if (draw.count == 0) continue;
    all.Merge(draw);
    parts.push_back({draw.Mean(), draw.Variance()});
  }
  DrawVariance result;
  if (all.count == 0) return result;
  result.mean = all.Mean();
  result.sd = std::sqrt(all.Variance());
  SetErrors(parts, static_cast<double>(all.count), result);
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

DrawVariance DecomposeInfluenceByDraw(double value, const std::vector<double>& influences,
                                      const std::vector<std::vector<int64_t>>& counts) {
  std::vector<DrawPart> parts;
  double trials = 0, all_squares = 0;
  for (const std::vector<int64_t>& draw : counts) {
    double count = 0, sum = 0, squares = 0;
    for (size_t c = 0; c < influences.size(); ++c) {
      const double times = static_cast<double>(draw[c]);
      count += times;
      sum += times * influences[c];
      squares += times * influences[c] * influences[c];
    }
    if (count == 0) continue;
    trials += count;
    all_squares += squares;
    const double mean = sum / count;
    const double variance =
        count < 2 ? 0 : std::max(0.0, squares - count * mean * mean) / (count - 1);
    parts.push_back({mean, variance});
  }
  DrawVariance result;
  result.mean = value;
  if (parts.empty()) return result;
  result.sd = trials < 2 ? 0 : std::sqrt(all_squares / (trials - 1));
  SetErrors(parts, trials, result);
  return result;
}

}  // namespace quotacast::simulator
