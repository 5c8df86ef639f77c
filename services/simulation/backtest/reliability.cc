#include "services/simulation/backtest/reliability.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace quotacast::simulation {

std::vector<v1::ReliabilityBin> ReliabilityBins(const std::vector<ChanceAndOutcome>& forecasts) {
  struct Sums {
    double probability = 0;
    int64_t happened_count = 0;
    int64_t count = 0;
  };
  std::array<Sums, kReliabilityBinCount> sums;
  for (const ChanceAndOutcome& forecast : forecasts) {
    const int bin = std::clamp(static_cast<int>(forecast.probability * kReliabilityBinCount), 0,
                               kReliabilityBinCount - 1);
    Sums& sum = sums[static_cast<size_t>(bin)];
    sum.probability += forecast.probability;
    if (forecast.happened) ++sum.happened_count;
    ++sum.count;
  }
  std::vector<v1::ReliabilityBin> bins;
  for (const Sums& sum : sums) {
    if (sum.count == 0) continue;
    v1::ReliabilityBin& bin = bins.emplace_back();
    bin.set_forecast(sum.probability / static_cast<double>(sum.count));
    bin.set_observed(static_cast<double>(sum.happened_count) / static_cast<double>(sum.count));
    bin.set_forecast_count(sum.count);
  }
  return bins;
}

}  // namespace quotacast::simulation
