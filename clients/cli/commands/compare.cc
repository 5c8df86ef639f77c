#include "clients/cli/commands/compare.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/status_macros.h"
#include "clients/cli/arguments.h"
#include "clients/cli/commands/forecast_spec.h"
#include "clients/cli/exit_code.h"
#include "clients/cli/json_output.h"
#include "clients/cli/render/comparison_report.h"
#include "clients/cli/render/progress_bar.h"
#include "clients/cli/scenario_source.h"
#include "clients/cpp/simulation_client.h"
#include "quotacast/simulation/v1/simulation_service.pb.h"

namespace quotacast::cli {
namespace {

constexpr size_t kMaxScenarioCount = 8;

struct CompareArguments {
  ForecastSpecArguments spec;
  std::vector<std::string> scenarios;
  bool example = false;
};

absl::StatusOr<int> Run(const CompareArguments& arguments, CommandContext& context) {
  if (arguments.example) {
    context.out << ExampleScenarioJson();
    return kExitOk;
  }
  if (arguments.scenarios.empty()) {
    return UsageError("name the scenarios: --scenario base --scenario FILE");
  }
  std::vector<std::string> names = arguments.scenarios;
  // One scenario alone is compared with things as they stand.
  if (names.size() == 1) names.insert(names.begin(), "base");
  if (names.size() > kMaxScenarioCount) return UsageError("at most 8 scenarios at a time");
  simulation::v1::CompareScenariosRequest request;
  QC_ASSIGN_OR_RETURN(
      *request.mutable_spec(),
      MakeForecastSpec(arguments.spec, {simulation::v1::LEVEL_ORG, simulation::v1::LEVEL_TEAM},
                       context));
  for (const std::string& name : names) {
    QC_ASSIGN_OR_RETURN(*request.add_scenarios(), LoadScenario(name, context));
  }
  clients::SimulationClient client(context.channel);
  simulation::v1::ComparisonResult result;
  {
    ProgressBar bar("Simulating", context.clock, context.terminal, context.err);
    QC_RETURN_IF_ERROR(client.CompareScenarios(
        request,
        [&](simulation::v1::CompareScenariosResponse&& message) {
          if (message.has_result()) {
            result = message.result();
          } else {
            bar.Update(message.progress().trials_done(), message.progress().trials_total());
          }
          return true;
        },
        context.call_options));
  }
  context.out << (context.json ? ToJson(result) : ComparisonReport(result, context.terminal));
  return result.has_refusal() ? kExitRefused : kExitOk;
}

}  // namespace

void AddCompareCommand(CLI::App& app, Commands& commands) {
  auto arguments = std::make_shared<CompareArguments>();
  CLI::App* command = app.add_subcommand(
      "compare", "Compare scenarios: what would an initiative or a hire change?");
  command
      ->add_option("--scenario", arguments->scenarios,
                   "base, a scenario file, or the id of a saved one; repeated, the first is the "
                   "yardstick")
      ->allow_extra_args(false);
  AddForecastSpecOptions(*command, arguments->spec);
  command->add_flag("--example", arguments->example, "Print a scenario file to start from");
  command->footer(
      "All scenarios meet the same chance events, so that the difference is the scenario's.\n"
      "A scenario file is protobuf JSON of quotacast.simulation.v1.Scenario:\n\n" +
      ExampleScenarioJson() +
      "\nwin is a shift on the probit scale (+0.10 takes 50 % to 54 %); cycle and creation are\n"
      "logarithms of a factor (+0.10 is 10.5 % faster, or more deals); sd is how unsure it is.\n"
      "Team ids are shown by: quotacast forecast --level team --json\n\n"
      "Example:\n"
      "  quotacast compare --example > two-hires.json\n"
      "  quotacast --data-dir ./company compare --scenario base --scenario two-hires.json \\\n"
      "      --period 2017Q4");
  commands.push_back({command,
                      [arguments](CommandContext& context) { return Run(*arguments, context); },
                      [arguments] { return arguments->example; }});
}

}  // namespace quotacast::cli
