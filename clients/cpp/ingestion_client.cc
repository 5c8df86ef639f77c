#include "clients/cpp/ingestion_client.h"

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/cpp/call_options.h"
#include "clients/cpp/calls.h"
#include "clients/cpp/status_conversion.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "grpcpp/support/status.h"
#include "grpcpp/support/sync_stream.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"

namespace quotacast::clients {

IngestionClient::IngestionClient(std::shared_ptr<grpc::Channel> channel)
    : stub_(ingestion::v1::IngestionService::NewStub(std::move(channel))) {}

absl::StatusOr<ingestion::v1::ImportFilesResponse> IngestionClient::ImportFiles(
    const ingestion::v1::ImportHeader& header, const ChunkSource& next_chunk,
    const CallOptions& options) {
  Call call(options);
  ingestion::v1::ImportFilesResponse response;
  std::unique_ptr<grpc::ClientWriter<ingestion::v1::ImportFilesRequest>> writer =
      stub_->ImportFiles(call.context(), &response);
  ingestion::v1::ImportFilesRequest request;
  *request.mutable_header() = header;
  // A failed write means that the call is over; Finish then says why.
  bool open = writer->Write(request);
  while (open) {
    absl::StatusOr<bool> more = next_chunk(*request.mutable_chunk());
    if (!more.ok()) {
      call.context()->TryCancel();
      writer->Finish();  // Always CANCELLED: the source's own error is the one to report.
      return more.status();
    }
    if (!*more) break;
    open = writer->Write(request);
  }
  if (open) writer->WritesDone();
  const grpc::Status status = writer->Finish();
  if (!status.ok()) return ToAbslStatus(status);
  return response;
}

absl::StatusOr<ingestion::v1::ListProfilesResponse> IngestionClient::ListProfiles(
    const ingestion::v1::ListProfilesRequest& request, const CallOptions& options) {
  return RunUnary<ingestion::v1::ListProfilesResponse>(
      options, [&](grpc::ClientContext* context, ingestion::v1::ListProfilesResponse* response) {
        return stub_->ListProfiles(context, request, response);
      });
}

absl::StatusOr<ingestion::v1::BatchAppendResponse> IngestionClient::BatchAppend(
    const ingestion::v1::BatchAppendRequest& request, const CallOptions& options) {
  return RunUnary<ingestion::v1::BatchAppendResponse>(
      options, [&](grpc::ClientContext* context, ingestion::v1::BatchAppendResponse* response) {
        return stub_->BatchAppend(context, request, response);
      });
}

absl::StatusOr<ingestion::v1::ListConflictsResponse> IngestionClient::ListConflicts(
    const ingestion::v1::ListConflictsRequest& request, const CallOptions& options) {
  return RunUnary<ingestion::v1::ListConflictsResponse>(
      options, [&](grpc::ClientContext* context, ingestion::v1::ListConflictsResponse* response) {
        return stub_->ListConflicts(context, request, response);
      });
}

absl::StatusOr<ingestion::v1::ErasePersonResponse> IngestionClient::ErasePerson(
    const ingestion::v1::ErasePersonRequest& request, const CallOptions& options) {
  return RunUnary<ingestion::v1::ErasePersonResponse>(
      options, [&](grpc::ClientContext* context, ingestion::v1::ErasePersonResponse* response) {
        return stub_->ErasePerson(context, request, response);
      });
}

absl::StatusOr<ingestion::v1::GetLogStatsResponse> IngestionClient::GetLogStats(
    const ingestion::v1::GetLogStatsRequest& request, const CallOptions& options) {
  return RunUnary<ingestion::v1::GetLogStatsResponse>(
      options, [&](grpc::ClientContext* context, ingestion::v1::GetLogStatsResponse* response) {
        return stub_->GetLogStats(context, request, response);
      });
}

absl::Status IngestionClient::VerifyLog(
    const ingestion::v1::VerifyLogRequest& request,
    const std::function<bool(ingestion::v1::VerifyLogResponse&&)>& on_message,
    const CallOptions& options) {
  return RunServerStream<ingestion::v1::VerifyLogResponse>(
      options, [&](grpc::ClientContext* context) { return stub_->VerifyLog(context, request); },
      on_message);
}

absl::StatusOr<ingestion::v1::RestoreEventsResponse> IngestionClient::RestoreEvents(
    const std::string& parent, const EventsSource& next_events, const CallOptions& options) {
  Call call(options);
  ingestion::v1::RestoreEventsResponse response;
  std::unique_ptr<grpc::ClientWriter<ingestion::v1::RestoreEventsRequest>> writer =
      stub_->RestoreEvents(call.context(), &response);
  ingestion::v1::RestoreEventsRequest request;
  request.mutable_header()->set_parent(parent);
  // A failed write means that the call is over; Finish then says why.
  bool open = writer->Write(request);
  while (open) {
    request.mutable_events()->Clear();
    absl::StatusOr<bool> more = next_events(*request.mutable_events());
    if (!more.ok()) {
      call.context()->TryCancel();
      writer->Finish();  // Always CANCELLED: the source's own error is the one to report.
      return more.status();
    }
    if (!*more) break;
    open = writer->Write(request);
  }
  if (open) writer->WritesDone();
  const grpc::Status status = writer->Finish();
  if (!status.ok()) return ToAbslStatus(status);
  return response;
}

absl::StatusOr<ingestion::v1::ListQuarantinedRowsResponse> IngestionClient::ListQuarantinedRows(
    const ingestion::v1::ListQuarantinedRowsRequest& request, const CallOptions& options) {
  return RunUnary<ingestion::v1::ListQuarantinedRowsResponse>(
      options,
      [&](grpc::ClientContext* context, ingestion::v1::ListQuarantinedRowsResponse* response) {
        return stub_->ListQuarantinedRows(context, request, response);
      });
}

absl::StatusOr<ingestion::v1::ReplayQuarantinedRowsResponse> IngestionClient::ReplayQuarantinedRows(
    const ingestion::v1::ReplayQuarantinedRowsRequest& request, const CallOptions& options) {
  return RunUnary<ingestion::v1::ReplayQuarantinedRowsResponse>(
      options,
      [&](grpc::ClientContext* context, ingestion::v1::ReplayQuarantinedRowsResponse* response) {
        return stub_->ReplayQuarantinedRows(context, request, response);
      });
}

absl::StatusOr<ingestion::v1::DiscardQuarantinedRowsResponse>
IngestionClient::DiscardQuarantinedRows(const ingestion::v1::DiscardQuarantinedRowsRequest& request,
                                        const CallOptions& options) {
  return RunUnary<ingestion::v1::DiscardQuarantinedRowsResponse>(
      options,
      [&](grpc::ClientContext* context, ingestion::v1::DiscardQuarantinedRowsResponse* response) {
        return stub_->DiscardQuarantinedRows(context, request, response);
      });
}

absl::Status IngestionClient::WatchEvents(
    const ingestion::v1::WatchEventsRequest& request,
    const std::function<bool(ingestion::v1::WatchEventsResponse&&)>& on_message,
    const CallOptions& options) {
  return RunServerStream<ingestion::v1::WatchEventsResponse>(
      options, [&](grpc::ClientContext* context) { return stub_->WatchEvents(context, request); },
      on_message);
}

}  // namespace quotacast::clients
