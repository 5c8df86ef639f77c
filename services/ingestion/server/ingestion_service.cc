#include "services/ingestion/server/ingestion_service.h"

#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

#include <mutex>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/errors.h"
#include "base/status_macros.h"
#include "services/ingestion/event_feed.h"
#include "services/ingestion/log_operations.h"
#include "services/ingestion/person_erasure.h"
#include "services/serving/handler.h"

namespace quotacast::ingestion {
namespace {

serving::ServingOptions ImportOptions(serving::ServingOptions options) {
  options.executor.thread_count = kMaxImports;
  options.next_message_wait_max = kNextChunkWaitMax;
  return options;
}

serving::ServingOptions FollowerOptions(serving::ServingOptions options) {
  options.executor.thread_count = kMaxFollowers;
  options.executor.queue_max = 0;
  return options;
}

serving::ServingOptions AppendStreamOptions(serving::ServingOptions options) {
  options.executor.thread_count = kMaxAppendStreams;
  options.executor.queue_max = 0;
  options.next_message_wait_max = kNextBatchWaitMax;
  return options;
}

serving::ServingOptions LogOperationOptions(serving::ServingOptions options) {
  options.executor.thread_count = kMaxLogOperations;
  options.deadline_default = kLogOperationDeadlineDefault;
  options.deadline_max = kLogOperationDeadlineMax;
  options.next_message_wait_max = kNextChunkWaitMax;
  return options;
}

// Fills a response from what a core returns.
template <typename Response>
absl::Status Assign(absl::StatusOr<Response> result, Response& response) {
  if (!result.ok()) return result.status();
  response = *std::move(result);
  return absl::OkStatus();
}

}  // namespace

IngestionService::IngestionService(eventlog::EventLog& log,
                                   const serving::ServingOptions& serving_options,
                                   const Clock& business_clock, const Clock& machine_clock,
                                   const serving::CallLog& call_log,
                                   const WorkspaceLimitOptions& limits)
    : log_(log),
      core_(log, business_clock),
      limits_(log, machine_clock, limits),
      append_(log, limits_, core_.requests()),
      serving_(serving_options, machine_clock, call_log),
      imports_(ImportOptions(serving_options), machine_clock, call_log),
      followers_(FollowerOptions(serving_options), machine_clock, call_log),
      append_streams_(AppendStreamOptions(serving_options), machine_clock, call_log),
      log_operations_(LogOperationOptions(serving_options), machine_clock, call_log) {}

grpc::ServerReadReactor<v1::ImportFilesRequest>* IngestionService::ImportFiles(
    grpc::CallbackServerContext* context, v1::ImportFilesResponse* response) {
  return serving::HandleClientStream<v1::ImportFilesRequest>(
      imports_, context, response,
      [this](serving::CallContext& call, serving::StreamReader<v1::ImportFilesRequest>& reader,
             v1::ImportFilesResponse* response) -> absl::Status {
        ImportSession session(core_);
        v1::ImportFilesRequest message;
        while (reader.Read(&message)) {
          QC_RETURN_IF_ERROR(session.Add(message));
          if (!message.has_header()) continue;
          QC_RETURN_IF_ERROR(
              call.EnterWorkspace("header.parent", session.parent(), serving::NameTail::kNone)
                  .status());
        }
        return Assign(session.Finish(call.workspace(), call.cancelled_function()), *response);
      });
}

grpc::ServerUnaryReactor* IngestionService::ListProfiles(grpc::CallbackServerContext* context,
                                                         const v1::ListProfilesRequest* request,
                                                         v1::ListProfilesResponse* response) {
  return serving::HandleUnary(serving_, context, request, response,
                              [this](const serving::CallContext&, const v1::ListProfilesRequest&,
                                     v1::ListProfilesResponse* response) {
                                *response = core_.ListProfiles();
                                return absl::OkStatus();
                              });
}

grpc::ServerBidiReactor<v1::AppendEventsRequest, v1::AppendEventsResponse>*
IngestionService::AppendEvents(grpc::CallbackServerContext* context) {
  return serving::HandleBidiStream<v1::AppendEventsRequest, v1::AppendEventsResponse>(
      append_streams_, context,
      [this](serving::CallContext& call, serving::StreamReader<v1::AppendEventsRequest>& reader,
             serving::StreamWriter<v1::AppendEventsResponse>& writer) {
        AppendStream stream;
        stream.read = [&reader](v1::AppendEventsRequest& message) { return reader.Read(&message); };
        stream.stop_reading = [&reader] { reader.StopReading(); };
        stream.enter = [&call](const std::string& parent) {
          return call.EnterWorkspace("header.parent", parent, serving::NameTail::kNone);
        };
        stream.write = [&writer](const v1::AppendEventsResponse& response) {
          return writer.Write(response);
        };
        stream.cancelled = call.cancelled_function();
        return append_.AppendEvents(stream);
      });
}

grpc::ServerUnaryReactor* IngestionService::BatchAppend(grpc::CallbackServerContext* context,
                                                        const v1::BatchAppendRequest* request,
                                                        v1::BatchAppendResponse* response) {
  return serving::HandleUnary(
      serving_, context, request, response,
      [this](const serving::CallContext& call, const v1::BatchAppendRequest& request,
             v1::BatchAppendResponse* response) {
        return Assign(append_.BatchAppend(call.workspace(), request, call.cancelled_function()),
                      *response);
      });
}

grpc::ServerUnaryReactor* IngestionService::ListQuarantinedRows(
    grpc::CallbackServerContext* context, const v1::ListQuarantinedRowsRequest* request,
    v1::ListQuarantinedRowsResponse* response) {
  return serving::HandleUnary(
      serving_, context, request, response,
      [this](const serving::CallContext& call, const v1::ListQuarantinedRowsRequest& request,
             v1::ListQuarantinedRowsResponse* response) {
        return Assign(core_.ListQuarantinedRows(call.workspace(), request), *response);
      });
}

grpc::ServerUnaryReactor* IngestionService::ReplayQuarantinedRows(
    grpc::CallbackServerContext* context, const v1::ReplayQuarantinedRowsRequest* request,
    v1::ReplayQuarantinedRowsResponse* response) {
  return serving::HandleUnary(
      imports_, context, request, response,
      [this](const serving::CallContext& call, const v1::ReplayQuarantinedRowsRequest& request,
             v1::ReplayQuarantinedRowsResponse* response) {
        return Assign(
            core_.ReplayQuarantinedRows(call.workspace(), request, call.cancelled_function()),
            *response);
      });
}

grpc::ServerUnaryReactor* IngestionService::DiscardQuarantinedRows(
    grpc::CallbackServerContext* context, const v1::DiscardQuarantinedRowsRequest* request,
    v1::DiscardQuarantinedRowsResponse* response) {
  return serving::HandleUnary(
      imports_, context, request, response,
      [this](const serving::CallContext& call, const v1::DiscardQuarantinedRowsRequest& request,
             v1::DiscardQuarantinedRowsResponse* response) {
        return Assign(
            core_.DiscardQuarantinedRows(call.workspace(), request, call.cancelled_function()),
            *response);
      });
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* IngestionService::WatchEvents(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* raw_request) {
  v1::WatchEventsRequest request;
  grpc::ByteBuffer bytes = *raw_request;  // Reading a buffer empties it.
  const bool follow =
      grpc::SerializationTraits<v1::WatchEventsRequest>::Deserialize(&bytes, &request).ok() &&
      request.follow();
  return serving::HandleRawServerStream<v1::WatchEventsRequest>(
      follow ? followers_ : serving_, context, raw_request,
      [this](const serving::CallContext& call, const v1::WatchEventsRequest& request,
             serving::StreamWriter<grpc::ByteBuffer>& writer) {
        return WatchLog(log_, call.workspace(), request, call.cancelled_function(),
                        [&writer](const std::string& response) {
                          const grpc::Slice slice(response);
                          return writer.Write(grpc::ByteBuffer(&slice, 1));
                        });
      });
}

grpc::ServerUnaryReactor* IngestionService::ListConflicts(grpc::CallbackServerContext* context,
                                                          const v1::ListConflictsRequest* request,
                                                          v1::ListConflictsResponse* response) {
  return serving::HandleUnary(
      serving_, context, request, response,
      [this](const serving::CallContext& call, const v1::ListConflictsRequest& request,
             v1::ListConflictsResponse* response) {
        return Assign(ingestion::ListConflicts(log_, call.workspace(), request), *response);
      });
}

grpc::ServerUnaryReactor* IngestionService::ErasePerson(grpc::CallbackServerContext* context,
                                                        const v1::ErasePersonRequest* request,
                                                        v1::ErasePersonResponse* response) {
  return serving::HandleUnary(
      log_operations_, context, request, response,
      [this](const serving::CallContext& call, const v1::ErasePersonRequest& request,
             v1::ErasePersonResponse* response) {
        const std::lock_guard<std::mutex> lock(erasure_mu_);
        return Assign(
            ingestion::ErasePerson(log_, call.workspace(), request, call.cancelled_function()),
            *response);
      });
}

grpc::ServerUnaryReactor* IngestionService::GetLogStats(grpc::CallbackServerContext* context,
                                                        const v1::GetLogStatsRequest* request,
                                                        v1::GetLogStatsResponse* response) {
  return serving::HandleUnary(
      log_operations_, context, request, response,
      [this](const serving::CallContext& call, const v1::GetLogStatsRequest&,
             v1::GetLogStatsResponse* response) {
        return Assign(ingestion::GetLogStats(log_, call.workspace(), call.cancelled_function()),
                      *response);
      });
}

grpc::ServerWriteReactor<v1::VerifyLogResponse>* IngestionService::VerifyLog(
    grpc::CallbackServerContext* context, const v1::VerifyLogRequest* request) {
  return serving::HandleServerStream<v1::VerifyLogResponse>(
      log_operations_, context, request,
      [this](const serving::CallContext& call, const v1::VerifyLogRequest&,
             serving::StreamWriter<v1::VerifyLogResponse>& writer) {
        return ingestion::VerifyLog(
            log_, call.workspace(), call.cancelled_function(),
            [&writer](const v1::VerifyLogResponse& response) { return writer.Write(response); });
      });
}

grpc::ServerReadReactor<v1::RestoreEventsRequest>* IngestionService::RestoreEvents(
    grpc::CallbackServerContext* context, v1::RestoreEventsResponse* response) {
  return serving::HandleClientStream<v1::RestoreEventsRequest>(
      log_operations_, context, response,
      [this](serving::CallContext& call, serving::StreamReader<v1::RestoreEventsRequest>& reader,
             v1::RestoreEventsResponse* response) -> absl::Status {
        v1::RestoreEventsRequest message;
        if (!reader.Read(&message) || !message.has_header()) {
          return InvalidField("part", "is no header; the header comes first");
        }
        QC_ASSIGN_OR_RETURN(const std::string workspace,
                            call.EnterWorkspace("header.parent", message.header().parent(),
                                                serving::NameTail::kNone));
        return Assign(
            ingestion::RestoreEvents(
                log_, workspace,
                [&reader](v1::RestoreEventsRequest& message) { return reader.Read(&message); },
                call.cancelled_function()),
            *response);
      });
}

}  // namespace quotacast::ingestion
