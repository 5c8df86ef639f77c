// The client of the simulation service: forecasts and what-ifs.
#ifndef QUOTACAST_CLIENTS_CPP_SIMULATION_CLIENT_H_
#define QUOTACAST_CLIENTS_CPP_SIMULATION_CLIENT_H_

#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/cpp/call_options.h"
#include "grpcpp/channel.h"
#include "quotacast/simulation/v1/simulation_service.grpc.pb.h"
#include "quotacast/simulation/v1/simulation_service.pb.h"

namespace quotacast::clients {

// Thread-safe: calls of one client may overlap. Statuses are the service's own (base/errors.h
// details included), UNAVAILABLE when it cannot be reached, CANCELLED and DEADLINE_EXCEEDED after
// CallOptions. One compiled example is in example.cc.
class SimulationClient {
 public:
  explicit SimulationClient(std::shared_ptr<grpc::Channel> channel);

  // Forecasts one period.
  absl::StatusOr<simulation::v1::ForecastResponse> Forecast(
      const simulation::v1::ForecastRequest& request, const CallOptions& options = {});

  // Forecasts until converged: progress, then one result. `on_message` returns whether to go on;
  // stopping early is OK and cancels the call.
  absl::Status StreamForecast(
      const simulation::v1::StreamForecastRequest& request,
      const std::function<bool(simulation::v1::StreamForecastResponse&&)>& on_message,
      const CallOptions& options = {});

  // Compares scenarios with the first: progress, then one result. `on_message` returns whether to
  // go on; stopping early is OK and cancels the call.
  absl::Status CompareScenarios(
      const simulation::v1::CompareScenariosRequest& request,
      const std::function<bool(simulation::v1::CompareScenariosResponse&&)>& on_message,
      const CallOptions& options = {});

  // Back-tests past forecasts: progress and scored forecasts, then one summary. `on_message`
  // returns whether to go on; stopping early is OK and cancels the call.
  absl::Status Backtest(const simulation::v1::BacktestRequest& request,
                        const std::function<bool(simulation::v1::BacktestResponse&&)>& on_message,
                        const CallOptions& options = {});

  // Measures a scenario's initiatives in the history.
  absl::StatusOr<simulation::v1::MeasureInitiativesResponse> MeasureInitiatives(
      const simulation::v1::MeasureInitiativesRequest& request, const CallOptions& options = {});

 private:
  const std::unique_ptr<simulation::v1::SimulationService::Stub> stub_;
};

}  // namespace quotacast::clients

#endif  // QUOTACAST_CLIENTS_CPP_SIMULATION_CLIENT_H_
