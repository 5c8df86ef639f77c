// `quotacast initiatives`: the register of what is being tried, at most two per rep at a time.
#ifndef QUOTACAST_CLIENTS_CLI_COMMANDS_INITIATIVES_H_
#define QUOTACAST_CLIENTS_CLI_COMMANDS_INITIATIVES_H_

#include "CLI/CLI.hpp"
#include "clients/cli/command.h"

namespace quotacast::cli {

void AddInitiativesCommands(CLI::App& app, Commands& commands);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_COMMANDS_INITIATIVES_H_
