// Goal: the service answers over gRPC what its core computes, fetches model and state from a
// metrics server, and passes errors and cancellation both ways. Method: a metrics server that
// serves the hand-built company, the service itself and a client, all over in-process channels. No
// sleeps: the cancelled call says itself when it has begun.

#include "services/simulation/server/simulation_service.h"

#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <atomic>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "base/clock.h"
#include "base/errors.h"
#include "clients/cpp/simulation_client.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "quotacast/metrics/v1/metrics_service.grpc.pb.h"
#include "services/simulation/company_messages.h"
#include "services/simulation/track_records.h"

namespace quotacast::simulation {
namespace {

using ::testing::HasSubstr;

class CompanyMetrics final : public metrics::v1::MetricsService::Service {
 public:
  grpc::Status FitModel(grpc::ServerContext*, const metrics::v1::FitModelRequest* request,
                        metrics::v1::FitModelResponse* response) override {
    if (request->parent() != "workspaces/default") {
      return grpc::Status(grpc::StatusCode::FAILED_PRECONDITION, "nothing was imported");
    }
    *response->mutable_model() = CompanyModel();
    return grpc::Status::OK;
  }

  grpc::Status GetState(grpc::ServerContext*, const metrics::v1::GetStateRequest* request,
                        grpc::ServerWriter<metrics::v1::GetStateResponse>* writer) override {
    asked_log_offset = request->as_of().log_offset();
    StateMessages state = CompanyState();
    for (const char* stage : {"Discovery", "Negotiation"}) {
      auto& stated = *state.header.add_stages();
      stated.set_stage_id(stage);
      stated.set_stated_win_probability(0.5);
    }
    metrics::v1::GetStateResponse message;
    *message.mutable_header() = state.header;
    writer->Write(message);
    // Two messages of deals, as a large state would come.
    for (size_t first = 0; first < state.deals.size(); first += 20) {
      metrics::v1::GetStateResponse part;
      for (size_t i = first; i < first + 20; ++i) {
        *part.mutable_deals()->add_deals() = state.deals[i];
      }
      writer->Write(part);
    }
    return grpc::Status::OK;
  }

