// A gRPC server whose handlers a test writes: everything around a handler, and nothing behind it.
#ifndef QUOTACAST_SERVICES_SERVING_TESTING_SCRIPTED_SERVER_H_
#define QUOTACAST_SERVICES_SERVING_TESTING_SCRIPTED_SERVER_H_

#include <grpcpp/server.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "quotacast/ingestion/v1/ingestion_service.grpc.pb.h"
#include "quotacast/simulation/v1/simulation_service.grpc.pb.h"
#include "services/serving/executor.h"
#include "services/serving/handler.h"
#include "services/serving/serving.h"

namespace quotacast::serving::testing {

// Serves one RPC of each kind through the wrapper, on
// 127.0.0.1 and in process. Set the handlers before the first call.
class ScriptedServer {
 public:
  explicit ScriptedServer(ExecutorOptions executor = {}, ServingOptions options = {},
                          const Clock* clock = nullptr);
  ~ScriptedServer();

  UnaryHandler<simulation::v1::ForecastRequest, simulation::v1::ForecastResponse> on_forecast;
  ServerStreamHandler<simulation::v1::StreamForecastRequest, simulation::v1::StreamForecastResponse>
      on_stream_forecast;
  ClientStreamHandler<ingestion::v1::ImportFilesRequest, ingestion::v1::ImportFilesResponse>
      on_import_files;
  BidiStreamHandler<ingestion::v1::AppendEventsRequest, ingestion::v1::AppendEventsResponse>
      on_append_events;
  ServerStreamHandler<ingestion::v1::WatchEventsRequest, grpc::ByteBuffer> on_watch_events;

  simulation::v1::SimulationService::Stub& simulation() { return *simulation_stub_; }
  ingestion::v1::IngestionService::Stub& ingestion(bool in_process = false) {
    return in_process ? *in_process_ingestion_stub_ : *ingestion_stub_;
  }
  Serving& serving() { return serving_; }

  // Blocks until `count` calls are logged; returns all logged so far.
  std::vector<CallRecord> WaitForRecords(size_t count);
  size_t record_count();

  // Cancels what runs and waits for gRPC's side of it.
  void Shutdown();

 private:
  class Simulation;
  class Ingestion;

  const SystemClock machine_clock_;
  std::mutex mu_;
  std::condition_variable recorded_;
  std::vector<CallRecord> records_;  // Guarded by mu_.
  Serving serving_;
  std::unique_ptr<Simulation> simulation_service_;
  std::unique_ptr<Ingestion> ingestion_service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<simulation::v1::SimulationService::Stub> simulation_stub_;
  std::unique_ptr<ingestion::v1::IngestionService::Stub> ingestion_stub_;
  std::unique_ptr<ingestion::v1::IngestionService::Stub> in_process_ingestion_stub_;
};

}  // namespace quotacast::serving::testing

#endif  // QUOTACAST_SERVICES_SERVING_TESTING_SCRIPTED_SERVER_H_
