// Goal: the service answers over gRPC what its core decides, asks simulation and metrics over their
// channels, and passes errors on. Method: scripted simulation and metrics servers, the service and
// a client, all over in-process channels.
#include "services/planning/server/planning_service.h"

#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "base/clock.h"
#include "base/errors.h"
#include "clients/cpp/planning_client.h"
#include "gtest/gtest.h"
#include "quotacast/metrics/v1/metrics_service.grpc.pb.h"
#include "quotacast/simulation/v1/simulation_service.grpc.pb.h"
#include "services/eventlog/in_memory_event_log.h"

namespace quotacast::planning {
namespace {

google::type::Date Date(int year, int month, int day) {
  google::type::Date date;
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return date;
}

class ScriptedMetrics final : public metrics::v1::MetricsService::Service {
 public:
  grpc::Status GetState(grpc::ServerContext*, const metrics::v1::GetStateRequest* request,
                        grpc::ServerWriter<metrics::v1::GetStateResponse>* writer) override {
    if (request->parent() != "workspaces/w") {
      return grpc::Status(grpc::StatusCode::FAILED_PRECONDITION, "nothing was imported");
    }
    metrics::v1::GetStateResponse message;
    metrics::v1::PipelineStateHeader& header = *message.mutable_header();
    *header.mutable_as_of()->mutable_effective_date() = Date(2017, 9, 30);
    header.mutable_as_of()->set_log_offset(42);
    header.set_currency_code("USD");
    type::v1::FiscalPeriod& period = *header.add_periods();
    period.set_name("2017Q4");
    *period.mutable_start_date() = Date(2017, 10, 1);
    *period.mutable_end_date() = Date(2018, 1, 1);
    header.add_teams()->set_team_id("east");
    header.add_reps()->set_rep_id("ann");
    header.mutable_reps(0)->set_team_id("east");
    writer->Write(message);
    metrics::v1::GetStateResponse deals;
    deals.mutable_deals()->add_deals()->set_opportunity_id("o1");
    writer->Write(deals);
    return grpc::Status::OK;
  }
};

class ScriptedSimulation final : public simulation::v1::SimulationService::Service {
 public:
  grpc::Status Forecast(grpc::ServerContext*, const simulation::v1::ForecastRequest* request,
                        simulation::v1::ForecastResponse* response) override {
    if (request->spec().as_of().log_offset() != 42) {
      return grpc::Status(grpc::StatusCode::INTERNAL, "asked about other data");
    }
    simulation::v1::ForecastResult& forecast = *response->mutable_outcome()->mutable_forecast();
    *forecast.mutable_period()->mutable_end_date() = Date(2018, 1, 1);
    forecast.add_thresholds()->mutable_probability()->set_value(0.92);
    return grpc::Status::OK;
  }
};

std::unique_ptr<grpc::Server> InProcess(grpc::Service& service) {
  grpc::ServerBuilder builder;
  builder.RegisterService(&service);
  return builder.BuildAndStart();
}

serving::ServingOptions Options() {
  serving::ServingOptions options;
  options.service = kPlanningServiceName;
  return options;
}

class PlanningServiceTest : public testing::Test {
 protected:
  PlanningServiceTest()
      : metrics_server_(InProcess(metrics_)),
        simulation_server_(InProcess(simulation_)),
        service_(log_, simulation_server_->InProcessChannel({}),
                 metrics_server_->InProcessChannel({}), PlanningLimits(), Options(), clock_, clock_,
                 [](const serving::CallRecord&) {}),
        server_(InProcess(service_)),
        client_(server_->InProcessChannel({})) {}

  ~PlanningServiceTest() override {
    server_->Shutdown();
    simulation_server_->Shutdown();
    metrics_server_->Shutdown();
  }

