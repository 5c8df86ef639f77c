// The import call that `import` and `quota set` share.
#ifndef QUOTACAST_CLIENTS_CLI_COMMANDS_FILE_IMPORT_H_
#define QUOTACAST_CLIENTS_CLI_COMMANDS_FILE_IMPORT_H_

#include <vector>

#include "absl/status/statusor.h"
#include "clients/cli/command.h"
#include "clients/cli/file_chunks.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"

namespace quotacast::cli {

inline constexpr int kDefaultProblemCount = 20;

// Streams `files` under `header` with progress on a terminal.
absl::StatusOr<ingestion::v1::ImportFilesResponse> SendFiles(
    const ingestion::v1::ImportHeader& header, std::vector<ImportFile> files,
    CommandContext& context);

// Prints the report (or the message) and tells the exit code: kExitRowsRejected when a row was
// left out.
int ReportImport(const ingestion::v1::ImportFilesResponse& response, int max_problem_count,
                 CommandContext& context);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_COMMANDS_FILE_IMPORT_H_
