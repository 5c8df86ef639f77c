// How often what was given a probability happened.
#ifndef QUOTACAST_SERVICES_SIMULATION_BACKTEST_RELIABILITY_H_
#define QUOTACAST_SERVICES_SIMULATION_BACKTEST_RELIABILITY_H_

#include <vector>

#include "quotacast/simulation/v1/backtest.pb.h"

namespace quotacast::simulation {

struct ChanceAndOutcome {
  double probability = 0;  // In [0, 1].
  bool happened = false;
};

inline constexpr int kReliabilityBinCount = 10;

// Tenths of [0, 1], ascending, the last one with its end; bins without forecasts are left out.
std::vector<v1::ReliabilityBin> ReliabilityBins(const std::vector<ChanceAndOutcome>& forecasts);

}  // namespace quotacast::simulation

#endif  // QUOTACAST_SERVICES_SIMULATION_BACKTEST_RELIABILITY_H_
