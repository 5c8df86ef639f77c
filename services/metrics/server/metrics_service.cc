#include "services/metrics/server/metrics_service.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "base/status_macros.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "services/serving/handler.h"

namespace quotacast::metrics {
namespace {

Feed FeedFrom(clients::IngestionClient& ingestion) {
  return
      [&ingestion](std::string_view workspace, int64_t after_offset, const Cancelled& cancelled,
                   const std::function<bool(const ingestion::v1::WatchEventsResponse&)>& on_batch) {
        ingestion::v1::WatchEventsRequest request;
        request.set_parent("workspaces/" + std::string(workspace));
        request.set_after_offset(after_offset);
        return ingestion.WatchEvents(
            request,
            [&on_batch](ingestion::v1::WatchEventsResponse&& batch) { return on_batch(batch); },
            {.cancelled = cancelled});
      };
}

}  // namespace

MetricsService::MetricsService(std::shared_ptr<grpc::Channel> ingestion_channel,
                               serving::ServingOptions serving_options, const Clock& business_clock,
                               const Clock& machine_clock, serving::CallLog call_log,
                               const MetricsOptions& options)
    : ingestion_(std::move(ingestion_channel)),
      core_(FeedFrom(ingestion_), &business_clock, options),
      serving_(std::move(serving_options), machine_clock, std::move(call_log)) {}

grpc::ServerUnaryReactor* MetricsService::QueryKpi(grpc::CallbackServerContext* context,
                                                   const v1::QueryKpiRequest* request,
                                                   v1::QueryKpiResponse* response) {
  return serving::HandleUnary(
      serving_, context, request, response,
      [this](const serving::CallContext& call, const v1::QueryKpiRequest& request,
             v1::QueryKpiResponse* response) -> absl::Status {
        QC_ASSIGN_OR_RETURN(*response, core_.QueryKpi(request, call.cancelled_function()));
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* MetricsService::ListKpis(grpc::CallbackServerContext* context,
                                                   const v1::ListKpisRequest* request,
                                                   v1::ListKpisResponse* response) {
  return serving::HandleUnary(serving_, context, request, response,
                              [this](const serving::CallContext&, const v1::ListKpisRequest&,
                                     v1::ListKpisResponse* response) {
                                *response = core_.ListKpis();
                                return absl::OkStatus();
                              });
}

grpc::ServerUnaryReactor* MetricsService::GetKpi(grpc::CallbackServerContext* context,
                                                 const v1::GetKpiRequest* request,
                                                 v1::GetKpiResponse* response) {
  return serving::HandleUnary(serving_, context, request, response,
                              [this](const serving::CallContext&, const v1::GetKpiRequest& request,
                                     v1::GetKpiResponse* response) -> absl::Status {
                                QC_ASSIGN_OR_RETURN(*response, core_.GetKpi(request));
                                return absl::OkStatus();
                              });
}

grpc::ServerUnaryReactor* MetricsService::FitModel(grpc::CallbackServerContext* context,
                                                   const v1::FitModelRequest* request,
                                                   v1::FitModelResponse* response) {
  return serving::HandleUnary(
      serving_, context, request, response,
      [this](const serving::CallContext& call, const v1::FitModelRequest& request,
             v1::FitModelResponse* response) -> absl::Status {
        QC_ASSIGN_OR_RETURN(*response, core_.FitModel(request, call.cancelled_function()));
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* MetricsService::MeasureInitiatives(
    grpc::CallbackServerContext* context, const v1::MeasureInitiativesRequest* request,
    v1::MeasureInitiativesResponse* response) {
  return serving::HandleUnary(
      serving_, context, request, response,
      [this](const serving::CallContext& call, const v1::MeasureInitiativesRequest& request,
             v1::MeasureInitiativesResponse* response) -> absl::Status {
        QC_ASSIGN_OR_RETURN(*response,
                            core_.MeasureInitiatives(request, call.cancelled_function()));
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* MetricsService::GetModel(grpc::CallbackServerContext* context,
                                                   const v1::GetModelRequest* request,
                                                   v1::GetModelResponse* response) {
  return serving::HandleUnary(
      serving_, context, request, response,
      [this](const serving::CallContext&, const v1::GetModelRequest& request,
             v1::GetModelResponse* response) -> absl::Status {
        QC_ASSIGN_OR_RETURN(*response, core_.GetModel(request));
        return absl::OkStatus();
      });
}

grpc::ServerWriteReactor<v1::GetStateResponse>* MetricsService::GetState(
    grpc::CallbackServerContext* context, const v1::GetStateRequest* request) {
  return serving::HandleServerStream<v1::GetStateResponse>(
      serving_, context, request,
      [this](const serving::CallContext& call, const v1::GetStateRequest& request,
             serving::StreamWriter<v1::GetStateResponse>& writer) {
        return core_.GetState(
            request, call.cancelled_function(),
            [&writer](v1::GetStateResponse&& message) { return writer.Write(message); });
      });
}

grpc::ServerWriteReactor<v1::GetActualsResponse>* MetricsService::GetActuals(
    grpc::CallbackServerContext* context, const v1::GetActualsRequest* request) {
  return serving::HandleServerStream<v1::GetActualsResponse>(
      serving_, context, request,
      [this](const serving::CallContext& call, const v1::GetActualsRequest& request,
             serving::StreamWriter<v1::GetActualsResponse>& writer) {
        return core_.GetActuals(
            request, call.cancelled_function(),
            [&writer](v1::GetActualsResponse&& message) { return writer.Write(message); });
      });
}

}  // namespace quotacast::metrics
