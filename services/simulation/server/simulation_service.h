// The gRPC face of the simulation service: an adapter that holds nothing but its core, its executor
// and the client of the metrics service.
#ifndef QUOTACAST_SERVICES_SIMULATION_SERVER_SIMULATION_SERVICE_H_
#define QUOTACAST_SERVICES_SIMULATION_SERVER_SIMULATION_SERVICE_H_

#include <grpcpp/channel.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <memory>

#include "base/clock.h"
#include "clients/cpp/metrics_client.h"
#include "quotacast/simulation/v1/simulation_service.grpc.pb.h"
#include "services/serving/serving.h"
#include "services/simulation/simulation.h"
#include "services/simulation/track_records.h"

namespace quotacast::simulation {

// The service's full name, for ServingOptions::service and health.
inline constexpr char kSimulationServiceName[] = "quotacast.simulation.v1.SimulationService";

// Thread-safe. The server it is registered with must be shut down before it is destroyed.
class SimulationService final : public v1::SimulationService::CallbackService {
 public:
  // Fits and states come from the metrics service behind `metrics_channel`. `serving_options`
  // must name kSimulationServiceName; `machine_clock`, on which deadlines are, and `track_records`
  // (null: none are kept) must outlive the object.
  SimulationService(std::shared_ptr<grpc::Channel> metrics_channel, SimulationLimits limits,
                    serving::ServingOptions serving_options, const Clock& machine_clock,
                    serving::CallLog call_log, TrackRecords* track_records = nullptr);

  grpc::ServerUnaryReactor* MeasureInitiatives(grpc::CallbackServerContext* context,
                                               const v1::MeasureInitiativesRequest* request,
                                               v1::MeasureInitiativesResponse* response) override;
  grpc::ServerUnaryReactor* Forecast(grpc::CallbackServerContext* context,
                                     const v1::ForecastRequest* request,
                                     v1::ForecastResponse* response) override;
  grpc::ServerWriteReactor<v1::StreamForecastResponse>* StreamForecast(
      grpc::CallbackServerContext* context, const v1::StreamForecastRequest* request) override;
  grpc::ServerWriteReactor<v1::CompareScenariosResponse>* CompareScenarios(
      grpc::CallbackServerContext* context, const v1::CompareScenariosRequest* request) override;

  grpc::ServerWriteReactor<v1::BacktestResponse>* Backtest(
      grpc::CallbackServerContext* context, const v1::BacktestRequest* request) override;

 private:
  clients::MetricsClient metrics_;
  Simulation core_;
  // Last, so that running handlers end before what they use goes.
  serving::Serving serving_;
};

}  // namespace quotacast::simulation

#endif  // QUOTACAST_SERVICES_SIMULATION_SERVER_SIMULATION_SERVICE_H_
