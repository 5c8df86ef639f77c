// How every call of the service runs the engine: on which data, how many trials, what its errors
// become.
#ifndef QUOTACAST_SERVICES_SIMULATION_ENGINE_RUNS_H_
#define QUOTACAST_SERVICES_SIMULATION_ENGINE_RUNS_H_

#include <cstdint>

#include "absl/status/status.h"
#include "quotacast/metrics/v1/pipeline_model.pb.h"
#include "quotacast/type/v1/certificate.pb.h"
#include "simulator/engine/engine.h"

namespace quotacast::simulation {

// The layout of a run of at least `requested_trials`: one that TrialsFor maps to itself, so that
// the number of trials in a certificate is enough to repeat the run.
simulator::TrialLayout StableLayout(int64_t requested_trials, int draw_count);

// Whether there is enough history for a forecast.
bool AllowsForecast(type::v1::DataTier tier);

// Why there is none; only of a model whose tier allows none.
type::v1::Refusal RefusalFrom(const metrics::v1::PipelineModel& model);

// The engine refuses only what validation should have refused before; that is our fault, not the
// caller's: INTERNAL. Everything else, cancellation above all, is passed on.
absl::Status FromEngine(const absl::Status& status);

}  // namespace quotacast::simulation

#endif  // QUOTACAST_SERVICES_SIMULATION_ENGINE_RUNS_H_
