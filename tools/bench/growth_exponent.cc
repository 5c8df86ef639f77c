#include "tools/bench/growth_exponent.h"

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace quotacast::bench {

double GrowthExponent(const std::vector<double>& sizes, const std::vector<double>& costs) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  const auto count = static_cast<double>(sizes.size());
  double mean_x = 0, mean_y = 0;
  for (size_t i = 0; i < sizes.size(); ++i) {
    if (!(sizes[i] > 0) || !(costs[i] > 0)) return kNone;
    mean_x += std::log(sizes[i]) / count;
    mean_y += std::log(costs[i]) / count;
  }
  double products = 0, squares = 0;
  bool has_two_sizes = false;
  for (size_t i = 0; i < sizes.size(); ++i) {
    has_two_sizes = has_two_sizes || sizes[i] != sizes[0];
    const double x = std::log(sizes[i]) - mean_x;
    products += x * (std::log(costs[i]) - mean_y);
    squares += x * x;
  }
  return has_two_sizes ? products / squares : kNone;
}

}  // namespace quotacast::bench
