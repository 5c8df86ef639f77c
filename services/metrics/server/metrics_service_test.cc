// Goal: every RPC reaches the core and comes back whole, errors with their reasons. Method: the
// service on a real port of the loopback, reading a scripted ingestion service on another one,
// called through the client library.
#include "services/metrics/server/metrics_service.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "base/clock.h"
#include "base/errors.h"
#include "clients/cpp/metrics_client.h"
#include "gtest/gtest.h"
#include "quotacast/ingestion/v1/ingestion_service.grpc.pb.h"
#include "services/metrics/test_feed.h"

namespace quotacast::metrics {
namespace {

using absl::CivilDay;

// Serves one feed for workspace "w", two events a message.
class ScriptedIngestion final : public ingestion::v1::IngestionService::Service {
 public:
  explicit ScriptedIngestion(const TestFeed& feed) : feed_(feed) {}

  grpc::Status WatchEvents(
      grpc::ServerContext*, const ingestion::v1::WatchEventsRequest* request,
      grpc::ServerWriter<ingestion::v1::WatchEventsResponse>* writer) override {
    const size_t count = request->parent() == "workspaces/w" ? feed_.records().size() : 0;
    size_t next = static_cast<size_t>(request->after_offset());
    do {
      ingestion::v1::WatchEventsResponse batch;
      while (next < count && batch.events_size() < 2) *batch.add_events() = feed_.records()[next++];
      batch.set_caught_up(next >= count);
      if (!writer->Write(batch)) break;
    } while (next < count);
    return grpc::Status::OK;
  }

 private:
  const TestFeed& feed_;
};

std::unique_ptr<grpc::Server> Serve(grpc::Service& service, int* port) {
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), port);
  builder.RegisterService(&service);
  return builder.BuildAndStart();
}

std::shared_ptr<grpc::Channel> ChannelTo(int port) {
  return grpc::CreateChannel("127.0.0.1:" + std::to_string(port),
                             grpc::InsecureChannelCredentials());
}

class MetricsServiceTest : public ::testing::Test {
 protected:
  MetricsServiceTest() : feed_(CivilDay(2018, 1, 2)), ingestion_(feed_) {
    feed_.Stages();
    feed_.Rep("ann", "East");
    feed_.Closed("d1", "Won", CivilDay(2017, 1, 1), CivilDay(2017, 2, 1),
                 {.rep = "ann", .amount = 5});
    feed_.Deal("d2", "Proposal", CivilDay(2017, 3, 1), {.rep = "ann"});
    int port = 0;
    ingestion_server_ = Serve(ingestion_, &port);
    serving::ServingOptions options;
    options.service = kMetricsServiceName;
    service_ = std::make_unique<MetricsService>(ChannelTo(port), options, clock_, clock_,
                                                [](const serving::CallRecord&) {});
    metrics_server_ = Serve(*service_, &port);
    client_ = std::make_unique<clients::MetricsClient>(ChannelTo(port));
  }
  ~MetricsServiceTest() override {
    metrics_server_->Shutdown();
    service_.reset();
    ingestion_server_->Shutdown();
  }

  TestFeed feed_;
  ScriptedIngestion ingestion_;
  SystemClock clock_;
  std::unique_ptr<grpc::Server> ingestion_server_;
  std::unique_ptr<MetricsService> service_;
  std::unique_ptr<grpc::Server> metrics_server_;
  std::unique_ptr<clients::MetricsClient> client_;
};

TEST_F(MetricsServiceTest, QueriesAndListsKpis) {
  v1::QueryKpiRequest request;
  request.set_parent("workspaces/w");
  request.set_kpi("win_rate_created");
  const auto response = client_->QueryKpi(request);
  ASSERT_TRUE(response.ok()) << response.status();
  ASSERT_EQ(response->table().rows_size(), 1);
  EXPECT_EQ(response->table().rows(0).value(), 0.5);
  const auto kpis = client_->ListKpis({});
  ASSERT_TRUE(kpis.ok()) << kpis.status();
  v1::GetKpiRequest get;
  get.set_kpi("win_rate_created");
  const auto kpi = client_->GetKpi(get);
  ASSERT_TRUE(kpi.ok()) << kpi.status();
  EXPECT_EQ(kpi->definition().SerializeAsString(),
            response->table().definition().SerializeAsString());
  EXPECT_GE(kpis->kpis_size(), 9);
}

