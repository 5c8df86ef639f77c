#include "tests/integration/simulation_on_metrics.h"

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "base/status_macros.h"
#include "quotacast/metrics/v1/metrics_service.pb.h"
#include "services/simulation/business.h"
#include "services/simulation/sources.h"

namespace quotacast {

simulation::SimulationSources SourcesOn(metrics::Metrics& metrics) {
  using simulation::CallScope;
  simulation::SimulationSources sources;
  sources.fit = [&metrics](const std::string& parent, const type::v1::AsOf& as_of,
                           const CallScope& scope) -> absl::StatusOr<metrics::v1::PipelineModel> {
    metrics::v1::FitModelRequest request;
    request.set_parent(parent);
    *request.mutable_as_of() = as_of;
    QC_ASSIGN_OR_RETURN(metrics::v1::FitModelResponse response,
                        metrics.FitModel(request, scope.cancelled));
    return std::move(*response.mutable_model());
  };
  sources.state = [&metrics](const std::string& parent, const type::v1::AsOf& as_of,
                             const std::string& last_period,
                             const CallScope& scope) -> absl::StatusOr<simulation::StateMessages> {
    metrics::v1::GetStateRequest request;
    request.set_parent(parent);
    *request.mutable_as_of() = as_of;
    request.set_last_period(last_period);
    simulation::StateMessages state;
    QC_RETURN_IF_ERROR(
        metrics.GetState(request, scope.cancelled, [&state](metrics::v1::GetStateResponse&& part) {
          state.Add(std::move(part));
          return true;
        }));
    return state;
  };
  sources.actuals = [&metrics](
                        const std::string& parent, const type::v1::AsOf& as_of, bool with_deals,
                        const CallScope& scope) -> absl::StatusOr<simulation::ActualsMessages> {
    metrics::v1::GetActualsRequest request;
    request.set_parent(parent);
    *request.mutable_as_of() = as_of;
    request.set_with_deals(with_deals);
    simulation::ActualsMessages actuals;
    QC_RETURN_IF_ERROR(metrics.GetActuals(
        request, scope.cancelled, [&actuals](metrics::v1::GetActualsResponse&& part) {
          if (part.has_header()) {
            actuals.header = std::move(*part.mutable_header());
          } else if (part.has_reps()) {
            for (auto& rep : *part.mutable_reps()->mutable_reps()) {
              actuals.reps.push_back(std::move(rep));
            }
          } else {
            for (auto& deal : *part.mutable_deals()->mutable_deals()) {
              actuals.deals.push_back(std::move(deal));
            }
          }
          return true;
        }));
    return actuals;
  };
  return sources;
}

Backtested RunBacktestOn(metrics::Metrics& metrics, const simulation::v1::BacktestRequest& request,
                         int threads) {
  simulation::Simulation simulation(SourcesOn(metrics), {.threads = threads});
  Backtested backtested;
  backtested.status = simulation.Backtest(
      request, {}, [&backtested](const simulation::v1::BacktestResponse& message) {
        backtested.bytes += message.SerializeAsString();
        for (const auto& forecast : message.forecasts().forecasts()) {
          backtested.forecasts.push_back(forecast);
        }
        if (message.has_summary()) backtested.summary = message.summary();
        return true;
      });
  return backtested;
}

}  // namespace quotacast
