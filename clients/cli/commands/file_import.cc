#include "clients/cli/commands/file_import.h"

#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/cli/exit_code.h"
#include "clients/cli/json_output.h"
#include "clients/cli/render/import_report.h"
#include "clients/cli/render/progress_bar.h"
#include "clients/cpp/ingestion_client.h"

namespace quotacast::cli {

absl::StatusOr<ingestion::v1::ImportFilesResponse> SendFiles(
    const ingestion::v1::ImportHeader& header, std::vector<ImportFile> files,
    CommandContext& context) {
  clients::IngestionClient ingestion(context.channel);
  ProgressBar progress("Importing", context.clock, context.terminal, context.err);
  FileChunks chunks(std::move(files));
  return ingestion.ImportFiles(
      header,
      [&](ingestion::v1::FileChunk& chunk) {
        absl::StatusOr<bool> more = chunks.Next(chunk);
        // Once everything is sent the server reads, checks and appends, and does not say how far.
        if (more.ok() && !*more) {
          progress.Update(0, 0, "sent; the server checks and appends");
        } else {
          progress.Update(chunks.read_bytes(), chunks.total_bytes(), "sending");
        }
        return more;
      },
      context.call_options);
}

int ReportImport(const ingestion::v1::ImportFilesResponse& response, int max_problem_count,
                 CommandContext& context) {
  context.out << (context.json ? ToJson(response)
                               : ImportReport(response, max_problem_count, context.terminal));
  for (const auto& file : response.files()) {
    if (file.rejected_row_count() > 0) return kExitRowsRejected;
  }
  return response.error_count() > 0 ? kExitRowsRejected : kExitOk;
}

}  // namespace quotacast::cli
