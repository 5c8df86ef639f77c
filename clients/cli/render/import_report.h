// The report of an import.
#ifndef QUOTACAST_CLIENTS_CLI_RENDER_IMPORT_REPORT_H_
#define QUOTACAST_CLIENTS_CLI_RENDER_IMPORT_REPORT_H_

#include <string>

#include "clients/cli/render/terminal.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"

namespace quotacast::cli {

// Rows per file, what became of them, stages, translated values, suspicions as short paragraphs,
// the first `max_problem_count` problems as "file:row field value: message", and how to go on with
// the rows left out.
std::string ImportReport(const ingestion::v1::ImportFilesResponse& response, int max_problem_count,
                         const Terminal& terminal);

// One problem as a line, or several: "  error    file:row field "value": message".
std::string RowProblemText(const ingestion::v1::RowProblem& problem, const Terminal& terminal);

// The shipped profiles, a line each.
std::string ProfilesReport(const ingestion::v1::ListProfilesResponse& response,
                           const Terminal& terminal);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_RENDER_IMPORT_REPORT_H_
