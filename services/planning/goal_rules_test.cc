// Goal: goals say what they must; the question put to the simulation is the right one; the answer
// is read and worded honestly. Method: hand-made headers and forecasts.
#include "services/planning/goal_rules.h"

#include <string>
#include <vector>

#include "base/errors.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace quotacast::planning {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

google::type::Date Date(int year, int month, int day) {
  return DateFrom(absl::CivilDay(year, month, day));
}

v1::Goal Bookings() {
  v1::Goal goal;
  goal.set_name("workspaces/w/goals/q4");
  goal.set_metric(v1::GOAL_METRIC_BOOKINGS);
  goal.mutable_entity()->set_level(simulation::v1::LEVEL_ORG);
  goal.mutable_amount()->set_currency_code("USD");
  goal.mutable_amount()->set_units(2'400'000);
  *goal.mutable_due_date() = Date(2017, 12, 31);
  goal.set_kind(v1::GOAL_KIND_COMMIT);
  goal.set_owner("Dana");
  return goal;
}

v1::Goal Share() {
  v1::Goal goal = Bookings();
  goal.set_metric(v1::GOAL_METRIC_REPS_AT_QUOTA_SHARE);
  goal.set_share(0.6);
  return goal;
}

metrics::v1::PipelineStateHeader Header() {
  metrics::v1::PipelineStateHeader header;
  *header.mutable_as_of()->mutable_effective_date() = Date(2017, 9, 30);
  header.mutable_as_of()->set_log_offset(77);
  header.set_currency_code("USD");
  type::v1::FiscalPeriod& period = *header.add_periods();
  period.set_name("2017Q4");
  *period.mutable_start_date() = Date(2017, 10, 1);
  *period.mutable_end_date() = Date(2018, 1, 1);
  header.add_teams()->set_team_id("east");
  header.add_reps()->set_rep_id("ann");
  return header;
}

std::vector<std::string> FieldsOf(const v1::Goal& goal) {
  FieldErrors errors;
  CheckGoal(goal, "goal", errors);
  std::vector<std::string> fields;
  if (errors.empty()) return fields;
  const ErrorDetail detail = GetDetail(errors.Result()).value_or(ErrorDetail());
  for (const FieldViolation& v : detail.field_violations) {
    fields.push_back(v.field);
  }
  return fields;
}

TEST(CheckGoal, AcceptsBothMetrics) {
  EXPECT_THAT(FieldsOf(Bookings()), IsEmpty());
  EXPECT_THAT(FieldsOf(Share()), IsEmpty());
}

TEST(CheckGoal, NamesWhatIsMissing) {
  EXPECT_THAT(FieldsOf(v1::Goal()), ElementsAre("goal.metric", "goal.entity.level", "goal.due_date",
                                                "goal.kind", "goal.owner"));
}

TEST(CheckGoal, TargetMatchesTheMetric) {
  v1::Goal goal = Bookings();
  goal.set_share(0.5);
  EXPECT_THAT(FieldsOf(goal), ElementsAre("goal.amount"));
  goal = Share();
  goal.mutable_amount()->set_units(5);
  EXPECT_THAT(FieldsOf(goal), ElementsAre("goal.share"));
  goal = Share();
  goal.set_share(1);
  EXPECT_THAT(FieldsOf(goal), IsEmpty());
  goal.set_share(1.01);
  EXPECT_THAT(FieldsOf(goal), ElementsAre("goal.share"));
}

TEST(CheckGoal, EntityMatchesTheLevel) {
  v1::Goal goal = Bookings();
  goal.mutable_entity()->set_entity_id("east");
  EXPECT_THAT(FieldsOf(goal), ElementsAre("goal.entity.entity_id"));
  goal.mutable_entity()->set_level(simulation::v1::LEVEL_TEAM);
  EXPECT_THAT(FieldsOf(goal), IsEmpty());
  goal.mutable_entity()->clear_entity_id();
  EXPECT_THAT(FieldsOf(goal), ElementsAre("goal.entity.entity_id"));
  goal = Share();
  goal.mutable_entity()->set_level(simulation::v1::LEVEL_TEAM);
  goal.mutable_entity()->set_entity_id("east");
  EXPECT_THAT(FieldsOf(goal), Contains("goal.entity.level"));
}

