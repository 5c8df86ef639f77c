#include "clients/cli/commands/model.h"

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "base/status_macros.h"
#include "clients/cli/arguments.h"
#include "clients/cli/exit_code.h"
#include "clients/cli/json_output.h"
#include "clients/cli/render/measurement_report.h"
#include "clients/cli/render/model_report.h"
#include "clients/cli/scenario_source.h"
#include "clients/cpp/metrics_client.h"
#include "clients/cpp/simulation_client.h"
#include "quotacast/metrics/v1/metrics_service.pb.h"
#include "quotacast/simulation/v1/simulation_service.pb.h"

namespace quotacast::cli {
namespace {

struct ShowArguments {
  std::string as_of;
  bool reps = false;
};

absl::StatusOr<int> Show(const ShowArguments& arguments, CommandContext& context) {
  if (context.json && arguments.reps) {
    return UsageError("--json prints the whole model, with all reps; --reps goes with the tables");
  }
  metrics::v1::FitModelRequest request;
  request.set_parent(context.workspace);
  if (!arguments.as_of.empty()) {
    QC_ASSIGN_OR_RETURN(*request.mutable_as_of()->mutable_effective_date(),
                        ParseDateArgument(arguments.as_of));
  }
  clients::MetricsClient client(context.channel);
  QC_ASSIGN_OR_RETURN(const metrics::v1::FitModelResponse response,
                      client.FitModel(request, context.call_options));
  context.out << (context.json ? ToJson(response)
                               : ModelReport(response.model(), arguments.reps, context.terminal));
  return kExitOk;
}

struct InitiativesArguments {
  std::string as_of;
  std::string scenario;
};

absl::StatusOr<int> MeasureInitiatives(const InitiativesArguments& arguments,
                                       CommandContext& context) {
  simulation::v1::MeasureInitiativesRequest request;
  request.set_parent(context.workspace);
  if (!arguments.as_of.empty()) {
    QC_ASSIGN_OR_RETURN(*request.mutable_as_of()->mutable_effective_date(),
                        ParseDateArgument(arguments.as_of));
  }
  QC_ASSIGN_OR_RETURN(*request.mutable_scenario(), LoadScenario(arguments.scenario, context));
  clients::SimulationClient client(context.channel);
  QC_ASSIGN_OR_RETURN(const simulation::v1::MeasureInitiativesResponse response,
                      client.MeasureInitiatives(request, context.call_options));
  context.out << (context.json ? ToJson(response) : MeasurementReport(response, context.terminal));
  return kExitOk;
}

}  // namespace

void AddModelCommands(CLI::App& app, Commands& commands) {
  CLI::App* model = app.add_subcommand("model", "The model that forecasts rest on");
  model->require_subcommand(1);
  auto arguments = std::make_shared<ShowArguments>();
  CLI::App* show = model->add_subcommand(
      "show", "Fit the model and show what the history says of each parameter, and how surely");
  show->add_option("--as-of", arguments->as_of, "Last day whose facts count")
      ->check(CheckedBy(ParseDateArgument, "DATE"));
  show->add_flag("--reps", arguments->reps, "Also rep by rep");
  show->footer(
      "Example:\n"
      "  quotacast --data-dir ./company model show\n"
      "  quotacast --data-dir ./company model show --as-of 2017-06-30 --json");
  commands.push_back(
      {show, [arguments](CommandContext& context) { return Show(*arguments, context); }, {}});

  auto measured = std::make_shared<InitiativesArguments>();
  CLI::App* initiatives = model->add_subcommand(
      "initiatives",
      "What the history says of a scenario's initiatives that have begun, against what is stated");
  initiatives->add_option("scenario", measured->scenario, "A file or the id of a saved scenario")
      ->required();
  initiatives->add_option("--as-of", measured->as_of, "Last day whose facts count")
      ->check(CheckedBy(ParseDateArgument, "DATE"));
  initiatives->footer(
      "Example:\n"
      "  quotacast --data-dir ./company model initiatives scenario.json");
  commands.push_back(
      {initiatives,
       [measured](CommandContext& context) { return MeasureInitiatives(*measured, context); },
       {}});
}

}  // namespace quotacast::cli
