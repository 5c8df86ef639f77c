// `quotacast kpis`: what each KPI is.
#ifndef QUOTACAST_CLIENTS_CLI_COMMANDS_KPIS_H_
#define QUOTACAST_CLIENTS_CLI_COMMANDS_KPIS_H_

#include "CLI/CLI.hpp"
#include "clients/cli/command.h"

namespace quotacast::cli {

void AddKpisCommands(CLI::App& app, Commands& commands);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_COMMANDS_KPIS_H_
