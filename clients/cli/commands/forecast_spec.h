// The options that say what is simulated, shared by `forecast` and `compare`.
#ifndef QUOTACAST_CLIENTS_CLI_COMMANDS_FORECAST_SPEC_H_
#define QUOTACAST_CLIENTS_CLI_COMMANDS_FORECAST_SPEC_H_

#include <cstdint>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"
#include "clients/cli/command.h"
#include "quotacast/simulation/v1/forecast.pb.h"

namespace quotacast::cli {

struct ForecastSpecArguments {
  std::string period;
  std::vector<std::string> levels;
  int64_t trial_count = 0;
  uint64_t seed = 0;
  std::string as_of;
  int32_t step_days = 0;
};

// Adds --period, --level, --trials, --seed, --as-of and --step-days.
void AddForecastSpecOptions(CLI::App& command, ForecastSpecArguments& arguments);

// The spec. Text for people always has the organisation's line, whatever levels were asked for;
// --json has exactly those. `default_levels` count when none was named.
absl::StatusOr<simulation::v1::ForecastSpec> MakeForecastSpec(
    const ForecastSpecArguments& arguments,
    const std::vector<simulation::v1::Level>& default_levels, const CommandContext& context);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_COMMANDS_FORECAST_SPEC_H_
