// The client of the planning service: goals, initiatives, saved scenarios.
#ifndef QUOTACAST_CLIENTS_CPP_PLANNING_CLIENT_H_
#define QUOTACAST_CLIENTS_CPP_PLANNING_CLIENT_H_

#include <memory>

#include "absl/status/statusor.h"
#include "clients/cpp/call_options.h"
#include "grpcpp/channel.h"
#include "quotacast/planning/v1/planning_service.grpc.pb.h"
#include "quotacast/planning/v1/planning_service.pb.h"

namespace quotacast::clients {

// Thread-safe: calls of one client may overlap. Statuses are the service's own (base/errors.h
// details included), UNAVAILABLE when it cannot be reached, CANCELLED and DEADLINE_EXCEEDED after
// CallOptions. One compiled example is in example.cc.
class PlanningClient {
 public:
  explicit PlanningClient(std::shared_ptr<grpc::Channel> channel);

  // Creates a goal.
  absl::StatusOr<planning::v1::CreateGoalResponse> CreateGoal(
      const planning::v1::CreateGoalRequest& request, const CallOptions& options = {});

  // Returns a goal.
  absl::StatusOr<planning::v1::GetGoalResponse> GetGoal(const planning::v1::GetGoalRequest& request,
                                                        const CallOptions& options = {});

  // Lists goals, a page at a time.
  absl::StatusOr<planning::v1::ListGoalsResponse> ListGoals(
      const planning::v1::ListGoalsRequest& request, const CallOptions& options = {});

  // Gives a goal up.
  absl::StatusOr<planning::v1::DropGoalResponse> DropGoal(
      const planning::v1::DropGoalRequest& request, const CallOptions& options = {});

  // Simulates how likely a goal is.
  absl::StatusOr<planning::v1::EvaluateGoalResponse> EvaluateGoal(
      const planning::v1::EvaluateGoalRequest& request, const CallOptions& options = {});

  // Commits to an initiative.
  absl::StatusOr<planning::v1::CreateInitiativeResponse> CreateInitiative(
      const planning::v1::CreateInitiativeRequest& request, const CallOptions& options = {});

  // Returns an initiative.
  absl::StatusOr<planning::v1::GetInitiativeResponse> GetInitiative(
      const planning::v1::GetInitiativeRequest& request, const CallOptions& options = {});

  // Lists initiatives, a page at a time.
  absl::StatusOr<planning::v1::ListInitiativesResponse> ListInitiatives(
      const planning::v1::ListInitiativesRequest& request, const CallOptions& options = {});

  // Stops an initiative on a day.
  absl::StatusOr<planning::v1::StopInitiativeResponse> StopInitiative(
      const planning::v1::StopInitiativeRequest& request, const CallOptions& options = {});

  // Saves a scenario, or replaces a draft.
  absl::StatusOr<planning::v1::SaveScenarioResponse> SaveScenario(
      const planning::v1::SaveScenarioRequest& request, const CallOptions& options = {});

  // Returns a saved scenario.
  absl::StatusOr<planning::v1::GetScenarioResponse> GetScenario(
      const planning::v1::GetScenarioRequest& request, const CallOptions& options = {});

  // Lists saved scenarios, a page at a time.
  absl::StatusOr<planning::v1::ListScenariosResponse> ListScenarios(
      const planning::v1::ListScenariosRequest& request, const CallOptions& options = {});

  // Fixes a draft for good.
  absl::StatusOr<planning::v1::FreezeScenarioResponse> FreezeScenario(
      const planning::v1::FreezeScenarioRequest& request, const CallOptions& options = {});

 private:
  const std::unique_ptr<planning::v1::PlanningService::Stub> stub_;
};

}  // namespace quotacast::clients

#endif  // QUOTACAST_CLIENTS_CPP_PLANNING_CLIENT_H_
