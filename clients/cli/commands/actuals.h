// `quotacast metrics actuals`: what came of past periods.
#ifndef QUOTACAST_CLIENTS_CLI_COMMANDS_ACTUALS_H_
#define QUOTACAST_CLIENTS_CLI_COMMANDS_ACTUALS_H_

#include "CLI/CLI.hpp"
#include "clients/cli/command.h"

namespace quotacast::cli {

// `metrics` is the command it belongs under.
void AddActualsCommand(CLI::App& metrics, Commands& commands);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_COMMANDS_ACTUALS_H_
