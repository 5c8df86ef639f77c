// Goal: the core keeps its promises over whole calls: output-only fields, duplicates, states,
// the limit under racing callers, restarts. Method: the core on an in-memory log and on SQLite,
// with injected forecast and roster functions.
#include "services/planning/planning.h"

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/errors.h"
#include "base/fake_clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/eventlog/in_memory_event_log.h"
#include "services/eventlog/sqlite_event_log.h"

namespace quotacast::planning {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kParent[] = "workspaces/w";

google::type::Date Date(int year, int month, int day) {
  google::type::Date date;
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return date;
}

std::string ReasonOf(const absl::Status& status) {
  return GetDetail(status).value_or(ErrorDetail()).reason;
}

std::string FieldOf(const absl::Status& status) {
  const ErrorDetail detail = GetDetail(status).value_or(ErrorDetail());
  return detail.field_violations.empty() ? "none: " + status.ToString()
                                         : detail.field_violations[0].field;
}

class PlanningTest : public testing::Test {
 protected:
  PlanningTest() {
    *header_.mutable_as_of()->mutable_effective_date() = Date(2017, 9, 30);
    header_.mutable_as_of()->set_log_offset(42);
    header_.set_currency_code("USD");
    type::v1::FiscalPeriod& period = *header_.add_periods();
    period.set_name("2017Q4");
    *period.mutable_start_date() = Date(2017, 10, 1);
    *period.mutable_end_date() = Date(2018, 1, 1);
    header_.add_teams()->set_team_id("east");
    for (const char* rep : {"ann", "bob"}) {
      metrics::v1::StateRep& state = *header_.add_reps();
      state.set_rep_id(rep);
      state.set_team_id("east");
    }
    planning_ = NewPlanning(log_);
  }

  std::unique_ptr<Planning> NewPlanning(eventlog::EventLog& log) {
    PlanningSources sources;
    sources.forecast = [this](
                           const simulation::v1::ForecastRequest& request,
                           const CallScope&) -> absl::StatusOr<simulation::v1::ForecastResponse> {
      asked_forecast_ = request;
      if (!forecast_error_.ok()) return forecast_error_;
      simulation::v1::ForecastResponse response;
      auto& forecast = *response.mutable_outcome()->mutable_forecast();
      *forecast.mutable_period() = header_.periods(0);
      forecast.add_thresholds()->mutable_probability()->set_value(0.6);
      return response;
    };
    sources.roster = [this](const std::string&, const type::v1::AsOf& as_of,
                            const std::string& last_period,
                            const CallScope&) -> absl::StatusOr<metrics::v1::PipelineStateHeader> {
      ++roster_calls_;
      asked_as_of_ = as_of;
      asked_last_period_ = last_period;
      if (!roster_error_.ok()) return roster_error_;
      return header_;
    };
    PlanningLimits limits;
    limits.max_resources = 3;
    return std::make_unique<Planning>(log, clock_, sources, limits);
  }

  v1::CreateGoalRequest GoalRequest(const std::string& id) {
    v1::CreateGoalRequest request;
    request.set_parent(kParent);
    request.set_goal_id(id);
    v1::Goal& goal = *request.mutable_goal();
    goal.set_metric(v1::GOAL_METRIC_BOOKINGS);
    goal.mutable_entity()->set_level(simulation::v1::LEVEL_ORG);
    goal.mutable_amount()->set_currency_code("USD");
    goal.mutable_amount()->set_units(1'000'000);
    *goal.mutable_due_date() = Date(2017, 12, 31);
    goal.set_kind(v1::GOAL_KIND_TARGET);
    goal.set_owner("Dana");
    return request;
  }

  v1::CreateInitiativeRequest InitiativeRequest(const std::string& id) {
    v1::CreateInitiativeRequest request;
    request.set_parent(kParent);
    request.set_initiative_id(id);
    v1::Initiative& initiative = *request.mutable_initiative();
    initiative.set_sponsor("Enablement");
    initiative.mutable_change()->mutable_effect()->mutable_win()->set_mean(0.1);
    *initiative.mutable_change()->mutable_start_date() = Date(2018, 1, 1);
    return request;
  }

