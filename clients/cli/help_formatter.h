// Help texts that fit the terminal.
#ifndef QUOTACAST_CLIENTS_CLI_HELP_FORMATTER_H_
#define QUOTACAST_CLIENTS_CLI_HELP_FORMATTER_H_

#include <memory>

#include "CLI/CLI.hpp"
#include "clients/cli/render/terminal.h"

namespace quotacast::cli {

// CLI11's help with descriptions wrapped at the terminal's width.
std::shared_ptr<CLI::FormatterBase> MakeHelpFormatter(const Terminal& terminal);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_HELP_FORMATTER_H_
