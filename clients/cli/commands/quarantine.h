// `quotacast quarantine list|show|fix|replay|discard`: the rows that imports left out.
#ifndef QUOTACAST_CLIENTS_CLI_COMMANDS_QUARANTINE_H_
#define QUOTACAST_CLIENTS_CLI_COMMANDS_QUARANTINE_H_

#include "CLI/CLI.hpp"
#include "clients/cli/command.h"

namespace quotacast::cli {

void AddQuarantineCommands(CLI::App& app, Commands& commands);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_COMMANDS_QUARANTINE_H_
