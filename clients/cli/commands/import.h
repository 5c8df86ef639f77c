// `quotacast import`: CRM files into the event log.
#ifndef QUOTACAST_CLIENTS_CLI_COMMANDS_IMPORT_H_
#define QUOTACAST_CLIENTS_CLI_COMMANDS_IMPORT_H_

#include "CLI/CLI.hpp"
#include "clients/cli/command.h"

namespace quotacast::cli {

void AddImportCommand(CLI::App& app, Commands& commands);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_COMMANDS_IMPORT_H_
