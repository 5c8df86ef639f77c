// `quotacast model`: the fitted model that forecasts rest on.
#ifndef QUOTACAST_CLIENTS_CLI_COMMANDS_MODEL_H_
#define QUOTACAST_CLIENTS_CLI_COMMANDS_MODEL_H_

#include "CLI/CLI.hpp"
#include "clients/cli/command.h"

namespace quotacast::cli {

void AddModelCommands(CLI::App& app, Commands& commands);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_COMMANDS_MODEL_H_
