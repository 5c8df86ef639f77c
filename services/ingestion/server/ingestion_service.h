// The gRPC face of the ingestion service: an adapter that holds nothing but its core and its
// executors.
#ifndef QUOTACAST_SERVICES_INGESTION_SERVER_INGESTION_SERVICE_H_
#define QUOTACAST_SERVICES_INGESTION_SERVER_INGESTION_SERVICE_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <cstddef>

#include "absl/time/time.h"
#include "base/clock.h"
#include "quotacast/ingestion/v1/ingestion_service.grpc.pb.h"
#include "services/eventlog/event_log.h"
#include "services/ingestion/ingestion.h"
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

// The longest pause in an upload. Many times what a slow line or a busy caller needs for a chunk of
// a few MiB; beyond it the caller is taken for gone and its place is given to another
// (DEADLINE_EXCEEDED).
inline constexpr absl::Duration kNextChunkWaitMax = absl::Seconds(60);

// Thread-safe. The server it is registered with must be shut down before it is destroyed.
class IngestionService final : public v1::IngestionService::CallbackService {
 public:
  // `business_clock` says what today is, `machine_clock` when deadlines pass; both and `log` must
  // outlive the object. `serving_options` must name kIngestionServiceName.
  IngestionService(eventlog::EventLog& log, const serving::ServingOptions& serving_options,
                   const Clock& business_clock, const Clock& machine_clock,
                   const serving::CallLog& call_log);

  grpc::ServerReadReactor<v1::ImportFilesRequest>* ImportFiles(
      grpc::CallbackServerContext* context, v1::ImportFilesResponse* response) override;
  grpc::ServerUnaryReactor* ListProfiles(grpc::CallbackServerContext* context,
                                         const v1::ListProfilesRequest* request,
                                         v1::ListProfilesResponse* response) override;
  grpc::ServerWriteReactor<v1::WatchEventsResponse>* WatchEvents(
      grpc::CallbackServerContext* context, const v1::WatchEventsRequest* request) override;

 private:
  Ingestion core_;
  // Last, so that running handlers end before what they use goes. Imports and followers
  // have their own: both hold a thread for as long as their caller pleases, and the reads that
  // every query of metrics begins with must not wait for that.
  serving::Serving serving_;
  serving::Serving imports_;
  serving::Serving followers_;
};

}  // namespace quotacast::ingestion

#endif  // QUOTACAST_SERVICES_INGESTION_SERVER_INGESTION_SERVICE_H_
