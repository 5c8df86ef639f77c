// Goal: a server listens where it may, reports the health of each service, lists its services by
// reflection, enforces its limits and drains in order.
// Method: real servers on port 0 with one real service registered; clients over the socket.
#include "services/serving/server.h"

#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/impl/codegen/client_unary_call.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/status.h>

#include <latch>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/errors.h"
#include "grpc/health/v1/health.pb.h"
#include "gtest/gtest.h"
#include "quotacast/simulation/v1/simulation_service.grpc.pb.h"
#include "services/serving/handler.h"
#include "services/serving/serving.h"

namespace quotacast::serving {
namespace {

using simulation::v1::ForecastRequest;
using simulation::v1::ForecastResponse;
using simulation::v1::SimulationService;

constexpr char kServiceName[] = "quotacast.simulation.v1.SimulationService";

class ServerTest : public ::testing::Test, protected SimulationService::CallbackService {
 protected:
  ServerTest() : serving_(Options(), clock_, nullptr) {}

  static ServingOptions Options() {
    ServingOptions options;
    options.service = kServiceName;
    return options;
  }

  grpc::ServerUnaryReactor* Forecast(grpc::CallbackServerContext* context,
                                     const ForecastRequest* request,
                                     ForecastResponse* response) override {
    return HandleUnary(serving_, context, request, response, handler_);
  }

  std::unique_ptr<Server> StartServer(const std::string& listen_address = "127.0.0.1:0") {
    absl::StatusOr<std::unique_ptr<Server>> server =
        Server::Start({.listen_address = listen_address}, {{kServiceName, this}}, clock_);
    EXPECT_TRUE(server.ok()) << server.status();
    return std::move(server).value();
  }

  std::shared_ptr<grpc::Channel> ChannelTo(const Server& server) {
    return grpc::CreateChannel(server.address(), grpc::InsecureChannelCredentials());
  }

  // "SERVING", "NOT_SERVING", or the name of the error.
  std::string HealthOf(const std::shared_ptr<grpc::Channel>& channel, const std::string& service) {
    const grpc::internal::RpcMethod method("/grpc.health.v1.Health/Check",
                                           grpc::internal::RpcMethod::NORMAL_RPC);
    grpc::health::v1::HealthCheckRequest request;
    request.set_service(service);
    grpc::health::v1::HealthCheckResponse response;
    grpc::ClientContext context;
    const grpc::Status status =
        grpc::internal::BlockingUnaryCall<grpc::health::v1::HealthCheckRequest,
                                          grpc::health::v1::HealthCheckResponse>(
            channel.get(), method, &context, request, &response);
    if (!status.ok()) return absl::StrCat("code ", static_cast<int>(status.error_code()));
    return grpc::health::v1::HealthCheckResponse::ServingStatus_Name(response.status());
  }

  static ForecastRequest Request() {
    ForecastRequest request;
    request.mutable_spec()->set_parent("workspaces/w");
    return request;
  }

