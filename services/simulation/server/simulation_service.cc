#include "services/simulation/server/simulation_service.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/status_macros.h"
#include "quotacast/metrics/v1/metrics_service.pb.h"
#include "services/serving/handler.h"

namespace quotacast::simulation {
namespace {

clients::CallOptions OptionsFrom(const CallScope& scope) {
  return {.deadline = scope.deadline, .cancelled = scope.cancelled};
}

CallScope ScopeFrom(const serving::CallContext& call) {
  return {.cancelled = call.cancelled_function(), .deadline = call.deadline()};
}

absl::StatusOr<StateMessages> CollectState(clients::MetricsClient& metrics,
                                           const metrics::v1::GetStateRequest& request,
                                           const CallScope& scope) {
  StateMessages state;
  QC_RETURN_IF_ERROR(metrics.GetState(
      request,
      [&state](metrics::v1::GetStateResponse&& part) {
        state.Add(std::move(part));
        return true;
      },
      OptionsFrom(scope)));
  return state;
}

absl::StatusOr<ActualsMessages> CollectActuals(clients::MetricsClient& metrics,
                                               const metrics::v1::GetActualsRequest& request,
                                               const CallScope& scope) {
  ActualsMessages actuals;
  QC_RETURN_IF_ERROR(metrics.GetActuals(
      request,
      [&actuals](metrics::v1::GetActualsResponse&& part) {
        if (part.has_header()) {
          actuals.header = std::move(*part.mutable_header());
        } else if (part.has_reps()) {
          for (metrics::v1::ActualsRep& rep : *part.mutable_reps()->mutable_reps()) {
            actuals.reps.push_back(std::move(rep));
          }
        } else {
          for (metrics::v1::ActualsDeal& deal : *part.mutable_deals()->mutable_deals()) {
            actuals.deals.push_back(std::move(deal));
          }
        }
        return true;
      },
      OptionsFrom(scope)));
  return actuals;
}

SimulationSources SourcesFrom(clients::MetricsClient& metrics) {
  SimulationSources sources;
  sources.fit = [&metrics](const std::string& parent, const type::v1::AsOf& as_of,
                           const CallScope& scope) -> absl::StatusOr<metrics::v1::PipelineModel> {
    metrics::v1::FitModelRequest request;
    request.set_parent(parent);
    *request.mutable_as_of() = as_of;
    QC_ASSIGN_OR_RETURN(metrics::v1::FitModelResponse response,
                        metrics.FitModel(request, OptionsFrom(scope)));
    return std::move(*response.mutable_model());
  };
  sources.state = [&metrics](const std::string& parent, const type::v1::AsOf& as_of,
                             const std::string& last_period, const CallScope& scope) {
    metrics::v1::GetStateRequest request;
    request.set_parent(parent);
    *request.mutable_as_of() = as_of;
    request.set_last_period(last_period);
    return CollectState(metrics, request, scope);
  };
  sources.actuals = [&metrics](const std::string& parent, const type::v1::AsOf& as_of,
                               bool with_deals, const CallScope& scope) {
    metrics::v1::GetActualsRequest request;
    request.set_parent(parent);
    *request.mutable_as_of() = as_of;
    request.set_with_deals(with_deals);
    return CollectActuals(metrics, request, scope);
  };
  sources.measure = [&metrics](const metrics::v1::MeasureInitiativesRequest& request,
                               const CallScope& scope) {
    return metrics.MeasureInitiatives(request, OptionsFrom(scope));
  };
  return sources;
}

}  // namespace

SimulationService::SimulationService(std::shared_ptr<grpc::Channel> metrics_channel,
                                     SimulationLimits limits,
                                     serving::ServingOptions serving_options,
                                     const Clock& machine_clock, serving::CallLog call_log,
                                     TrackRecords* track_records)
    : metrics_(std::move(metrics_channel)),
      core_(SourcesFrom(metrics_), limits, track_records),
      serving_(std::move(serving_options), machine_clock, std::move(call_log)) {}

grpc::ServerUnaryReactor* SimulationService::Forecast(grpc::CallbackServerContext* context,
                                                      const v1::ForecastRequest* request,
                                                      v1::ForecastResponse* response) {
  return serving::HandleUnary(
      serving_, context, request, response,
      [this](const serving::CallContext& call, const v1::ForecastRequest& request,
             v1::ForecastResponse* response) -> absl::Status {
        QC_ASSIGN_OR_RETURN(*response, core_.Forecast(request, ScopeFrom(call)));
        return absl::OkStatus();
      });
}

grpc::ServerWriteReactor<v1::StreamForecastResponse>* SimulationService::StreamForecast(
    grpc::CallbackServerContext* context, const v1::StreamForecastRequest* request) {
  return serving::HandleServerStream<v1::StreamForecastResponse>(
      serving_, context, request,
      [this](const serving::CallContext& call, const v1::StreamForecastRequest& request,
             serving::StreamWriter<v1::StreamForecastResponse>& writer) {
        return core_.StreamForecast(
            request, ScopeFrom(call),
            [&writer](const v1::StreamForecastResponse& message) { return writer.Write(message); });
      });
}

grpc::ServerWriteReactor<v1::CompareScenariosResponse>* SimulationService::CompareScenarios(
    grpc::CallbackServerContext* context, const v1::CompareScenariosRequest* request) {
  return serving::HandleServerStream<v1::CompareScenariosResponse>(
      serving_, context, request,
      [this](const serving::CallContext& call, const v1::CompareScenariosRequest& request,
             serving::StreamWriter<v1::CompareScenariosResponse>& writer) {
        return core_.CompareScenarios(request, ScopeFrom(call),
                                      [&writer](const v1::CompareScenariosResponse& message) {
                                        return writer.Write(message);
                                      });
      });
}

grpc::ServerWriteReactor<v1::BacktestResponse>* SimulationService::Backtest(
    grpc::CallbackServerContext* context, const v1::BacktestRequest* request) {
  return serving::HandleServerStream<v1::BacktestResponse>(
      serving_, context, request,
      [this](const serving::CallContext& call, const v1::BacktestRequest& request,
             serving::StreamWriter<v1::BacktestResponse>& writer) {
        return core_.Backtest(
            request, ScopeFrom(call),
            [&writer](const v1::BacktestResponse& message) { return writer.Write(message); });
      });
}

grpc::ServerUnaryReactor* SimulationService::MeasureInitiatives(
    grpc::CallbackServerContext* context, const v1::MeasureInitiativesRequest* request,
    v1::MeasureInitiativesResponse* response) {
  return serving::HandleUnary(
      serving_, context, request, response,
      [this](const serving::CallContext& call, const v1::MeasureInitiativesRequest& request,
             v1::MeasureInitiativesResponse* response) -> absl::Status {
        QC_ASSIGN_OR_RETURN(*response, core_.MeasureInitiatives(request, ScopeFrom(call)));
        return absl::OkStatus();
      });
}

}  // namespace quotacast::simulation
