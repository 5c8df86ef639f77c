#include "simulator/fit/estimate_collector.h"

#include <algorithm>
#include <cstddef>

#include "simulator/fit/posterior.h"

namespace quotacast::simulator {

void EstimateCollector::AddDrawn(ParameterEstimate estimate,
                                 const std::function<double(const ParameterDraw&)>& of) {
  std::vector<double> values;
  double sum = 0;
  for (const ParameterDraw& draw : model_.draws) {
    values.push_back(of(draw));
    sum += values.back();
  }
  std::sort(values.begin(), values.end());
  const double n = static_cast<double>(values.size());
  // Quantile q of n draws: between order statistics at q n - 1/2.
  auto quantile = [&](double q) {
    const double at = std::clamp(q * n - 0.5, 0.0, n - 1);
    const size_t below = static_cast<size_t>(at);
    const size_t above = std::min(below + 1, values.size() - 1);
    return values[below] + (at - static_cast<double>(below)) * (values[above] - values[below]);
  };
  estimate.value = Quantise(sum / n);
  estimate.low = Quantise(quantile(0.1));
  estimate.high = Quantise(quantile(0.9));
  Add(std::move(estimate));
}

void EstimateCollector::AddPoint(ParameterEstimate estimate, double value) {
  estimate.value = estimate.low = estimate.high = Quantise(value);
  Add(std::move(estimate));
}

void EstimateCollector::Add(ParameterEstimate estimate) {
  estimate.is_assumption = estimate.is_assumption || estimate.sample_count <= 0;
  estimates_.push_back(std::move(estimate));
}

double RatePerWeek(const std::vector<double>& rates, size_t entity, size_t segments) {
  double sum = 0;
  for (size_t g = 0; g < segments; ++g) sum += 7 * rates[entity * segments + g];
  return sum;
}

}  // namespace quotacast::simulator