  const SystemClock clock_;
  UnaryHandler<ForecastRequest, ForecastResponse> handler_ =
      [](const CallContext&, const ForecastRequest&, ForecastResponse*) {
        return absl::OkStatus();
      };
  Serving serving_;
};

TEST_F(ServerTest, PicksAPortAndServesOverTheSocketAndInProcess) {
  const std::unique_ptr<Server> server = StartServer();
  EXPECT_EQ(server->address().substr(0, 10), "127.0.0.1:");
  EXPECT_NE(server->address(), "127.0.0.1:0");
  for (const auto& channel : {ChannelTo(*server), server->InProcessChannel({})}) {
    grpc::ClientContext context;
    ForecastResponse response;
    EXPECT_TRUE(SimulationService::NewStub(channel)->Forecast(&context, Request(), &response).ok());
  }
}

TEST_F(ServerTest, NeedsNoSocket) {
  const std::unique_ptr<Server> server = StartServer("");
  EXPECT_EQ(server->address(), "");
  grpc::ClientContext context;
  ForecastResponse response;
  EXPECT_TRUE(SimulationService::NewStub(server->InProcessChannel({}))
                  ->Forecast(&context, Request(), &response)
                  .ok());
}

TEST_F(ServerTest, RefusesAPortInUse) {
  const std::unique_ptr<Server> server = StartServer();
  const absl::StatusOr<std::unique_ptr<Server>> second =
      Server::Start({.listen_address = server->address()}, {}, clock_);
  ASSERT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(GetDetail(second.status())->reason, "LISTEN_FAILED");
  EXPECT_NE(std::string(second.status().message()).find(server->address()), std::string::npos);
}

TEST_F(ServerTest, HealthIsPerService) {
  const std::unique_ptr<Server> server = StartServer();
  const auto channel = ChannelTo(*server);
  EXPECT_EQ(HealthOf(channel, ""), "SERVING");
  EXPECT_EQ(HealthOf(channel, kServiceName), "SERVING");
  EXPECT_EQ(HealthOf(channel, "quotacast.planning.v1.PlanningService"), "code 5");  // NOT_FOUND.
}

TEST_F(ServerTest, OversizedRequestsAreRefused) {
  const std::unique_ptr<Server> server = StartServer();
  const auto stub = SimulationService::NewStub(ChannelTo(*server));
  const auto call = [&](size_t period_bytes) {
    ForecastRequest request = Request();
    request.mutable_spec()->set_period(std::string(period_bytes, 'p'));
    grpc::ClientContext context;
    ForecastResponse response;
    return stub->Forecast(&context, request, &response).error_code();
  };
  ForecastRequest request = Request();
  request.mutable_spec()->set_period(std::string(kReceiveMessageBytesMax, 'p'));
  const size_t overhead = request.ByteSizeLong() - kReceiveMessageBytesMax;
  EXPECT_EQ(call(kReceiveMessageBytesMax - overhead), grpc::StatusCode::OK);
  EXPECT_EQ(call(kReceiveMessageBytesMax - overhead + 1), grpc::StatusCode::RESOURCE_EXHAUSTED);
}

TEST_F(ServerTest, DrainReportsNotServingThenLetsRunningCallsEnd) {
  std::latch started(1);
  std::latch release(1);
  handler_ = [&](const CallContext&, const ForecastRequest&, ForecastResponse*) {
    started.count_down();
    release.wait();
    return absl::OkStatus();
  };
  const std::unique_ptr<Server> server = StartServer();
  const auto channel = ChannelTo(*server);
  ASSERT_EQ(HealthOf(channel, kServiceName), "SERVING");
  std::thread caller([&] {
    grpc::ClientContext context;
    ForecastResponse response;
    EXPECT_TRUE(SimulationService::NewStub(channel)->Forecast(&context, Request(), &response).ok());
  });
  started.wait();
  // Health turns before the socket closes: during the notice new callers still get an answer.
  std::thread drainer([&] { server->Drain(absl::Seconds(1), absl::Minutes(1)); });
  std::string health = HealthOf(channel, kServiceName);
  while (health == "SERVING") health = HealthOf(channel, kServiceName);
  EXPECT_EQ(health, "NOT_SERVING");
  EXPECT_EQ(HealthOf(channel, ""), "NOT_SERVING");
  release.count_down();
  drainer.join();
  caller.join();
}

TEST_F(ServerTest, DrainCancelsWhatOutlivesTheGrace) {
  std::latch started(1);
  handler_ = [&](const CallContext& call, const ForecastRequest&, ForecastResponse*) {
    started.count_down();
    while (!call.cancelled()) std::this_thread::yield();
    return absl::CancelledError("stopped");
  };
  const std::unique_ptr<Server> server = StartServer();
  std::thread caller([&] {
    grpc::ClientContext context;
    ForecastResponse response;
    EXPECT_FALSE(SimulationService::NewStub(ChannelTo(*server))
                     ->Forecast(&context, Request(), &response)
                     .ok());
  });
  started.wait();
  server->Drain(absl::ZeroDuration(), absl::Milliseconds(10));
  caller.join();
  serving_.executor().WaitUntilIdle();
}

TEST(CheckListenAddressTest, LoopbackIsAllowedAndTheRestNeedsTheFlag) {
  for (const char* address :
       {"127.0.0.1:0", "127.8.9.1:7070", "localhost:1", "[::1]:7070", "unix:/run/quotacast.sock"}) {
    EXPECT_TRUE(CheckListenAddress(address, false).ok()) << address;
  }
  for (const char* address : {"0.0.0.0:7070", "[::]:7070", "192.168.1.2:1", "example.org:80",
                              "127.evil.example:80", ":7070", ""}) {
    const absl::Status status = CheckListenAddress(address, false);
    ASSERT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << address;
    EXPECT_EQ(GetDetail(status)->reason, "REMOTE_LISTEN_REFUSED");
    EXPECT_NE(std::string(status.message()).find("not authenticated"), std::string::npos);
    EXPECT_TRUE(CheckListenAddress(address, true).ok()) << address;
  }
}

}  // namespace
}  // namespace quotacast::serving
