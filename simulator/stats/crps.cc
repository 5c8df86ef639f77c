#include "simulator/stats/crps.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>

namespace quotacast::simulator {

double FairCrps(std::vector<int64_t>& samples, int64_t outcome) {
  if (samples.empty()) {
    std::fputs("FairCrps: no samples\n", stderr);
    std::abort();
  }
  std::sort(samples.begin(), samples.end());
  const double n = static_cast<double>(samples.size());
  double error = 0;
  double spread = 0;
  for (size_t i = 0; i < samples.size(); ++i) {
    // About the outcome, so that large amounts do not cancel.
    const double x = static_cast<double>(samples[i] - outcome);
    error += std::abs(x);
    spread += (2 * static_cast<double>(i + 1) - n - 1) * x;
  }
  if (samples.size() == 1) return error;
  return error / n - spread / (n * (n - 1));
}

}  // namespace quotacast::simulator
