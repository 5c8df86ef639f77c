#include "clients/cpp/metrics_client.h"

#include <functional>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/cpp/call_options.h"
#include "clients/cpp/calls.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "quotacast/metrics/v1/metrics_service.pb.h"

namespace quotacast::clients {

MetricsClient::MetricsClient(std::shared_ptr<grpc::Channel> channel)
    : stub_(metrics::v1::MetricsService::NewStub(std::move(channel))) {}

absl::StatusOr<metrics::v1::QueryKpiResponse> MetricsClient::QueryKpi(
    const metrics::v1::QueryKpiRequest& request, const CallOptions& options) {
  return RunUnary<metrics::v1::QueryKpiResponse>(
      options, [&](grpc::ClientContext* context, metrics::v1::QueryKpiResponse* response) {
        return stub_->QueryKpi(context, request, response);
      });
}

absl::StatusOr<metrics::v1::ListKpisResponse> MetricsClient::ListKpis(
    const metrics::v1::ListKpisRequest& request, const CallOptions& options) {
  return RunUnary<metrics::v1::ListKpisResponse>(
      options, [&](grpc::ClientContext* context, metrics::v1::ListKpisResponse* response) {
        return stub_->ListKpis(context, request, response);
      });
}

absl::StatusOr<metrics::v1::GetKpiResponse> MetricsClient::GetKpi(
    const metrics::v1::GetKpiRequest& request, const CallOptions& options) {
  return RunUnary<metrics::v1::GetKpiResponse>(
      options, [&](grpc::ClientContext* context, metrics::v1::GetKpiResponse* response) {
        return stub_->GetKpi(context, request, response);
      });
}

absl::StatusOr<metrics::v1::FitModelResponse> MetricsClient::FitModel(
    const metrics::v1::FitModelRequest& request, const CallOptions& options) {
  return RunUnary<metrics::v1::FitModelResponse>(
      options, [&](grpc::ClientContext* context, metrics::v1::FitModelResponse* response) {
        return stub_->FitModel(context, request, response);
      });
}

absl::StatusOr<metrics::v1::MeasureInitiativesResponse> MetricsClient::MeasureInitiatives(
    const metrics::v1::MeasureInitiativesRequest& request, const CallOptions& options) {
  return RunUnary<metrics::v1::MeasureInitiativesResponse>(
      options,
      [&](grpc::ClientContext* context, metrics::v1::MeasureInitiativesResponse* response) {
        return stub_->MeasureInitiatives(context, request, response);
      });
}

absl::StatusOr<metrics::v1::GetModelResponse> MetricsClient::GetModel(
    const metrics::v1::GetModelRequest& request, const CallOptions& options) {
  return RunUnary<metrics::v1::GetModelResponse>(
      options, [&](grpc::ClientContext* context, metrics::v1::GetModelResponse* response) {
        return stub_->GetModel(context, request, response);
      });
}

absl::Status MetricsClient::GetState(
    const metrics::v1::GetStateRequest& request,
    const std::function<bool(metrics::v1::GetStateResponse&&)>& on_message,
    const CallOptions& options) {
  return RunServerStream<metrics::v1::GetStateResponse>(
      options, [&](grpc::ClientContext* context) { return stub_->GetState(context, request); },
      on_message);
}

absl::Status MetricsClient::GetActuals(
    const metrics::v1::GetActualsRequest& request,
    const std::function<bool(metrics::v1::GetActualsResponse&&)>& on_message,
    const CallOptions& options) {
  return RunServerStream<metrics::v1::GetActualsResponse>(
      options, [&](grpc::ClientContext* context) { return stub_->GetActuals(context, request); },
      on_message);
}

}  // namespace quotacast::clients
