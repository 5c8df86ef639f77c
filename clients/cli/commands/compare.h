// `quotacast compare`: what would change under other scenarios?
#ifndef QUOTACAST_CLIENTS_CLI_COMMANDS_COMPARE_H_
#define QUOTACAST_CLIENTS_CLI_COMMANDS_COMPARE_H_

#include "CLI/CLI.hpp"
#include "clients/cli/command.h"

namespace quotacast::cli {

void AddCompareCommand(CLI::App& app, Commands& commands);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_COMMANDS_COMPARE_H_
