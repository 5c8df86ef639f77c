// What `quotacast log ...` tells people about a log.
#ifndef QUOTACAST_CLIENTS_CLI_RENDER_LOG_REPORT_H_
#define QUOTACAST_CLIENTS_CLI_RENDER_LOG_REPORT_H_

#include <string>
#include <vector>

#include "clients/cli/render/terminal.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"

namespace quotacast::cli {

// "opportunity", "order_line" ...; "other" for contents that say nothing.
std::string EntityKindName(crm::v1::EntityKind kind);

std::string LogStatsReport(const ingestion::v1::GetLogStatsResponse& response,
                           const Terminal& terminal);

// The result of a verification: `response` is the last message with all faults told before.
std::string VerificationReport(const ingestion::v1::VerifyLogResponse& response,
                               const Terminal& terminal);

// One line per event: offset, when it was recorded, source, key, version.
std::string EventLine(const ingestion::v1::EventRecord& event);

std::string ConflictsReport(const ingestion::v1::ListConflictsResponse& response,
                            const Terminal& terminal);

std::string ErasureReport(const ingestion::v1::ErasePersonResponse& response,
                          const Terminal& terminal);

}  // namespace quotacast::cli

#endif  // QUOTACAST_CLIENTS_CLI_RENDER_LOG_REPORT_H_
