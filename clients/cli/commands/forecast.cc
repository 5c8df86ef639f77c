#include "clients/cli/commands/forecast.h"

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "clients/cli/arguments.h"
#include "clients/cli/commands/forecast_spec.h"
#include "clients/cli/exit_code.h"
#include "clients/cli/json_output.h"
#include "clients/cli/render/forecast_report.h"
#include "clients/cli/render/numbers.h"
#include "clients/cli/render/progress_bar.h"
#include "clients/cli/render/wrap.h"
#include "clients/cli/scenario_source.h"
#include "clients/cpp/simulation_client.h"
#include "quotacast/simulation/v1/simulation_service.pb.h"

namespace quotacast::cli {
namespace {

// What --converge spends at the most when --trials does not say.
constexpr int64_t kConvergeMaxTrialCount = 1'000'000;

struct ForecastArguments {
  ForecastSpecArguments spec;
  std::string scenario;
  double tolerance = 0;
  double tail_share = 0;
  int32_t driver_count = 0;
};

int ExitCodeOf(const simulation::v1::ForecastOutcome& outcome) {
  return outcome.has_refusal() ? kExitRefused : kExitOk;
}

double TailShareOf(const simulation::v1::ForecastSpec& spec) {
  return spec.tail_share() == 0 ? kDefaultTailShare : spec.tail_share();
}

absl::StatusOr<int> RunOnce(const simulation::v1::ForecastSpec& spec,
                            const simulation::v1::Scenario& scenario, CommandContext& context) {
  clients::SimulationClient client(context.channel);
  simulation::v1::ForecastRequest request;
  *request.mutable_spec() = spec;
  *request.mutable_scenario() = scenario;
  absl::StatusOr<simulation::v1::ForecastResponse> response;
  {
    ProgressBar progress("Simulating", context.clock, context.terminal, context.err);
    response = client.Forecast(request, context.call_options);
  }
  if (!response.ok()) return response.status();
  context.out << (context.json
                      ? ToJson(*response)
                      : ForecastReport(response->outcome(), context.terminal, TailShareOf(spec)));
  return ExitCodeOf(response->outcome());
}

absl::StatusOr<int> RunUntilConverged(simulation::v1::ForecastSpec spec,
                                      const simulation::v1::Scenario& scenario, double tolerance,
                                      CommandContext& context) {
  clients::SimulationClient client(context.channel);
  if (spec.trial_count() == 0) spec.set_trial_count(kConvergeMaxTrialCount);
  simulation::v1::StreamForecastRequest request;
  *request.mutable_spec() = spec;
  *request.mutable_scenario() = scenario;
  request.set_tolerance(tolerance);
  simulation::v1::StreamForecastResult result;
  {
    ProgressBar bar("Simulating", context.clock, context.terminal, context.err);
    QC_RETURN_IF_ERROR(client.StreamForecast(
        request,
        [&](simulation::v1::StreamForecastResponse&& message) {
          if (message.has_result()) {
            result = message.result();
          } else {
            const auto& progress = message.progress();
            bar.Update(
                progress.trials_done(), progress.trials_total(),
                progress.has_attain_probability()
                    ? absl::StrCat("P(quota) ", FormatProbability(progress.attain_probability()),
                                   " so far")
                    : "");
          }
          return true;
        },
        context.call_options));
  }
  if (context.json) {
    context.out << ToJson(result);
  } else {
    context.out << ForecastReport(result.outcome(), context.terminal, TailShareOf(spec));
    if (!result.outcome().has_refusal() && !result.converged()) {
      context.out << Wrap(
          "the wanted precision was not reached; --trials sets how many trials "
          "may be spent",
          context.terminal.width_columns, "note: ");
    }
  }
  return ExitCodeOf(result.outcome());
}

absl::StatusOr<int> Run(const ForecastArguments& arguments, CommandContext& context) {
  QC_ASSIGN_OR_RETURN(simulation::v1::ForecastSpec spec,
                      MakeForecastSpec(arguments.spec, {simulation::v1::LEVEL_ORG}, context));
  spec.set_tail_share(arguments.tail_share);
  spec.set_driver_count(arguments.driver_count);
  simulation::v1::Scenario scenario;
  if (!arguments.scenario.empty()) {
    QC_ASSIGN_OR_RETURN(scenario, LoadScenario(arguments.scenario, context));
  }
  return arguments.tolerance > 0 ? RunUntilConverged(spec, scenario, arguments.tolerance, context)
                                 : RunOnce(spec, scenario, context);
}

}  // namespace

void AddForecastCommand(CLI::App& app, Commands& commands) {
  auto arguments = std::make_shared<ForecastArguments>();
  CLI::App* command = app.add_subcommand("forecast", "Forecast a period: will we make quota?");
  AddForecastSpecOptions(*command, arguments->spec);
  command->add_option("--scenario", arguments->scenario,
                      "Under a scenario: a file, or the id of a saved one (default: base)");
  command
      ->add_option("--tail", arguments->tail_share,
                   "Worst share of the outcomes whose mean is shown (default 0.05)")
      ->check(CLI::Range(1e-6, 1.0));
  command
      ->add_option("--drivers", arguments->driver_count,
                   "Show this many open deals and reps that the period depends on most")
      ->check(CLI::Range(0, 1'000));
  command
      ->add_option("--converge", arguments->tolerance,
                   "Simulate until the Monte Carlo error of P(quota) is at most this, such as "
                   "0.002; --trials (default 1,000,000) is then the most that is spent")
      ->check(CLI::Range(1e-6, 0.5));
  command->footer(
      "Exit code 4 tells that there is too little history for an honest forecast.\n\n"
      "Example:\n"
      "  quotacast --data-dir ./company forecast --period 2017Q4 --level all --drivers 5 --seed 7");
  commands.push_back(
      {command, [arguments](CommandContext& context) { return Run(*arguments, context); }, {}});
}

}  // namespace quotacast::cli
