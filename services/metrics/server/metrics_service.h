// The gRPC face of the metrics service: an adapter that holds nothing but its core, its executor
// and the client of the ingestion service, whose feed it reads.
#ifndef QUOTACAST_SERVICES_METRICS_SERVER_METRICS_SERVICE_H_
#define QUOTACAST_SERVICES_METRICS_SERVER_METRICS_SERVICE_H_

#include <grpcpp/channel.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <memory>

#include "base/clock.h"
#include "clients/cpp/ingestion_client.h"
#include "quotacast/metrics/v1/metrics_service.grpc.pb.h"
#include "services/metrics/metrics.h"
#include "services/serving/serving.h"

namespace quotacast::metrics {

// The service's full name, for ServingOptions::service and health.
inline constexpr char kMetricsServiceName[] = "quotacast.metrics.v1.MetricsService";

// Thread-safe. The server it is registered with must be shut down before it is destroyed.
class MetricsService final : public v1::MetricsService::CallbackService {
 public:
  // Events come from the ingestion service behind `ingestion_channel`. `serving_options` must
  // name kMetricsServiceName. `business_clock` says what today is, `machine_clock` when deadlines
  // pass; both must outlive the object.
  MetricsService(std::shared_ptr<grpc::Channel> ingestion_channel,
                 serving::ServingOptions serving_options, const Clock& business_clock,
                 const Clock& machine_clock, serving::CallLog call_log,
                 const MetricsOptions& options = {});

  grpc::ServerUnaryReactor* QueryKpi(grpc::CallbackServerContext* context,
                                     const v1::QueryKpiRequest* request,
                                     v1::QueryKpiResponse* response) override;
  grpc::ServerUnaryReactor* ListKpis(grpc::CallbackServerContext* context,
                                     const v1::ListKpisRequest* request,
                                     v1::ListKpisResponse* response) override;
  grpc::ServerUnaryReactor* GetKpi(grpc::CallbackServerContext* context,
                                   const v1::GetKpiRequest* request,
                                   v1::GetKpiResponse* response) override;
  grpc::ServerUnaryReactor* FitModel(grpc::CallbackServerContext* context,
                                     const v1::FitModelRequest* request,
                                     v1::FitModelResponse* response) override;
  grpc::ServerUnaryReactor* MeasureInitiatives(grpc::CallbackServerContext* context,
                                               const v1::MeasureInitiativesRequest* request,
                                               v1::MeasureInitiativesResponse* response) override;

  grpc::ServerUnaryReactor* GetModel(grpc::CallbackServerContext* context,
                                     const v1::GetModelRequest* request,
                                     v1::GetModelResponse* response) override;
  grpc::ServerWriteReactor<v1::GetStateResponse>* GetState(
      grpc::CallbackServerContext* context, const v1::GetStateRequest* request) override;
  grpc::ServerWriteReactor<v1::GetActualsResponse>* GetActuals(
      grpc::CallbackServerContext* context, const v1::GetActualsRequest* request) override;

 private:
  clients::IngestionClient ingestion_;
  Metrics core_;
  // Last, so that running handlers end before what they use goes.
  serving::Serving serving_;
};

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_SERVER_METRICS_SERVICE_H_
