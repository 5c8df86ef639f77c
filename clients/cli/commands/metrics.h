// `quotacast metrics`: KPI tables.
#ifndef QUOTACAST_CLIENTS_CLI_COMMANDS_METRICS_H_
#define QUOTACAST_CLIENTS_CLI_COMMANDS_METRICS_H_

#include "CLI/CLI.hpp"
#include "clients/cli/command.h"

namespace quotacast::cli {

void AddMetricsCommand(CLI::App& app, Commands& commands);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_COMMANDS_METRICS_H_
