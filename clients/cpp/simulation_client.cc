#include "clients/cpp/simulation_client.h"

#include <functional>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/cpp/call_options.h"
#include "clients/cpp/calls.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "quotacast/simulation/v1/simulation_service.pb.h"

namespace quotacast::clients {

SimulationClient::SimulationClient(std::shared_ptr<grpc::Channel> channel)
    : stub_(simulation::v1::SimulationService::NewStub(std::move(channel))) {}

absl::StatusOr<simulation::v1::ForecastResponse> SimulationClient::Forecast(
    const simulation::v1::ForecastRequest& request, const CallOptions& options) {
  return RunUnary<simulation::v1::ForecastResponse>(
      options, [&](grpc::ClientContext* context, simulation::v1::ForecastResponse* response) {
        return stub_->Forecast(context, request, response);
      });
}

absl::Status SimulationClient::StreamForecast(
    const simulation::v1::StreamForecastRequest& request,
    const std::function<bool(simulation::v1::StreamForecastResponse&&)>& on_message,
    const CallOptions& options) {
  return RunServerStream<simulation::v1::StreamForecastResponse>(
      options,
      [&](grpc::ClientContext* context) { return stub_->StreamForecast(context, request); },
      on_message);
}

absl::Status SimulationClient::CompareScenarios(
    const simulation::v1::CompareScenariosRequest& request,
    const std::function<bool(simulation::v1::CompareScenariosResponse&&)>& on_message,
    const CallOptions& options) {
  return RunServerStream<simulation::v1::CompareScenariosResponse>(
      options,
      [&](grpc::ClientContext* context) { return stub_->CompareScenarios(context, request); },
      on_message);
}

absl::Status SimulationClient::Backtest(
    const simulation::v1::BacktestRequest& request,
    const std::function<bool(simulation::v1::BacktestResponse&&)>& on_message,
    const CallOptions& options) {
  return RunServerStream<simulation::v1::BacktestResponse>(
      options, [&](grpc::ClientContext* context) { return stub_->Backtest(context, request); },
      on_message);
}

absl::StatusOr<simulation::v1::MeasureInitiativesResponse> SimulationClient::MeasureInitiatives(
    const simulation::v1::MeasureInitiativesRequest& request, const CallOptions& options) {
  return RunUnary<simulation::v1::MeasureInitiativesResponse>(
      options,
      [&](grpc::ClientContext* context, simulation::v1::MeasureInitiativesResponse* response) {
        return stub_->MeasureInitiatives(context, request, response);
      });
}

}  // namespace quotacast::clients
