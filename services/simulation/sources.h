// What the simulation service needs of metrics, and what its callers wait for. Injected, so that
// the core knows no transport.
#ifndef QUOTACAST_SERVICES_SIMULATION_SOURCES_H_
#define QUOTACAST_SERVICES_SIMULATION_SOURCES_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "quotacast/metrics/v1/metrics_service.pb.h"
#include "quotacast/metrics/v1/pipeline_model.pb.h"
#include "quotacast/type/v1/as_of.pb.h"
#include "services/simulation/business.h"

namespace quotacast::simulation {

// What a caller waits for.
struct CallScope {
  // Polled by the work and by calls downstream; true ends them with CANCELLED. Thread-safe.
  std::function<bool()> cancelled = [] { return false; };
  // For calls downstream.
  absl::Time deadline = absl::InfiniteFuture();
};

// Actuals as metrics streams them.
struct ActualsMessages {
  metrics::v1::ActualsHeader header;
  std::vector<metrics::v1::ActualsRep> reps;
  std::vector<metrics::v1::ActualsDeal> deals;
};

// Called from the caller's thread; must be thread-safe. Their errors are passed on.
struct SimulationSources {
  // The fitted model as of a moment; its own as_of is the resolved one.
  std::function<absl::StatusOr<metrics::v1::PipelineModel>(
      const std::string& parent, const type::v1::AsOf& as_of, const CallScope& scope)>
      fit;
  // The pipeline's state up to the end of `last_period` (empty: the running one).
  std::function<absl::StatusOr<StateMessages>(
      const std::string& parent, const type::v1::AsOf& as_of, const std::string& last_period,
      const CallScope& scope)>
      state;
  // What came of all periods up to that of the as-of date. Only back-tests ask.
  std::function<absl::StatusOr<ActualsMessages>(const std::string& parent,
                                                const type::v1::AsOf& as_of, bool with_deals,
                                                const CallScope& scope)>
      actuals = {};
  // What the history says of initiatives. Only MeasureInitiatives asks.
  std::function<absl::StatusOr<metrics::v1::MeasureInitiativesResponse>(
      const metrics::v1::MeasureInitiativesRequest& request, const CallScope& scope)>
      measure = {};
};

}  // namespace quotacast::simulation

#endif  // QUOTACAST_SERVICES_SIMULATION_SOURCES_H_
