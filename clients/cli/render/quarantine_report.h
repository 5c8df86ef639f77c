// What stands in quarantine, and what became of it.
#ifndef QUOTACAST_CLIENTS_CLI_RENDER_QUARANTINE_REPORT_H_
#define QUOTACAST_CLIENTS_CLI_RENDER_QUARANTINE_REPORT_H_

#include <string>

#include "clients/cli/render/terminal.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"

namespace quotacast::cli {

// A line per row with its first problem, and how to go on. `max_row_count`: rows shown.
std::string QuarantineReport(const ingestion::v1::ListQuarantinedRowsResponse& response,
                             int max_row_count, const Terminal& terminal);

// One row with all values and problems, and the command that puts it right.
std::string QuarantinedRowReport(const ingestion::v1::QuarantinedRow& row,
                                 const Terminal& terminal);

// How many rows were taken, and what is still wrong with the others.
std::string ReplayReport(const ingestion::v1::ReplayQuarantinedRowsResponse& response,
                         int max_problem_count, const Terminal& terminal);

std::string DiscardReport(const ingestion::v1::DiscardQuarantinedRowsResponse& response);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_RENDER_QUARANTINE_REPORT_H_
