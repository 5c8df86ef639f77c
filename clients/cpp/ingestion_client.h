// The client of the ingestion service: brings CRM files in, follows the feed of events.
#ifndef QUOTACAST_CLIENTS_CPP_INGESTION_CLIENT_H_
#define QUOTACAST_CLIENTS_CPP_INGESTION_CLIENT_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/cpp/call_options.h"
#include "grpcpp/channel.h"
#include "quotacast/ingestion/v1/ingestion_service.grpc.pb.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"

namespace quotacast::clients {

// Thread-safe: calls of one client may overlap. Statuses are the service's own (base/errors.h
// details included), UNAVAILABLE when it cannot be reached, CANCELLED and DEADLINE_EXCEEDED after
// CallOptions. One compiled example is in example.cc.
class IngestionClient {
 public:
  // Fills the next piece of a file and returns true, or returns false at the end of all files.
  // An error ends the import: the service keeps nothing of it.
  using ChunkSource = std::function<absl::StatusOr<bool>(ingestion::v1::FileChunk&)>;

  explicit IngestionClient(std::shared_ptr<grpc::Channel> channel);

  // Streams the header, then every chunk of `next_chunk`, and returns the import report.
  absl::StatusOr<ingestion::v1::ImportFilesResponse> ImportFiles(
      const ingestion::v1::ImportHeader& header, const ChunkSource& next_chunk,
      const CallOptions& options = {});

  // Lists the shipped import profiles.
  absl::StatusOr<ingestion::v1::ListProfilesResponse> ListProfiles(
      const ingestion::v1::ListProfilesRequest& request, const CallOptions& options = {});

  // Appends one batch, wholly or not at all. For many events: EventAppender (event_appender.h).
  absl::StatusOr<ingestion::v1::BatchAppendResponse> BatchAppend(
      const ingestion::v1::BatchAppendRequest& request, const CallOptions& options = {});

  // One page of the events that came with the id of an earlier one.
  absl::StatusOr<ingestion::v1::ListConflictsResponse> ListConflicts(
      const ingestion::v1::ListConflictsRequest& request, const CallOptions& options = {});

  // Erases a person's data. Cannot be taken back.
  absl::StatusOr<ingestion::v1::ErasePersonResponse> ErasePerson(
      const ingestion::v1::ErasePersonRequest& request, const CallOptions& options = {});

  // Size and extent of a workspace's log.
  absl::StatusOr<ingestion::v1::GetLogStatsResponse> GetLogStats(
      const ingestion::v1::GetLogStatsRequest& request, const CallOptions& options = {});

  // Checks a log from end to end. `on_message` hears the progress and returns whether to go on;
  // the last message has `done`.
  absl::Status VerifyLog(const ingestion::v1::VerifyLogRequest& request,
                         const std::function<bool(ingestion::v1::VerifyLogResponse&&)>& on_message,
                         const CallOptions& options = {});

  // Fills the next events of an export, which fit a message (3 MiB), and returns true, or returns
  // false at the end. An error ends the restoration; what was sent before stays.
  using EventsSource = std::function<absl::StatusOr<bool>(ingestion::v1::RestoredEvents&)>;

  // Brings exported events back at the end of the log of `parent`.
  absl::StatusOr<ingestion::v1::RestoreEventsResponse> RestoreEvents(
      const std::string& parent, const EventsSource& next_events, const CallOptions& options = {});

  // A page of the rows that imports left out.
  absl::StatusOr<ingestion::v1::ListQuarantinedRowsResponse> ListQuarantinedRows(
      const ingestion::v1::ListQuarantinedRowsRequest& request, const CallOptions& options = {});

  // Imports rows of the quarantine again, with new values.
  absl::StatusOr<ingestion::v1::ReplayQuarantinedRowsResponse> ReplayQuarantinedRows(
      const ingestion::v1::ReplayQuarantinedRowsRequest& request, const CallOptions& options = {});

  // Drops rows of the quarantine for good.
  absl::StatusOr<ingestion::v1::DiscardQuarantinedRowsResponse> DiscardQuarantinedRows(
      const ingestion::v1::DiscardQuarantinedRowsRequest& request, const CallOptions& options = {});

  // Streams the events after an offset, in log order. `on_message` returns whether to go on;
  // stopping early is OK and cancels the call.
  absl::Status WatchEvents(
      const ingestion::v1::WatchEventsRequest& request,
      const std::function<bool(ingestion::v1::WatchEventsResponse&&)>& on_message,
      const CallOptions& options = {});

 private:
  const std::unique_ptr<ingestion::v1::IngestionService::Stub> stub_;
};

}  // namespace quotacast::clients

#endif  // QUOTACAST_CLIENTS_CPP_INGESTION_CLIENT_H_