  v1::SaveScenarioRequest ScenarioRequest(const std::string& id, const std::string& display_name) {
    v1::SaveScenarioRequest request;
    request.set_parent(kParent);
    request.set_scenario_id(id);
    request.mutable_scenario()->set_display_name(display_name);
    return request;
  }

  absl::StatusOr<v1::CreateInitiativeResponse> Create(const v1::CreateInitiativeRequest& request) {
    return planning_->CreateInitiative(request, {});
  }
  absl::StatusOr<v1::StopInitiativeResponse> Stop(const std::string& id,
                                                  const google::type::Date& date) {
    v1::StopInitiativeRequest request;
    request.set_name("workspaces/w/initiatives/" + id);
    *request.mutable_stop_date() = date;
    request.set_reason("it did not work");
    return planning_->StopInitiative(request);
  }
  absl::StatusOr<v1::FreezeScenarioResponse> Freeze(const std::string& id) {
    v1::FreezeScenarioRequest request;
    request.set_name("workspaces/w/scenarios/" + id);
    return planning_->FreezeScenario(request, {});
  }
  absl::StatusOr<v1::EvaluateGoalResponse> Evaluate(const std::string& id) {
    v1::EvaluateGoalRequest request;
    request.set_name("workspaces/w/goals/" + id);
    request.set_seed(7);
    return planning_->EvaluateGoal(request, {});
  }
  absl::StatusOr<v1::DropGoalResponse> Drop(const std::string& id, const std::string& reason) {
    v1::DropGoalRequest request;
    request.set_name("workspaces/w/goals/" + id);
    request.set_reason(reason);
    return planning_->DropGoal(request);
  }

