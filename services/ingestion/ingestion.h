// Imports: takes in files under profiles, and lists the profiles.
// Speaks messages and knows nothing of gRPC.
#ifndef QUOTACAST_SERVICES_INGESTION_INGESTION_H_
#define QUOTACAST_SERVICES_INGESTION_INGESTION_H_

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "services/eventlog/event_log.h"
#include "services/ingestion/import_profile.h"
#include "services/ingestion/mapped_file.h"
#include "services/ingestion/request_ids.h"

namespace quotacast::ingestion {

inline constexpr size_t kMaxChunkBytes = 1 << 20;

struct IngestionOptions {
  size_t max_import_bytes = size_t{256} << 20;    // Of the files of one import.
  size_t max_buffered_bytes = size_t{512} << 20;  // Of all imports under way.
  size_t max_import_files = 1'000;
};

class ImportSession;

// Thread-safe. `log` and `clock` outlive it; the clock tells dates of the future.
class Ingestion {
 public:
  Ingestion(eventlog::EventLog& log, const Clock& clock, const IngestionOptions& options = {});

  // The ids of all calls that change the workspaces of this log: an import and a batch of events
  // cannot share one.
  RequestIds& requests() { return requests_; }

  // Begins an import; it ends with the session's Finish, or without a trace with the session.
  // The Ingestion outlives its sessions.
  ImportSession StartImport();

  // The shipped profiles in order of name.
  v1::ListProfilesResponse ListProfiles() const;

  // The rows that imports left out: see quarantine_operations.h. Replaying and discarding wait
  // until no import of the workspace runs; CANCELLED when `cancelled` says so meanwhile.
  absl::StatusOr<v1::ListQuarantinedRowsResponse> ListQuarantinedRows(
      std::string_view workspace, const v1::ListQuarantinedRowsRequest& request) const;
  absl::StatusOr<v1::ReplayQuarantinedRowsResponse> ReplayQuarantinedRows(
      std::string_view workspace, const v1::ReplayQuarantinedRowsRequest& request,
      const std::function<bool()>& cancelled);
  absl::StatusOr<v1::DiscardQuarantinedRowsResponse> DiscardQuarantinedRows(
      std::string_view workspace, const v1::DiscardQuarantinedRowsRequest& request,
      const std::function<bool()>& cancelled);

 private:
  friend class ImportSession;

  // Answers an import under a known request id as before; otherwise as ImportInTurn. When the
  // process ends between the last event and the note of the answer, sending the import again
  // appends nothing and reports the events as unchanged.
  absl::StatusOr<v1::ImportFilesResponse> Import(std::string_view workspace,
                                                 const v1::ImportHeader& header,
                                                 const ImportProfile& profile,
                                                 std::vector<UploadedFile> files,
                                                 const std::function<bool()>& cancelled);

  // Appends for one workspace at a time: waits until no other import of it runs. Appends nothing
  // when `header` asks for a dry run.
  absl::StatusOr<v1::ImportFilesResponse> ImportInTurn(std::string_view workspace,
                                                       const v1::ImportHeader& header,
                                                       const ImportProfile& profile,
                                                       std::vector<UploadedFile> files,
                                                       const std::function<bool()>& cancelled);

  // Waits until nobody else imports into the workspace, and keeps others waiting until Leave.
  // CANCELLED when `cancelled` says so first; then there is nothing to leave.
  absl::Status Enter(std::string_view workspace, const std::function<bool()>& cancelled);
  void Leave(std::string_view workspace);

  eventlog::EventLog& log_;
  const Clock& clock_;
  const IngestionOptions options_;
  RequestIds requests_;
  std::atomic<size_t> buffered_bytes_{0};
  std::mutex mu_;
  std::condition_variable workspace_free_;
  std::set<std::string, std::less<>> busy_workspaces_;  // Guarded by mu_.
};

// Collects the messages of one ImportFiles call. Used by one thread at a time.
//
//   ImportSession session = ingestion.StartImport();
//   for (const v1::ImportFilesRequest& message : messages) {
//     QC_RETURN_IF_ERROR(session.Add(message));
//   }
//   QC_ASSIGN_OR_RETURN(response, session.Finish(workspace, cancelled));
class ImportSession {
 public:
  explicit ImportSession(Ingestion& ingestion) : ingestion_(ingestion) {}
  ~ImportSession();
  ImportSession(const ImportSession&) = delete;
  ImportSession& operator=(const ImportSession&) = delete;

  // Takes the next message: the header first, then the chunks, those of one file in a row; an
  // empty file is one empty chunk. Errors: INVALID_ARGUMENT (INVALID_FIELD for a message out of
  // order, a chunk beyond kMaxChunkBytes or a bad file name; UNKNOWN_PROFILE; INVALID_PROFILE),
  // RESOURCE_EXHAUSTED (IMPORT_TOO_LARGE naming the limit; OVERLOADED when other imports hold the
  // memory). After an error only the destructor may follow.
  absl::Status Add(const v1::ImportFilesRequest& request);

  // The header's parent; empty before the header.
  const std::string& parent() const { return header_.parent(); }

  // Imports what was sent; errors as Add, for an import without a header, as RequestIds::Enter, and
  // as ImportUploadedFiles. Called once, at the end.
  absl::StatusOr<v1::ImportFilesResponse> Finish(std::string_view workspace,
                                                 const std::function<bool()>& cancelled);

 private:
  absl::Status TakeHeader(const v1::ImportHeader& header);
  absl::Status TakeChunk(const v1::FileChunk& chunk);

  Ingestion& ingestion_;
  std::optional<ImportProfile> profile_;  // Set by the header.
  v1::ImportHeader header_;
  std::vector<UploadedFile> files_;
  std::set<std::string> file_names_;
  size_t byte_count_ = 0;
};

}  // namespace quotacast::ingestion

#endif  // QUOTACAST_SERVICES_INGESTION_INGESTION_H_
