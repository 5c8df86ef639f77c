// Goals: what one must say, the question it puts to the simulation, and the answer in plain words.
#ifndef QUOTACAST_SERVICES_PLANNING_GOAL_RULES_H_
#define QUOTACAST_SERVICES_PLANNING_GOAL_RULES_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "quotacast/metrics/v1/pipeline_model.pb.h"
#include "quotacast/planning/v1/goal.pb.h"
#include "quotacast/planning/v1/planning_service.pb.h"
#include "quotacast/simulation/v1/simulation_service.pb.h"
#include "services/planning/field_values.h"

namespace quotacast::planning {

// The least probability of what may honestly be called a commitment, a target, a stretch goal.
inline constexpr double kCommitProbability = 0.9;
inline constexpr double kTargetProbability = 0.5;
inline constexpr double kStretchProbability = 0.1;

// Checks a goal to be created, `path` being "goal".
void CheckGoal(const v1::Goal& goal, std::string_view path, FieldErrors& errors);

// GOAL_KIND_UNSPECIFIED below kStretchProbability: out of reach.
v1::GoalKind KindOfProbability(double probability);

// The forecast that answers a goal. `header` is the state whose last period contains the due date.
// FAILED_PRECONDITION: GOAL_WITHIN_PERIOD for a share of reps whose due date does not end a period;
// GOAL_ENTITY_UNKNOWN; MIXED_CURRENCY.
absl::StatusOr<simulation::v1::ForecastRequest> QuestionOf(
    const v1::Goal& goal, const v1::EvaluateGoalRequest& request, std::string_view parent,
    const metrics::v1::PipelineStateHeader& header);

// Reads the answer. INTERNAL when it does not answer the question; FAILED_PRECONDITION (NO_QUOTA)
// when a share of reps at quota is asked for and nobody has a quota.
absl::StatusOr<v1::GoalEvaluation> EvaluationOf(const v1::Goal& goal,
                                                const v1::EvaluateGoalRequest& request,
                                                const simulation::v1::ForecastResponse& response);

}  // namespace quotacast::planning

#endif  // QUOTACAST_SERVICES_PLANNING_GOAL_RULES_H_
