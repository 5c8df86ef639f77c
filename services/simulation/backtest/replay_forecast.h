// One past forecast, made as Forecast makes them, with the trials it is made of.
#ifndef QUOTACAST_SERVICES_SIMULATION_BACKTEST_REPLAY_FORECAST_H_
#define QUOTACAST_SERVICES_SIMULATION_BACKTEST_REPLAY_FORECAST_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "quotacast/metrics/v1/pipeline_model.pb.h"
#include "services/simulation/admission.h"
#include "services/simulation/business.h"
#include "services/simulation/sources.h"
#include "simulator/engine/forecast.h"
#include "simulator/engine/partial.h"

namespace quotacast::simulation {

struct ReplayOptions {
  int64_t trials = 0;
  uint64_t seed = 0;
  int step_days = 7;
  bool wants_teams = true;
  bool wants_reps = true;
  int threads = 1;  // Never changes a result.
};

struct ReplayForecast {
  Business business;
  simulator::PlanShape shape;
  simulator::Partial partial;
  simulator::PeriodForecast period;  // The last period of the state.
  // Trials simulated: those asked for, rounded up as in Forecast; fewer when the lines are too
  // many for every trial of each to be kept.
  int64_t trials = 0;
};

// The whole of the last period of `state`, as things stood. Gives its place in admission back
// before it returns. Errors: as Simulation's calls.
absl::StatusOr<ReplayForecast> ForecastReplay(const metrics::v1::PipelineModel& model,
                                              const StateMessages& state,
                                              const ReplayOptions& options, Admission& admission,
                                              const CallScope& scope);

// Bookings of an entity in the whole period, one per trial, ascending, minor units. The entity must
// be of a level that was wanted.
std::vector<int64_t> SamplesOf(const ReplayForecast& replay, int entity);

}  // namespace quotacast::simulation

#endif  // QUOTACAST_SERVICES_SIMULATION_BACKTEST_REPLAY_FORECAST_H_
