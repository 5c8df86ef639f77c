// The core of the planning service: goals with their simulated probability, the register of
// initiatives, saved scenarios. Typed on messages, without gRPC.
//
//   Planning planning(log, clock, sources, PlanningLimits());
//   absl::StatusOr<v1::CreateGoalResponse> response = planning.CreateGoal(request);
//
// The event log is the only truth: every change is appended before it is answered, and what is in
// memory is a fold of the log, read up to its end at each call.
#ifndef QUOTACAST_SERVICES_PLANNING_PLANNING_H_
#define QUOTACAST_SERVICES_PLANNING_PLANNING_H_

#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "quotacast/metrics/v1/pipeline_model.pb.h"
#include "quotacast/planning/v1/planning_service.pb.h"
#include "quotacast/simulation/v1/simulation_service.pb.h"
#include "quotacast/type/v1/as_of.pb.h"
#include "services/eventlog/event_log.h"
#include "services/planning/plan_book.h"

namespace quotacast::planning {

// What a caller waits for; handed on to calls downstream.
struct CallScope {
  std::function<bool()> cancelled = [] { return false; };  // Thread-safe.
  absl::Time deadline = absl::InfiniteFuture();
};

// What planning needs of other services, injected so that the core knows no transport. Thread-safe;
// called without any lock held; their errors are passed on.
struct PlanningSources {
  std::function<absl::StatusOr<simulation::v1::ForecastResponse>(
      const simulation::v1::ForecastRequest& request, const CallScope& scope)>
      forecast;
  // The header of the pipeline's state: resolved as-of, periods, teams, reps. `last_period` is the
  // name of a period or a day in it; empty: the running one.
  std::function<absl::StatusOr<metrics::v1::PipelineStateHeader>(
      const std::string& parent, const type::v1::AsOf& as_of, const std::string& last_period,
      const CallScope& scope)>
      roster;
};

struct PlanningLimits {
  // Resources of one kind in one workspace; one more is RESOURCE_EXHAUSTED (TOO_MANY_RESOURCES).
  size_t max_resources = 10'000;
};

// Thread-safe; one lock guards all books, and is held while an event becomes durable: two creates
// of one id have one winner, and the limit of two initiatives cannot be passed by racing.
//
// Errors of all calls: INVALID_ARGUMENT (INVALID_FIELD) with field paths, NOT_FOUND, the log's own
// (UNAVAILABLE when it cannot write), INTERNAL (DAMAGED_EVENT). Output-only fields of requests are
// ignored.
class Planning {
 public:
  // `log` and `clock` must outlive the object.
  Planning(eventlog::EventLog& log, const Clock& clock, PlanningSources sources,
           PlanningLimits limits);

  // ALREADY_EXISTS for a taken id, also one whose goal was dropped.
  absl::StatusOr<v1::CreateGoalResponse> CreateGoal(const v1::CreateGoalRequest& request);
  absl::StatusOr<v1::GetGoalResponse> GetGoal(const v1::GetGoalRequest& request);
  absl::StatusOr<v1::ListGoalsResponse> ListGoals(const v1::ListGoalsRequest& request);
  // FAILED_PRECONDITION (GOAL_DROPPED) the second time.
  absl::StatusOr<v1::DropGoalResponse> DropGoal(const v1::DropGoalRequest& request);
  // Also for a goal that was dropped. FAILED_PRECONDITION: GOAL_PAST_DUE, GOAL_WITHIN_PERIOD,
  // GOAL_ENTITY_UNKNOWN, MIXED_CURRENCY, NO_QUOTA. Data too thin is a refusal in the answer.
  absl::StatusOr<v1::EvaluateGoalResponse> EvaluateGoal(const v1::EvaluateGoalRequest& request,
                                                        const CallScope& scope);

  // FAILED_PRECONDITION (INITIATIVE_LIMIT) without an override; ALREADY_EXISTS. An override that
  // was not needed is not recorded.
  absl::StatusOr<v1::CreateInitiativeResponse> CreateInitiative(
      const v1::CreateInitiativeRequest& request, const CallScope& scope);
  absl::StatusOr<v1::GetInitiativeResponse> GetInitiative(const v1::GetInitiativeRequest& request);
  absl::StatusOr<v1::ListInitiativesResponse> ListInitiatives(
      const v1::ListInitiativesRequest& request);
  // FAILED_PRECONDITION (INITIATIVE_STOPPED) the second time. A day before the start means that it
  // never ran.
  absl::StatusOr<v1::StopInitiativeResponse> StopInitiative(
      const v1::StopInitiativeRequest& request);

  // FAILED_PRECONDITION (SCENARIO_FROZEN).
  absl::StatusOr<v1::SaveScenarioResponse> SaveScenario(const v1::SaveScenarioRequest& request);
  absl::StatusOr<v1::GetScenarioResponse> GetScenario(const v1::GetScenarioRequest& request);
  absl::StatusOr<v1::ListScenariosResponse> ListScenarios(const v1::ListScenariosRequest& request);
  // Pins the as-of pair and the hash. Freezing a frozen one changes nothing and is OK.
  absl::StatusOr<v1::FreezeScenarioResponse> FreezeScenario(
      const v1::FreezeScenarioRequest& request, const CallScope& scope);

 private:
  // The book of a workspace, caught up with the log. mutex_ must be held; the pointer is good as
  // long as it is.
  absl::StatusOr<PlanBook*> BookOf(const std::string& workspace);
  // Makes `message` the next version of a resource, durably, and applies it. mutex_ must be held.
  template <typename Message>
  absl::Status Write(const std::string& workspace, PlanBook& book, std::string_view collection,
                     std::string_view id, int64_t last_version, const Message& message);
  absl::Status CheckRoom(size_t size, std::string_view collection) const;

  eventlog::EventLog& log_;
  const Clock& clock_;
  const PlanningSources sources_;
  const PlanningLimits limits_;
  std::mutex mutex_;
  std::map<std::string, PlanBook> books_;  // By workspace; guarded by mutex_.
};

}  // namespace quotacast::planning

#endif  // QUOTACAST_SERVICES_PLANNING_PLANNING_H_