  // 2017Q4, in which everybody of the company booked 20,000; reps in two messages, then a deal.
  grpc::Status GetActuals(grpc::ServerContext*, const metrics::v1::GetActualsRequest* request,
                          grpc::ServerWriter<metrics::v1::GetActualsResponse>* writer) override {
    metrics::v1::GetActualsResponse header;
    *header.mutable_header()->mutable_as_of() = CompanyModel().as_of();
    auto& period = *header.mutable_header()->add_periods();
    period.set_name("2017Q4");
    *period.mutable_start_date() = DateMessage(2017, 10, 1);
    *period.mutable_end_date() = DateMessage(2018, 1, 1);
    header.mutable_header()->set_ended_period_count(1);
    header.mutable_header()->set_currency_code("USD");
    writer->Write(header);
    for (const char* id : {"ann", "ben", "cy", "dee"}) {
      metrics::v1::GetActualsResponse part;
      auto& rep = *part.mutable_reps()->add_reps();
      rep.set_rep_id(id);
      *rep.add_periods()->mutable_booked() = Dollars(20'000);
      writer->Write(part);
    }
    if (request->with_deals()) {
      ++asked_deals;
      metrics::v1::GetActualsResponse part;
      auto& deal = *part.mutable_deals()->add_deals();
      deal.set_opportunity_id("deal-1");
      deal.set_rep_id("ben");
      *deal.mutable_won_date() = DateMessage(2017, 9, 1);
      *deal.mutable_amount() = Dollars(1'000);
      writer->Write(part);
    }
    return grpc::Status::OK;
  }

  std::atomic<int64_t> asked_log_offset = 0;
  std::atomic<int> asked_deals = 0;
};

std::unique_ptr<grpc::Server> InProcess(grpc::Service& service) {
  grpc::ServerBuilder builder;
  builder.RegisterService(&service);
  return builder.BuildAndStart();
}

serving::ServingOptions Options() {
  serving::ServingOptions options;
  options.service = kSimulationServiceName;
  return options;
}

class SimulationServiceTest : public ::testing::Test {
 protected:
  SimulationServiceTest()
      : metrics_server_(InProcess(metrics_)),
        service_(
            metrics_server_->InProcessChannel({}), {.threads = 2}, Options(), clock_,
            [](const serving::CallRecord&) {}, &track_records_),
        server_(InProcess(service_)),
        client_(server_->InProcessChannel({})) {}

  ~SimulationServiceTest() override {
    server_->Shutdown();
    metrics_server_->Shutdown();
  }

  v1::ForecastSpec Spec(int64_t trials) const {
    v1::ForecastSpec spec;
    spec.set_parent("workspaces/default");
    spec.set_trial_count(trials);
    spec.set_seed(7);
    return spec;
  }

  SystemClock clock_;
  CompanyMetrics metrics_;
  std::unique_ptr<grpc::Server> metrics_server_;
  InMemoryTrackRecords track_records_;
  SimulationService service_;
  std::unique_ptr<grpc::Server> server_;
  clients::SimulationClient client_;
};

TEST_F(SimulationServiceTest, ForecastsWhatMetricsServes) {
  v1::ForecastRequest request;
  *request.mutable_spec() = Spec(2'048);
  const auto response = client_.Forecast(request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_GT(response->outcome().forecast().entities(0).bookings().mean().value(), 0);
  EXPECT_EQ(response->outcome().certificate().model_hash(), "model-1");
  EXPECT_EQ(metrics_.asked_log_offset, 1234);
  const auto again = client_.Forecast(request);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->SerializeAsString(), response->SerializeAsString());
}

TEST_F(SimulationServiceTest, StreamsProgressThenTheResult) {
  v1::StreamForecastRequest request;
  *request.mutable_spec() = Spec(10'240);
  request.set_tolerance(1e-9);
  int progress_count = 0;
  int result_count = 0;
  const absl::Status status =
      client_.StreamForecast(request, [&](v1::StreamForecastResponse&& message) {
        EXPECT_EQ(result_count, 0) << "nothing comes after the result";
        message.has_result() ? ++result_count : ++progress_count;
        return true;
      });
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(result_count, 1);
  EXPECT_GE(progress_count, 3);
}

TEST_F(SimulationServiceTest, ComparesScenarios) {
  v1::CompareScenariosRequest request;
  *request.mutable_spec() = Spec(2'048);
  request.add_scenarios()->set_display_name("Base");
  v1::Scenario& better = *request.add_scenarios();
  *better.add_initiatives() = WinInitiative("coaching", 0.2, 0.05);
  v1::ComparisonResult result;
  const absl::Status status =
      client_.CompareScenarios(request, [&](v1::CompareScenariosResponse&& message) {
        if (message.has_result()) result = message.result();
        return true;
      });
  ASSERT_TRUE(status.ok()) << status;
  ASSERT_EQ(result.scenarios_size(), 2);
  EXPECT_GT(result.scenarios(1).differences(0).difference().mean().value(), 0);
}

TEST_F(SimulationServiceTest, BackTestsAndKeepsTheTrackRecord) {
  v1::BacktestRequest request;
  request.set_parent("workspaces/default");
  request.add_weeks(1);
  request.set_trial_count(512);
  int progress_count = 0;
  int forecast_count = 0;
  v1::BacktestSummary summary;
  const absl::Status status = client_.Backtest(request, [&](v1::BacktestResponse&& message) {
    EXPECT_EQ(summary.ByteSizeLong(), 0u) << "nothing comes after the summary";
    if (message.has_progress()) ++progress_count;
    for (const auto& forecast : message.forecasts().forecasts()) {
      // Half of 320,000 stated and of eight deals without an amount, at the 1,000 of the won deal.
      if (++forecast_count == 1) {
        EXPECT_EQ(forecast.baselines(0).forecast(), 164'000);
      }
    }
    if (message.has_summary()) summary = message.summary();
    return true;
  });
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(progress_count, 1);
  EXPECT_EQ(forecast_count, 8);
  EXPECT_EQ(metrics_.asked_deals, 1);
  ASSERT_TRUE(summary.has_track_record());
  v1::ForecastRequest forecast;
  *forecast.mutable_spec() = Spec(512);
  const auto response = client_.Forecast(forecast);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->outcome().certificate().track_record().SerializeAsString(),
            summary.track_record().SerializeAsString());

  request.set_last_period("2031Q1");
  const absl::Status unknown =
      client_.Backtest(request, [](v1::BacktestResponse&&) { return true; });
  EXPECT_EQ(GetDetail(unknown)->reason, "UNKNOWN_PERIOD");
}

TEST_F(SimulationServiceTest, PassesFieldViolationsToTheClient) {
  v1::ForecastRequest request;
  *request.mutable_spec() = Spec(-1);
  const auto response = client_.Forecast(request);
  EXPECT_TRUE(absl::IsInvalidArgument(response.status()));
  const auto detail = GetDetail(response.status());
  ASSERT_TRUE(detail.has_value());
  EXPECT_EQ(detail->reason, "INVALID_FIELD");
  ASSERT_EQ(detail->field_violations.size(), 1u);
  EXPECT_EQ(detail->field_violations[0].field, "spec.trial_count");
}

TEST_F(SimulationServiceTest, PassesTheErrorsOfMetricsOn) {
  v1::ForecastRequest request;
  *request.mutable_spec() = Spec(64);
  request.mutable_spec()->set_parent("workspaces/other");
  const auto response = client_.Forecast(request);
  EXPECT_TRUE(absl::IsFailedPrecondition(response.status())) << response.status();
  EXPECT_THAT(std::string(response.status().message()), HasSubstr("nothing was imported"));
}

TEST_F(SimulationServiceTest, ACallerWhoLeavesEndsTheCall) {
  v1::StreamForecastRequest request;
  // Hours of work, were it done.
  *request.mutable_spec() = Spec(10'000'000);
  for (int i = 0; i < 3; ++i) {
    int messages = 0;
    const absl::Status status = client_.StreamForecast(
        request, [&messages](v1::StreamForecastResponse&&) { return ++messages < 2; });
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_LE(messages, 2);
  }
}

}  // namespace
}  // namespace quotacast::simulation
