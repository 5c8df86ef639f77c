// Rows that imports left out, kept in the log's records until somebody puts them right.
//
// A row's id is "<entity>-<16 hexadecimal digits>", a digest of what identifies it: the profile's
// source, the file's name, the entity, and the row's own id where rows of the entity have one,
// else all its values; further rows of one id in one file are told apart by "#2", "#3" before the
// digest is taken. So the same row left out again has the same name.
#ifndef QUOTACAST_SERVICES_INGESTION_QUARANTINE_H_
#define QUOTACAST_SERVICES_INGESTION_QUARANTINE_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "services/eventlog/event_log.h"
#include "services/ingestion/import_profile.h"
#include "services/ingestion/import_report.h"
#include "services/ingestion/mapped_file.h"

namespace quotacast::ingestion {

// Of a workspace; rows beyond it are left out without being kept, and the report says so.
inline constexpr size_t kMaxQuarantinedRows = 10'000;
// Of the values of one row; a longer one is not kept.
inline constexpr size_t kMaxQuarantinedRowBytes = 64 << 10;

// A row as it is stored. `row.name` is the row's id alone, without the workspace.
struct StoredRow {
  v1::QuarantinedRow row;
  std::string profile_digest;  // Of the profile's text; empty: `row.profile_name` is shipped.
};

// The stored form and back: a line "shipped" or "text <digest>", then the message. INTERNAL
// (DAMAGED_EVENT) when the bytes are none such.
std::string SerializeStoredRow(const StoredRow& stored);
absl::StatusOr<StoredRow> ParseStoredRow(const eventlog::Record& record);

std::string QuarantinedRowId(std::string_view source, std::string_view file,
                             std::string_view entity, std::string_view identity);

// Every row in quarantine, by id. Errors of the log.
absl::StatusOr<std::map<std::string, StoredRow>> LoadQuarantine(const eventlog::EventLog& log,
                                                                std::string_view workspace);

// A write of the row; a write that removes it.
eventlog::RecordWrite PutRow(const StoredRow& stored);
eventlog::RecordWrite RemoveRow(const std::string& row_id);

// Writes records in transactions of a bounded size, in order. Errors of the log.
absl::Status WriteRecords(eventlog::EventLog& log, std::string_view workspace,
                          std::vector<eventlog::RecordWrite> writes);

// Removes the stored profiles when no row is left that could need them. Errors of the log.
absl::Status DropUnusedProfiles(eventlog::EventLog& log, std::string_view workspace);

// What an import did to the quarantine.
struct QuarantineChange {
  int64_t new_row_count = 0;       // Rows that were not in it before.
  int64_t unkept_row_count = 0;    // Rows left out beyond the limits, which are not in it.
  int64_t released_row_count = 0;  // Rows that the import took and that left it.
};

// Puts the rows that `report` says were left out into quarantine, with their values read again from
// `files` (the files whose headers could be used, in any order; several rules of one file follow
// each other), and lets go of earlier rows that this import took: those of the same file with the
// same id, and those without an id that are equal in every column but the ones at fault.
// `profile_text` is empty for a shipped profile. Appends at most one set of records, after the
// events; an import that is interrupted before leaves the quarantine as it was.
//
// Errors of the log.
absl::StatusOr<QuarantineChange> UpdateQuarantine(eventlog::EventLog& log,
                                                  std::string_view workspace,
                                                  const ImportProfile& profile,
                                                  const std::string& profile_text, absl::Time now,
                                                  const std::vector<MappedFile>& files,
                                                  const ImportReport& report);

}  // namespace quotacast::ingestion

#endif  // QUOTACAST_SERVICES_INGESTION_QUARANTINE_H_
