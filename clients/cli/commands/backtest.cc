#include "clients/cli/commands/backtest.h"

#include <cstdint>
#include <fstream>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "clients/cli/arguments.h"
#include "clients/cli/exit_code.h"
#include "clients/cli/json_output.h"
#include "clients/cli/render/backtest_page.h"
#include "clients/cli/render/backtest_report.h"
#include "clients/cli/render/backtest_words.h"
#include "clients/cli/render/progress_bar.h"
#include "clients/cli/render/wrap.h"
#include "clients/cpp/simulation_client.h"
#include "quotacast/simulation/v1/backtest.pb.h"

namespace quotacast::cli {
namespace {

using simulation::v1::BacktestRequest;
using simulation::v1::BacktestResponse;

struct BacktestArguments {
  std::string first;
  std::string last;
  std::vector<int32_t> weeks;
  std::vector<std::string> levels;
  int64_t trial_count = 0;
  uint64_t seed = 0;
  int32_t step_days = 0;
  std::string replay;
  std::string as_of;
  std::string html_file;
};

absl::StatusOr<BacktestRequest> MakeRequest(const BacktestArguments& arguments,
                                            const CommandContext& context) {
  BacktestRequest request;
  request.set_parent(context.workspace);
  request.set_first_period(arguments.first);
  request.set_last_period(arguments.last);
  for (const int32_t week : arguments.weeks) request.add_weeks(week);
  std::set<simulation::v1::Level> levels;
  for (const std::string& text : arguments.levels) {
    QC_ASSIGN_OR_RETURN(const std::vector<simulation::v1::Level> parsed, ParseLevelArgument(text));
    levels.insert(parsed.begin(), parsed.end());
  }
  for (const simulation::v1::Level level : levels) request.add_levels(level);
  request.set_trial_count(arguments.trial_count);
  request.set_seed(arguments.seed);
  request.set_step_days(arguments.step_days);
  if (arguments.replay == "recorded") {
    request.set_replay_mode(simulation::v1::REPLAY_MODE_RECORDED);
  } else if (arguments.replay == "effective") {
    request.set_replay_mode(simulation::v1::REPLAY_MODE_EFFECTIVE);
  }
  if (!arguments.as_of.empty()) {
    QC_ASSIGN_OR_RETURN(*request.mutable_as_of()->mutable_effective_date(),
                        ParseDateArgument(arguments.as_of));
  }
  return request;
}

// What was streamed, progress drawn on the way.
absl::StatusOr<BacktestResult> Collect(const BacktestRequest& request, CommandContext& context,
                                       std::string& json) {
  clients::SimulationClient client(context.channel);
  BacktestResult result;
  ProgressBar bar("Back-testing", context.clock, context.terminal, context.err);
  QC_RETURN_IF_ERROR(client.Backtest(
      request,
      [&](BacktestResponse&& message) {
        if (message.has_progress()) {
          const auto& progress = message.progress();
          bar.Update(progress.replays_done(), progress.replays_total(),
                     absl::StrCat(progress.period(), " week ", progress.week()));
          return true;
        }
        if (context.json) json += (json.empty() ? "" : ",\n") + ToJson(message);
        if (message.has_summary()) {
          result.summary = std::move(*message.mutable_summary());
          return true;
        }
        for (auto& forecast : *message.mutable_forecasts()->mutable_forecasts()) {
          result.forecasts.push_back(std::move(forecast));
        }
        return true;
      },
      context.call_options));
  return result;
}

absl::Status WritePage(const std::string& path, const BacktestResult& result) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << BacktestPage(result);
  file.close();
  if (!file) {
    return absl::UnavailableError(absl::StrCat("the page could not be written to ", path));
  }
  return absl::OkStatus();
}

absl::StatusOr<int> Run(const BacktestArguments& arguments, CommandContext& context) {
  QC_ASSIGN_OR_RETURN(const BacktestRequest request, MakeRequest(arguments, context));
  std::string json;
  QC_ASSIGN_OR_RETURN(const BacktestResult result, Collect(request, context, json));
  if (!arguments.html_file.empty()) QC_RETURN_IF_ERROR(WritePage(arguments.html_file, result));
  if (context.json) {
    context.out << "[\n" << json << "]\n";
  } else {
    context.out << BacktestReport(result, context.terminal);
    if (!arguments.html_file.empty()) {
      context.out << Wrap(absl::StrCat("the page is in ", arguments.html_file),
                          context.terminal.width_columns, "note: ");
    }
  }
  return result.summary.scores_size() == 0 ? kExitRefused : kExitOk;
}

}  // namespace

void AddBacktestCommand(CLI::App& app, Commands& commands) {
  auto arguments = std::make_shared<BacktestArguments>();
  CLI::App* command =
      app.add_subcommand("backtest", "Score past forecasts: how far may they be trusted?");
  command->add_option("--first", arguments->first,
                      "First fiscal period scored, such as 2017Q1 (default: the first with enough "
                      "history)");
  command->add_option("--last", arguments->last,
                      "Last fiscal period scored (default: the last that has ended)");
  command
      ->add_option("--weeks", arguments->weeks,
                   "Weeks of the period at whose beginning it is forecast (default 1,5,9)")
      ->allow_extra_args(false)
      ->delimiter(',')
      ->check(CLI::Range(1, 53));
  command
      ->add_option("--levels", arguments->levels,
                   "Lines scored: org, team, rep or all (default); may be repeated")
      ->allow_extra_args(false)
      ->delimiter(',')
      ->check(CheckedBy(ParseLevelArgument, "LEVEL"));
  command->add_option("--trials", arguments->trial_count, "Trials of each forecast (default 4,096)")
      ->check(CLI::Range(int64_t{1}, int64_t{100'000}));
  command->add_option("--seed", arguments->seed,
                      "Seed of chance (default 0); the same seed gives the same scores");
  command
      ->add_option("--step-days", arguments->step_days,
                   "Days per simulated step: 7 (default), or 1 for short sales cycles")
      ->check(CLI::IsMember({1, 7}));
  command
      ->add_option("--replay", arguments->replay,
                   "What counts of a past day: recorded (what had been recorded by then) or "
                   "effective (what is dated up to it; default for an imported past)")
      ->check(CLI::IsMember({"recorded", "effective"}));
  command
      ->add_option("--as-of", arguments->as_of,
                   "Last day whose facts count for what came (default: the latest)")
      ->check(CheckedBy(ParseDateArgument, "DATE"));
  command->add_option("--html", arguments->html_file, "Write a page with pictures to this file too")
      ->type_name("FILE");
  command->footer(
      "Sets the clock back to weeks of past periods, forecasts what was then to come, and "
      "compares\n"
      "with what came and with three forecasts that need no model. Later forecasts show the "
      "result\n"
      "beside their figures. --json prints the messages of the call, progress left out.\n"
      "Exit code 4 tells that no past day has enough history.\n\n"
      "Example:\n"
      "  quotacast --data-dir ./company backtest --first 2017Q2 --html backtest.html");
  commands.push_back(
      {command, [arguments](CommandContext& context) { return Run(*arguments, context); }, {}});
}

}  // namespace quotacast::cli
