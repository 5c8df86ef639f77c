// `quotacast goals`: numbers to reach by a day, and how likely they are.
#ifndef QUOTACAST_CLIENTS_CLI_COMMANDS_GOALS_H_
#define QUOTACAST_CLIENTS_CLI_COMMANDS_GOALS_H_

#include "CLI/CLI.hpp"
#include "clients/cli/command.h"

namespace quotacast::cli {

void AddGoalsCommands(CLI::App& app, Commands& commands);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_COMMANDS_GOALS_H_
