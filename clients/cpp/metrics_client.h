// The client of the metrics service: KPI tables, the fitted model, the pipeline's state,
// actuals.
#ifndef QUOTACAST_CLIENTS_CPP_METRICS_CLIENT_H_
#define QUOTACAST_CLIENTS_CPP_METRICS_CLIENT_H_

#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/cpp/call_options.h"
#include "grpcpp/channel.h"
#include "quotacast/metrics/v1/metrics_service.grpc.pb.h"
#include "quotacast/metrics/v1/metrics_service.pb.h"

namespace quotacast::clients {

// Thread-safe: calls of one client may overlap. Statuses are the service's own (base/errors.h
// details included), UNAVAILABLE when it cannot be reached, CANCELLED and DEADLINE_EXCEEDED after
// CallOptions. One compiled example is in example.cc.
class MetricsClient {
 public:
  explicit MetricsClient(std::shared_ptr<grpc::Channel> channel);

  // Computes a KPI table.
  absl::StatusOr<metrics::v1::QueryKpiResponse> QueryKpi(
      const metrics::v1::QueryKpiRequest& request, const CallOptions& options = {});

  // Lists the KPIs with their definitions.
  absl::StatusOr<metrics::v1::ListKpisResponse> ListKpis(
      const metrics::v1::ListKpisRequest& request, const CallOptions& options = {});

  // Returns the definition of one KPI.
  absl::StatusOr<metrics::v1::GetKpiResponse> GetKpi(const metrics::v1::GetKpiRequest& request,
                                                     const CallOptions& options = {});

  // Fits the pipeline model as of a moment.
  absl::StatusOr<metrics::v1::FitModelResponse> FitModel(
      const metrics::v1::FitModelRequest& request, const CallOptions& options = {});

  // Measures initiatives that ran in the history.
  absl::StatusOr<metrics::v1::MeasureInitiativesResponse> MeasureInitiatives(
      const metrics::v1::MeasureInitiativesRequest& request, const CallOptions& options = {});

  // Returns a fitted model by its name.
  absl::StatusOr<metrics::v1::GetModelResponse> GetModel(
      const metrics::v1::GetModelRequest& request, const CallOptions& options = {});

  // Streams the open pipeline: the header first, then deals, leads and customers. `on_message`
  // returns whether to go on; stopping early is OK and cancels the call.
  absl::Status GetState(const metrics::v1::GetStateRequest& request,
                        const std::function<bool(metrics::v1::GetStateResponse&&)>& on_message,
                        const CallOptions& options = {});

  // Streams what came of past periods: the header first, then reps. As GetState.
  absl::Status GetActuals(const metrics::v1::GetActualsRequest& request,
                          const std::function<bool(metrics::v1::GetActualsResponse&&)>& on_message,
                          const CallOptions& options = {});

 private:
  const std::unique_ptr<metrics::v1::MetricsService::Stub> stub_;
};

}  // namespace quotacast::clients

#endif  // QUOTACAST_CLIENTS_CPP_METRICS_CLIENT_H_
