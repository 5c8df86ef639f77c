#include "clients/cli/scenario_source.h"

#include <filesystem>
#include <string>
#include <system_error>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/string_views.h"
#include "clients/cli/arguments.h"
#include "clients/cli/json_output.h"
#include "clients/cpp/planning_client.h"
#include "quotacast/planning/v1/planning_service.pb.h"

namespace quotacast::cli {

absl::StatusOr<simulation::v1::Scenario> LoadScenario(const std::string& text,
                                                      const CommandContext& context) {
  simulation::v1::Scenario scenario;
  if (text == "base") {
    scenario.set_display_name("base");
    return scenario;
  }
  std::error_code error;
  if (std::filesystem::is_regular_file(text, error)) {
    QC_ASSIGN_OR_RETURN(const std::string json, ReadTextFile(text));
    const absl::Status parsed = FromJson(json, text, scenario);
    if (!parsed.ok()) {
      return UsageError(
          absl::StrCat(parsed.message(), " (quotacast compare --example prints a scenario file)"));
    }
    if (scenario.display_name().empty()) {
      scenario.set_display_name(std::filesystem::path(text).stem().string());
    }
    return scenario;
  }
  clients::PlanningClient planning(context.channel);
  planning::v1::GetScenarioRequest request;
  request.set_name(ResourceName(context.workspace, "scenarios", text));
  const absl::StatusOr<planning::v1::GetScenarioResponse> response =
      planning.GetScenario(request, context.call_options);
  if (absl::IsNotFound(response.status())) {
    return UsageError(
        absl::StrCat("scenario \"", text, "\" is neither a file nor the id of a saved scenario"));
  }
  if (!response.ok()) return response.status();
  scenario = response->scenario().scenario();
  if (scenario.display_name().empty()) scenario.set_display_name(text);
  return scenario;
}

std::string ExampleScenarioJson() {
  return R"json({
  "displayName": "Coaching and two hires",
  "initiatives": [
    {
      "initiativeId": "discovery-coaching",
      "displayName": "Discovery coaching",
      "audience": {"teamIds": ["east"]},
      "effect": {
        "win": {"mean": 0.10, "sd": 0.05},
        "cycle": {"mean": 0.05, "sd": 0.05}
      },
      "startDate": {"year": 2017, "month": 10, "day": 1},
      "adoption": {"ceiling": 0.8, "halfTimeWeeks": 6, "widthWeeks": 8},
      "evidence": "pilot of one team, 2017Q2"
    }
  ],
  "hires": [
    {
      "hireId": "hire-1",
      "teamId": "east",
      "startDate": {"year": 2017, "month": 10, "day": 1},
      "rampWeeks": 22
    },
    {
      "hireId": "hire-2",
      "teamId": "west",
      "startDate": {"year": 2017, "month": 10, "day": 16}
    }
  ]
}
)json";
}

}  // namespace quotacast::cli