  FakeClock clock_{absl::FromUnixSeconds(1'600'000'000)};
  eventlog::InMemoryEventLog log_{&clock_};
  metrics::v1::PipelineStateHeader header_;
  absl::Status roster_error_;
  absl::Status forecast_error_;
  std::atomic<int> roster_calls_ = 0;
  type::v1::AsOf asked_as_of_;
  std::string asked_last_period_;
  simulation::v1::ForecastRequest asked_forecast_;
  std::unique_ptr<Planning> planning_;
};

TEST_F(PlanningTest, CreatesAGoalAndIgnoresOutputOnlyFields) {
  v1::CreateGoalRequest request = GoalRequest("q4");
  request.mutable_goal()->set_name("workspaces/x/goals/y");
  request.mutable_goal()->set_state(v1::GOAL_STATE_DROPPED);
  request.mutable_goal()->set_dropped_reason("none");
  const auto created = planning_->CreateGoal(request);
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_EQ(created->goal().name(), "workspaces/w/goals/q4");
  EXPECT_EQ(created->goal().state(), v1::GOAL_STATE_ACTIVE);
  EXPECT_EQ(created->goal().dropped_reason(), "");
  EXPECT_EQ(created->goal().create_time().seconds(), 1'600'000'000);
  v1::GetGoalRequest get;
  get.set_name("workspaces/w/goals/q4");
  EXPECT_EQ(planning_->GetGoal(get)->goal().SerializeAsString(),
            created->goal().SerializeAsString());
  get.set_name("workspaces/other/goals/q4");
  EXPECT_EQ(planning_->GetGoal(get).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(PlanningTest, RefusesBadAndTakenIds) {
  EXPECT_EQ(FieldOf(planning_->CreateGoal(GoalRequest("Q4")).status()), "goal_id");
  ASSERT_TRUE(planning_->CreateGoal(GoalRequest("q4")).ok());
  const absl::Status taken = planning_->CreateGoal(GoalRequest("q4")).status();
  EXPECT_EQ(taken.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(GetDetail(taken)->resource, "workspaces/w/goals/q4");
  v1::CreateGoalRequest bad = GoalRequest("q5");
  bad.mutable_goal()->clear_owner();
  EXPECT_EQ(FieldOf(planning_->CreateGoal(bad).status()), "goal.owner");
}

TEST_F(PlanningTest, DropsAGoalOnceWithAReason) {
  ASSERT_TRUE(planning_->CreateGoal(GoalRequest("q4")).ok());
  EXPECT_EQ(FieldOf(Drop("q4", " ").status()), "reason");
  EXPECT_EQ(Drop("q5", "why").status().code(), absl::StatusCode::kNotFound);
  const auto dropped = Drop("q4", "the market turned");
  ASSERT_TRUE(dropped.ok()) << dropped.status();
  EXPECT_EQ(dropped->goal().state(), v1::GOAL_STATE_DROPPED);
  EXPECT_EQ(dropped->goal().dropped_reason(), "the market turned");
  EXPECT_EQ(ReasonOf(Drop("q4", "again").status()), "GOAL_DROPPED");
  // The record stays, and so does the id.
  EXPECT_EQ(planning_->CreateGoal(GoalRequest("q4")).status().code(),
            absl::StatusCode::kAlreadyExists);
}

TEST_F(PlanningTest, EvaluatesAGoalOnThePinnedData) {
  ASSERT_TRUE(planning_->CreateGoal(GoalRequest("q4")).ok());
  const auto response = Evaluate("q4");
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->evaluation().probability().value(), 0.6);
  EXPECT_EQ(response->evaluation().suggested_kind(), v1::GOAL_KIND_TARGET);
  // The horizon is asked for by the due date, on the as-of pair that was resolved first.
  EXPECT_EQ(asked_last_period_, "2017-12-31");
  EXPECT_EQ(asked_as_of_.log_offset(), 42);
  EXPECT_EQ(asked_forecast_.spec().as_of().log_offset(), 42);
  EXPECT_EQ(asked_forecast_.spec().seed(), 7u);
}

TEST_F(PlanningTest, EvaluationSaysWhyItCannot) {
  ASSERT_TRUE(planning_->CreateGoal(GoalRequest("q4")).ok());
  EXPECT_EQ(Evaluate("q5").status().code(), absl::StatusCode::kNotFound);
  // On the due date itself nothing is left to forecast; the day before there is.
  *header_.mutable_as_of()->mutable_effective_date() = Date(2017, 12, 31);
  EXPECT_EQ(ReasonOf(Evaluate("q4").status()), "GOAL_PAST_DUE");
  *header_.mutable_as_of()->mutable_effective_date() = Date(2017, 12, 30);
  EXPECT_TRUE(Evaluate("q4").ok());
  roster_error_ = FailedPrecondition("EMPTY_WORKSPACE", "nothing was imported");
  EXPECT_EQ(ReasonOf(Evaluate("q4").status()), "EMPTY_WORKSPACE");
  roster_error_ = absl::OkStatus();
  forecast_error_ = InvalidField("spec.trial_count", "is -1");
  EXPECT_EQ(FieldOf(Evaluate("q4").status()), "trial_count");
  forecast_error_ = InvalidField("scenario.hires[0].team_id", "is unknown");
  EXPECT_EQ(FieldOf(Evaluate("q4").status()), "scenario.hires[0].team_id");
  v1::EvaluateGoalRequest bad;
  bad.set_name("workspaces/w/goals/q4");
  *bad.mutable_as_of_date() = Date(2017, 2, 30);
  EXPECT_EQ(FieldOf(planning_->EvaluateGoal(bad, {}).status()), "as_of_date");
}

TEST_F(PlanningTest, ListsInPagesInOrderOfCreation) {
  for (const char* id : {"c", "a", "b"}) ASSERT_TRUE(planning_->CreateGoal(GoalRequest(id)).ok());
  v1::ListGoalsRequest request;
  request.set_parent(kParent);
  request.set_page_size(2);
  const auto first = planning_->ListGoals(request);
  ASSERT_TRUE(first.ok());
  ASSERT_EQ(first->goals_size(), 2);
  EXPECT_EQ(first->goals(0).name(), "workspaces/w/goals/c");
  request.set_page_token(first->next_page_token());
  const auto second = planning_->ListGoals(request);
  ASSERT_EQ(second->goals_size(), 1);
  EXPECT_EQ(second->goals(0).name(), "workspaces/w/goals/b");
  EXPECT_EQ(second->next_page_token(), "");
  v1::ListScenariosRequest other;
  other.set_parent(kParent);
  other.set_page_token(first->next_page_token());
  EXPECT_EQ(FieldOf(planning_->ListScenarios(other).status()), "page_token");
  v1::ListInitiativesRequest empty;
  empty.set_parent("workspaces/empty");
  EXPECT_EQ(planning_->ListInitiatives(empty)->initiatives_size(), 0);
}

TEST_F(PlanningTest, KeepsNoMoreThanTheLimit) {
  for (const char* id : {"a", "b", "c"}) ASSERT_TRUE(planning_->CreateGoal(GoalRequest(id)).ok());
  const absl::Status full = planning_->CreateGoal(GoalRequest("d")).status();
  EXPECT_EQ(full.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReasonOf(full), "TOO_MANY_RESOURCES");
  // Changes to what is there still work.
  EXPECT_TRUE(Drop("a", "why").ok());
  for (const char* id : {"a", "b", "c"}) {
    ASSERT_TRUE(planning_->SaveScenario(ScenarioRequest(id, "x")).ok());
  }
  EXPECT_TRUE(planning_->SaveScenario(ScenarioRequest("a", "y")).ok());
  EXPECT_EQ(ReasonOf(planning_->SaveScenario(ScenarioRequest("d", "x")).status()),
            "TOO_MANY_RESOURCES");
}

TEST_F(PlanningTest, CommitsToAnInitiativeWithItsPeople) {
  const auto created = Create(InitiativeRequest("coaching"));
  ASSERT_TRUE(created.ok()) << created.status();
  const v1::Initiative& initiative = created->initiative();
  EXPECT_EQ(initiative.name(), "workspaces/w/initiatives/coaching");
  EXPECT_EQ(initiative.change().initiative_id(), "coaching");
  EXPECT_EQ(initiative.state(), v1::INITIATIVE_STATE_COMMITTED);
  EXPECT_THAT(initiative.rep_ids(), ElementsAre("ann", "bob"));
  EXPECT_EQ(Create(InitiativeRequest("coaching")).status().code(),
            absl::StatusCode::kAlreadyExists);
}

TEST_F(PlanningTest, RefusesInitiativesThatDoNotSayEnough) {
  v1::CreateInitiativeRequest request = InitiativeRequest("a");
  request.mutable_initiative()->clear_sponsor();
  EXPECT_EQ(FieldOf(Create(request).status()), "initiative.sponsor");
  request = InitiativeRequest("a");
  *request.mutable_initiative()->mutable_change()->mutable_last_date() = Date(2017, 12, 31);
  EXPECT_EQ(FieldOf(Create(request).status()), "initiative.change.last_date");
  request = InitiativeRequest("a");
  request.mutable_initiative()->mutable_change()->mutable_audience()->add_rep_ids("zoe");
  EXPECT_EQ(FieldOf(Create(request).status()), "initiative.change.audience.rep_ids[0]");
  EXPECT_EQ(FieldOf(Create(InitiativeRequest("9")).status()), "initiative_id");
}

TEST_F(PlanningTest, AThirdInitiativeNeedsReasonAndApprover) {
  ASSERT_TRUE(Create(InitiativeRequest("a")).ok());
  ASSERT_TRUE(Create(InitiativeRequest("b")).ok());
  v1::CreateInitiativeRequest third = InitiativeRequest("c");
  third.mutable_initiative()->mutable_change()->mutable_audience()->add_rep_ids("ann");
  const absl::Status refused = Create(third).status();
  EXPECT_EQ(ReasonOf(refused), "INITIATIVE_LIMIT");
  EXPECT_THAT(std::string(refused.message()), HasSubstr("`ann`"));
  EXPECT_THAT(std::string(refused.message()), HasSubstr("2018-01-01"));
  v1::LimitOverride& consent = *third.mutable_initiative()->mutable_limit_override();
  consent.set_reason("the launch cannot wait");
  EXPECT_EQ(FieldOf(Create(third).status()), "initiative.limit_override.approver");
  consent.set_approver("CRO");
  const auto created = Create(third);
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_EQ(created->initiative().limit_override().approver(), "CRO");
}

TEST_F(PlanningTest, AnOverrideThatWasNotNeededIsNotRecorded) {
  v1::CreateInitiativeRequest request = InitiativeRequest("a");
  request.mutable_initiative()->mutable_limit_override()->set_reason("just in case");
  request.mutable_initiative()->mutable_limit_override()->set_approver("CRO");
  EXPECT_FALSE(Create(request)->initiative().has_limit_override());
}

TEST_F(PlanningTest, StoppingMakesRoom) {
  ASSERT_TRUE(Create(InitiativeRequest("a")).ok());
  ASSERT_TRUE(Create(InitiativeRequest("b")).ok());
  EXPECT_EQ(ReasonOf(Create(InitiativeRequest("c")).status()), "INITIATIVE_LIMIT");
  const auto stopped = Stop("b", Date(2018, 1, 1));
  ASSERT_TRUE(stopped.ok()) << stopped.status();
  EXPECT_EQ(stopped->initiative().state(), v1::INITIATIVE_STATE_STOPPED);
  EXPECT_EQ(stopped->initiative().stop_reason(), "it did not work");
  EXPECT_TRUE(Create(InitiativeRequest("c")).ok());
  EXPECT_EQ(ReasonOf(Stop("b", Date(2018, 2, 1)).status()), "INITIATIVE_STOPPED");
  EXPECT_EQ(Stop("z", Date(2018, 2, 1)).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(PlanningTest, StoppingAfterTheEndIsAMistake) {
  v1::CreateInitiativeRequest request = InitiativeRequest("a");
  *request.mutable_initiative()->mutable_change()->mutable_last_date() = Date(2018, 3, 31);
  ASSERT_TRUE(Create(request).ok());
  EXPECT_EQ(FieldOf(Stop("a", Date(2018, 4, 1)).status()), "stop_date");
  EXPECT_TRUE(Stop("a", Date(2018, 3, 31)).ok());
}

TEST_F(PlanningTest, DraftsChangeAndFrozenOnesDoNot) {
  const auto saved = planning_->SaveScenario(ScenarioRequest("hires", "One hire"));
  ASSERT_TRUE(saved.ok()) << saved.status();
  EXPECT_EQ(saved->scenario().state(), v1::SAVED_SCENARIO_STATE_DRAFT);
  clock_.Advance(absl::Hours(1));
  const auto changed = planning_->SaveScenario(ScenarioRequest("hires", "Two hires"));
  ASSERT_TRUE(changed.ok());
  EXPECT_EQ(changed->scenario().scenario().display_name(), "Two hires");
  EXPECT_EQ(changed->scenario().create_time().seconds(), 1'600'000'000);

  const auto frozen = Freeze("hires");
  ASSERT_TRUE(frozen.ok()) << frozen.status();
  EXPECT_EQ(frozen->scenario().state(), v1::SAVED_SCENARIO_STATE_FROZEN);
  EXPECT_EQ(frozen->scenario().as_of().log_offset(), 42);
  EXPECT_EQ(frozen->scenario().scenario_hash().size(), 64u);
  EXPECT_EQ(frozen->scenario().freeze_time().seconds(), 1'600'003'600);
  EXPECT_EQ(ReasonOf(planning_->SaveScenario(ScenarioRequest("hires", "x")).status()),
            "SCENARIO_FROZEN");
  // A repeated freeze, perhaps after a lost answer, changes nothing, not even the as-of.
  header_.mutable_as_of()->set_log_offset(99);
  clock_.Advance(absl::Hours(1));
  EXPECT_EQ(Freeze("hires")->scenario().SerializeAsString(),
            frozen->scenario().SerializeAsString());
}

TEST_F(PlanningTest, ScenariosHaveRules) {
  EXPECT_EQ(FieldOf(planning_->SaveScenario(ScenarioRequest("base", "x")).status()), "scenario_id");
  EXPECT_EQ(FieldOf(planning_->SaveScenario(ScenarioRequest("A", "x")).status()), "scenario_id");
  v1::SaveScenarioRequest request = ScenarioRequest("a", "x");
  request.mutable_scenario()->add_hires()->set_hire_id("h");
  EXPECT_EQ(FieldOf(planning_->SaveScenario(request).status()), "scenario.hires[0].team_id");
  EXPECT_EQ(Freeze("nothing").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(roster_calls_, 0);
}

TEST_F(PlanningTest, OfTwoConcurrentCreatesOneWins) {
  for (int round = 0; round < 3; ++round) {
    std::vector<std::thread> threads;
    std::atomic<int> created = 0;
    std::atomic<int> refused = 0;
    for (int t = 0; t < 2; ++t) {
      threads.emplace_back([&] {
        const absl::Status status =
            planning_->CreateGoal(GoalRequest("g" + std::to_string(round))).status();
        if (status.ok()) ++created;
        if (status.code() == absl::StatusCode::kAlreadyExists) ++refused;
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(created, 1);
    EXPECT_EQ(refused, 1);
  }
}

TEST_F(PlanningTest, TheLimitHoldsAgainstRacingCallers) {
  std::vector<std::thread> threads;
  std::atomic<int> created = 0;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back(
        [&, t] { created += Create(InitiativeRequest("i" + std::to_string(t))).ok(); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(created, 2);
}

// Two cores on one log stand for two processes: each sees what the other has written.
TEST_F(PlanningTest, SeesWhatOthersWriteToTheLog) {
  const std::unique_ptr<Planning> other = NewPlanning(log_);
  ASSERT_TRUE(planning_->CreateGoal(GoalRequest("a")).ok());
  EXPECT_EQ(other->CreateGoal(GoalRequest("a")).status().code(), absl::StatusCode::kAlreadyExists);
  ASSERT_TRUE(other->CreateGoal(GoalRequest("b")).ok());
  v1::ListGoalsRequest list;
  list.set_parent(kParent);
  EXPECT_EQ(planning_->ListGoals(list)->goals_size(), 2);
}

TEST_F(PlanningTest, EverythingSurvivesARestart) {
  const std::string path =
      (std::filesystem::path(testing::TempDir()) / "planning_restart.db").string();
  std::filesystem::remove(path);
  std::string goals;
  std::string initiatives;
  std::string scenarios;
  v1::ListGoalsRequest list_goals;
  v1::ListInitiativesRequest list_initiatives;
  v1::ListScenariosRequest list_scenarios;
  list_goals.set_parent(kParent);
  list_initiatives.set_parent(kParent);
  list_scenarios.set_parent(kParent);
  {
    auto log = eventlog::SqliteEventLog::Open(path, &clock_);
    ASSERT_TRUE(log.ok()) << log.status();
    planning_ = NewPlanning(**log);
    ASSERT_TRUE(planning_->CreateGoal(GoalRequest("a")).ok());
    ASSERT_TRUE(planning_->CreateGoal(GoalRequest("b")).ok());
    ASSERT_TRUE(Drop("a", "why").ok());
    ASSERT_TRUE(Create(InitiativeRequest("a")).ok());
    ASSERT_TRUE(Create(InitiativeRequest("b")).ok());
    ASSERT_TRUE(Stop("a", Date(2018, 2, 1)).ok());
    ASSERT_TRUE(planning_->SaveScenario(ScenarioRequest("a", "x")).ok());
    ASSERT_TRUE(planning_->SaveScenario(ScenarioRequest("a", "y")).ok());
    ASSERT_TRUE(Freeze("a").ok());
    goals = planning_->ListGoals(list_goals)->SerializeAsString();
    initiatives = planning_->ListInitiatives(list_initiatives)->SerializeAsString();
    scenarios = planning_->ListScenarios(list_scenarios)->SerializeAsString();
    planning_.reset();
  }
  auto log = eventlog::SqliteEventLog::Open(path, &clock_);
  ASSERT_TRUE(log.ok()) << log.status();
  planning_ = NewPlanning(**log);
  EXPECT_EQ(planning_->ListGoals(list_goals)->SerializeAsString(), goals);
  EXPECT_EQ(planning_->ListInitiatives(list_initiatives)->SerializeAsString(), initiatives);
  EXPECT_EQ(planning_->ListScenarios(list_scenarios)->SerializeAsString(), scenarios);
  EXPECT_EQ(ReasonOf(planning_->SaveScenario(ScenarioRequest("a", "z")).status()),
            "SCENARIO_FROZEN");
  EXPECT_EQ(ReasonOf(Drop("a", "again").status()), "GOAL_DROPPED");
  planning_.reset();
}

}  // namespace
}  // namespace quotacast::planning
