// Goal: a scenario is checked before it is kept, and hashes by content. Method: one broken field at
// a time; limits at their edge.
#include "services/planning/scenario_rules.h"

#include <string>
#include <vector>

#include "base/errors.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace quotacast::planning {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> FieldsOf(const simulation::v1::Scenario& scenario) {
  FieldErrors errors;
  CheckScenario(scenario, "scenario", errors);
  std::vector<std::string> fields;
  if (errors.empty()) return fields;
  const ErrorDetail detail = GetDetail(errors.Result()).value_or(ErrorDetail());
  for (const FieldViolation& v : detail.field_violations) {
    fields.push_back(v.field);
  }
  return fields;
}

void AddInitiative(simulation::v1::Scenario& scenario, const std::string& id) {
  simulation::v1::InitiativeChange& initiative = *scenario.add_initiatives();
  initiative.set_initiative_id(id);
  initiative.mutable_effect()->mutable_cycle()->set_mean(0.1);
  *initiative.mutable_start_date() = DateFrom(absl::CivilDay(2018, 1, 1));
}

void AddHire(simulation::v1::Scenario& scenario, const std::string& id) {
  simulation::v1::HireChange& hire = *scenario.add_hires();
  hire.set_hire_id(id);
  hire.set_team_id("east");
  *hire.mutable_start_date() = DateFrom(absl::CivilDay(2018, 1, 1));
}

TEST(CheckScenario, EmptyIsFine) { EXPECT_THAT(FieldsOf(simulation::v1::Scenario()), IsEmpty()); }

TEST(CheckScenario, NamesWhatIsWrong) {
  simulation::v1::Scenario scenario;
  AddInitiative(scenario, "a");
  AddInitiative(scenario, "a");
  AddHire(scenario, "h");
  AddHire(scenario, "");
  scenario.mutable_hires(0)->set_ramp_weeks(0);
  scenario.mutable_hires(1)->clear_start_date();
  scenario.mutable_interference()->set_median(-1);
  EXPECT_THAT(FieldsOf(scenario),
              ElementsAre("scenario.initiatives[1].initiative_id", "scenario.hires[0].ramp_weeks",
                          "scenario.hires[1].hire_id", "scenario.hires[1].start_date",
                          "scenario.interference.median"));
}

TEST(CheckScenario, NamesWhatIsWrongWithStaffQuotasAndDemand) {
  simulation::v1::Scenario scenario;
  simulation::v1::DepartureChange& departure = *scenario.add_departures();
  departure.set_rep_id("ann");
  departure.set_successor_rep_id("ben");
  *departure.mutable_last_date() = DateFrom(absl::CivilDay(2018, 1, 1));
  simulation::v1::AbsenceChange& absence = *scenario.add_absences();
  absence.set_rep_id("ann");
  *absence.mutable_start_date() = DateFrom(absl::CivilDay(2018, 1, 1));
  *absence.mutable_last_date() = DateFrom(absl::CivilDay(2018, 1, 1));
  scenario.add_reassignments()->set_opportunity_id("d");
  scenario.mutable_reassignments(0)->set_rep_id("ben");
  scenario.add_quota_changes()->set_factor(1.1);
  simulation::v1::DemandShock& shock = *scenario.add_demand_shocks();
  *shock.mutable_start_date() = DateFrom(absl::CivilDay(2018, 1, 1));
  shock.mutable_win()->set_mean(0.1);
  AddHire(scenario, "h");
  AddInitiative(scenario, "a");
  EXPECT_THAT(FieldsOf(scenario), IsEmpty());

  *scenario.add_departures() = departure;
  scenario.mutable_departures(1)->set_successor_rep_id("ann");
  scenario.mutable_departures(1)->set_freeze_weeks(-1);
  *scenario.mutable_absences(0)->mutable_last_date() = DateFrom(absl::CivilDay(2017, 12, 31));
  *scenario.add_reassignments() = scenario.reassignments(0);
  scenario.mutable_reassignments(1)->clear_rep_id();
  scenario.mutable_quota_changes(0)->set_factor(0);
  scenario.add_quota_changes();
  scenario.mutable_demand_shocks(0)->clear_win();
  scenario.mutable_hires(0)->set_lead_time_mean_weeks(-1);
  scenario.mutable_attrition()->set_rate_per_year(21);
  scenario.mutable_initiatives(0)->set_overhead_hours_per_week(50);
  scenario.mutable_initiatives(0)->add_waves();
  scenario.mutable_initiatives(0)->mutable_effect()->add_stage_wins();
  EXPECT_THAT(
      FieldsOf(scenario),
      ElementsAre("scenario.initiatives[0].effect.stage_wins[0].stage_id",
                  "scenario.initiatives[0].effect.stage_wins[0].win",
                  "scenario.initiatives[0].overhead_hours_per_week",
                  "scenario.initiatives[0].waves[0].start_date",
                  "scenario.hires[0].lead_time_mean_weeks", "scenario.departures[1].rep_id",
                  "scenario.departures[1].successor_rep_id", "scenario.departures[1].freeze_weeks",
                  "scenario.absences[0].last_date", "scenario.reassignments[1].opportunity_id",
                  "scenario.reassignments[1].rep_id", "scenario.quota_changes[0].factor",
                  "scenario.quota_changes[1]", "scenario.demand_shocks[0]",
                  "scenario.attrition.rate_per_year"));
}

TEST(CheckScenario, HasLimits) {
  simulation::v1::Scenario scenario;
  for (int i = 0; i < kMaxScenarioInitiatives; ++i) {
    AddInitiative(scenario, "i" + std::to_string(i));
  }
  for (int i = 0; i < kMaxScenarioHires; ++i) AddHire(scenario, "h" + std::to_string(i));
  EXPECT_THAT(FieldsOf(scenario), IsEmpty());
  simulation::v1::Scenario initiatives = scenario;
  AddInitiative(initiatives, "x");
  EXPECT_THAT(FieldsOf(initiatives), ElementsAre("scenario.initiatives"));
  AddHire(scenario, "x");
  EXPECT_THAT(FieldsOf(scenario), ElementsAre("scenario.hires"));
}

TEST(CheckScenario, MustFitAnEvent) {
  simulation::v1::Scenario scenario;
  for (int i = 0; i < kMaxScenarioInitiatives; ++i) {
    AddInitiative(scenario, "i" + std::to_string(i));
    for (int r = 0; r < 1'000; ++r) {
      scenario.mutable_initiatives(i)->mutable_audience()->add_rep_ids("somebody-with-a-name");
    }
  }
  EXPECT_THAT(FieldsOf(scenario), ElementsAre("scenario"));
}

TEST(ScenarioHash, FollowsTheContent) {
  simulation::v1::Scenario scenario;
  // SHA-256 of nothing.
  EXPECT_EQ(ScenarioHash(scenario),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  AddHire(scenario, "h");
  const std::string hash = ScenarioHash(scenario);
  EXPECT_EQ(hash, ScenarioHash(scenario));
  scenario.mutable_hires(0)->set_ramp_weeks(10);
  EXPECT_NE(hash, ScenarioHash(scenario));
}

}  // namespace
}  // namespace quotacast::planning
