// `quotacast quota set`: quotas from a file.
#ifndef QUOTACAST_CLIENTS_CLI_COMMANDS_QUOTA_H_
#define QUOTACAST_CLIENTS_CLI_COMMANDS_QUOTA_H_

#include "CLI/CLI.hpp"
#include "clients/cli/command.h"

namespace quotacast::cli {

void AddQuotaCommand(CLI::App& app, Commands& commands);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_COMMANDS_QUOTA_H_
