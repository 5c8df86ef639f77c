// Listing, replaying and discarding the rows in quarantine.
#ifndef QUOTACAST_SERVICES_INGESTION_QUARANTINE_OPERATIONS_H_
#define QUOTACAST_SERVICES_INGESTION_QUARANTINE_OPERATIONS_H_

#include <functional>
#include <string_view>

#include "absl/status/statusor.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "services/eventlog/event_log.h"
#include "services/ingestion/importer.h"

namespace quotacast::ingestion {

inline constexpr int kMaxQuarantinePageRows = 1'000;
inline constexpr int kDefaultQuarantinePageRows = 100;
// Of a message, so that it stays below gRPC's usual limit of 4 MiB. One row always fits.
inline constexpr size_t kMaxQuarantinePageBytes = 2 << 20;

// A page of the rows in quarantine, in order of their names. Errors: INVALID_ARGUMENT
// (INVALID_FIELD: page_size, page_token), errors of the log.
absl::StatusOr<v1::ListQuarantinedRowsResponse> ListQuarantinedRows(
    const eventlog::EventLog& log, std::string_view workspace,
    const v1::ListQuarantinedRowsRequest& request);

// Imports rows again under the profile of their import, all of them when the request names none.
// Rows of one profile are imported together, so a deal and its history can be put right in one
// call. Rows that are good now leave the quarantine; the others stay with their new values and
// problems. A row that was left out because another row of its id says something else is taken
// only with a correction: its statement then replaces the other one's.
//
// Errors: NOT_FOUND (QUARANTINED_ROW_NOT_FOUND), INVALID_ARGUMENT (INVALID_FIELD: a column that the
// row does not have, a row named twice; INVALID_PROFILE, when the stored profile extends one that
// has changed), CANCELLED, errors of the log. After an error some rows may be imported; replaying
// them again changes nothing but their leaving. One import or replay of a workspace at a time (the
// caller's part). `options`: as for an import; profile_text and is_replay are set here.
absl::StatusOr<v1::ReplayQuarantinedRowsResponse> ReplayQuarantinedRows(
    eventlog::EventLog& log, std::string_view workspace,
    const v1::ReplayQuarantinedRowsRequest& request, const ImportOptions& options,
    const std::function<bool()>& cancelled);

// Drops rows for good: those named, or all. Errors: NOT_FOUND (QUARANTINED_ROW_NOT_FOUND),
// INVALID_ARGUMENT (INVALID_FIELD: neither or both), errors of the log. One import or replay of a
// workspace at a time (the caller's part).
absl::StatusOr<v1::DiscardQuarantinedRowsResponse> DiscardQuarantinedRows(
    eventlog::EventLog& log, std::string_view workspace,
    const v1::DiscardQuarantinedRowsRequest& request);

}  // namespace quotacast::ingestion

#endif  // QUOTACAST_SERVICES_INGESTION_QUARANTINE_OPERATIONS_H_