TEST(KindOfProbability, HasItsThresholds) {
  EXPECT_EQ(KindOfProbability(0.9), v1::GOAL_KIND_COMMIT);
  EXPECT_EQ(KindOfProbability(0.899), v1::GOAL_KIND_TARGET);
  EXPECT_EQ(KindOfProbability(0.5), v1::GOAL_KIND_TARGET);
  EXPECT_EQ(KindOfProbability(0.499), v1::GOAL_KIND_STRETCH);
  EXPECT_EQ(KindOfProbability(0.1), v1::GOAL_KIND_STRETCH);
  EXPECT_EQ(KindOfProbability(0.099), v1::GOAL_KIND_UNSPECIFIED);
}

TEST(QuestionOf, AsksForBookingsByTheDueDateOnTheRostersData) {
  v1::EvaluateGoalRequest request;
  request.set_seed(7);
  request.set_trial_count(5'000);
  request.mutable_scenario()->set_display_name("Two hires");
  v1::Goal goal = Bookings();
  *goal.mutable_due_date() = Date(2017, 11, 15);
  const auto question = QuestionOf(goal, request, "workspaces/w", Header());
  ASSERT_TRUE(question.ok()) << question.status();
  const simulation::v1::ForecastSpec& spec = question->spec();
  EXPECT_EQ(spec.parent(), "workspaces/w");
  EXPECT_EQ(spec.period(), "2017Q4");
  EXPECT_EQ(spec.as_of().log_offset(), 77);
  EXPECT_EQ(spec.seed(), 7u);
  EXPECT_EQ(spec.trial_count(), 5'000);
  ASSERT_EQ(spec.thresholds_size(), 1);
  EXPECT_EQ(spec.thresholds(0).amount().units(), 2'400'000);
  EXPECT_EQ(spec.thresholds(0).by_date().day(), 15);
  EXPECT_EQ(spec.reps_at_quota_shares_size(), 0);
  EXPECT_EQ(question->scenario().display_name(), "Two hires");
}

TEST(QuestionOf, AsksForTheShareOfReps) {
  const auto question = QuestionOf(Share(), {}, "workspaces/w", Header());
  ASSERT_TRUE(question.ok()) << question.status();
  EXPECT_THAT(question->spec().reps_at_quota_shares(), ElementsAre(0.6));
  EXPECT_EQ(question->spec().thresholds_size(), 0);
  EXPECT_FALSE(question->has_scenario());
}

std::string ReasonOf(const absl::Status& status) {
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  return GetDetail(status).value_or(ErrorDetail()).reason;
}

TEST(QuestionOf, RefusesWhatTheDataCannotAnswer) {
  v1::Goal goal = Share();
  *goal.mutable_due_date() = Date(2017, 12, 30);
  EXPECT_EQ(ReasonOf(QuestionOf(goal, {}, "workspaces/w", Header()).status()),
            "GOAL_WITHIN_PERIOD");
  goal = Bookings();
  goal.mutable_amount()->set_currency_code("EUR");
  EXPECT_EQ(ReasonOf(QuestionOf(goal, {}, "workspaces/w", Header()).status()), "MIXED_CURRENCY");
  goal = Bookings();
  goal.mutable_entity()->set_level(simulation::v1::LEVEL_TEAM);
  goal.mutable_entity()->set_entity_id("west");
  EXPECT_EQ(ReasonOf(QuestionOf(goal, {}, "workspaces/w", Header()).status()),
            "GOAL_ENTITY_UNKNOWN");
  goal.mutable_entity()->set_entity_id("east");
  EXPECT_TRUE(QuestionOf(goal, {}, "workspaces/w", Header()).ok());
}

simulation::v1::ForecastResponse Forecast(double probability) {
  simulation::v1::ForecastResponse response;
  simulation::v1::ForecastResult& forecast = *response.mutable_outcome()->mutable_forecast();
  *forecast.mutable_period() = Header().periods(0);
  forecast.add_thresholds()->mutable_probability()->set_value(probability);
  forecast.add_reps_at_quota()->mutable_probability()->set_value(probability);
  forecast.mutable_reps_at_quota_share()->mutable_mean()->set_value(0.55);
  forecast.set_eligible_rep_count(10);
  simulation::v1::EntityForecast& org = *forecast.add_entities();
  org.mutable_entity()->set_level(simulation::v1::LEVEL_ORG);
  org.mutable_bookings()->mutable_mean()->set_value(2e6);
  simulation::v1::FanPoint& point = *forecast.add_org_fan();
  *point.mutable_date() = Date(2017, 11, 15);
  point.mutable_bookings()->mutable_mean()->set_value(1e6);
  response.mutable_outcome()->mutable_certificate()->set_seed(7);
  return response;
}

TEST(EvaluationOf, SaysWhatTheGoalIs) {
  auto evaluation = EvaluationOf(Bookings(), {}, Forecast(0.37));
  ASSERT_TRUE(evaluation.ok()) << evaluation.status();
  EXPECT_EQ(evaluation->goal(), "workspaces/w/goals/q4");
  EXPECT_EQ(evaluation->probability().value(), 0.37);
  EXPECT_EQ(evaluation->suggested_kind(), v1::GOAL_KIND_STRETCH);
  EXPECT_EQ(evaluation->expected().mean().value(), 2e6);
  EXPECT_EQ(evaluation->certificate().seed(), 7u);
  EXPECT_EQ(evaluation->summary(),
            "37 % chance that the organisation books at least USD 2,400,000 by 2017-12-31; that is "
            "a stretch goal, not a commitment as stated.");
  evaluation = EvaluationOf(Bookings(), {}, Forecast(0.95));
  EXPECT_THAT(evaluation->summary(), HasSubstr("a commitment, as stated"));
}

TEST(EvaluationOf, SaysPlainlyWhatIsOutOfReach) {
  v1::EvaluateGoalRequest request;
  request.mutable_scenario()->set_display_name("Two hires");
  const auto evaluation = EvaluationOf(Share(), request, Forecast(0.004));
  ASSERT_TRUE(evaluation.ok());
  EXPECT_EQ(evaluation->suggested_kind(), v1::GOAL_KIND_UNSPECIFIED);
  EXPECT_THAT(evaluation->summary(),
              HasSubstr("under 1 % chance that at least 60 % of the reps with a quota reach it by "
                        "2017-12-31 under `Two hires`; that is out of reach"));
  EXPECT_EQ(evaluation->expected().mean().value(), 0.55);
}

TEST(EvaluationOf, ExpectationInsideThePeriodComesFromTheFan) {
  v1::Goal goal = Bookings();
  *goal.mutable_due_date() = Date(2017, 11, 15);
  EXPECT_EQ(EvaluationOf(goal, {}, Forecast(0.5))->expected().mean().value(), 1e6);
  *goal.mutable_due_date() = Date(2017, 11, 16);
  EXPECT_FALSE(EvaluationOf(goal, {}, Forecast(0.5))->has_expected());
}

TEST(EvaluationOf, PassesARefusalOn) {
  simulation::v1::ForecastResponse response;
  response.mutable_outcome()->mutable_refusal()->set_reason("DATA_TIER_TOO_LOW");
  response.mutable_outcome()->mutable_refusal()->set_message("only 3 won deals");
  const auto evaluation = EvaluationOf(Bookings(), {}, response);
  ASSERT_TRUE(evaluation.ok());
  EXPECT_EQ(evaluation->refusal().reason(), "DATA_TIER_TOO_LOW");
  EXPECT_EQ(evaluation->summary(), "only 3 won deals");
}

TEST(EvaluationOf, NobodyHasAQuota) {
  simulation::v1::ForecastResponse response = Forecast(0.5);
  response.mutable_outcome()->mutable_forecast()->set_eligible_rep_count(0);
  response.mutable_outcome()->mutable_forecast()->clear_reps_at_quota();
  EXPECT_EQ(ReasonOf(EvaluationOf(Share(), {}, response).status()), "NO_QUOTA");
  // An answer without an answer is a bug of the other side, not a zero.
  response.mutable_outcome()->mutable_forecast()->clear_thresholds();
  EXPECT_EQ(EvaluationOf(Bookings(), {}, response).status().code(), absl::StatusCode::kInternal);
}

}  // namespace
}  // namespace quotacast::planning
