// Goal: any subset of the services starts, finds the others in its own process or at an address,
// and bad combinations are refused before anything is touched.
// Method: suites in memory and on temporary directories, called through the clients; a chain of
// calls through all layers on an empty workspace ends with metrics' own answer.
#include "services/quotacastd/suite.h"

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/errors.h"
#include "clients/cpp/channel.h"
#include "clients/cpp/ingestion_client.h"
#include "clients/cpp/metrics_client.h"
#include "clients/cpp/planning_client.h"
#include "clients/cpp/simulation_client.h"
#include "gtest/gtest.h"
#include "services/serving/logger.h"

namespace quotacast::quotacastd {
namespace {

SuiteOptions InMemory() {
  SuiteOptions options;
  options.in_memory = true;
  options.log_level = serving::LogLevel::kOff;
  return options;
}

std::unique_ptr<Suite> StartOrNull(const SuiteOptions& options) {
  absl::StatusOr<std::unique_ptr<Suite>> suite = Suite::Start(options);
  EXPECT_TRUE(suite.ok()) << suite.status();
  return suite.ok() ? std::move(suite).value() : nullptr;
}

// Goes simulation -> metrics -> ingestion; the reason comes from metrics.
std::string ReasonOfEmptyForecast(const std::shared_ptr<grpc::Channel>& channel) {
  simulation::v1::ForecastRequest request;
  request.mutable_spec()->set_parent("workspaces/w");
  const auto forecast = clients::SimulationClient(channel).Forecast(request);
  const auto detail = GetDetail(forecast.status());
  return detail.has_value() ? detail->reason : forecast.status().ToString();
}

TEST(SuiteTest, AllServicesInProcessCallEachOther) {
  const std::unique_ptr<Suite> suite = StartOrNull(InMemory());
  ASSERT_NE(suite, nullptr);
  EXPECT_EQ(suite->address(), "");
  EXPECT_EQ(ReasonOfEmptyForecast(suite->channel()), "EMPTY_WORKSPACE");
  EXPECT_TRUE(clients::IngestionClient(suite->channel()).ListProfiles({}).ok());
  planning::v1::ListGoalsRequest request;
  request.set_parent("workspaces/w");
  EXPECT_TRUE(clients::PlanningClient(suite->channel()).ListGoals(request).ok());
}

TEST(SuiteTest, OneServicePerSuiteAndAddressesBetweenThem) {
  SuiteOptions options = InMemory();
  options.listen_address = "127.0.0.1:0";
  options.services = {Service::kIngestion};
  const std::unique_ptr<Suite> ingestion = StartOrNull(options);
  ASSERT_NE(ingestion, nullptr);

  options.services = {Service::kMetrics};
  options.ingestion_address = ingestion->address();
  const std::unique_ptr<Suite> metrics = StartOrNull(options);
  ASSERT_NE(metrics, nullptr);

  options.services = {Service::kSimulation};
  options.ingestion_address.clear();
  options.metrics_address = metrics->address();
  const std::unique_ptr<Suite> simulation = StartOrNull(options);
  ASSERT_NE(simulation, nullptr);

  EXPECT_EQ(ReasonOfEmptyForecast(clients::ConnectTo(simulation->address())), "EMPTY_WORKSPACE");
  // What a process does not host it does not answer.
  EXPECT_EQ(clients::MetricsClient(simulation->channel()).ListKpis({}).status().code(),
            absl::StatusCode::kUnimplemented);
}

TEST(SuiteTest, KeepsItsLogsInTheDirectoryAndLocksIt) {
  SuiteOptions options = InMemory();
  options.in_memory = false;
  options.data_dir = absl::StrCat(testing::TempDir(), "/suite/data");
  {
    const std::unique_ptr<Suite> suite = StartOrNull(options);
    ASSERT_NE(suite, nullptr);
    EXPECT_TRUE(std::filesystem::exists(options.data_dir + "/events.db"));
    EXPECT_TRUE(std::filesystem::exists(options.data_dir + "/planning.db"));
    EXPECT_TRUE(std::filesystem::exists(options.data_dir + "/snapshots"));
    const auto second = Suite::Start(options);
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(GetDetail(second.status())->reason, "DATA_DIR_IN_USE");
  }
  options.metrics_snapshot_dir = kNoSnapshots;
  EXPECT_NE(StartOrNull(options), nullptr);
  // Two processes do not keep their snapshots in one folder.
  options.data_dir = absl::StrCat(testing::TempDir(), "/suite/one");
  options.metrics_snapshot_dir = absl::StrCat(testing::TempDir(), "/suite/shared");
  const std::unique_ptr<Suite> one = StartOrNull(options);
  ASSERT_NE(one, nullptr);
  options.data_dir = absl::StrCat(testing::TempDir(), "/suite/other");
  const auto other = Suite::Start(options);
  ASSERT_FALSE(other.ok());
  EXPECT_EQ(GetDetail(other.status())->reason, "DATA_DIR_IN_USE");
}

TEST(SuiteTest, RefusesCombinationsThatCannotWork) {
  const auto field_at_fault = [](const SuiteOptions& options) {
    const auto suite = Suite::Start(options);
    EXPECT_EQ(suite.status().code(), absl::StatusCode::kInvalidArgument) << suite.status();
    const auto detail = GetDetail(suite.status());
    return detail.has_value() && !detail->field_violations.empty()
               ? detail->field_violations[0].field
               : "";
  };
  SuiteOptions options = InMemory();
  options.services.clear();
  EXPECT_EQ(field_at_fault(options), "services");
  options = InMemory();
  options.in_memory = false;
  EXPECT_EQ(field_at_fault(options), "data-dir");
  options.event_store = "not-a-database";
  EXPECT_EQ(field_at_fault(options), "event-store");
  options.event_store = "postgresql://dana@127.0.0.1:1/sales";
  options.data_dir = "data";
  EXPECT_EQ(field_at_fault(options), "event-store");
  options = InMemory();
  options.event_store = "postgresql://dana@127.0.0.1:1/sales";
  EXPECT_EQ(field_at_fault(options), "event-store");
  options = InMemory();
  options.services = {Service::kMetrics};
  EXPECT_EQ(field_at_fault(options), "ingestion");
  options.services = {Service::kSimulation};
  EXPECT_EQ(field_at_fault(options), "metrics");
  options.services = {Service::kPlanning, Service::kMetrics};
  options.ingestion_address = "127.0.0.1:1";
  EXPECT_EQ(field_at_fault(options), "simulation");
  options = InMemory();
  options.metrics_address = "127.0.0.1:1";
  EXPECT_EQ(field_at_fault(options), "metrics");
  options = InMemory();
  options.workspace_events_per_second = -1;
  EXPECT_EQ(field_at_fault(options), "workspace-events-per-second");
  options = InMemory();
  options.workspace_events_max = -1;
  EXPECT_EQ(field_at_fault(options), "workspace-events-max");
  options = InMemory();
  options.metrics_snapshot_dir = "/tmp/never-made";
  EXPECT_EQ(field_at_fault(options), "metrics-snapshot-dir");
  options.services = {Service::kIngestion};
  EXPECT_EQ(field_at_fault(options), "metrics-snapshot-dir");
  options = InMemory();
  options.metrics_memory_max_mib = 15;
  EXPECT_EQ(field_at_fault(options), "metrics-memory-max-mib");
}

TEST(SuiteTest, LimitsWhatProgramsAppend) {
  SuiteOptions options = InMemory();
  options.workspace_events_max = 1;
  const std::unique_ptr<Suite> suite = StartOrNull(options);
  ASSERT_NE(suite, nullptr);
  clients::IngestionClient client(suite->channel());
  ingestion::v1::BatchAppendRequest request;
  request.set_parent("workspaces/w");
  ingestion::v1::NewEvent& event = *request.add_events();
  event.mutable_id()->set_source("crm");
  event.mutable_id()->set_source_key("team/1");
  event.mutable_id()->set_version("1");
  event.mutable_event()->mutable_team()->set_team_id("1");
  EXPECT_TRUE(client.BatchAppend(request).ok());
  const absl::Status status = client.BatchAppend(request).status();
  EXPECT_EQ(GetDetail(status).value_or(ErrorDetail()).reason, "WORKSPACE_LIMIT") << status;
}

TEST(SuiteTest, RefusesRemoteAddressesBeforeItTouchesTheDirectory) {
  SuiteOptions options = InMemory();
  options.in_memory = false;
  options.data_dir = absl::StrCat(testing::TempDir(), "/untouched");
  options.listen_address = "0.0.0.0:0";
  const auto suite = Suite::Start(options);
  ASSERT_FALSE(suite.ok());
  EXPECT_EQ(GetDetail(suite.status())->reason, "REMOTE_LISTEN_REFUSED");
  EXPECT_FALSE(std::filesystem::exists(options.data_dir));
}

class ClockIn2017 final : public Clock {
 public:
  absl::Time Now() const override { return absl::FromUnixSeconds(1'509'494'400); }  // 2017-11-01.
};

// Deadlines are on the machine's clock. Simulation tells metrics how long it may take, and planning
// tells simulation and metrics: on a clock that stands in 2017 all of that would be over at once.
TEST(SuiteTest, ABusinessClockInThePastLeavesDeadlinesAlone) {
  const ClockIn2017 business_clock;
  SuiteOptions options = InMemory();
  options.clock = &business_clock;
  const std::unique_ptr<Suite> suite = StartOrNull(options);
  ASSERT_NE(suite, nullptr);
  EXPECT_EQ(ReasonOfEmptyForecast(suite->channel()), "EMPTY_WORKSPACE");

  clients::PlanningClient planning(suite->channel());
  planning::v1::CreateGoalRequest create;
  create.set_parent("workspaces/w");
  create.set_goal_id("g");
  planning::v1::Goal& goal = *create.mutable_goal();
  goal.set_display_name("Bookings");
  goal.set_kind(planning::v1::GOAL_KIND_TARGET);
  goal.set_metric(planning::v1::GOAL_METRIC_BOOKINGS);
  goal.mutable_entity()->set_level(simulation::v1::LEVEL_ORG);
  goal.mutable_amount()->set_currency_code("USD");
  goal.mutable_amount()->set_units(1000);
  goal.mutable_due_date()->set_year(2018);
  goal.mutable_due_date()->set_month(3);
  goal.mutable_due_date()->set_day(31);
  goal.set_owner("Dana");
  const auto created = planning.CreateGoal(create);
  ASSERT_TRUE(created.ok()) << created.status();
  planning::v1::EvaluateGoalRequest evaluate;
  evaluate.set_name("workspaces/w/goals/g");
  const auto evaluated = planning.EvaluateGoal(evaluate);
  ASSERT_FALSE(evaluated.ok());
  ASSERT_TRUE(GetDetail(evaluated.status()).has_value()) << evaluated.status();
  EXPECT_EQ(GetDetail(evaluated.status())->reason, "EMPTY_WORKSPACE") << evaluated.status();
}

TEST(SuiteTest, DrainsMoreThanOnce) {
  const std::unique_ptr<Suite> suite = StartOrNull(InMemory());
  ASSERT_NE(suite, nullptr);
  suite->Drain({});
  suite->Drain({});
}

TEST(ParseServicesTest, TakesListsAndAll) {
  EXPECT_EQ(*ParseServices("all"), AllServices());
  EXPECT_EQ(AllServices().size(), 4u);
  EXPECT_EQ(*ParseServices("metrics,ingestion"),
            (std::set<Service>{Service::kIngestion, Service::kMetrics}));
  for (const char* names : {"", "sales", "metrics,", "ALL"}) {
    EXPECT_EQ(ParseServices(names).status().code(), absl::StatusCode::kInvalidArgument) << names;
  }
}

}  // namespace
}  // namespace quotacast::quotacastd
