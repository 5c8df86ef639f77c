// `quotacast scenarios`: scenarios kept under a name.
#ifndef QUOTACAST_CLIENTS_CLI_COMMANDS_SCENARIOS_H_
#define QUOTACAST_CLIENTS_CLI_COMMANDS_SCENARIOS_H_

#include "CLI/CLI.hpp"
#include "clients/cli/command.h"

namespace quotacast::cli {

void AddScenariosCommands(CLI::App& app, Commands& commands);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_COMMANDS_SCENARIOS_H_
