// Goals, initiatives and saved scenarios.
#ifndef QUOTACAST_CLIENTS_CLI_RENDER_PLANNING_REPORT_H_
#define QUOTACAST_CLIENTS_CLI_RENDER_PLANNING_REPORT_H_

#include <string>

#include "clients/cli/render/terminal.h"
#include "quotacast/planning/v1/goal.pb.h"
#include "quotacast/planning/v1/initiative.pb.h"
#include "quotacast/planning/v1/planning_service.pb.h"
#include "quotacast/planning/v1/scenario.pb.h"

namespace quotacast::cli {

// Lists, a line each; a sentence when there is nothing.
std::string GoalsReport(const planning::v1::ListGoalsResponse& response, const Terminal& terminal);
std::string InitiativesReport(const planning::v1::ListInitiativesResponse& response,
                              const Terminal& terminal);
std::string ScenariosReport(const planning::v1::ListScenariosResponse& response,
                            const Terminal& terminal);

// One of them, a few lines.
std::string GoalReport(const planning::v1::Goal& goal, const Terminal& terminal);
std::string InitiativeReport(const planning::v1::Initiative& initiative, const Terminal& terminal);
std::string SavedScenarioReport(const planning::v1::SavedScenario& scenario,
                                const Terminal& terminal);

// How likely a goal is: the sentence, twenty dots, the expectation, what it rests on.
std::string GoalEvaluationReport(const planning::v1::GoalEvaluation& evaluation,
                                 const Terminal& terminal);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_RENDER_PLANNING_REPORT_H_
