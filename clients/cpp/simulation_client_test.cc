// Goal: every method of the client reaches its own method of the service and brings the answer
// back. Method: an in-process service that answers with the request's text where there is one.
#include "clients/cpp/simulation_client.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/sync_stream.h"
#include "gtest/gtest.h"
#include "quotacast/simulation/v1/simulation_service.grpc.pb.h"

namespace quotacast::clients {
namespace {

class Echo final : public simulation::v1::SimulationService::Service {
 public:
  grpc::Status Forecast(grpc::ServerContext*, const simulation::v1::ForecastRequest* request,
                        simulation::v1::ForecastResponse* response) override {
    calls.push_back("Forecast");
    response->mutable_outcome()->mutable_forecast()->set_summary(request->spec().parent());
    return grpc::Status::OK;
  }
  grpc::Status StreamForecast(
      grpc::ServerContext*, const simulation::v1::StreamForecastRequest* request,
      grpc::ServerWriter<simulation::v1::StreamForecastResponse>* writer) override {
    calls.push_back("StreamForecast");
    simulation::v1::StreamForecastResponse response;
    response.mutable_result()->mutable_outcome()->mutable_forecast()->set_summary(
        request->spec().parent());
    writer->Write(response);
    writer->Write(response);
    return grpc::Status::OK;
  }
  grpc::Status CompareScenarios(
      grpc::ServerContext*, const simulation::v1::CompareScenariosRequest* request,
      grpc::ServerWriter<simulation::v1::CompareScenariosResponse>* writer) override {
    calls.push_back("CompareScenarios");
    simulation::v1::CompareScenariosResponse response;
    response.mutable_result()->add_scenarios()->set_summary(request->spec().parent());
    writer->Write(response);
    writer->Write(response);
    return grpc::Status::OK;
  }
  grpc::Status Backtest(grpc::ServerContext*, const simulation::v1::BacktestRequest* request,
                        grpc::ServerWriter<simulation::v1::BacktestResponse>* writer) override {
    calls.push_back("Backtest");
    simulation::v1::BacktestResponse response;
    response.mutable_summary()->set_summary(request->parent());
    writer->Write(response);
    writer->Write(response);
    return grpc::Status::OK;
  }
  std::vector<std::string> calls;
};

class SimulationClientTest : public ::testing::Test {
 protected:
  SimulationClientTest() {
    grpc::ServerBuilder builder;
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    client_ = std::make_unique<SimulationClient>(server_->InProcessChannel({}));
  }
  Echo service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<SimulationClient> client_;
};

TEST_F(SimulationClientTest, Forecast) {
  simulation::v1::ForecastRequest request;
  request.mutable_spec()->set_parent("text");
  const absl::StatusOr<simulation::v1::ForecastResponse> response = client_->Forecast(request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->outcome().forecast().summary(), "text");
  EXPECT_EQ(service_.calls, (std::vector<std::string>{"Forecast"}));
}

TEST_F(SimulationClientTest, StreamForecast) {
  simulation::v1::StreamForecastRequest request;
  request.mutable_spec()->set_parent("text");
  int messages = 0;
  const absl::Status status =
      client_->StreamForecast(request, [&](const simulation::v1::StreamForecastResponse& response) {
        EXPECT_EQ(response.result().outcome().forecast().summary(), "text");
        ++messages;
        return true;
      });
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(messages, 2);
  EXPECT_EQ(service_.calls, (std::vector<std::string>{"StreamForecast"}));
}

TEST_F(SimulationClientTest, CompareScenarios) {
  simulation::v1::CompareScenariosRequest request;
  request.mutable_spec()->set_parent("text");
  int messages = 0;
  const absl::Status status = client_->CompareScenarios(
      request, [&](const simulation::v1::CompareScenariosResponse& response) {
        EXPECT_EQ(response.result().scenarios(0).summary(), "text");
        ++messages;
        return true;
      });
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(messages, 2);
  EXPECT_EQ(service_.calls, (std::vector<std::string>{"CompareScenarios"}));
}

TEST_F(SimulationClientTest, Backtest) {
  simulation::v1::BacktestRequest request;
  request.set_parent("text");
  int messages = 0;
  const absl::Status status =
      client_->Backtest(request, [&](const simulation::v1::BacktestResponse& response) {
        EXPECT_EQ(response.summary().summary(), "text");
        ++messages;
        return true;
      });
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(messages, 2);
  EXPECT_EQ(service_.calls, (std::vector<std::string>{"Backtest"}));
}

}  // namespace
}  // namespace quotacast::clients
