// The gRPC face of the ingestion service: an adapter that holds nothing but its core and its
// executors.
#ifndef QUOTACAST_SERVICES_INGESTION_SERVER_INGESTION_SERVICE_H_
#define QUOTACAST_SERVICES_INGESTION_SERVER_INGESTION_SERVICE_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <cstddef>
#include <mutex>

#include "absl/time/time.h"
#include "base/clock.h"
#include "quotacast/ingestion/v1/ingestion_service.grpc.pb.h"
#include "services/eventlog/event_log.h"
#include "services/ingestion/event_append.h"
#include "services/ingestion/ingestion.h"
#include "services/ingestion/workspace_limits.h"
#include "services/serving/serving.h"

namespace quotacast::ingestion {

// The service's full name, for ServingOptions::service and health.
inline constexpr char kIngestionServiceName[] = "quotacast.ingestion.v1.IngestionService";

// Callers that may follow the feed at once. Each occupies a thread of its own for as long as it
// follows; one more is refused (OVERLOADED).
inline constexpr size_t kMaxFollowers = 32;

// Imports at once. Each occupies a thread of its own while its files arrive and are read; further
// ones wait.
inline constexpr size_t kMaxImports = 8;

// Append streams at once. Each occupies a thread of its own; one more is refused (OVERLOADED).
inline constexpr size_t kMaxAppendStreams = 32;

// The longest pause of an append stream; beyond it the writer is taken for gone
// (DEADLINE_EXCEEDED). A writer that lives goes on with a new stream.
inline constexpr absl::Duration kNextBatchWaitMax = absl::Minutes(10);

// Operations on whole logs at once: erasing, counting, verifying, restoring. Further ones wait.
inline constexpr size_t kMaxLogOperations = 2;
// The default and the longest deadline of a unary one.
inline constexpr absl::Duration kLogOperationDeadlineDefault = absl::Minutes(30);
inline constexpr absl::Duration kLogOperationDeadlineMax = absl::Hours(24);

// The longest pause in an upload. Many times what a slow line or a busy caller needs for a chunk of
// a few MiB; beyond it the caller is taken for gone and its place is given to another
// (DEADLINE_EXCEEDED).
inline constexpr absl::Duration kNextChunkWaitMax = absl::Seconds(60);

// The feed is written as serialised messages, past the generated code.
using IngestionServiceBase =
    v1::IngestionService::WithRawCallbackMethod_WatchEvents<v1::IngestionService::CallbackService>;

// Thread-safe. The server it is registered with must be shut down before it is destroyed.
class IngestionService final : public IngestionServiceBase {
 public:
  // `business_clock` says what today is, `machine_clock` when deadlines pass; both and `log` must
  // outlive the object. `serving_options` must name kIngestionServiceName.
  IngestionService(eventlog::EventLog& log, const serving::ServingOptions& serving_options,
                   const Clock& business_clock, const Clock& machine_clock,
                   const serving::CallLog& call_log, const WorkspaceLimitOptions& limits = {});

  grpc::ServerReadReactor<v1::ImportFilesRequest>* ImportFiles(
      grpc::CallbackServerContext* context, v1::ImportFilesResponse* response) override;
  grpc::ServerUnaryReactor* ListProfiles(grpc::CallbackServerContext* context,
                                         const v1::ListProfilesRequest* request,
                                         v1::ListProfilesResponse* response) override;
  grpc::ServerBidiReactor<v1::AppendEventsRequest, v1::AppendEventsResponse>* AppendEvents(
      grpc::CallbackServerContext* context) override;
  grpc::ServerUnaryReactor* BatchAppend(grpc::CallbackServerContext* context,
                                        const v1::BatchAppendRequest* request,
                                        v1::BatchAppendResponse* response) override;
  grpc::ServerWriteReactor<grpc::ByteBuffer>* WatchEvents(grpc::CallbackServerContext* context,
                                                          const grpc::ByteBuffer* request) override;
  grpc::ServerUnaryReactor* ListConflicts(grpc::CallbackServerContext* context,
                                          const v1::ListConflictsRequest* request,
                                          v1::ListConflictsResponse* response) override;
  grpc::ServerUnaryReactor* ErasePerson(grpc::CallbackServerContext* context,
                                        const v1::ErasePersonRequest* request,
                                        v1::ErasePersonResponse* response) override;
  grpc::ServerUnaryReactor* GetLogStats(grpc::CallbackServerContext* context,
                                        const v1::GetLogStatsRequest* request,
                                        v1::GetLogStatsResponse* response) override;
  grpc::ServerWriteReactor<v1::VerifyLogResponse>* VerifyLog(
      grpc::CallbackServerContext* context, const v1::VerifyLogRequest* request) override;
  grpc::ServerReadReactor<v1::RestoreEventsRequest>* RestoreEvents(
      grpc::CallbackServerContext* context, v1::RestoreEventsResponse* response) override;
  grpc::ServerUnaryReactor* ListQuarantinedRows(grpc::CallbackServerContext* context,
                                                const v1::ListQuarantinedRowsRequest* request,
                                                v1::ListQuarantinedRowsResponse* response) override;
  grpc::ServerUnaryReactor* ReplayQuarantinedRows(
      grpc::CallbackServerContext* context, const v1::ReplayQuarantinedRowsRequest* request,
      v1::ReplayQuarantinedRowsResponse* response) override;
  grpc::ServerUnaryReactor* DiscardQuarantinedRows(
      grpc::CallbackServerContext* context, const v1::DiscardQuarantinedRowsRequest* request,
      v1::DiscardQuarantinedRowsResponse* response) override;

 private:
  eventlog::EventLog& log_;
  Ingestion core_;
  WorkspaceLimits limits_;
  EventAppend append_;
  std::mutex erasure_mu_;  // One erasure at a time: two could choose one pseudonym.
  // Last, so that running handlers end before what they use goes. Imports, followers, append
  // streams and operations on whole logs have their own: they hold a thread for as long as their
  // caller pleases or the log is long, and the reads that every query of metrics begins with must
  // not wait for that.
  serving::Serving serving_;
  serving::Serving imports_;
  serving::Serving followers_;
  serving::Serving append_streams_;
  serving::Serving log_operations_;
};

}  // namespace quotacast::ingestion

#endif  // QUOTACAST_SERVICES_INGESTION_SERVER_INGESTION_SERVICE_H_
