// Goal: scenarios become the simulator's structs with the documented defaults, and every wrong
// field is refused with its path and value. Method: tables over the hand-built company: one spoiled
// field per row, with the message that the caller reads.

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
#include "services/simulation/converters.h"

namespace quotacast::simulation {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

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

// With leads and customers in the model their levers are taken over, without they are refused.
TEST(ScenarioFrom, LeversOnLeadsAndCustomersNeedThem) {
  v1::InitiativeChange message = WinInitiative("a", 0.1, 0);
  v1::InitiativeEffect& effect = *message.mutable_effect();
  effect.mutable_selling_time()->set_mean(0.05);
  Business business = CompanyBusiness();
  auto scenario = ScenarioFrom(ScenarioOf(message), business, "scenario");
  ASSERT_TRUE(scenario.ok()) << scenario.status();
  EXPECT_EQ(scenario->initiatives[0].selling_time->mean, 0.05);

  effect.mutable_lead_volume()->set_mean(0.1);
  effect.mutable_lead_work()->set_mean(0.2);
  effect.mutable_lead_response()->set_mean(0.3);
  effect.mutable_churn()->set_mean(-0.4);
  scenario = ScenarioFrom(ScenarioOf(message), business, "scenario");
  for (const char* refusal :
       {"scenario.initiatives[0].effect.lead_volume: acts on leads, and the history does not tell",
        "scenario.initiatives[0].effect.lead_work: acts on leads",
        "scenario.initiatives[0].effect.lead_response: acts on leads",
        "scenario.initiatives[0].effect.churn: acts on renewals and expansions of customers, and "
        "the history has neither"}) {
    EXPECT_THAT(std::string(scenario.status().message()), HasSubstr(refusal));
  }
  business.model.draws[0].lead_cells = {business.model.draws[0].cells[0]};
  business.model.renewal_segments = {-1};
  business.model.expansion_segments = {0};
  scenario = ScenarioFrom(ScenarioOf(message), business, "scenario");
  ASSERT_TRUE(scenario.ok()) << scenario.status();
  EXPECT_EQ(scenario->initiatives[0].lead_volume->mean, 0.1);
  EXPECT_EQ(scenario->initiatives[0].lead_work->mean, 0.2);
  EXPECT_EQ(scenario->initiatives[0].lead_response->mean, 0.3);
  EXPECT_EQ(scenario->initiatives[0].churn->mean, -0.4);
  business.model.expansion_segments = {-1};
  scenario = ScenarioFrom(ScenarioOf(message), business, "scenario");
  EXPECT_THAT(std::string(scenario.status().message()), HasSubstr("effect.churn: acts on"));
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
      {"effect.selling_time.mean: is 3.5",
       [](auto& i) { i.mutable_effect()->mutable_selling_time()->set_mean(3.5); }},
      {"effect.churn.sd: is -1", [](auto& i) { i.mutable_effect()->mutable_churn()->set_sd(-1); }},
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

// A scenario with one sound change of every kind, to be spoiled.
v1::Scenario SoundScenario() {
  v1::Scenario scenario;
  v1::InitiativeChange& initiative = *scenario.add_initiatives();
  initiative = WinInitiative("a", 0.1, 0);
  initiative.mutable_audience()->add_team_ids("east");
  *scenario.add_hires() = HireIntoEast("new");
  v1::DepartureChange& departure = *scenario.add_departures();
  departure.set_rep_id("ann");
  *departure.mutable_last_date() = DateMessage(2017, 11, 15);
  departure.set_successor_rep_id("ben");
  v1::AbsenceChange& absence = *scenario.add_absences();
  absence.set_rep_id("cy");
  *absence.mutable_start_date() = DateMessage(2017, 11, 1);
  *absence.mutable_last_date() = DateMessage(2017, 11, 30);
  v1::ReassignmentChange& reassignment = *scenario.add_reassignments();
  reassignment.set_opportunity_id("deal-3");
  reassignment.set_rep_id("cy");
  v1::QuotaChange& quota = *scenario.add_quota_changes();
  quota.set_rep_id("ann");
  quota.set_factor(1.1);
  v1::DemandShock& shock = *scenario.add_demand_shocks();
  *shock.mutable_start_date() = DateMessage(2017, 10, 15);
  shock.mutable_creation()->set_mean(-0.3);
  return scenario;
}

TEST(ScenarioFrom, ChangesTakeTheDocumentedDefaults) {
  const auto scenario = ScenarioFrom(SoundScenario(), CompanyBusiness(), "scenario");
  ASSERT_TRUE(scenario.ok()) << scenario.status();
  const simulator::Departure& departure = scenario->departures[0];
  EXPECT_EQ(departure.rep, 0);
  EXPECT_EQ(departure.end, absl::CivilDay(2017, 11, 16));
  EXPECT_EQ(departure.successor, 1);
  EXPECT_EQ(departure.freeze_weeks, 3);
  EXPECT_EQ(departure.inherited_win.mean, -0.15);
  EXPECT_EQ(departure.inherited_win.sd, 0);
  EXPECT_EQ(scenario->absences[0].rep, 2);
  EXPECT_EQ(scenario->absences[0].end, absl::CivilDay(2017, 12, 1));
  const simulator::Reassignment& reassignment = scenario->reassignments[0];
  EXPECT_EQ(CompanyBusiness().state.open_deals[reassignment.deal].key, "deal-3");
  EXPECT_EQ(reassignment.rep, 2);
  EXPECT_EQ(reassignment.inherited_win.mean, -0.15);
  EXPECT_EQ(scenario->quota_changes[0].person, 0);
  EXPECT_EQ(scenario->quota_changes[0].period, std::nullopt);
  EXPECT_EQ(scenario->quota_changes[0].factor, 1.1);
  EXPECT_EQ(scenario->demand_shocks[0].end, std::nullopt);
  EXPECT_TRUE(scenario->demand_shocks[0].segments.empty());
}

TEST(ScenarioFrom, InitiativesTakeAllTheySay) {
  v1::Scenario message = SoundScenario();
  v1::InitiativeChange& change = *message.mutable_initiatives(0);
  *change.mutable_last_date() = DateMessage(2017, 12, 15);
  v1::StageEffect& stage = *change.mutable_effect()->add_stage_wins();
  stage.set_stage_id("Negotiation");
  stage.mutable_win()->set_mean(0.2);
  change.mutable_effect()->mutable_size()->set_mean(0.3);
  change.mutable_effect()->mutable_ramp()->set_mean(0.4);
  change.add_segment_ids("all");
  v1::Wave& wave = *change.add_waves();
  wave.mutable_audience()->add_rep_ids("ben");
  *wave.mutable_start_date() = DateMessage(2017, 11, 1);
  change.set_overhead_hours_per_week(5);
  change.set_fade_half_life_weeks(6);
  *change.mutable_reviews_lapse_date() = DateMessage(2017, 12, 1);
  v1::RepHeadroom& headroom = *change.add_headrooms();
  headroom.set_rep_id("ann");
  headroom.set_share(0.25);
  v1::HireChange& hire = *message.mutable_hires(0);
  hire.set_lead_time_mean_weeks(9);
  hire.mutable_quality()->set_sd(0.2);
  *hire.mutable_quota_per_period() = Dollars(1);
  const auto scenario = ScenarioFrom(message, CompanyBusiness(), "scenario");
  ASSERT_TRUE(scenario.ok()) << scenario.status();
  const simulator::Initiative& initiative = scenario->initiatives[0];
  ASSERT_EQ(initiative.stage_wins.size(), 1u);
  EXPECT_EQ(initiative.stage_wins[0].stage, 1);
  EXPECT_EQ(initiative.stage_wins[0].win.mean, 0.2);
  EXPECT_EQ(initiative.size->mean, 0.3);
  EXPECT_EQ(initiative.ramp->mean, 0.4);
  EXPECT_THAT(initiative.segments, ElementsAre(0));
  ASSERT_EQ(initiative.waves.size(), 1u);
  EXPECT_THAT(initiative.waves[0].reps, ElementsAre(1));
  EXPECT_EQ(initiative.waves[0].start, absl::CivilDay(2017, 11, 1));
  EXPECT_FALSE(initiative.waves[0].covers_hires);
  EXPECT_EQ(initiative.overhead_hours_per_week, 5);
  EXPECT_EQ(initiative.fade_half_life_weeks, 6);
  EXPECT_EQ(initiative.reviews_lapse, absl::CivilDay(2017, 12, 1));
  EXPECT_EQ(initiative.lapse_half_life_weeks, 8);
  ASSERT_EQ(initiative.headrooms.size(), 1u);
  EXPECT_EQ(initiative.headrooms[0].share, 0.25);
  EXPECT_EQ(scenario->hires[0].lead_time_mean_weeks, 9);
  EXPECT_EQ(scenario->hires[0].quality->sd, 0.2);
}

TEST(ScenarioFrom, AWaveWithoutAudienceIsForAllOfIt) {
  v1::Scenario message;
  *message.add_initiatives() = WinInitiative("a", 0.1, 0);
  *message.mutable_initiatives(0)->add_waves()->mutable_start_date() = DateMessage(2017, 11, 1);
  const auto scenario = ScenarioFrom(message, CompanyBusiness(), "scenario");
  ASSERT_TRUE(scenario.ok()) << scenario.status();
  EXPECT_THAT(scenario->initiatives[0].waves[0].reps, ElementsAre(0, 1, 2, 3));
  EXPECT_TRUE(scenario->initiatives[0].waves[0].covers_hires);
}

TEST(ScenarioFrom, QuotasOfHiresCountTheLeadTime) {
  v1::HireChange message = HireIntoEast("new");
  *message.mutable_start_date() = DateMessage(2017, 10, 1);
  *message.mutable_quota_per_period() = Dollars(30'000);
  const auto quota = [&] {
    return ScenarioFrom(ScenarioOf(message), CompanyBusiness(), "scenario")
        ->hires[0]
        .quota_minor_units[0];
  };
  EXPECT_EQ(quota(), 3'000'000);
  message.set_lead_time_mean_weeks(1);
  EXPECT_EQ(quota(), std::nullopt);
}

TEST(ScenarioFrom, RefusesChangesByPathAndValue) {
  const struct {
    const char* message;
    std::function<void(v1::Scenario&)> spoil;
  } kCases[] = {
      // Initiatives.
      {"initiatives[0].effect.stage_wins[0].stage_id: unknown stage `Negotation`; stages are "
       "`Negotiation`, `Discovery`",
       [](auto& s) {
         v1::StageEffect& at = *s.mutable_initiatives(0)->mutable_effect()->add_stage_wins();
         at.set_stage_id("Negotation");
         at.mutable_win();
       }},
      {"initiatives[0].effect.stage_wins[1].stage_id: `Discovery` appears twice",
       [](auto& s) {
         for (int i = 0; i < 2; ++i) {
           v1::StageEffect& at = *s.mutable_initiatives(0)->mutable_effect()->add_stage_wins();
           at.set_stage_id("Discovery");
           at.mutable_win();
         }
       }},
      {"initiatives[0].effect.stage_wins[0].win: is missing",
       [](auto& s) {
         s.mutable_initiatives(0)->mutable_effect()->add_stage_wins()->set_stage_id("Discovery");
       }},
      {"initiatives[0].effect.size.mean: is 3.1",
       [](auto& s) { s.mutable_initiatives(0)->mutable_effect()->mutable_size()->set_mean(3.1); }},
      {"initiatives[0].effect.ramp.sd: is -1",
       [](auto& s) { s.mutable_initiatives(0)->mutable_effect()->mutable_ramp()->set_sd(-1); }},
      {"initiatives[0].segment_ids[0]: unknown segment `al`; segments are `all`",
       [](auto& s) { s.mutable_initiatives(0)->add_segment_ids("al"); }},
      {"initiatives[0].waves[0].audience: `cy` is not in the audience",
       [](auto& s) {
         v1::Wave& wave = *s.mutable_initiatives(0)->add_waves();
         wave.mutable_audience()->add_rep_ids("cy");
         *wave.mutable_start_date() = DateMessage(2017, 11, 1);
       }},
      {"initiatives[0].waves[0].start_date: is 2017-10-01, before the start 2017-10-02",
       [](auto& s) {
         *s.mutable_initiatives(0)->add_waves()->mutable_start_date() = DateMessage(2017, 10, 1);
       }},
      {"initiatives[0].waves[0].start_date: is 2017-12-02, after the last day 2017-12-01",
       [](auto& s) {
         *s.mutable_initiatives(0)->mutable_last_date() = DateMessage(2017, 12, 1);
         *s.mutable_initiatives(0)->add_waves()->mutable_start_date() = DateMessage(2017, 12, 2);
       }},
      {"initiatives[0].waves[0].start_date: is missing",
       [](auto& s) { s.mutable_initiatives(0)->add_waves(); }},
      {"initiatives[0].waves: has 101 entries; want at most 100",
       [](auto& s) {
         for (int i = 0; i <= kMaxWaves; ++i) s.mutable_initiatives(0)->add_waves();
       }},
      {"initiatives[0].overhead_hours_per_week: is 41; want a number from 0 to 40",
       [](auto& s) { s.mutable_initiatives(0)->set_overhead_hours_per_week(41); }},
      {"initiatives[0].fade_half_life_weeks: is -1",
       [](auto& s) { s.mutable_initiatives(0)->set_fade_half_life_weeks(-1); }},
      {"initiatives[0].lapse_half_life_weeks: is -1",
       [](auto& s) { s.mutable_initiatives(0)->set_lapse_half_life_weeks(-1); }},
      {"initiatives[0].reviews_lapse_date: is 2017-10-01, before the start 2017-10-02",
       [](auto& s) {
         *s.mutable_initiatives(0)->mutable_reviews_lapse_date() = DateMessage(2017, 10, 1);
       }},
      {"initiatives[0].last_date: is 2017-10-01, before the start 2017-10-02",
       [](auto& s) { *s.mutable_initiatives(0)->mutable_last_date() = DateMessage(2017, 10, 1); }},
      {"initiatives[0].headrooms[0].rep_id: unknown rep `anne`; reps are `ann`",
       [](auto& s) { s.mutable_initiatives(0)->add_headrooms()->set_rep_id("anne"); }},
      {"initiatives[0].headrooms[0].rep_id: `dee` is not in the audience",
       [](auto& s) { s.mutable_initiatives(0)->add_headrooms()->set_rep_id("dee"); }},
      {"initiatives[0].headrooms[0].share: is 1.5",
       [](auto& s) {
         s.mutable_initiatives(0)->add_headrooms()->set_rep_id("ann");
         s.mutable_initiatives(0)->mutable_headrooms(0)->set_share(1.5);
       }},
      {"initiatives[0].headrooms[1].rep_id: `ann` appears twice",
       [](auto& s) {
         s.mutable_initiatives(0)->add_headrooms()->set_rep_id("ann");
         s.mutable_initiatives(0)->add_headrooms()->set_rep_id("ann");
       }},
      {"initiatives[0].cost.per_rep.currency_code: is `EUR`",
       [](auto& s) {
         s.mutable_initiatives(0)->mutable_cost()->mutable_per_rep()->set_currency_code("EUR");
       }},
      // Hires.
      {"hires[0].lead_time_mean_weeks: is -1",
       [](auto& s) { s.mutable_hires(0)->set_lead_time_mean_weeks(-1); }},
      {"hires[0].quality.mean: is nan",
       [](auto& s) { s.mutable_hires(0)->mutable_quality()->set_mean(std::nan("")); }},
      // Departures.
      {"departures[0].rep_id: unknown rep `an`; reps are `ann`",
       [](auto& s) { s.mutable_departures(0)->set_rep_id("an"); }},
      {"departures[0].last_date: is missing; want the last day in the job",
       [](auto& s) { s.mutable_departures(0)->clear_last_date(); }},
      {"departures[0].last_date: is 2017-09-29; the data goes up to 2017-09-30",
       [](auto& s) { *s.mutable_departures(0)->mutable_last_date() = DateMessage(2017, 9, 29); }},
      {"departures[1].rep_id: `ann` leaves twice",
       [](auto& s) { *s.add_departures() = s.departures(0); }},
      {"departures[0].successor_rep_id: unknown rep `bem`",
       [](auto& s) { s.mutable_departures(0)->set_successor_rep_id("bem"); }},
      {"departures[0].successor_rep_id: is `ann`, who leaves; want another rep",
       [](auto& s) { s.mutable_departures(0)->set_successor_rep_id("ann"); }},
      {"departures[0].successor_rep_id: is `ben`, whose last day is 2017-11-15; want somebody who "
       "is there after 2017-11-15",
       [](auto& s) {
         v1::DepartureChange& other = *s.add_departures();
         other.set_rep_id("ben");
         *other.mutable_last_date() = DateMessage(2017, 11, 15);
       }},
      {"departures[0].freeze_weeks: is -2",
       [](auto& s) { s.mutable_departures(0)->set_freeze_weeks(-2); }},
      {"departures[0].inherited_win.sd: is 9",
       [](auto& s) { s.mutable_departures(0)->mutable_inherited_win()->set_sd(9); }},
      // Absences.
      {"absences[0].rep_id: unknown rep `c`",
       [](auto& s) { s.mutable_absences(0)->set_rep_id("c"); }},
      {"absences[0].last_date: is 2017-10-31, before the start 2017-11-01",
       [](auto& s) { *s.mutable_absences(0)->mutable_last_date() = DateMessage(2017, 10, 31); }},
      {"absences[0].last_date: is 2017-09-30; the data goes up to 2017-09-30",
       [](auto& s) {
         *s.mutable_absences(0)->mutable_start_date() = DateMessage(2017, 9, 1);
         *s.mutable_absences(0)->mutable_last_date() = DateMessage(2017, 9, 30);
       }},
      {"absences[0].start_date: is missing",
       [](auto& s) { s.mutable_absences(0)->clear_start_date(); }},
      // Reassignments.
      {"reassignments[0].opportunity_id: unknown open deal `deal-99`; open deals are `deal-19`",
       [](auto& s) { s.mutable_reassignments(0)->set_opportunity_id("deal-99"); }},
      {"reassignments[1].opportunity_id: `deal-3` gets a new owner twice",
       [](auto& s) { *s.add_reassignments() = s.reassignments(0); }},
      {"reassignments[0].rep_id: unknown rep `new`",
       [](auto& s) { s.mutable_reassignments(0)->set_rep_id("new"); }},
      // Quotas.
      {"quota_changes[0].rep_id: unknown rep `newe`; reps and hires are `new`",
       [](auto& s) { s.mutable_quota_changes(0)->set_rep_id("newe"); }},
      {"quota_changes[0].period: unknown period `2017Q3`; periods are `2017Q4`",
       [](auto& s) { s.mutable_quota_changes(0)->set_period("2017Q3"); }},
      {"quota_changes[0]: changes nothing; want quota or factor",
       [](auto& s) { s.mutable_quota_changes(0)->clear_factor(); }},
      {"quota_changes[0].factor: is 0; want a factor above 0",
       [](auto& s) { s.mutable_quota_changes(0)->set_factor(0); }},
      {"quota_changes[0].factor: is 1.1, but `dee` has no quota to change",
       [](auto& s) { s.mutable_quota_changes(0)->set_rep_id("dee"); }},
      {"quota_changes[0].quota: is -5 units",
       [](auto& s) { *s.mutable_quota_changes(0)->mutable_quota() = Dollars(-5); }},
      // Demand.
      {"demand_shocks[0]: has no effect; want creation or win",
       [](auto& s) { s.mutable_demand_shocks(0)->clear_creation(); }},
      {"demand_shocks[0].creation.mean: is 4",
       [](auto& s) { s.mutable_demand_shocks(0)->mutable_creation()->set_mean(4); }},
      {"demand_shocks[0].last_date: is 2017-10-14, before the start 2017-10-15",
       [](auto& s) {
         *s.mutable_demand_shocks(0)->mutable_last_date() = DateMessage(2017, 10, 14);
       }},
      {"demand_shocks[0].last_date: is 2017-09-30; the data goes up to 2017-09-30",
       [](auto& s) {
         *s.mutable_demand_shocks(0)->mutable_start_date() = DateMessage(2017, 9, 1);
         *s.mutable_demand_shocks(0)->mutable_last_date() = DateMessage(2017, 9, 30);
       }},
      {"demand_shocks[0].segment_ids[1]: `all` appears twice",
       [](auto& s) {
         s.mutable_demand_shocks(0)->add_segment_ids("all");
         s.mutable_demand_shocks(0)->add_segment_ids("all");
       }},
      {"demand_shocks[1]: has the days and segments of another",
       [](auto& s) { *s.add_demand_shocks() = s.demand_shocks(0); }},
      // Attrition.
      {"attrition.rate_per_year: is -1; want a number from 0 to 20",
       [](auto& s) { s.mutable_attrition()->set_rate_per_year(-1); }},
      {"attrition.backfill_weeks: is 521",
       [](auto& s) { s.mutable_attrition()->set_backfill_weeks(521); }},
      {"attrition.freeze_weeks: is nan",
       [](auto& s) { s.mutable_attrition()->set_freeze_weeks(std::nan("")); }},
      {"attrition.inherited_win.mean: is -4",
       [](auto& s) { s.mutable_attrition()->mutable_inherited_win()->set_mean(-4); }},
      {"initiatives[0].effect.attrition.sd: is 3",
       [](auto& s) { s.mutable_initiatives(0)->mutable_effect()->mutable_attrition()->set_sd(3); }},
      // Limits.
      {"departures: has 2001 entries; want at most 2000",
       [](auto& s) {
         while (s.departures_size() <= simulator::kMaxStaffChanges) s.add_departures();
       }},
      {"absences: has 2001 entries",
       [](auto& s) {
         while (s.absences_size() <= simulator::kMaxStaffChanges) s.add_absences();
       }},
      {"reassignments: has 2001 entries",
       [](auto& s) {
         while (s.reassignments_size() <= simulator::kMaxStaffChanges) s.add_reassignments();
       }},
      {"quota_changes: has 2001 entries",
       [](auto& s) {
         while (s.quota_changes_size() <= simulator::kMaxQuotaChanges) s.add_quota_changes();
       }},
      {"demand_shocks: has 65 entries",
       [](auto& s) {
         while (s.demand_shocks_size() <= simulator::kMaxDemandShocks) s.add_demand_shocks();
       }},
  };
  const Business business = CompanyBusiness();
  for (const auto& test : kCases) {
    v1::Scenario scenario = SoundScenario();
    test.spoil(scenario);
    const auto converted = ScenarioFrom(scenario, business, "scenarios[1]");
    EXPECT_TRUE(absl::IsInvalidArgument(converted.status())) << test.message;
    EXPECT_THAT(std::string(converted.status().message()),
                HasSubstr(std::string("scenarios[1].") + test.message));
  }
}

TEST(ScenarioFrom, RefusesWhatTheDataContradicts) {
  Business business = CompanyBusiness();
  business.state.reps[0].end_date = absl::CivilDay(2017, 11, 1);
  business.state.reps[1].end_date = absl::CivilDay(2017, 9, 15);
  business.state.reps[3].end_date = absl::CivilDay(2017, 10, 10);
  v1::Scenario scenario = SoundScenario();
  scenario.mutable_departures(0)->set_successor_rep_id("dee");
  scenario.mutable_absences(0)->set_rep_id("ben");
  const std::string message(ScenarioFrom(scenario, business, "scenario").status().message());
  EXPECT_THAT(message, HasSubstr("scenario.departures[0].last_date: is 2017-11-15; by the data "
                                 "`ann` leaves on 2017-10-31"));
  EXPECT_THAT(message, HasSubstr("departures[0].successor_rep_id: is `dee`, whose last day is "
                                 "2017-10-09"));
  EXPECT_THAT(message, HasSubstr("absences[0].rep_id: `ben` left on 2017-09-14"));
}

TEST(ScenarioFrom, AttritionTakesTheDocumentedDefaults) {
  v1::Scenario message = SoundScenario();
  message.mutable_attrition();
  message.mutable_initiatives(0)->mutable_effect()->mutable_attrition()->set_mean(-0.2);
  auto scenario = ScenarioFrom(message, CompanyBusiness(), "scenario");
  ASSERT_TRUE(scenario.ok()) << scenario.status();
  ASSERT_TRUE(scenario->attrition.has_value());
  EXPECT_EQ(scenario->attrition->rate_per_year, std::nullopt);
  EXPECT_EQ(scenario->attrition->backfill_weeks, std::nullopt);
  EXPECT_EQ(scenario->attrition->freeze_weeks, 3);
  EXPECT_EQ(scenario->attrition->inherited_win.mean, -0.15);
  EXPECT_EQ(scenario->initiatives[0].attrition->mean, -0.2);
  message.mutable_attrition()->set_rate_per_year(0);
  message.mutable_attrition()->set_backfill_weeks(9);
  message.mutable_attrition()->set_freeze_weeks(0);
  scenario = ScenarioFrom(message, CompanyBusiness(), "scenario");
  ASSERT_TRUE(scenario.ok()) << scenario.status();
  EXPECT_EQ(scenario->attrition->rate_per_year, 0);
  EXPECT_EQ(scenario->attrition->backfill_weeks, 9);
  EXPECT_EQ(scenario->attrition->freeze_weeks, 0);
}

TEST(ScenarioHash, IsOfTheMessageAsGiven) {
  const std::string empty = ScenarioHash(v1::Scenario());
  // SHA-256 of no bytes.
  EXPECT_EQ(empty, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  v1::Scenario named;
  named.set_display_name("Base");
  EXPECT_NE(ScenarioHash(named), empty);
  EXPECT_EQ(ScenarioHash(named), ScenarioHash(named));
  // Every kind of change counts.
  const v1::Scenario sound = SoundScenario();
  v1::Scenario other = sound;
  other.mutable_quota_changes(0)->set_factor(1.2);
  EXPECT_NE(ScenarioHash(other), ScenarioHash(sound));
  other = sound;
  other.mutable_departures(0)->clear_successor_rep_id();
  EXPECT_NE(ScenarioHash(other), ScenarioHash(sound));
}

}  // namespace
}  // namespace quotacast::simulation
