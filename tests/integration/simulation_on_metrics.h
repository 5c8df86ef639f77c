// The simulation core on the metrics core, as quotacastd wires them but without gRPC.
#ifndef QUOTACAST_TESTS_INTEGRATION_SIMULATION_ON_METRICS_H_
#define QUOTACAST_TESTS_INTEGRATION_SIMULATION_ON_METRICS_H_

#include <vector>

#include "absl/status/status.h"
#include "quotacast/simulation/v1/backtest.pb.h"
#include "services/metrics/metrics.h"
#include "services/simulation/simulation.h"

namespace quotacast {

// `metrics` must outlive the sources.
simulation::SimulationSources SourcesOn(metrics::Metrics& metrics);

// What a back-test streamed.
struct Backtested {
  absl::Status status;
  std::vector<simulation::v1::ScoredForecast> forecasts;
  simulation::v1::BacktestSummary summary;
  std::string bytes;  // Of all messages.
};
Backtested RunBacktestOn(metrics::Metrics& metrics, const simulation::v1::BacktestRequest& request,
                         int threads = 1);

}  // namespace quotacast

#endif  // QUOTACAST_TESTS_INTEGRATION_SIMULATION_ON_METRICS_H_
