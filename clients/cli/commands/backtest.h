// `quotacast backtest`: how good were past forecasts?
#ifndef QUOTACAST_CLIENTS_CLI_COMMANDS_BACKTEST_H_
#define QUOTACAST_CLIENTS_CLI_COMMANDS_BACKTEST_H_

#include "CLI/CLI.hpp"
#include "clients/cli/command.h"

namespace quotacast::cli {

void AddBacktestCommand(CLI::App& app, Commands& commands);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_COMMANDS_BACKTEST_H_
