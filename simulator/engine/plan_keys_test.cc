// Goal: whatever of a model decides its trials is in the key, and whatever of a scenario decides
// what comes of them. Method: every field of a model with all parts, and of a scenario with all
// levers, is changed by itself; all keys must differ.
#include "simulator/engine/plan_keys.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <vector>

#include "absl/time/civil_time.h"
#include "gtest/gtest.h"
#include "simulator/engine/engine.h"
#include "simulator/engine/step_grid.h"
#include "simulator/model/model.h"
#include "simulator/testing/companies.h"

namespace quotacast::simulator {
namespace {

using testing::Company;

Company FullCompany() {
  Company company = testing::MakeVariedCompany(3, 2, 2, 2);
  testing::AddEveryPart(company);
  company.model.draws[1].attrition_bands = {{0, 0.4}, {200, 0.2}};
  testing::AddLeadsAndCustomers(company);
  return company;
}

uint64_t KeyOf(const PipelineModel& model, const EngineOptions& options = {}) {
  const Company company = FullCompany();
  const StepGrid grid =
      BuildStepGrid(company.state.as_of, company.state.periods, options.step_days, {});
  return TrialKey(model, options, TrialsFor(options.trials, 2), grid);
}

TEST(PlanKeysTest, EveryFieldOfTheModelCounts) {
  const std::vector<std::function<void(PipelineModel&)>> changes = {
      [](auto&) {},
      [](auto& m) { m.segments[0] = "x"; },
      [](auto& m) { m.stages[0] = "x"; },
      [](auto& m) { m.reps[0] = "x"; },
      [](auto& m) { m.teams[0] = "x"; },
      [](auto& m) { m.age_bin_edges_days[0] = 15; },
      [](auto& m) { m.rep_effects[1].mean += 1e-9; },
      [](auto& m) { m.rep_effects[1].variance += 1e-9; },
      [](auto& m) { m.amounts[1].log_median += 1e-9; },
      [](auto& m) { m.amounts[1].log_sd += 1e-9; },
      [](auto& m) { m.amounts[1].cap_minor_units += 1; },
      [](auto& m) { m.amount_revisions[1].log_mean += 1e-9; },
      [](auto& m) { m.amount_revisions[1].log_sd += 1e-9; },
      [](auto& m) { m.amount_revisions.clear(); },
      [](auto& m) { m.creation_mix_shape += 1e-9; },
      [](auto& m) { m.currency = "EUR"; },
      [](auto& m) { m.draws.pop_back(); },
      [](auto& m) { m.draws[1].cells[2].entry_day_exit_share += 1e-9; },
      [](auto& m) { m.draws[1].cells[2].first_week_exit_share += 1e-9; },
      [](auto& m) { m.draws[1].cells[2].entry_advance_probability += 1e-9; },
      [](auto& m) { m.draws[1].cells[2].entry_regress_probability += 1e-9; },
      [](auto& m) { m.draws[1].cells[2].ages[1].exit_rate_per_day += 1e-9; },
      [](auto& m) { m.draws[1].cells[2].ages[1].advance_probability += 1e-9; },
      [](auto& m) { m.draws[1].cells[2].ages[1].regress_probability += 1e-9; },
      [](auto& m) { m.draws[1].cells[3].regress_destinations[0] += 1e-9; },
      [](auto& m) { m.draws[1].creation_rate_per_day[0] += 1e-9; },
      [](auto& m) { m.draws[1].team_creation_rate_per_day[0] += 1e-9; },
      [](auto& m) { m.draws[1].market_sd += 1e-9; },
      [](auto& m) { m.draws[1].team_sd += 1e-9; },
      [](auto& m) { m.draws[1].rep_sd += 1e-9; },
      [](auto& m) { m.draws[1].period_parts[3].win_log_factor += 1e-9; },
      [](auto& m) { m.draws[1].period_parts[3].loss_log_factor += 1e-9; },
      [](auto& m) { m.draws[1].period_parts.clear(); },
      [](auto& m) { m.draws[1].creation_season_log_factors[11] += 1e-9; },
      [](auto& m) { m.draws[1].creation_season_log_factors.clear(); },
      [](auto& m) { m.draws[1].ramp_weeks += 1e-9; },
      [](auto& m) { m.draws[1].attrition_bands[1].from_tenure_days += 1; },
      [](auto& m) { m.draws[1].attrition_bands[1].rate_per_year += 1e-9; },
      [](auto& m) { m.draws[1].attrition_bands.clear(); },
      [](auto& m) { m.draws[1].lead_cells[1].entry_day_exit_share += 1e-9; },
      [](auto& m) { m.draws[1].lead_cells[1].ages[2].advance_probability += 1e-9; },
      [](auto& m) { m.draws[1].lead_rate_per_day[2] += 1e-9; },
      [](auto& m) { m.draws[1].team_lead_rate_per_day[2] += 1e-9; },
      [](auto& m) { m.draws[1].renewal_rate_per_day[3] += 1e-9; },
      [](auto& m) { m.draws[1].expansion_rate_per_day[3] += 1e-9; },
      [](auto& m) { m.draws[1].churn_per_year += 1e-9; },
      [](auto& m) { m.draws[1].amounts[1].log_median += 1e-9; },
      [](auto& m) { m.draws[1].amounts.clear(); },
      [](auto& m) { m.customer_age_edges_days[0] += 1; },
      [](auto& m) { m.renewal_segments[1] = -1; },
      [](auto& m) { m.expansion_segments[1] = 1; },
      [](auto& m) { m.renewal_amount.log_mean += 1e-9; },
      [](auto& m) { m.renewal_amount.log_sd += 1e-9; },
      [](auto& m) { m.expansion_amount.log_mean += 1e-9; },
      [](auto& m) { m.expansion_amount.log_sd += 1e-9; },
  };
  std::set<uint64_t> keys;
  for (size_t i = 0; i < changes.size(); ++i) {
    PipelineModel model = FullCompany().model;
    changes[i](model);
    EXPECT_TRUE(keys.insert(KeyOf(model)).second) << "change " << i << " is not in the key";
  }
}

TEST(PlanKeysTest, SeedTrialsAndStepsCount) {
  const PipelineModel model = FullCompany().model;
  std::set<uint64_t> keys = {KeyOf(model)};
  EngineOptions options;
  options.seed += 1;
  keys.insert(KeyOf(model, options));
  options = {};
  options.trials *= 2;
  keys.insert(KeyOf(model, options));
  options = {};
  options.step_days = 1;
  keys.insert(KeyOf(model, options));
  EXPECT_EQ(keys.size(), 4u);
}

TEST(PlanKeysTest, EveryFieldOfLeadsAndCustomersCounts) {
  const std::vector<std::function<void(PipelineState&)>> changes = {
      [](auto&) {},
      [](auto& s) { s.open_leads.pop_back(); },
      [](auto& s) { s.open_leads[1].id += 1; },
      [](auto& s) { s.open_leads[1].rep = 2; },
      [](auto& s) { s.open_leads[1].segment = 1 - s.open_leads[1].segment; },
      [](auto& s) { s.open_leads[1].age_days += 1; },
      [](auto& s) { s.customers.clear(); },
      [](auto& s) { s.customers[1].id += 1; },
      [](auto& s) { s.customers[1].rep = 2; },
      [](auto& s) { s.customers[1].segment = 1 - s.customers[1].segment; },
      [](auto& s) { s.customers[1].age_days += 1; },
      [](auto& s) { s.customers[1].amount_minor_units = 77; },
      [](auto& s) { s.customers[1].amount_minor_units.reset(); },
      [](auto& s) { s.customers[1].is_renewed = !s.customers[1].is_renewed; },
      [](auto& s) { s.customers[1].is_expanded = !s.customers[1].is_expanded; },
  };
  std::set<uint64_t> keys;
  for (size_t i = 0; i < changes.size(); ++i) {
    Company company = FullCompany();
    changes[i](company.state);
    EXPECT_TRUE(keys.insert(PlanKey(1, company.state, {}, {})).second) << "change " << i;
  }
}

// A scenario with everything that one can hold.
Scenario FullScenario(const Company& company) {
  Scenario scenario;
  Initiative& initiative = scenario.initiatives.emplace_back(testing::InitiativeForAll(company, 1));
  initiative.win = initiative.cycle = initiative.creation = Effect{0.1, 0.1};
  initiative.size = initiative.ramp = initiative.attrition = Effect{0.1, 0.1};
  initiative.lead_volume = initiative.lead_work = initiative.lead_response = Effect{0.1, 0.1};
  initiative.churn = initiative.selling_time = Effect{0.1, 0.1};
  initiative.stage_wins = {{0, {0.1, 0.1}}};
  initiative.segments = {0};
  initiative.end = initiative.start + 50;
  initiative.waves = {{{1}, false, initiative.start + 10}};
  initiative.overhead_hours_per_week = 2;
  initiative.fade_half_life_weeks = 5;
  initiative.reviews_lapse = initiative.start + 20;
  initiative.headrooms = {{0, 0.5}};
  Hire& hire = scenario.hires.emplace_back(testing::HireIntoFirstTeam(company, 7));
  hire.lead_time_mean_weeks = 4;
  hire.quality = Effect{0.1, 0.1};
  const absl::CivilDay day = company.state.as_of + 10;
  scenario.departures = {{1, 0, day, 1, 3, {0.1, 0.1}}};
  scenario.absences = {{0, day, day + 5}};
  scenario.reassignments = {{1, 0, 1, {0.1, 0.1}}};
  scenario.quota_changes.resize(2);
  scenario.quota_changes[0] = {0, 0, 1'000, 1};
  DemandShock& shock = scenario.demand_shocks.emplace_back();
  shock.start = day;
  shock.end = day + 5;
  shock.segments = {0};
  shock.creation = shock.win = Effect{0.1, 0.1};
  scenario.attrition.emplace();
  return scenario;
}

uint64_t KeyOf(const Scenario& scenario, bool with_quotas) {
  const Company company = FullCompany();
  return with_quotas ? PlanKey(1, company.state, scenario, {})
                     : BookingsKey(1, company.state, scenario, {});
}

using ScenarioChange = std::function<void(Scenario&)>;

TEST(PlanKeysTest, EveryFieldOfTheScenarioCounts) {
  const std::vector<ScenarioChange> changes = {
      [](auto&) {},
      [](auto& s) { s.initiatives.clear(); },
      [](auto& s) { s.initiatives[0].id += 1; },
      [](auto& s) { s.initiatives[0].reps.pop_back(); },
      [](auto& s) { s.initiatives[0].covers_hires = true; },
      [](auto& s) { s.initiatives[0].win->mean += 1e-9; },
      [](auto& s) { s.initiatives[0].win->sd += 1e-9; },
      [](auto& s) { s.initiatives[0].win.reset(); },
      [](auto& s) { s.initiatives[0].stage_wins[0].stage = 1; },
      [](auto& s) { s.initiatives[0].stage_wins[0].win.sd += 1e-9; },
      [](auto& s) { s.initiatives[0].stage_wins.clear(); },
      [](auto& s) { s.initiatives[0].cycle->mean += 1e-9; },
      [](auto& s) { s.initiatives[0].creation->mean += 1e-9; },
      [](auto& s) { s.initiatives[0].size->mean += 1e-9; },
      [](auto& s) { s.initiatives[0].ramp->mean += 1e-9; },
      [](auto& s) { s.initiatives[0].attrition->mean += 1e-9; },
      [](auto& s) { s.initiatives[0].lead_volume->mean += 1e-9; },
      [](auto& s) { s.initiatives[0].lead_work->sd += 1e-9; },
      [](auto& s) { s.initiatives[0].lead_response->mean += 1e-9; },
      [](auto& s) { s.initiatives[0].churn->sd += 1e-9; },
      [](auto& s) { s.initiatives[0].selling_time->mean += 1e-9; },
      [](auto& s) { s.initiatives[0].churn.reset(); },
      [](auto& s) { s.initiatives[0].lead_work.reset(); },
      [](auto& s) { s.initiatives[0].segments = {1}; },
      [](auto& s) { s.initiatives[0].start += 1; },
      [](auto& s) { s.initiatives[0].end.reset(); },
      [](auto& s) { s.initiatives[0].adoption.ceiling -= 1e-9; },
      [](auto& s) { s.initiatives[0].adoption.t50_weeks += 1e-9; },
      [](auto& s) { s.initiatives[0].adoption.width_weeks += 1e-9; },
      [](auto& s) { s.initiatives[0].waves[0].reps = {0}; },
      [](auto& s) { s.initiatives[0].waves[0].covers_hires = true; },
      [](auto& s) { s.initiatives[0].waves[0].start += 1; },
      [](auto& s) { s.initiatives[0].overhead_hours_per_week += 1e-9; },
      [](auto& s) { *s.initiatives[0].fade_half_life_weeks += 1e-9; },
      [](auto& s) { s.initiatives[0].fade_half_life_weeks.reset(); },
      [](auto& s) { s.initiatives[0].reviews_lapse.reset(); },
      [](auto& s) { s.initiatives[0].lapse_half_life_weeks += 1e-9; },
      [](auto& s) { s.initiatives[0].headrooms[0].rep = 1; },
      [](auto& s) { s.initiatives[0].headrooms[0].share += 1e-9; },
      [](auto& s) { s.hires.clear(); },
      [](auto& s) { s.hires[0].id += 1; },
      [](auto& s) { s.hires[0].team += 1; },
      [](auto& s) { s.hires[0].start += 1; },
      [](auto& s) { s.hires[0].ramp_weeks += 1e-9; },
      [](auto& s) { s.hires[0].lead_time_mean_weeks += 1e-9; },
      [](auto& s) { s.hires[0].quality->sd += 1e-9; },
      [](auto& s) { s.departures.clear(); },
      [](auto& s) { s.departures[0].id += 1; },
      [](auto& s) { s.departures[0].rep = 2; },
      [](auto& s) { s.departures[0].end += 1; },
      [](auto& s) { s.departures[0].successor.reset(); },
      [](auto& s) { s.departures[0].freeze_weeks += 1e-9; },
      [](auto& s) { s.departures[0].inherited_win.mean += 1e-9; },
      [](auto& s) { s.absences[0].rep = 1; },
      [](auto& s) { s.absences[0].start += 1; },
      [](auto& s) { s.absences[0].end += 1; },
      [](auto& s) { s.reassignments[0].id += 1; },
      [](auto& s) { s.reassignments[0].deal = 1; },
      [](auto& s) { s.reassignments[0].rep = 2; },
      [](auto& s) { s.reassignments[0].inherited_win.sd += 1e-9; },
      [](auto& s) { s.demand_shocks[0].id += 1; },
      [](auto& s) { s.demand_shocks[0].start += 1; },
      [](auto& s) { s.demand_shocks[0].end.reset(); },
      [](auto& s) { s.demand_shocks[0].segments.clear(); },
      [](auto& s) { s.demand_shocks[0].creation->sd += 1e-9; },
      [](auto& s) { s.demand_shocks[0].win->sd += 1e-9; },
      [](auto& s) { s.attrition.reset(); },
      [](auto& s) { s.attrition->rate_per_year = 0; },
      [](auto& s) { s.attrition->backfill_weeks = 0; },
      [](auto& s) { s.attrition->freeze_weeks += 1e-9; },
      [](auto& s) { s.attrition->inherited_win.mean += 1e-9; },
      [](auto& s) { s.interference_median += 1e-9; },
      [](auto& s) { s.interference_log_sd += 1e-9; },
  };
  std::set<uint64_t> keys, bookings_keys;
  for (size_t i = 0; i < changes.size(); ++i) {
    Scenario scenario = FullScenario(FullCompany());
    changes[i](scenario);
    EXPECT_TRUE(keys.insert(KeyOf(scenario, true)).second) << "change " << i;
    EXPECT_TRUE(bookings_keys.insert(KeyOf(scenario, false)).second) << "change " << i;
  }
}

TEST(PlanKeysTest, QuotasCountInThePlanAndNotInBookings) {
  const std::vector<ScenarioChange> changes = {
      [](auto&) {},
      [](auto& s) { s.hires[0].quota_minor_units[1] = 5; },
      [](auto& s) { s.quota_changes.pop_back(); },
      [](auto& s) { s.quota_changes[0].person.reset(); },
      [](auto& s) { s.quota_changes[0].period.reset(); },
      [](auto& s) { *s.quota_changes[0].quota_minor_units += 1; },
      [](auto& s) { s.quota_changes[1].factor += 1e-9; },
  };
  std::set<uint64_t> keys, bookings_keys;
  for (size_t i = 0; i < changes.size(); ++i) {
    Scenario scenario = FullScenario(FullCompany());
    changes[i](scenario);
    EXPECT_TRUE(keys.insert(KeyOf(scenario, true)).second) << "change " << i;
    bookings_keys.insert(KeyOf(scenario, false));
  }
  EXPECT_EQ(bookings_keys.size(), 1u);
}

}  // namespace
}  // namespace quotacast::simulator
