#include "services/planning/server/planning_service.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/status_macros.h"
#include "quotacast/metrics/v1/metrics_service.pb.h"
#include "services/serving/handler.h"

namespace quotacast::planning {
namespace {

clients::CallOptions OptionsFrom(const CallScope& scope) {
  return {.deadline = scope.deadline, .cancelled = scope.cancelled};
}

CallScope ScopeFrom(const serving::CallContext& call) {
  return {.cancelled = call.cancelled_function(), .deadline = call.deadline()};
}

// The first message of a state; the deals that follow are not waited for.
absl::StatusOr<metrics::v1::PipelineStateHeader> ReadHeader(
    clients::MetricsClient& metrics, const metrics::v1::GetStateRequest& request,
    const CallScope& scope) {
  metrics::v1::PipelineStateHeader header;
  bool received = false;
  QC_RETURN_IF_ERROR(metrics.GetState(
      request,
      [&](metrics::v1::GetStateResponse&& part) {
        received = part.has_header();
        if (received) header = std::move(*part.mutable_header());
        return false;
      },
      OptionsFrom(scope)));
  if (!received) return absl::InternalError("a state came without its header");
  return header;
}

PlanningSources SourcesFrom(clients::SimulationClient& simulation,
                            clients::MetricsClient& metrics) {
  PlanningSources sources;
  sources.forecast = [&simulation](const simulation::v1::ForecastRequest& request,
                                   const CallScope& scope) {
    return simulation.Forecast(request, OptionsFrom(scope));
  };
  sources.roster = [&metrics](const std::string& parent, const type::v1::AsOf& as_of,
                              const std::string& last_period, const CallScope& scope) {
    metrics::v1::GetStateRequest request;
    request.set_parent(parent);
    *request.mutable_as_of() = as_of;
    request.set_last_period(last_period);
    return ReadHeader(metrics, request, scope);
  };
  return sources;
}

}  // namespace

PlanningService::PlanningService(eventlog::EventLog& log,
                                 std::shared_ptr<grpc::Channel> simulation_channel,
                                 std::shared_ptr<grpc::Channel> metrics_channel,
                                 PlanningLimits limits, serving::ServingOptions serving_options,
                                 const Clock& business_clock, const Clock& machine_clock,
                                 serving::CallLog call_log)
    : simulation_(std::move(simulation_channel)),
      metrics_(std::move(metrics_channel)),
      core_(log, business_clock, SourcesFrom(simulation_, metrics_), limits),
      serving_(std::move(serving_options), machine_clock, std::move(call_log)) {}

grpc::ServerUnaryReactor* PlanningService::CreateGoal(grpc::CallbackServerContext* context,
                                                      const v1::CreateGoalRequest* request,
                                                      v1::CreateGoalResponse* response) {
  return serving::HandleUnary(
      serving_, context, request, response,
      [this](const serving::CallContext&, const v1::CreateGoalRequest& request,
             v1::CreateGoalResponse* response) -> absl::Status {
        QC_ASSIGN_OR_RETURN(*response, core_.CreateGoal(request));
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* PlanningService::GetGoal(grpc::CallbackServerContext* context,
                                                   const v1::GetGoalRequest* request,
                                                   v1::GetGoalResponse* response) {
  return serving::HandleUnary(serving_, context, request, response,
                              [this](const serving::CallContext&, const v1::GetGoalRequest& request,
                                     v1::GetGoalResponse* response) -> absl::Status {
                                QC_ASSIGN_OR_RETURN(*response, core_.GetGoal(request));
                                return absl::OkStatus();
                              });
}

grpc::ServerUnaryReactor* PlanningService::ListGoals(grpc::CallbackServerContext* context,
                                                     const v1::ListGoalsRequest* request,
                                                     v1::ListGoalsResponse* response) {
  return serving::HandleUnary(
      serving_, context, request, response,
      [this](const serving::CallContext&, const v1::ListGoalsRequest& request,
             v1::ListGoalsResponse* response) -> absl::Status {
        QC_ASSIGN_OR_RETURN(*response, core_.ListGoals(request));
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* PlanningService::DropGoal(grpc::CallbackServerContext* context,
                                                    const v1::DropGoalRequest* request,
                                                    v1::DropGoalResponse* response) {
  return serving::HandleUnary(
      serving_, context, request, response,
      [this](const serving::CallContext&, const v1::DropGoalRequest& request,
             v1::DropGoalResponse* response) -> absl::Status {
        QC_ASSIGN_OR_RETURN(*response, core_.DropGoal(request));
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* PlanningService::EvaluateGoal(grpc::CallbackServerContext* context,
                                                        const v1::EvaluateGoalRequest* request,
                                                        v1::EvaluateGoalResponse* response) {
  return serving::HandleUnary(
      serving_, context, request, response,
      [this](const serving::CallContext& call, const v1::EvaluateGoalRequest& request,
             v1::EvaluateGoalResponse* response) -> absl::Status {
        QC_ASSIGN_OR_RETURN(*response, core_.EvaluateGoal(request, ScopeFrom(call)));
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* PlanningService::CreateInitiative(
    grpc::CallbackServerContext* context, const v1::CreateInitiativeRequest* request,
    v1::CreateInitiativeResponse* response) {
  return serving::HandleUnary(
      serving_, context, request, response,
      [this](const serving::CallContext& call, const v1::CreateInitiativeRequest& request,
             v1::CreateInitiativeResponse* response) -> absl::Status {
        QC_ASSIGN_OR_RETURN(*response, core_.CreateInitiative(request, ScopeFrom(call)));
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* PlanningService::GetInitiative(grpc::CallbackServerContext* context,
                                                         const v1::GetInitiativeRequest* request,
                                                         v1::GetInitiativeResponse* response) {
  return serving::HandleUnary(
      serving_, context, request, response,
      [this](const serving::CallContext&, const v1::GetInitiativeRequest& request,
             v1::GetInitiativeResponse* response) -> absl::Status {
        QC_ASSIGN_OR_RETURN(*response, core_.GetInitiative(request));
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* PlanningService::ListInitiatives(
    grpc::CallbackServerContext* context, const v1::ListInitiativesRequest* request,
    v1::ListInitiativesResponse* response) {
  return serving::HandleUnary(
      serving_, context, request, response,
      [this](const serving::CallContext&, const v1::ListInitiativesRequest& request,
             v1::ListInitiativesResponse* response) -> absl::Status {
        QC_ASSIGN_OR_RETURN(*response, core_.ListInitiatives(request));
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* PlanningService::StopInitiative(grpc::CallbackServerContext* context,
                                                          const v1::StopInitiativeRequest* request,
                                                          v1::StopInitiativeResponse* response) {
  return serving::HandleUnary(
      serving_, context, request, response,
      [this](const serving::CallContext&, const v1::StopInitiativeRequest& request,
             v1::StopInitiativeResponse* response) -> absl::Status {
        QC_ASSIGN_OR_RETURN(*response, core_.StopInitiative(request));
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* PlanningService::SaveScenario(grpc::CallbackServerContext* context,
                                                        const v1::SaveScenarioRequest* request,
                                                        v1::SaveScenarioResponse* response) {
  return serving::HandleUnary(
      serving_, context, request, response,
      [this](const serving::CallContext&, const v1::SaveScenarioRequest& request,
             v1::SaveScenarioResponse* response) -> absl::Status {
        QC_ASSIGN_OR_RETURN(*response, core_.SaveScenario(request));
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* PlanningService::GetScenario(grpc::CallbackServerContext* context,
                                                       const v1::GetScenarioRequest* request,
                                                       v1::GetScenarioResponse* response) {
  return serving::HandleUnary(
      serving_, context, request, response,
      [this](const serving::CallContext&, const v1::GetScenarioRequest& request,
             v1::GetScenarioResponse* response) -> absl::Status {
        QC_ASSIGN_OR_RETURN(*response, core_.GetScenario(request));
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* PlanningService::ListScenarios(grpc::CallbackServerContext* context,
                                                         const v1::ListScenariosRequest* request,
                                                         v1::ListScenariosResponse* response) {
  return serving::HandleUnary(
      serving_, context, request, response,
      [this](const serving::CallContext&, const v1::ListScenariosRequest& request,
             v1::ListScenariosResponse* response) -> absl::Status {
        QC_ASSIGN_OR_RETURN(*response, core_.ListScenarios(request));
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* PlanningService::FreezeScenario(grpc::CallbackServerContext* context,
                                                          const v1::FreezeScenarioRequest* request,
                                                          v1::FreezeScenarioResponse* response) {
  return serving::HandleUnary(
      serving_, context, request, response,
      [this](const serving::CallContext& call, const v1::FreezeScenarioRequest& request,
             v1::FreezeScenarioResponse* response) -> absl::Status {
        QC_ASSIGN_OR_RETURN(*response, core_.FreezeScenario(request, ScopeFrom(call)));
        return absl::OkStatus();
      });
}

}  // namespace quotacast::planning
