#include "clients/cli/commands/row_format.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/arguments.h"

namespace quotacast::cli {

void AddRowFormatOptions(CLI::App& command, RowFormat& format) {
  command.add_flag("--csv", format.csv, "Print the rows as CSV, and notes on standard error");
  command.add_flag("--ndjson", format.ndjson,
                   "Print the rows as JSON, one a line, and notes on standard error");
}

absl::Status CheckOneFormat(const RowFormat& format, bool json) {
  std::vector<std::string> given;
  if (format.csv) given.emplace_back("--csv");
  if (format.ndjson) given.emplace_back("--ndjson");
  if (json) given.emplace_back("--json");
  if (given.size() < 2) return absl::OkStatus();
  return UsageError(absl::StrCat(absl::StrJoin(given, " and "), " exclude each other"));
}

}  // namespace quotacast::cli
