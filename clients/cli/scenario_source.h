// Scenarios by what was typed: "base", a file, or the id of a saved one.
#ifndef QUOTACAST_CLIENTS_CLI_SCENARIO_SOURCE_H_
#define QUOTACAST_CLIENTS_CLI_SCENARIO_SOURCE_H_

#include <string>

#include "absl/status/statusor.h"
#include "clients/cli/command.h"
#include "quotacast/simulation/v1/scenario.pb.h"

namespace quotacast::cli {

// "base" is the empty scenario, named so. A path that exists is read as protobuf JSON of
// simulation.v1.Scenario; without a display name it is called after the file. Anything else is
// the id of a saved scenario ("scenarios/ID" too). UsageError for a file that is not a scenario;
// otherwise the planning service's errors.
absl::StatusOr<simulation::v1::Scenario> LoadScenario(const std::string& text,
                                                      const CommandContext& context);

// A complete scenario file to start from: one initiative, two hires.
std::string ExampleScenarioJson();

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_SCENARIO_SOURCE_H_
