// Goal: specs become runs with the documented defaults, and every wrong field is refused with its
// path and value.
// Method: tables over the hand-built company: one spoiled field per row, with the message that the
// caller reads.

#include "services/simulation/converters.h"

#include <cmath>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/errors.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/simulation/business.h"
#include "services/simulation/company_messages.h"

namespace quotacast::simulation {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

v1::ForecastSpec Spec() {
  v1::ForecastSpec spec;
  spec.set_parent("workspaces/default");
  return spec;
}

TEST(CheckSpec, RefusesByPathAndValue) {
  const struct {
    const char* message;
    std::function<void(v1::ForecastSpec&)> spoil;
  } kCases[] = {
      {"spec.parent: is empty", [](auto& s) { s.clear_parent(); }},
      {"spec.trial_count: is -1; want 1 to 10000000", [](auto& s) { s.set_trial_count(-1); }},
      {"spec.trial_count: is 10000001", [](auto& s) { s.set_trial_count(10'000'001); }},
      {"spec.step_days: is 2; want 7, 1, or 0 for 7", [](auto& s) { s.set_step_days(2); }},
      {"spec.step_days: is -7", [](auto& s) { s.set_step_days(-7); }},
      {"spec.levels[0]: is 0; want LEVEL_ORG",
       [](auto& s) { s.add_levels(v1::LEVEL_UNSPECIFIED); }},
      {"spec.as_of.effective_date: there is no day 2017-2-30",
       [](auto& s) { *s.mutable_as_of()->mutable_effective_date() = DateMessage(2017, 2, 30); }},
      {"spec.thresholds: has 65 entries; want at most 64",
       [](auto& s) {
         for (int i = 0; i <= kMaxThresholds; ++i) s.add_thresholds();
       }},
      {"spec.driver_count: is -1; want 0 to 1000", [](auto& s) { s.set_driver_count(-1); }},
      {"spec.driver_count: is 1001", [](auto& s) { s.set_driver_count(1'001); }},
      {"spec.tail_share: is 1.5; want a share", [](auto& s) { s.set_tail_share(1.5); }},
      {"spec.tail_share: is -0.1", [](auto& s) { s.set_tail_share(-0.1); }},
      {"spec.tail_share: is nan", [](auto& s) { s.set_tail_share(std::nan("")); }},
      {"spec.reps_at_quota_shares[1]: is 1.5; want a share",
       [](auto& s) {
         s.add_reps_at_quota_shares(0.5);
         s.add_reps_at_quota_shares(1.5);
       }},
      {"spec.reps_at_quota_shares[0]: is nan",
       [](auto& s) { s.add_reps_at_quota_shares(std::nan("")); }},
      {"spec.reps_at_quota_shares: has 17 entries",
       [](auto& s) {
         for (int i = 0; i <= kMaxShareQuestions; ++i) s.add_reps_at_quota_shares(0.5);
       }},
  };
  for (const auto& test : kCases) {
    v1::ForecastSpec spec = Spec();
    test.spoil(spec);
    const absl::Status status = CheckSpec(spec);
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << test.message;
    EXPECT_THAT(std::string(status.message()), HasSubstr(test.message));
  }
  v1::ForecastSpec limits = Spec();
  limits.set_trial_count(10'000'000);
  limits.set_step_days(1);
  limits.set_tail_share(1);
  limits.set_driver_count(1'000);
  for (int i = 0; i < kMaxThresholds; ++i) limits.add_thresholds();
  EXPECT_TRUE(CheckSpec(limits).ok());
}

TEST(CheckSpec, ListsAllViolationsAtOnce) {
  v1::ForecastSpec spec;
  spec.set_trial_count(-5);
  spec.set_step_days(3);
  const auto detail = GetDetail(CheckSpec(spec));
  ASSERT_TRUE(detail.has_value());
  ASSERT_EQ(detail->field_violations.size(), 3u);
  EXPECT_EQ(detail->field_violations[1].field, "spec.trial_count");
}

TEST(RunSpecFrom, FillsInDefaults) {
  const RunSpec run = *RunSpecFrom(Spec(), CompanyBusiness(), {});
  EXPECT_EQ(run.requested_trials, 10'000);
  EXPECT_EQ(run.seed, 0u);
  EXPECT_EQ(run.step_days, 7);
  EXPECT_EQ(run.tail_share, 0.05);
  EXPECT_EQ(run.driver_count, 0);
  EXPECT_EQ(run.period, 0);
  EXPECT_TRUE(run.wants_org);
  EXPECT_FALSE(run.wants_teams);
  EXPECT_FALSE(run.wants_reps);
  EXPECT_TRUE(run.cut_days.empty());
}

TEST(RunSpecFrom, TakesLevelsAndThresholds) {
  v1::ForecastSpec spec = Spec();
  spec.add_levels(v1::LEVEL_REP);
  spec.set_step_days(1);
  spec.set_trial_count(77);
  spec.set_tail_share(0.2);
  spec.set_driver_count(7);
  v1::ThresholdQuery& first = *spec.add_thresholds();
  first.mutable_entity()->set_level(v1::LEVEL_TEAM);
  first.mutable_entity()->set_entity_id("west");
  *first.mutable_amount() = Dollars(1'000);
  *first.mutable_by_date() = DateMessage(2017, 11, 15);
  v1::ThresholdQuery& second = *spec.add_thresholds();
  second.mutable_entity()->set_level(v1::LEVEL_REP);
  second.mutable_entity()->set_entity_id("new");
  *second.mutable_amount() = Dollars(2'000);
  *second.mutable_by_date() = DateMessage(2017, 10, 1);
  simulator::Scenario with_hire;
  with_hire.hires.emplace_back().key = "new";
  const RunSpec run = *RunSpecFrom(spec, CompanyBusiness(), {with_hire, with_hire});
  EXPECT_FALSE(run.wants_org);
  EXPECT_TRUE(run.wants_reps);
  EXPECT_EQ(run.requested_trials, 77);
  EXPECT_EQ(run.tail_share, 0.2);
  EXPECT_EQ(run.driver_count, 7);
  ASSERT_EQ(run.thresholds.size(), 2u);
  EXPECT_EQ(run.thresholds[0].entity.level, simulator::Level::kTeam);
  EXPECT_EQ(run.thresholds[0].amount_minor_units, 100'000);
  EXPECT_EQ(run.thresholds[0].by, absl::CivilDay(2017, 11, 15));
  EXPECT_TRUE(run.thresholds[1].entity.is_hire);
  EXPECT_THAT(run.cut_days, ElementsAre(absl::CivilDay(2017, 10, 1), absl::CivilDay(2017, 11, 15)));
}

TEST(RunSpecFrom, RefusesThresholdsByPathAndValue) {
  const struct {
    const char* message;
    std::function<void(v1::ThresholdQuery&)> spoil;
  } kCases[] = {
      {"spec.thresholds[0].entity.level: is not set",
       [](auto& q) { q.mutable_entity()->clear_level(); }},
      {"spec.thresholds[0].entity.entity_id: is `x`; the organisation has no id",
       [](auto& q) { q.mutable_entity()->set_entity_id("x"); }},
      {"unknown team `wets`; teams are `west`, `east`",
       [](auto& q) {
         q.mutable_entity()->set_level(v1::LEVEL_TEAM);
         q.mutable_entity()->set_entity_id("wets");
       }},
      {"unknown rep `bem`; reps are `ben`",
       [](auto& q) {
         q.mutable_entity()->set_level(v1::LEVEL_REP);
         q.mutable_entity()->set_entity_id("bem");
       }},
      {"`new` is not hired in every scenario",
       [](auto& q) {
         q.mutable_entity()->set_level(v1::LEVEL_REP);
         q.mutable_entity()->set_entity_id("new");
       }},
      {"spec.thresholds[0].amount: is missing", [](auto& q) { q.clear_amount(); }},
      {"spec.thresholds[0].amount.currency_code: is `EUR`; the data is in USD",
       [](auto& q) { q.mutable_amount()->set_currency_code("EUR"); }},
      {"spec.thresholds[0].by_date: is 2017-09-30; want a day from 2017-10-01 to 2017-12-31",
       [](auto& q) { *q.mutable_by_date() = DateMessage(2017, 9, 30); }},
      {"spec.thresholds[0].by_date: is 2018-01-01",
       [](auto& q) { *q.mutable_by_date() = DateMessage(2018, 1, 1); }},
      {"spec.thresholds[0].by_date: there is no day 2017-11-31",
       [](auto& q) { *q.mutable_by_date() = DateMessage(2017, 11, 31); }},
  };
  const Business business = CompanyBusiness();
  simulator::Scenario with_hire;
  with_hire.hires.emplace_back().key = "new";
  for (const auto& test : kCases) {
    v1::ForecastSpec spec = Spec();
    v1::ThresholdQuery& query = *spec.add_thresholds();
    query.mutable_entity()->set_level(v1::LEVEL_ORG);
    *query.mutable_amount() = Dollars(1);
    test.spoil(query);
    const auto run = RunSpecFrom(spec, business, {simulator::Scenario(), with_hire});
    EXPECT_TRUE(absl::IsInvalidArgument(run.status())) << test.message;
    EXPECT_THAT(std::string(run.status().message()), HasSubstr(test.message));
  }
}

}  // namespace
}  // namespace quotacast::simulation
