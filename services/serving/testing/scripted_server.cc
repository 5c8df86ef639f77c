#include "services/serving/testing/scripted_server.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace quotacast::serving::testing {
namespace {

ServingOptions WithExecutor(ServingOptions options, ExecutorOptions executor) {
  options.service = "quotacast.simulation.v1.SimulationService";
  options.executor = executor;
  return options;
}

}  // namespace

class ScriptedServer::Simulation final : public simulation::v1::SimulationService::CallbackService {
 public:
  explicit Simulation(ScriptedServer& owner) : owner_(owner) {}

  grpc::ServerUnaryReactor* Forecast(grpc::CallbackServerContext* context,
                                     const simulation::v1::ForecastRequest* request,
                                     simulation::v1::ForecastResponse* response) override {
    return HandleUnary(owner_.serving_, context, request, response, owner_.on_forecast);
  }

  grpc::ServerWriteReactor<simulation::v1::StreamForecastResponse>* StreamForecast(
      grpc::CallbackServerContext* context,
      const simulation::v1::StreamForecastRequest* request) override {
    return HandleServerStream<simulation::v1::StreamForecastResponse>(
        owner_.serving_, context, request, owner_.on_stream_forecast);
  }

 private:
  ScriptedServer& owner_;
};

class ScriptedServer::Ingestion final
    : public ingestion::v1::IngestionService::WithRawCallbackMethod_WatchEvents<
          ingestion::v1::IngestionService::CallbackService> {
 public:
  explicit Ingestion(ScriptedServer& owner) : owner_(owner) {}

  grpc::ServerReadReactor<ingestion::v1::ImportFilesRequest>* ImportFiles(
      grpc::CallbackServerContext* context, ingestion::v1::ImportFilesResponse* response) override {
    return HandleClientStream<ingestion::v1::ImportFilesRequest>(owner_.serving_, context, response,
                                                                 owner_.on_import_files);
  }

  grpc::ServerBidiReactor<ingestion::v1::AppendEventsRequest, ingestion::v1::AppendEventsResponse>*
  AppendEvents(grpc::CallbackServerContext* context) override {
    return HandleBidiStream<ingestion::v1::AppendEventsRequest,
                            ingestion::v1::AppendEventsResponse>(owner_.serving_, context,
                                                                 owner_.on_append_events);
  }

  grpc::ServerWriteReactor<grpc::ByteBuffer>* WatchEvents(
      grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) override {
    return HandleRawServerStream<ingestion::v1::WatchEventsRequest>(
        owner_.serving_, context, request, owner_.on_watch_events);
  }

 private:
  ScriptedServer& owner_;
};

ScriptedServer::ScriptedServer(ExecutorOptions executor, ServingOptions options, const Clock* clock)
    : serving_(WithExecutor(std::move(options), executor),
               clock == nullptr ? machine_clock_ : *clock,
               [this](const CallRecord& record) {
                 {
                   std::lock_guard<std::mutex> lock(mu_);
                   records_.push_back(record);
                 }
                 recorded_.notify_all();
               }),
      simulation_service_(std::make_unique<Simulation>(*this)),
      ingestion_service_(std::make_unique<Ingestion>(*this)) {
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(simulation_service_.get());
  builder.RegisterService(ingestion_service_.get());
  server_ = builder.BuildAndStart();
  const auto channel =
      grpc::CreateChannel(absl::StrCat("127.0.0.1:", port), grpc::InsecureChannelCredentials());
  simulation_stub_ = simulation::v1::SimulationService::NewStub(channel);
  ingestion_stub_ = ingestion::v1::IngestionService::NewStub(channel);
  in_process_ingestion_stub_ =
      ingestion::v1::IngestionService::NewStub(server_->InProcessChannel(grpc::ChannelArguments()));
}

ScriptedServer::~ScriptedServer() {
  Shutdown();
  // A cancelled call's handler may still use what the test holds.
  serving_.executor().Drain();
}

std::vector<CallRecord> ScriptedServer::WaitForRecords(size_t count) {
  std::unique_lock<std::mutex> lock(mu_);
  recorded_.wait(lock, [&] { return records_.size() >= count; });
  return records_;
}

size_t ScriptedServer::record_count() {
  std::lock_guard<std::mutex> lock(mu_);
  return records_.size();
}

void ScriptedServer::Shutdown() {
  server_->Shutdown(absl::ToChronoTime(machine_clock_.Now()));
  server_->Wait();
}

}  // namespace quotacast::serving::testing
