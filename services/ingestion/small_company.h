// A small company of our own, as export files, and helpers that import it. For tests.
#ifndef QUOTACAST_SERVICES_INGESTION_SMALL_COMPANY_H_
#define QUOTACAST_SERVICES_INGESTION_SMALL_COMPANY_H_

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "services/eventlog/event_log.h"
#include "services/ingestion/ingestion.h"

namespace quotacast::ingestion {

// Base name -> bytes.
using Files = std::map<std::string, std::string>;

// One row per deal, in the shape of profile "maventech": 2 offices, 2 managers, 3 agents,
// 2 products, 2 accounts and 6 deals (2 Won, 1 Lost, 2 Engaging, 1 Prospecting).
//
// Lines of sales_pipeline.csv: 2 D1 Won, 3 D2 Won, 4 D3 Lost, 5 D4 Engaging, 6 D5 Engaging with
// the product's other spelling, 7 D6 Prospecting.
Files SnapshotCompany();

// The same kind of company with stage history, in the shape of profile "crm_history": 3 deals,
// H1 won, H2 lost, H3 open in Proposal.
Files HistoryCompany();

// A profile for SnapshotCompany without aliases: text that extends "maventech".
std::string ProfileWithoutAliases();

// Sends `files` in order of name, in chunks of `chunk_bytes`, and finishes the import.
absl::StatusOr<v1::ImportFilesResponse> ImportFiles(Ingestion& ingestion,
                                                    std::string_view workspace,
                                                    const v1::ImportHeader& header,
                                                    const Files& files,
                                                    size_t chunk_bytes = kMaxChunkBytes);

// The header for a shipped profile, or for a profile's text.
v1::ImportHeader ShippedProfile(const std::string& name);
v1::ImportHeader ProfileText(const std::string& toml);

// Every event of the workspace as one line: "key version @day: change", in log order, without
// recorded times.
std::vector<std::string> LogLines(const eventlog::EventLog& log, std::string_view workspace);

// The problems as "E file:row field=value REASON" lines (W for warnings).
std::vector<std::string> ProblemLines(const v1::ImportFilesResponse& response);

}  // namespace quotacast::ingestion

#endif  // QUOTACAST_SERVICES_INGESTION_SMALL_COMPANY_H_