TEST_F(MetricsServiceTest, FitsAModelAndReturnsItByName) {
  v1::FitModelRequest request;
  request.set_parent("workspaces/w");
  request.set_draw_count(2);
  const auto fitted = client_->FitModel(request);
  ASSERT_TRUE(fitted.ok()) << fitted.status();
  EXPECT_EQ(fitted->model().draws_size(), 2);
  v1::GetModelRequest get;
  get.set_name(fitted->model().name());
  const auto model = client_->GetModel(get);
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_EQ(model->model().SerializeAsString(), fitted->model().SerializeAsString());
}

TEST_F(MetricsServiceTest, StreamsTheState) {
  v1::GetStateRequest request;
  request.set_parent("workspaces/w");
  int headers = 0;
  int deals = 0;
  const absl::Status status = client_->GetState(request, [&](v1::GetStateResponse&& message) {
    if (message.has_header()) ++headers;
    deals += message.deals().deals_size();
    return true;
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(headers, 1);
  EXPECT_EQ(deals, 1);
}

TEST_F(MetricsServiceTest, StreamsActuals) {
  v1::GetActualsRequest request;
  request.set_parent("workspaces/w");
  std::vector<v1::GetActualsResponse> messages;
  const absl::Status status = client_->GetActuals(request, [&](v1::GetActualsResponse&& message) {
    messages.push_back(std::move(message));
    return true;
  });
  ASSERT_TRUE(status.ok()) << status;
  ASSERT_EQ(messages.size(), 2u);
  EXPECT_EQ(messages[0].header().rep_count(), 1);
  EXPECT_EQ(messages[1].reps().reps(0).periods(0).booked().units(), 5);
  request.set_first_period("spring");
  EXPECT_EQ(GetDetail(client_->GetActuals(request, [](v1::GetActualsResponse&&) { return true; }))
                ->reason,
            "UNKNOWN_PERIOD");
}

TEST_F(MetricsServiceTest, SendsReasonsWithErrors) {
  v1::QueryKpiRequest query;
  query.set_parent("workspaces/w");
  query.set_kpi("win_rat");
  EXPECT_EQ(GetDetail(client_->QueryKpi(query).status())->reason, "UNKNOWN_KPI");
  v1::GetKpiRequest get_kpi;
  get_kpi.set_kpi("win_rat");
  const absl::Status unknown = client_->GetKpi(get_kpi).status();
  EXPECT_EQ(GetDetail(unknown)->reason, "UNKNOWN_KPI");
  EXPECT_NE(GetDetail(unknown)->field_violations[0].description.find("win_rate_closed"),
            std::string::npos)
      << unknown;
  query.set_parent("workspaces/empty");
  query.set_kpi("bookings");
  const absl::Status empty = client_->QueryKpi(query).status();
  EXPECT_EQ(empty.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(GetDetail(empty)->reason, "EMPTY_WORKSPACE");
  v1::GetStateRequest state;
  state.set_parent("workspaces/w");
  state.set_last_period("2016Q4");
  EXPECT_EQ(
      GetDetail(client_->GetState(state, [](v1::GetStateResponse&&) { return true; }))->reason,
      "PERIOD_ENDED");
  v1::GetModelRequest get;
  get.set_name("workspaces/w/models/0");
  EXPECT_EQ(client_->GetModel(get).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(MetricsServiceTest, AnUnreachableFeedIsUnavailable) {
  ingestion_server_->Shutdown();
  v1::QueryKpiRequest query;
  query.set_parent("workspaces/w");
  query.set_kpi("bookings");
  EXPECT_EQ(client_->QueryKpi(query).status().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace quotacast::metrics
