// Goal: every method of the client reaches its own method of the service and brings the answer
// back. Method: an in-process service that answers with the request's text where there is one.
#include "clients/cpp/metrics_client.h"

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
#include "quotacast/metrics/v1/metrics_service.grpc.pb.h"

namespace quotacast::clients {
namespace {

class Echo final : public metrics::v1::MetricsService::Service {
 public:
  grpc::Status QueryKpi(grpc::ServerContext*, const metrics::v1::QueryKpiRequest* request,
                        metrics::v1::QueryKpiResponse* response) override {
    calls.push_back("QueryKpi");
    response->mutable_table()->set_currency_code(request->kpi());
    return grpc::Status::OK;
  }
  grpc::Status ListKpis(grpc::ServerContext*, const metrics::v1::ListKpisRequest*,
                        metrics::v1::ListKpisResponse* response) override {
    calls.push_back("ListKpis");
    response->add_kpis()->set_name("text");
    return grpc::Status::OK;
  }
  grpc::Status GetKpi(grpc::ServerContext*, const metrics::v1::GetKpiRequest* request,
                      metrics::v1::GetKpiResponse* response) override {
    calls.push_back("GetKpi");
    response->mutable_definition()->set_name(request->kpi());
    return grpc::Status::OK;
  }
  grpc::Status FitModel(grpc::ServerContext*, const metrics::v1::FitModelRequest* request,
                        metrics::v1::FitModelResponse* response) override {
    calls.push_back("FitModel");
    response->mutable_model()->set_name(request->parent());
    return grpc::Status::OK;
  }
  grpc::Status GetModel(grpc::ServerContext*, const metrics::v1::GetModelRequest* request,
                        metrics::v1::GetModelResponse* response) override {
    calls.push_back("GetModel");
    response->mutable_model()->set_name(request->name());
    return grpc::Status::OK;
  }
  grpc::Status GetState(grpc::ServerContext*, const metrics::v1::GetStateRequest* request,
                        grpc::ServerWriter<metrics::v1::GetStateResponse>* writer) override {
    calls.push_back("GetState");
    metrics::v1::GetStateResponse response;
    response.mutable_header()->set_currency_code(request->parent());
    writer->Write(response);
    writer->Write(response);
    return grpc::Status::OK;
  }
  grpc::Status GetActuals(grpc::ServerContext*, const metrics::v1::GetActualsRequest* request,
                          grpc::ServerWriter<metrics::v1::GetActualsResponse>* writer) override {
    calls.push_back("GetActuals");
    metrics::v1::GetActualsResponse response;
    response.mutable_header()->set_currency_code(request->parent());
    writer->Write(response);
    writer->Write(response);
    return grpc::Status::OK;
  }
  std::vector<std::string> calls;
};

class MetricsClientTest : public ::testing::Test {
 protected:
  MetricsClientTest() {
    grpc::ServerBuilder builder;
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    client_ = std::make_unique<MetricsClient>(server_->InProcessChannel({}));
  }
  Echo service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<MetricsClient> client_;
};

TEST_F(MetricsClientTest, QueryKpi) {
  metrics::v1::QueryKpiRequest request;
  request.set_kpi("text");
  const absl::StatusOr<metrics::v1::QueryKpiResponse> response = client_->QueryKpi(request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->table().currency_code(), "text");
  EXPECT_EQ(service_.calls, (std::vector<std::string>{"QueryKpi"}));
}

TEST_F(MetricsClientTest, ListKpis) {
  const absl::StatusOr<metrics::v1::ListKpisResponse> response = client_->ListKpis({});
  ASSERT_TRUE(response.ok()) << response.status();
  ASSERT_EQ(response->kpis_size(), 1);
  EXPECT_EQ(response->kpis(0).name(), "text");
  EXPECT_EQ(service_.calls, (std::vector<std::string>{"ListKpis"}));
}

TEST_F(MetricsClientTest, GetKpi) {
  metrics::v1::GetKpiRequest request;
  request.set_kpi("text");
  const absl::StatusOr<metrics::v1::GetKpiResponse> response = client_->GetKpi(request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->definition().name(), "text");
  EXPECT_EQ(service_.calls, (std::vector<std::string>{"GetKpi"}));
}

TEST_F(MetricsClientTest, FitModel) {
  metrics::v1::FitModelRequest request;
  request.set_parent("text");
  const absl::StatusOr<metrics::v1::FitModelResponse> response = client_->FitModel(request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->model().name(), "text");
  EXPECT_EQ(service_.calls, (std::vector<std::string>{"FitModel"}));
}

TEST_F(MetricsClientTest, GetModel) {
  metrics::v1::GetModelRequest request;
  request.set_name("text");
  const absl::StatusOr<metrics::v1::GetModelResponse> response = client_->GetModel(request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->model().name(), "text");
  EXPECT_EQ(service_.calls, (std::vector<std::string>{"GetModel"}));
}

TEST_F(MetricsClientTest, GetState) {
  metrics::v1::GetStateRequest request;
  request.set_parent("text");
  int messages = 0;
  const absl::Status status =
      client_->GetState(request, [&](const metrics::v1::GetStateResponse& response) {
        EXPECT_EQ(response.header().currency_code(), "text");
        ++messages;
        return true;
      });
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(messages, 2);
  EXPECT_EQ(service_.calls, (std::vector<std::string>{"GetState"}));
}

TEST_F(MetricsClientTest, GetActuals) {
  metrics::v1::GetActualsRequest request;
  request.set_parent("text");
  int messages = 0;
  const absl::Status status =
      client_->GetActuals(request, [&](const metrics::v1::GetActualsResponse& response) {
        EXPECT_EQ(response.header().currency_code(), "text");
        ++messages;
        return true;
      });
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(messages, 2);
  EXPECT_EQ(service_.calls, (std::vector<std::string>{"GetActuals"}));
}

}  // namespace
}  // namespace quotacast::clients
