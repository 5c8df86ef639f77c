#include "clients/cli/commands/forecast_spec.h"

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/status_macros.h"
#include "clients/cli/arguments.h"

namespace quotacast::cli {

using simulation::v1::Level;

void AddForecastSpecOptions(CLI::App& command, ForecastSpecArguments& arguments) {
  command.add_option("--period", arguments.period,
                     "Fiscal period such as 2017Q4; without it the current one");
  command
      .add_option("--level", arguments.levels,
                  "Lines to show: org, team, rep or all; may be repeated")
      ->allow_extra_args(false)
      ->delimiter(',')
      ->check(CheckedBy(ParseLevelArgument, "LEVEL"));
  command.add_option("--trials", arguments.trial_count, "Trials to simulate (default 10,000)")
      ->check(CLI::Range(int64_t{1}, int64_t{10'000'000}));
  command.add_option("--seed", arguments.seed,
                     "Seed of chance (default 0); the same seed gives the same answer");
  command
      .add_option("--as-of", arguments.as_of, "Last day whose facts count (default: the latest)")
      ->check(CheckedBy(ParseDateArgument, "DATE"));
  command
      .add_option("--step-days", arguments.step_days,
                  "Days per simulated step: 7 (default), or 1 for short sales cycles")
      ->check(CLI::IsMember({1, 7}));
}

absl::StatusOr<simulation::v1::ForecastSpec> MakeForecastSpec(
    const ForecastSpecArguments& arguments, const std::vector<Level>& default_levels,
    const CommandContext& context) {
  std::set<Level> levels;
  for (const std::string& text : arguments.levels) {
    QC_ASSIGN_OR_RETURN(const std::vector<Level> parsed, ParseLevelArgument(text));
    levels.insert(parsed.begin(), parsed.end());
  }
  if (levels.empty()) levels.insert(default_levels.begin(), default_levels.end());
  if (!context.json) levels.insert(simulation::v1::LEVEL_ORG);
  simulation::v1::ForecastSpec spec;
  spec.set_parent(context.workspace);
  spec.set_period(arguments.period);
  for (const Level level : levels) spec.add_levels(level);
  spec.set_trial_count(arguments.trial_count);
  spec.set_seed(arguments.seed);
  spec.set_step_days(arguments.step_days);
  if (!arguments.as_of.empty()) {
    QC_ASSIGN_OR_RETURN(*spec.mutable_as_of()->mutable_effective_date(),
                        ParseDateArgument(arguments.as_of));
  }
  return spec;
}

}  // namespace quotacast::cli
