// Files in, events and a report out.
#ifndef QUOTACAST_SERVICES_INGESTION_IMPORTER_H_
#define QUOTACAST_SERVICES_INGESTION_IMPORTER_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "services/eventlog/event_log.h"
#include "services/ingestion/import_profile.h"
#include "services/ingestion/import_report.h"
#include "services/ingestion/mapped_file.h"

namespace quotacast::ingestion {

// What an import is told beside its files.
struct ImportOptions {
  // UTC; what dates of the future are told by.
  absl::CivilDay today;
  // Day that full exports of a table show the business on.
  absl::CivilDay snapshot_day;
  // When the import runs: the create time of rows that go to quarantine.
  absl::Time now;
  // The profile as it was sent, so that rows in quarantine can be read under it again; empty when
  // it is shipped.
  std::string profile_text;
};

// Reads `files` under `profile`, checks every row against the reference data of the files and of
// the log, and appends what the log does not know yet. The order of the files does not matter:
// reference data is read before the deals that refer to it, files of one rule in order of name.
//
// Good rows are kept beside bad ones. Only when the header of a required file cannot be used
// (EMPTY_FILE, WRONG_DELIMITER, MISSING_COLUMN ...) is nothing appended: every row that refers to
// it would look wrong.
//
// Importing the same files twice appends nothing. A fact that a later import states differently is
// appended as a correction; which one counts is decided by log order.
//
// All amounts of a workspace are in one currency: that of its first amount, in an empty workspace
// the profile's.
//
// Files of rules that compare with the log show the business on `options.snapshot_day`. They come
// in the order of their days: an earlier one than the last is FAILED_PRECONDITION
// (SNAPSHOT_OUT_OF_ORDER).
//
// Errors: INVALID_ARGUMENT (MISSING_FILE: a required file was not sent, and for reference data the
// log has none either), CANCELLED, and errors of the log; the message then says how many events
// are durable, and sending the same files again completes the import.
//
// Rows left out go to quarantine, and rows of the quarantine that are taken leave it, after the
// last event.
//
// One import of a workspace at a time (the caller's part). Memory: the files, plus ids and values
// of their rows.
absl::StatusOr<v1::ImportFilesResponse> ImportUploadedFiles(eventlog::EventLog& log,
                                                            std::string_view workspace,
                                                            const ImportProfile& profile,
                                                            std::vector<UploadedFile> files,
                                                            const ImportOptions& options,
                                                            const std::function<bool()>& cancelled);

// What a replay did.
struct ReplayOutcome {
  v1::ImportFilesResponse response;
  ImportReport::RejectedRows rejected_rows;
};

// Reads a few rows again that an earlier import left out. As ImportUploadedFiles, but files that
// the profile requires need not be there, a file whose header cannot be used leaves the others
// alone, the profile's stages and calendar are not stated again, and neither are suspicions judged
// nor does the quarantine change.
absl::StatusOr<ReplayOutcome> ReplayRows(eventlog::EventLog& log, std::string_view workspace,
                                         const ImportProfile& profile,
                                         std::vector<UploadedFile> files,
                                         const ImportOptions& options,
                                         const std::function<bool()>& cancelled);

}  // namespace quotacast::ingestion

#endif  // QUOTACAST_SERVICES_INGESTION_IMPORTER_H_
