#include "simulator/stats/exact_covariance.h"

namespace quotacast::simulator {

double CovarianceFromSums(int64_t count, __int128 sum_x, __int128 sum_y, __int128 sum_xy) {
  if (count < 2) return 0;
  const __int128 mean_x = sum_x / count;
  const __int128 mean_y = sum_y / count;
  const __int128 centred = sum_xy - mean_x * sum_y - mean_y * sum_x + mean_x * mean_y * count;
  // What rounding the means left: less than one unit each.
  const double rest_x = static_cast<double>(sum_x - mean_x * count);
  const double rest_y = static_cast<double>(sum_y - mean_y * count);
  const double n = static_cast<double>(count);
  return (static_cast<double>(centred) - rest_x * (rest_y / n)) / (n - 1);
}

}  // namespace quotacast::simulator
