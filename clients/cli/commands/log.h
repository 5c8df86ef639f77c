// `quotacast log`: look at the event log, check it, copy it, bring a copy back, erase a person.
#ifndef QUOTACAST_CLIENTS_CLI_COMMANDS_LOG_H_
#define QUOTACAST_CLIENTS_CLI_COMMANDS_LOG_H_

#include "CLI/CLI.hpp"
#include "clients/cli/command.h"

namespace quotacast::cli {

void AddLogCommands(CLI::App& app, Commands& commands);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_COMMANDS_LOG_H_
