#include "simulator/stats/quantiles.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace quotacast::simulator {

int64_t QuantileRank(double probability, int64_t count) {
  // The tiny reduction keeps 0.1 * 10 = 1.0000000000000002 from asking for the second value.
  const double wanted = probability * static_cast<double>(count) * (1 - 1e-12);
  const int64_t rank = static_cast<int64_t>(std::ceil(wanted)) - 1;
  return std::clamp<int64_t>(rank, 0, count - 1);
}

std::vector<int64_t> OrderStatistics(std::vector<int64_t>& samples,
                                     const std::vector<double>& probabilities) {
  std::vector<int64_t> values(probabilities.size(), 0);
  if (samples.empty()) return values;
  auto from = samples.begin();
  for (size_t i = 0; i < probabilities.size(); ++i) {
    const auto at =
        samples.begin() + QuantileRank(probabilities[i], static_cast<int64_t>(samples.size()));
    // Everything before `from` is already no larger than what follows.
    if (at >= from) std::nth_element(from, at, samples.end());
    values[i] = *at;
    from = std::max(from, at);
  }
  return values;
}

}  // namespace quotacast::simulator
