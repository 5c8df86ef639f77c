// `quotacast forecast`: will the organisation make its number?
#ifndef QUOTACAST_CLIENTS_CLI_COMMANDS_FORECAST_H_
#define QUOTACAST_CLIENTS_CLI_COMMANDS_FORECAST_H_

#include "CLI/CLI.hpp"
#include "clients/cli/command.h"

namespace quotacast::cli {

void AddForecastCommand(CLI::App& app, Commands& commands);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_COMMANDS_FORECAST_H_
