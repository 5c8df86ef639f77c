#include "simulator/exact/line_sums.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace quotacast::simulator {

Estimate OverDraws(const std::vector<double>& values, double offset) {
  if (values.empty()) return {};
  const double count = static_cast<double>(values.size());
  double mean = 0;
  for (const double value : values) mean += value;
  mean /= count;
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  Estimate estimate;
  estimate.value = mean + offset;
  if (values.size() > 1) {
    estimate.parameter_sd = std::sqrt(squares / (count - 1));
    estimate.total_se = estimate.parameter_sd / std::sqrt(count);
  }
  return estimate;
}

double LineSums::Mean() const { return OverDraws(means, 0).value; }

double LineSums::Sd() const {
  const double mean = Mean();
  return std::sqrt(std::max(0.0, OverDraws(second_moments, 0).value - mean * mean));
}

void LineSums::AddLaw(const std::vector<double>& masses) {
  law.resize(masses.size(), 0);
  for (size_t n = 0; n < masses.size(); ++n) law[n] += masses[n];
}

}  // namespace quotacast::simulator
