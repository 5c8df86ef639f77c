#include "services/ingestion/server/ingestion_service.h"

#include "absl/status/status.h"
#include "base/status_macros.h"
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

}  // namespace

IngestionService::IngestionService(eventlog::EventLog& log,
                                   const serving::ServingOptions& serving_options,
                                   const Clock& business_clock, const Clock& machine_clock,
                                   const serving::CallLog& call_log)
    : core_(log, business_clock),
      serving_(serving_options, machine_clock, call_log),
      imports_(ImportOptions(serving_options), machine_clock, call_log),
      followers_(FollowerOptions(serving_options), machine_clock, call_log) {}

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
        QC_ASSIGN_OR_RETURN(*response, session.Finish(call.workspace(), call.cancelled_function()));
        return absl::OkStatus();
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

grpc::ServerWriteReactor<v1::WatchEventsResponse>* IngestionService::WatchEvents(
    grpc::CallbackServerContext* context, const v1::WatchEventsRequest* request) {
  return serving::HandleServerStream<v1::WatchEventsResponse>(
      request->follow() ? followers_ : serving_, context, request,
      [this](const serving::CallContext& call, const v1::WatchEventsRequest& request,
             serving::StreamWriter<v1::WatchEventsResponse>& writer) {
        return core_.WatchEvents(
            call.workspace(), request, call.cancelled_function(),
            [&writer](const v1::WatchEventsResponse& message) { return writer.Write(message); });
      });
}

}  // namespace quotacast::ingestion
