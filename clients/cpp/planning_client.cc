#include "clients/cpp/planning_client.h"

#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "clients/cpp/call_options.h"
#include "clients/cpp/calls.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "quotacast/planning/v1/planning_service.pb.h"

namespace quotacast::clients {

PlanningClient::PlanningClient(std::shared_ptr<grpc::Channel> channel)
    : stub_(planning::v1::PlanningService::NewStub(std::move(channel))) {}

absl::StatusOr<planning::v1::CreateGoalResponse> PlanningClient::CreateGoal(
    const planning::v1::CreateGoalRequest& request, const CallOptions& options) {
  return RunUnary<planning::v1::CreateGoalResponse>(
      options, [&](grpc::ClientContext* context, planning::v1::CreateGoalResponse* response) {
        return stub_->CreateGoal(context, request, response);
      });
}

absl::StatusOr<planning::v1::GetGoalResponse> PlanningClient::GetGoal(
    const planning::v1::GetGoalRequest& request, const CallOptions& options) {
  return RunUnary<planning::v1::GetGoalResponse>(
      options, [&](grpc::ClientContext* context, planning::v1::GetGoalResponse* response) {
        return stub_->GetGoal(context, request, response);
      });
}

absl::StatusOr<planning::v1::ListGoalsResponse> PlanningClient::ListGoals(
    const planning::v1::ListGoalsRequest& request, const CallOptions& options) {
  return RunUnary<planning::v1::ListGoalsResponse>(
      options, [&](grpc::ClientContext* context, planning::v1::ListGoalsResponse* response) {
        return stub_->ListGoals(context, request, response);
      });
}

absl::StatusOr<planning::v1::DropGoalResponse> PlanningClient::DropGoal(
    const planning::v1::DropGoalRequest& request, const CallOptions& options) {
  return RunUnary<planning::v1::DropGoalResponse>(
      options, [&](grpc::ClientContext* context, planning::v1::DropGoalResponse* response) {
        return stub_->DropGoal(context, request, response);
      });
}

absl::StatusOr<planning::v1::EvaluateGoalResponse> PlanningClient::EvaluateGoal(
    const planning::v1::EvaluateGoalRequest& request, const CallOptions& options) {
  return RunUnary<planning::v1::EvaluateGoalResponse>(
      options, [&](grpc::ClientContext* context, planning::v1::EvaluateGoalResponse* response) {
        return stub_->EvaluateGoal(context, request, response);
      });
}

absl::StatusOr<planning::v1::CreateInitiativeResponse> PlanningClient::CreateInitiative(
    const planning::v1::CreateInitiativeRequest& request, const CallOptions& options) {
  return RunUnary<planning::v1::CreateInitiativeResponse>(
      options, [&](grpc::ClientContext* context, planning::v1::CreateInitiativeResponse* response) {
        return stub_->CreateInitiative(context, request, response);
      });
}

absl::StatusOr<planning::v1::GetInitiativeResponse> PlanningClient::GetInitiative(
    const planning::v1::GetInitiativeRequest& request, const CallOptions& options) {
  return RunUnary<planning::v1::GetInitiativeResponse>(
      options, [&](grpc::ClientContext* context, planning::v1::GetInitiativeResponse* response) {
        return stub_->GetInitiative(context, request, response);
      });
}

absl::StatusOr<planning::v1::ListInitiativesResponse> PlanningClient::ListInitiatives(
    const planning::v1::ListInitiativesRequest& request, const CallOptions& options) {
  return RunUnary<planning::v1::ListInitiativesResponse>(
      options, [&](grpc::ClientContext* context, planning::v1::ListInitiativesResponse* response) {
        return stub_->ListInitiatives(context, request, response);
      });
}

absl::StatusOr<planning::v1::StopInitiativeResponse> PlanningClient::StopInitiative(
    const planning::v1::StopInitiativeRequest& request, const CallOptions& options) {
  return RunUnary<planning::v1::StopInitiativeResponse>(
      options, [&](grpc::ClientContext* context, planning::v1::StopInitiativeResponse* response) {
        return stub_->StopInitiative(context, request, response);
      });
}

absl::StatusOr<planning::v1::SaveScenarioResponse> PlanningClient::SaveScenario(
    const planning::v1::SaveScenarioRequest& request, const CallOptions& options) {
  return RunUnary<planning::v1::SaveScenarioResponse>(
      options, [&](grpc::ClientContext* context, planning::v1::SaveScenarioResponse* response) {
        return stub_->SaveScenario(context, request, response);
      });
}

absl::StatusOr<planning::v1::GetScenarioResponse> PlanningClient::GetScenario(
    const planning::v1::GetScenarioRequest& request, const CallOptions& options) {
  return RunUnary<planning::v1::GetScenarioResponse>(
      options, [&](grpc::ClientContext* context, planning::v1::GetScenarioResponse* response) {
        return stub_->GetScenario(context, request, response);
      });
}

absl::StatusOr<planning::v1::ListScenariosResponse> PlanningClient::ListScenarios(
    const planning::v1::ListScenariosRequest& request, const CallOptions& options) {
  return RunUnary<planning::v1::ListScenariosResponse>(
      options, [&](grpc::ClientContext* context, planning::v1::ListScenariosResponse* response) {
        return stub_->ListScenarios(context, request, response);
      });
}

absl::StatusOr<planning::v1::FreezeScenarioResponse> PlanningClient::FreezeScenario(
    const planning::v1::FreezeScenarioRequest& request, const CallOptions& options) {
  return RunUnary<planning::v1::FreezeScenarioResponse>(
      options, [&](grpc::ClientContext* context, planning::v1::FreezeScenarioResponse* response) {
        return stub_->FreezeScenario(context, request, response);
      });
}

}  // namespace quotacast::clients
