#include "simulator/stats/tail_mean.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "simulator/stats/quantiles.h"

namespace quotacast::simulator {

TailMean MeanOfTail(std::vector<int64_t>& samples, double fraction, Tail tail) {
  TailMean result;
  if (samples.empty()) return result;
  // The edge is the order statistic of the fraction, from the tail's own end.
  const int64_t count = static_cast<int64_t>(samples.size());
  const auto edge = samples.begin() + QuantileRank(fraction, count);
  if (tail == Tail::kLower) {
    std::nth_element(samples.begin(), edge, samples.end());
  } else {
    std::nth_element(samples.begin(), edge, samples.end(), std::greater<int64_t>());
  }
  // The sum must not depend on the order nth_element leaves, which differs by library.
  std::sort(samples.begin(), edge);
  const double wanted = fraction * static_cast<double>(count);
  result.edge = static_cast<double>(*edge);
  // In distances to the edge squares do not cancel, and what is at the edge adds nothing: its part
  // of the fraction is in `wanted`.
  double sum = 0, squares = 0;
  for (auto sample = samples.begin(); sample != edge; ++sample) {
    const double distance = static_cast<double>(*sample) - result.edge;
    sum += distance;
    squares += distance * distance;
  }
  const double mean = sum / wanted;
  const double variance = std::max(0.0, squares / wanted - mean * mean);
  result.mean = result.edge + mean;
  result.standard_error = std::sqrt((variance + (1 - fraction) * mean * mean) / wanted);
  return result;
}

}  // namespace quotacast::simulator
