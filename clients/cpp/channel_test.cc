// Goal: reads are repeated when a server is briefly away, mutations never; large answers pass;
// nobody listening is UNAVAILABLE. Method: real servers on port 0 that fail their first calls.
#include "clients/cpp/channel.h"

#include <atomic>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/cpp/metrics_client.h"
#include "clients/cpp/planning_client.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "grpcpp/server_context.h"
#include "gtest/gtest.h"
#include "quotacast/metrics/v1/metrics_service.grpc.pb.h"
#include "quotacast/planning/v1/planning_service.grpc.pb.h"

namespace quotacast::clients {
namespace {

class FlakyMetrics final : public metrics::v1::MetricsService::Service {
 public:
  grpc::Status ListKpis(grpc::ServerContext*, const metrics::v1::ListKpisRequest*,
                        metrics::v1::ListKpisResponse* response) override {
    if (++calls <= failures) return {grpc::StatusCode::UNAVAILABLE, "restarting"};
    response->add_kpis()->set_formula(std::string(payload_bytes, 'x'));
    return grpc::Status::OK;
  }
  std::atomic<int> calls{0};
  int failures = 0;
  size_t payload_bytes = 1;
};

class FlakyPlanning final : public planning::v1::PlanningService::Service {
 public:
  grpc::Status CreateGoal(grpc::ServerContext*, const planning::v1::CreateGoalRequest*,
                          planning::v1::CreateGoalResponse*) override {
    ++calls;
    return {grpc::StatusCode::UNAVAILABLE, "restarting"};
  }
  std::atomic<int> calls{0};
};

class ChannelTest : public ::testing::Test {
 protected:
  void Start() {
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&metrics_);
    builder.RegisterService(&planning_);
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);
    channel_ = ConnectTo("127.0.0.1:" + std::to_string(port));
  }
  FlakyMetrics metrics_;
  FlakyPlanning planning_;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

TEST_F(ChannelTest, AReadOutlivesThreeFailures) {
  metrics_.failures = 3;
  Start();
  EXPECT_TRUE(MetricsClient(channel_).ListKpis({}).ok());
  EXPECT_EQ(metrics_.calls, 4);
}

TEST_F(ChannelTest, AReadGivesUpAfterFourAttempts) {
  metrics_.failures = 1000;
  Start();
  EXPECT_EQ(MetricsClient(channel_).ListKpis({}).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(metrics_.calls, 4);
}

TEST_F(ChannelTest, AMutationIsNeverRepeated) {
  Start();
  EXPECT_EQ(PlanningClient(channel_).CreateGoal({}).status().code(),
            absl::StatusCode::kUnavailable);
  EXPECT_EQ(planning_.calls, 1);
}

TEST_F(ChannelTest, AnAnswerOfTwentyMebibytesPasses) {
  metrics_.payload_bytes = 20 << 20;
  Start();
  const absl::StatusOr<metrics::v1::ListKpisResponse> response =
      MetricsClient(channel_).ListKpis({});
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->kpis(0).formula().size(), size_t{20} << 20);
}

TEST_F(ChannelTest, NobodyListeningIsUnavailable) {
  // Port 1 of loopback is privileged and unused.
  EXPECT_EQ(MetricsClient(ConnectTo("127.0.0.1:1")).ListKpis({}).status().code(),
            absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace quotacast::clients
