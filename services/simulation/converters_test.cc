// Goal: requests become the simulator's structs with the documented defaults, and every wrong field
// is refused with its path and value.
// Method: tables over the hand-built company: one spoiled field per row, with the message that the
// caller reads.

#include "services/simulation/converters.h"

#include <cmath>
#include <functional>
#include <limits>
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

v1::Scenario ScenarioOf(const v1::InitiativeChange& initiative) {
  v1::Scenario scenario;
  *scenario.add_initiatives() = initiative;
  return scenario;
}

v1::Scenario ScenarioOf(const v1::HireChange& hire) {
  v1::Scenario scenario;
  *scenario.add_hires() = hire;
  return scenario;
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

TEST(ScenarioFrom, TheEmptyScenarioIsTheBase) {
  const auto scenario = ScenarioFrom(v1::Scenario(), CompanyBusiness(), "scenario");
  ASSERT_TRUE(scenario.ok());
  EXPECT_TRUE(scenario->initiatives.empty());
  EXPECT_TRUE(scenario->hires.empty());
  EXPECT_EQ(scenario->interference_median, 2);
  EXPECT_EQ(scenario->interference_log_sd, 0.541);
}

TEST(ScenarioFrom, InitiativesTakeTheDocumentedDefaults) {
  const auto scenario =
      ScenarioFrom(ScenarioOf(WinInitiative("coaching", 0.1, 0.05)), CompanyBusiness(), "scenario");
  ASSERT_TRUE(scenario.ok()) << scenario.status();
  const simulator::Initiative& initiative = scenario->initiatives[0];
  EXPECT_EQ(initiative.key, "coaching");
  EXPECT_THAT(initiative.reps, ElementsAre(0, 1, 2, 3));
  EXPECT_TRUE(initiative.covers_hires);
  ASSERT_TRUE(initiative.win.has_value());
  EXPECT_EQ(initiative.win->sd, 0.05);
  EXPECT_FALSE(initiative.cycle.has_value());
  EXPECT_FALSE(initiative.creation.has_value());
  EXPECT_EQ(initiative.adoption.ceiling, 1);
  EXPECT_EQ(initiative.adoption.t50_weeks, 8);
  EXPECT_EQ(initiative.adoption.width_weeks, 12);
  EXPECT_EQ(initiative.end, std::nullopt);
}

TEST(ScenarioFrom, AdoptionCanBeAtOnce) {
  v1::InitiativeChange message = WinInitiative("a", 0.1, 0);
  message.mutable_adoption()->set_ceiling(0.5);
  message.mutable_adoption()->set_half_time_weeks(0);
  message.mutable_adoption()->set_width_weeks(0);
  *message.mutable_last_date() = DateMessage(2017, 10, 2);
  const auto scenario = ScenarioFrom(ScenarioOf(message), CompanyBusiness(), "scenario");
  ASSERT_TRUE(scenario.ok()) << scenario.status();
  EXPECT_EQ(scenario->initiatives[0].adoption.ceiling, 0.5);
  EXPECT_EQ(scenario->initiatives[0].adoption.t50_weeks, 0);
  EXPECT_EQ(scenario->initiatives[0].end, absl::CivilDay(2017, 10, 3));
}

TEST(ScenarioFrom, AudiencesIncludeTeamsBelow) {
  const Business business = CompanyBusiness();
  v1::InitiativeChange message = WinInitiative("a", 0.1, 0);
  message.mutable_audience()->add_team_ids("sales");
  auto scenario = ScenarioFrom(ScenarioOf(message), business, "scenario");
  ASSERT_TRUE(scenario.ok());
  EXPECT_THAT(scenario->initiatives[0].reps, ElementsAre(0, 1, 2, 3));
  EXPECT_FALSE(scenario->initiatives[0].covers_hires);

  message.mutable_audience()->Clear();
  message.mutable_audience()->add_team_ids("west");
  message.mutable_audience()->add_rep_ids("dee");
  message.mutable_audience()->add_rep_ids("ann");
  scenario = ScenarioFrom(ScenarioOf(message), business, "scenario");
  ASSERT_TRUE(scenario.ok());
  EXPECT_THAT(scenario->initiatives[0].reps, ElementsAre(0, 2, 3));
}

TEST(ScenarioFrom, HiresTakeTheDocumentedDefaults) {
  v1::HireChange message = HireIntoEast("new");
  *message.mutable_quota_per_period() = Dollars(30'000);
  auto scenario = ScenarioFrom(ScenarioOf(message), CompanyBusiness(), "scenario");
  ASSERT_TRUE(scenario.ok()) << scenario.status();
  EXPECT_EQ(scenario->hires[0].team, 1);
  EXPECT_EQ(scenario->hires[0].ramp_weeks, 0);  // As for the model's reps.
  // The quota is for full periods, and this one began before the hire.
  EXPECT_THAT(scenario->hires[0].quota_minor_units, ElementsAre(std::nullopt));

  *message.mutable_start_date() = DateMessage(2017, 10, 1);
  message.set_ramp_weeks(10);
  scenario = ScenarioFrom(ScenarioOf(message), CompanyBusiness(), "scenario");
  ASSERT_TRUE(scenario.ok()) << scenario.status();
  EXPECT_EQ(scenario->hires[0].ramp_weeks, 10);
  EXPECT_THAT(scenario->hires[0].quota_minor_units, ElementsAre(3'000'000));
}

TEST(ScenarioFrom, RefusesInitiativesByPathAndValue) {
  const struct {
    const char* message;
    std::function<void(v1::InitiativeChange&)> spoil;
  } kCases[] = {
      {"initiative_id: is ``; want 1 to 128 lower-case", [](auto& i) { i.clear_initiative_id(); }},
      {"initiative_id: is `Coaching`", [](auto& i) { i.set_initiative_id("Coaching"); }},
      {"display_name: has 4097 bytes; want at most 4096",
       [](auto& i) { i.set_display_name(std::string(4097, 'x')); }},
      {"evidence: has 4097 bytes", [](auto& i) { i.set_evidence(std::string(4097, 'x')); }},
      {"audience.rep_ids[0]: unknown rep `Ann Lee`; reps are",
       [](auto& i) { i.mutable_audience()->add_rep_ids("Ann Lee"); }},
      {"audience.team_ids[0]: unknown team `north`; teams are",
       [](auto& i) { i.mutable_audience()->add_team_ids("north"); }},
      {"audience.team_ids[0]: team `partners` has no reps",
       [](auto& i) { i.mutable_audience()->add_team_ids("partners"); }},
      {"audience: has 5001 entries; want at most 5000",
       [](auto& i) {
         for (int n = 0; n <= kMaxAudienceEntries; ++n) i.mutable_audience()->add_rep_ids("ann");
       }},
      {"effect.win.mean: is nan; want a number from -3 to 3",
       [](auto& i) { i.mutable_effect()->mutable_win()->set_mean(std::nan("")); }},
      {"effect.win.sd: is -0.1; want a number from 0 to 2",
       [](auto& i) { i.mutable_effect()->mutable_win()->set_sd(-0.1); }},
      {"effect.cycle.mean: is inf",
       [](auto& i) {
         i.mutable_effect()->mutable_cycle()->set_mean(std::numeric_limits<double>::infinity());
       }},
      {"effect.creation.mean: is 3.5",
       [](auto& i) { i.mutable_effect()->mutable_creation()->set_mean(3.5); }},
      {"start_date: is missing", [](auto& i) { i.clear_start_date(); }},
      {"start_date: there is no day 2017-13-1",
       [](auto& i) { *i.mutable_start_date() = DateMessage(2017, 13, 1); }},
      {"last_date: is 2017-10-01, before the start 2017-10-02",
       [](auto& i) { *i.mutable_last_date() = DateMessage(2017, 10, 1); }},
      {"last_date: there is no day 2017-11-31",
       [](auto& i) { *i.mutable_last_date() = DateMessage(2017, 11, 31); }},
      {"adoption.ceiling: is 1.2; want a share above 0, at most 1",
       [](auto& i) { i.mutable_adoption()->set_ceiling(1.2); }},
      {"adoption.ceiling: is nan",
       [](auto& i) { i.mutable_adoption()->set_ceiling(std::nan("")); }},
      {"adoption.half_time_weeks: is -1",
       [](auto& i) { i.mutable_adoption()->set_half_time_weeks(-1); }},
      {"adoption.width_weeks: is 0; want a number above 0",
       [](auto& i) { i.mutable_adoption()->set_width_weeks(0); }},
  };
  const Business business = CompanyBusiness();
  for (const auto& test : kCases) {
    v1::InitiativeChange initiative = WinInitiative("coaching", 0.1, 0.05);
    test.spoil(initiative);
    const auto scenario = ScenarioFrom(ScenarioOf(initiative), business, "scenarios[1]");
    EXPECT_TRUE(absl::IsInvalidArgument(scenario.status())) << test.message;
    EXPECT_THAT(std::string(scenario.status().message()),
                HasSubstr(std::string("scenarios[1].initiatives[0].") + test.message));
  }
}

TEST(ScenarioFrom, RefusesHiresByPathAndValue) {
  const struct {
    const char* message;
    std::function<void(v1::HireChange&)> spoil;
  } kCases[] = {
      {"hire_id: is empty", [](auto& h) { h.clear_hire_id(); }},
      {"hire_id: `ann` is the id of a rep", [](auto& h) { h.set_hire_id("ann"); }},
      {"hire_id: has 4097 bytes", [](auto& h) { h.set_hire_id(std::string(4097, 'x')); }},
      {"team_id: unknown team `Eats`; teams are `east`, `west`",
       [](auto& h) { h.set_team_id("Eats"); }},
      {"team_id: nobody sells in team `partners` itself",
       [](auto& h) { h.set_team_id("partners"); }},
      {"start_date: is missing", [](auto& h) { h.clear_start_date(); }},
      {"start_date: is 2017-09-30; the data goes up to 2017-09-30",
       [](auto& h) { *h.mutable_start_date() = DateMessage(2017, 9, 30); }},
      {"start_date: is 2018-01-01; 2017Q4 ends on 2017-12-31",
       [](auto& h) { *h.mutable_start_date() = DateMessage(2018, 1, 1); }},
      {"start_date: there is no day 2017-2-30",
       [](auto& h) { *h.mutable_start_date() = DateMessage(2017, 2, 30); }},
      {"ramp_weeks: is 0; want a number above 0, at most 520",
       [](auto& h) { h.set_ramp_weeks(0); }},
      {"ramp_weeks: is nan", [](auto& h) { h.set_ramp_weeks(std::nan("")); }},
      {"ramp_weeks: is 521", [](auto& h) { h.set_ramp_weeks(521); }},
      {"quota_per_period.currency_code: is `EUR`",
       [](auto& h) {
         *h.mutable_quota_per_period() = Dollars(1);
         h.mutable_quota_per_period()->set_currency_code("EUR");
       }},
      {"quota_per_period: is -1 units",
       [](auto& h) { *h.mutable_quota_per_period() = Dollars(-1); }},
  };
  const Business business = CompanyBusiness();
  for (const auto& test : kCases) {
    v1::HireChange hire = HireIntoEast("new");
    test.spoil(hire);
    const auto scenario = ScenarioFrom(ScenarioOf(hire), business, "scenario");
    EXPECT_TRUE(absl::IsInvalidArgument(scenario.status())) << test.message;
    EXPECT_THAT(std::string(scenario.status().message()),
                HasSubstr(std::string("scenario.hires[0].") + test.message));
  }
}

TEST(ScenarioFrom, RefusesWholeScenariosByPathAndValue) {
  const Business business = CompanyBusiness();
  const struct {
    const char* message;
    std::function<void(v1::Scenario&)> spoil;
  } kCases[] = {
      {"scenario.initiatives[1].initiative_id: `a` appears twice",
       [](auto& s) {
         *s.add_initiatives() = WinInitiative("a", 0.1, 0);
         *s.add_initiatives() = WinInitiative("a", 0.2, 0);
       }},
      {"scenario.hires[1].hire_id: `a` appears twice",
       [](auto& s) {
         *s.add_hires() = HireIntoEast("a");
         *s.add_hires() = HireIntoEast("a");
       }},
      {"scenario.initiatives: has 65 entries; want at most 64",
       [](auto& s) {
         for (int i = 0; i <= simulator::kMaxInitiatives; ++i) s.add_initiatives();
       }},
      {"scenario.hires: has 501 entries; want at most 500",
       [](auto& s) {
         for (int i = 0; i <= simulator::kMaxHires; ++i) s.add_hires();
       }},
      {"scenario.interference.median: is -1; want a number from 0 to 10",
       [](auto& s) { s.mutable_interference()->set_median(-1); }},
      {"scenario.interference.log_sd: is nan",
       [](auto& s) { s.mutable_interference()->set_log_sd(std::nan("")); }},
      {"scenario.display_name: has 4097 bytes",
       [](auto& s) { s.set_display_name(std::string(4097, 'x')); }},
  };
  for (const auto& test : kCases) {
    v1::Scenario scenario;
    test.spoil(scenario);
    const auto converted = ScenarioFrom(scenario, business, "scenario");
    EXPECT_TRUE(absl::IsInvalidArgument(converted.status())) << test.message;
    EXPECT_THAT(std::string(converted.status().message()), HasSubstr(test.message));
  }
  // At the limit, not beyond.
  v1::Scenario full;
  for (int i = 0; i < simulator::kMaxInitiatives; ++i) {
    *full.add_initiatives() = WinInitiative("i" + std::to_string(i), 0.1, 0);
  }
  for (int i = 0; i < simulator::kMaxHires; ++i) {
    *full.add_hires() = HireIntoEast("h" + std::to_string(i));
  }
  EXPECT_TRUE(ScenarioFrom(full, business, "scenario").ok());
}

TEST(ScenarioHash, IsOfTheMessageAsGiven) {
  const std::string empty = ScenarioHash(v1::Scenario());
  // SHA-256 of no bytes.
  EXPECT_EQ(empty, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  v1::Scenario named;
  named.set_display_name("Base");
  EXPECT_NE(ScenarioHash(named), empty);
  EXPECT_EQ(ScenarioHash(named), ScenarioHash(named));
}

}  // namespace
}  // namespace quotacast::simulation