  SystemClock clock_;
  eventlog::InMemoryEventLog log_{&clock_};
  ScriptedMetrics metrics_;
  ScriptedSimulation simulation_;
  std::unique_ptr<grpc::Server> metrics_server_;
  std::unique_ptr<grpc::Server> simulation_server_;
  PlanningService service_;
  std::unique_ptr<grpc::Server> server_;
  clients::PlanningClient client_;
};

v1::CreateGoalRequest GoalRequest() {
  v1::CreateGoalRequest request;
  request.set_parent("workspaces/w");
  request.set_goal_id("q4");
  v1::Goal& goal = *request.mutable_goal();
  goal.set_metric(v1::GOAL_METRIC_BOOKINGS);
  goal.mutable_entity()->set_level(simulation::v1::LEVEL_ORG);
  goal.mutable_amount()->set_currency_code("USD");
  goal.mutable_amount()->set_units(1'000'000);
  *goal.mutable_due_date() = Date(2017, 12, 31);
  goal.set_kind(v1::GOAL_KIND_COMMIT);
  goal.set_owner("Dana");
  return request;
}

TEST_F(PlanningServiceTest, GoalsFromCreationToEnd) {
  ASSERT_TRUE(client_.CreateGoal(GoalRequest()).ok());
  const absl::Status taken = client_.CreateGoal(GoalRequest()).status();
  EXPECT_EQ(taken.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(GetDetail(taken)->reason, "ALREADY_EXISTS");
  v1::GetGoalRequest get;
  get.set_name("workspaces/w/goals/q4");
  EXPECT_EQ(client_.GetGoal(get)->goal().owner(), "Dana");
  v1::ListGoalsRequest list;
  list.set_parent("workspaces/w");
  EXPECT_EQ(client_.ListGoals(list)->goals_size(), 1);
  v1::EvaluateGoalRequest evaluate;
  evaluate.set_name("workspaces/w/goals/q4");
  const auto evaluation = client_.EvaluateGoal(evaluate);
  ASSERT_TRUE(evaluation.ok()) << evaluation.status();
  EXPECT_EQ(evaluation->evaluation().suggested_kind(), v1::GOAL_KIND_COMMIT);
  v1::DropGoalRequest drop;
  drop.set_name("workspaces/w/goals/q4");
  drop.set_reason("done");
  EXPECT_EQ(client_.DropGoal(drop)->goal().state(), v1::GOAL_STATE_DROPPED);
}

TEST_F(PlanningServiceTest, InitiativesFromCommitmentToStop) {
  v1::CreateInitiativeRequest create;
  create.set_parent("workspaces/w");
  create.set_initiative_id("coaching");
  create.mutable_initiative()->set_sponsor("Enablement");
  simulation::v1::InitiativeChange& change = *create.mutable_initiative()->mutable_change();
  change.mutable_effect()->mutable_win()->set_mean(0.1);
  *change.mutable_start_date() = Date(2018, 1, 1);
  const auto created = client_.CreateInitiative(create);
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_EQ(created->initiative().rep_ids(0), "ann");
  v1::GetInitiativeRequest get;
  get.set_name("workspaces/w/initiatives/coaching");
  EXPECT_TRUE(client_.GetInitiative(get).ok());
  v1::StopInitiativeRequest stop;
  stop.set_name(get.name());
  stop.set_reason("enough");
  *stop.mutable_stop_date() = Date(2018, 2, 1);
  EXPECT_TRUE(client_.StopInitiative(stop).ok());
  v1::ListInitiativesRequest list;
  list.set_parent("workspaces/w");
  EXPECT_EQ(client_.ListInitiatives(list)->initiatives(0).stop_reason(), "enough");
}

TEST_F(PlanningServiceTest, ScenariosFromDraftToFrozen) {
  v1::SaveScenarioRequest save;
  save.set_parent("workspaces/w");
  save.set_scenario_id("hires");
  save.mutable_scenario()->set_display_name("Two hires");
  ASSERT_TRUE(client_.SaveScenario(save).ok());
  v1::FreezeScenarioRequest freeze;
  freeze.set_name("workspaces/w/scenarios/hires");
  EXPECT_EQ(client_.FreezeScenario(freeze)->scenario().as_of().log_offset(), 42);
  EXPECT_EQ(GetDetail(client_.SaveScenario(save).status())->reason, "SCENARIO_FROZEN");
  v1::GetScenarioRequest get;
  get.set_name(freeze.name());
  EXPECT_EQ(client_.GetScenario(get)->scenario().state(), v1::SAVED_SCENARIO_STATE_FROZEN);
  v1::ListScenariosRequest list;
  list.set_parent("workspaces/w");
  EXPECT_EQ(client_.ListScenarios(list)->scenarios_size(), 1);
}

TEST_F(PlanningServiceTest, PassesErrorsOfOthersOn) {
  v1::SaveScenarioRequest save;
  save.set_parent("workspaces/empty");
  save.set_scenario_id("hires");
  ASSERT_TRUE(client_.SaveScenario(save).ok());
  v1::FreezeScenarioRequest freeze;
  freeze.set_name("workspaces/empty/scenarios/hires");
  EXPECT_EQ(client_.FreezeScenario(freeze).status().code(), absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace quotacast::planning
