// Rows for other programs: the options --csv and --ndjson of commands that print tables.
#ifndef QUOTACAST_CLIENTS_CLI_COMMANDS_ROW_FORMAT_H_
#define QUOTACAST_CLIENTS_CLI_COMMANDS_ROW_FORMAT_H_

#include "CLI/CLI.hpp"
#include "absl/status/status.h"

namespace quotacast::cli {

struct RowFormat {
  bool csv = false;
  bool ndjson = false;
};

// `format` lives as long as `command`.
void AddRowFormatOptions(CLI::App& command, RowFormat& format);

// UsageError when more than one of --csv, --ndjson and --json was given.
absl::Status CheckOneFormat(const RowFormat& format, bool json);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_COMMANDS_ROW_FORMAT_H_
