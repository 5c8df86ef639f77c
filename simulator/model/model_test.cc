// Goal: validation accepts everything legal, however degenerate, and names what is not. Method: a
// sound company with one field broken at a time, limits at the maximum and one beyond.
#include "simulator/model/model.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "base/errors.h"
#include "gtest/gtest.h"
#include "simulator/testing/companies.h"

namespace quotacast::simulator {
namespace {

using testing::Company;
using testing::MakeVariedCompany;

// Fields a status complains of.
std::vector<std::string> Fields(const absl::Status& status) {
  std::vector<std::string> fields;
  const auto detail = GetDetail(status);
  if (!detail.has_value()) return fields;
  EXPECT_EQ(detail->reason, "INVALID_FIELD");
  for (const FieldViolation& violation : detail->field_violations) {
    fields.push_back(violation.field);
  }
  return fields;
}

struct ModelCase {
  std::string field;
  std::function<void(PipelineModel&)> breakage;
};

TEST(ModelTest, ValidateModelNamesTheField) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  const std::vector<ModelCase> cases = {
      {"segments", [](auto& m) { m.segments.clear(); }},
      {"stages", [](auto& m) { m.stages.resize(kMaxStages + 1, "x"); }},
      {"draws", [](auto& m) { m.draws.clear(); }},
      {"draws", [](auto& m) { m.draws.resize(kMaxDraws + 1, m.draws[0]); }},
      {"segments[1]", [](auto& m) { m.segments[1] = m.segments[0]; }},
      {"age_bin_edges_days[1]", [](auto& m) { m.age_bin_edges_days[1] = 14; }},
      {"rep_effects", [](auto& m) { m.rep_effects.pop_back(); }},
      {"rep_effects[0].variance", [](auto& m) { m.rep_effects[0].variance = -1e-9; }},
      {"rep_effects[2].mean", [&](auto& m) { m.rep_effects[2].mean = nan; }},
      {"amounts[1].cap_minor_units", [](auto& m) { m.amounts[1].cap_minor_units = 0; }},
      {"amounts[0].log_sd", [&](auto& m) { m.amounts[0].log_sd = infinity; }},
      {"creation_mix_shape", [](auto& m) { m.creation_mix_shape = 0; }},
      {"draws[1].cells", [](auto& m) { m.draws[1].cells.pop_back(); }},
      {"draws[0].cells[3].ages", [](auto& m) { m.draws[0].cells[3].ages.pop_back(); }},
      {"draws[0].cells[2].ages[1].advance_probability",
       [](auto& m) { m.draws[0].cells[2].ages[1].advance_probability = 1.0001; }},
      {"draws[0].cells[0].first_week_exit_share",
       [](auto& m) { m.draws[0].cells[0].first_week_exit_share = 0; }},
      {"draws[1].creation_rate_per_day[3]",
       [](auto& m) { m.draws[1].creation_rate_per_day[3] = -0.1; }},
      {"draws[1].market_sd", [&](auto& m) { m.draws[1].market_sd = nan; }},
  };
  for (const ModelCase& c : cases) {
    PipelineModel model = MakeVariedCompany(4, 5, 2, 2).model;
    ASSERT_TRUE(ValidateModel(model).ok());
    c.breakage(model);
    const absl::Status status = ValidateModel(model);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.field;
    const std::vector<std::string> fields = Fields(status);
    EXPECT_TRUE(std::find(fields.begin(), fields.end(), c.field) != fields.end())
        << c.field << ": " << status;
  }
}

TEST(ModelTest, ValidateModelNamesFieldsOfLeadsAndCustomers) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<ModelCase> cases = {
      {"draws[1].lead_cells", [](auto& m) { m.draws[1].lead_cells.pop_back(); }},
      {"draws[1].lead_cells[0].ages", [](auto& m) { m.draws[1].lead_cells[0].ages.pop_back(); }},
      {"draws[1].lead_cells[1].ages[2].exit_rate_per_day",
       [&](auto& m) { m.draws[1].lead_cells[1].ages[2].exit_rate_per_day = nan; }},
      {"draws[1].lead_cells[1].regress_destinations",
       [](auto& m) { m.draws[1].lead_cells[1].regress_destinations = {1}; }},
      {"draws[0].lead_rate_per_day", [](auto& m) { m.draws[0].lead_rate_per_day.pop_back(); }},
      {"draws[0].lead_rate_per_day", [](auto& m) { m.draws[0].lead_cells.clear(); }},
      {"draws[0].lead_rate_per_day[3]", [](auto& m) { m.draws[0].lead_rate_per_day[3] = -1e-9; }},
      {"draws[0].team_lead_rate_per_day",
       [](auto& m) { m.draws[0].team_lead_rate_per_day.push_back(1); }},
      {"draws[0].team_lead_rate_per_day[1]",
       [&](auto& m) { m.draws[0].team_lead_rate_per_day[1] = nan; }},
      {"draws[0].renewal_rate_per_day",
       [](auto& m) { m.draws[0].renewal_rate_per_day.pop_back(); }},
      {"draws[0].renewal_rate_per_day", [](auto& m) { m.renewal_segments.clear(); }},
      {"draws[0].renewal_rate_per_day", [](auto& m) { m.customer_age_edges_days.pop_back(); }},
      {"draws[0].renewal_rate_per_day[2]",
       [&](auto& m) { m.draws[0].renewal_rate_per_day[2] = nan; }},
      {"draws[1].expansion_rate_per_day", [](auto& m) { m.draws[1].expansion_rate_per_day = {}; }},
      {"draws[1].expansion_rate_per_day[7]",
       [](auto& m) { m.draws[1].expansion_rate_per_day[7] = -0.1; }},
      {"draws[1].churn_per_year", [](auto& m) { m.draws[1].churn_per_year = -0.1; }},
      {"draws[1].churn_per_year", [&](auto& m) { m.draws[1].churn_per_year = nan; }},
      {"draws[1].amounts", [](auto& m) { m.draws[1].amounts.pop_back(); }},
      {"draws[1].amounts[0].log_median", [&](auto& m) { m.draws[1].amounts[0].log_median = nan; }},
      {"draws[1].amounts[1].cap_minor_units",
       [](auto& m) { m.draws[1].amounts[1].cap_minor_units = 0; }},
      {"customer_age_edges_days[1]", [](auto& m) { m.customer_age_edges_days[1] = 300; }},
      {"renewal_segments", [](auto& m) { m.renewal_segments.pop_back(); }},
      {"renewal_segments[0]", [](auto& m) { m.renewal_segments[0] = 2; }},
      {"expansion_segments[1]", [](auto& m) { m.expansion_segments[1] = -2; }},
      {"renewal_amount.log_sd", [](auto& m) { m.renewal_amount.log_sd = -1e-9; }},
      {"expansion_amount.log_mean", [&](auto& m) { m.expansion_amount.log_mean = nan; }},
  };
  for (const ModelCase& c : cases) {
    Company company = MakeVariedCompany(4, 5, 2, 2);
    testing::AddLeadsAndCustomers(company);
    ASSERT_TRUE(ValidateModel(company.model).ok()) << ValidateModel(company.model);
    c.breakage(company.model);
    const absl::Status status = ValidateModel(company.model);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.field;
    const std::vector<std::string> fields = Fields(status);
    EXPECT_TRUE(std::find(fields.begin(), fields.end(), c.field) != fields.end())
        << c.field << ": " << status;
  }
}

struct StateCase {
  std::string field;
  std::function<void(PipelineState&)> breakage;
};

TEST(ModelTest, ValidateStateNamesFieldsOfLeadsAndCustomers) {
  const std::vector<StateCase> cases = {
      {"open_leads[3].id", [](auto& s) { s.open_leads[3].id = s.open_leads[2].id; }},
      {"open_leads[3].rep", [](auto& s) { s.open_leads[3].rep = 4; }},
      {"open_leads[3].segment", [](auto& s) { s.open_leads[3].segment = -1; }},
      {"open_leads[3].age_days", [](auto& s) { s.open_leads[3].age_days = -1; }},
      {"customers[3].id", [](auto& s) { s.customers[3].id = s.customers[2].id; }},
      {"customers[3].rep", [](auto& s) { s.customers[3].rep = -1; }},
      {"customers[3].segment", [](auto& s) { s.customers[3].segment = 2; }},
      {"customers[3].age_days", [](auto& s) { s.customers[3].age_days = -1; }},
      {"customers[3].amount_minor_units",
       [](auto& s) { s.customers[3].amount_minor_units = 10'000'000'000'001; }},
      {"customers[3].amount_minor_units", [](auto& s) { s.customers[3].amount_minor_units = -1; }},
      {"open_leads", [](auto& s) { s.open_leads.resize(kMaxOpenLeads + 1); }},
      {"customers", [](auto& s) { s.customers.resize(kMaxCustomers + 1); }},
  };
  for (const StateCase& c : cases) {
    Company company = MakeVariedCompany(4, 5, 2, 2);
    testing::AddLeadsAndCustomers(company);
    ASSERT_TRUE(ValidateState(company.state, company.model).ok());
    c.breakage(company.state);
    const absl::Status status = ValidateState(company.state, company.model);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.field;
    const std::vector<std::string> fields = Fields(status);
    EXPECT_TRUE(std::find(fields.begin(), fields.end(), c.field) != fields.end())
        << c.field << ": " << status;
  }
}

TEST(ModelTest, ValidateStateNamesTheField) {
  const std::vector<StateCase> cases = {
      {"currency", [](auto& s) { s.currency = "EUR"; }},
      {"periods", [](auto& s) { s.periods.clear(); }},
      {"periods[1].start", [](auto& s) { s.periods[1].start += 1; }},
      {"periods[0]", [](auto& s) { s.as_of = s.periods[0].end - 1; }},
      {"periods", [](auto& s) { s.periods.back().end = s.as_of + 2 + kMaxHorizonDays; }},
      {"teams[1].parent", [](auto& s) { s.teams[1].parent = 1; }},
      {"teams[2].key", [](auto& s) { s.teams[2].key = s.teams[1].key; }},
      {"reps", [](auto& s) { s.reps.pop_back(); }},
      {"reps[1].key", [](auto& s) { s.reps[1].key = "someone else"; }},
      {"reps[1].id", [](auto& s) { s.reps[1].id = s.reps[0].id; }},
      {"reps[0].team", [](auto& s) { s.reps[0].team = 3; }},
      {"reps[0].quota_minor_units", [](auto& s) { s.reps[0].quota_minor_units.pop_back(); }},
      {"reps[0].quota_minor_units[1]", [](auto& s) { s.reps[0].quota_minor_units[1] = -1; }},
      {"open_deals[3].id", [](auto& s) { s.open_deals[3].id = s.open_deals[2].id; }},
      {"open_deals[3].rep", [](auto& s) { s.open_deals[3].rep = 4; }},
      {"open_deals[3].stage", [](auto& s) { s.open_deals[3].stage = 2; }},
      {"open_deals[3].age_days", [](auto& s) { s.open_deals[3].age_days = -1; }},
      {"open_deals[3].amount_minor_units",
       [](auto& s) { s.open_deals[3].amount_minor_units = 10'000'000'000'001; }},
  };
  for (const StateCase& c : cases) {
    Company company = MakeVariedCompany(4, 5, 2, 2);
    ASSERT_TRUE(ValidateState(company.state, company.model).ok());
    c.breakage(company.state);
    const absl::Status status = ValidateState(company.state, company.model);
    const std::vector<std::string> fields = Fields(status);
    EXPECT_TRUE(std::find(fields.begin(), fields.end(), c.field) != fields.end())
        << c.field << ": " << status;
  }
}

struct ScenarioCase {
  std::string field;
  std::function<void(Scenario&)> breakage;
};

TEST(ModelTest, ValidateScenarioNamesTheField) {
  const Company company = MakeVariedCompany(4, 5, 2, 2);
  const absl::CivilDay day = company.state.as_of + 10;
  const std::vector<ScenarioCase> cases = {
      {"initiatives[1].id", [](auto& s) { s.initiatives.push_back(s.initiatives[0]); }},
      {"initiatives[0].reps[1]",
       [](auto& s) {
         s.initiatives[0].reps = {2, 1};
       }},
      {"initiatives[0].reps[0]", [](auto& s) { s.initiatives[0].reps = {4}; }},
      {"initiatives[0].win.sd",
       [](auto& s) {
         s.initiatives[0].win = {0.1, -0.1};
       }},
      {"initiatives[0].end", [](auto& s) { s.initiatives[0].end = s.initiatives[0].start; }},
      {"initiatives[0].adoption.ceiling", [](auto& s) { s.initiatives[0].adoption.ceiling = 0; }},
      {"initiatives[0].adoption.width_weeks",
       [](auto& s) { s.initiatives[0].adoption.width_weeks = 0; }},
      {"hires[0].id", [&](auto& s) { s.hires[0].id = company.state.reps[0].id; }},
      {"hires[0].team", [](auto& s) { s.hires[0].team = 3; }},
      {"hires[0].ramp_weeks", [](auto& s) { s.hires[0].ramp_weeks = -1; }},
      {"hires[0].quota_minor_units", [](auto& s) { s.hires[0].quota_minor_units.clear(); }},
      {"initiatives[0].stage_wins[0].stage",
       [](auto& s) {
         s.initiatives[0].stage_wins = {{2, {}}};
       }},
      {"initiatives[0].stage_wins[1].stage",
       [](auto& s) {
         s.initiatives[0].stage_wins = {{1, {}}, {1, {}}};
       }},
      {"initiatives[0].size.mean",
       [](auto& s) {
         s.initiatives[0].size = Effect{6, 0};
       }},
      {"initiatives[0].ramp.sd",
       [](auto& s) {
         s.initiatives[0].ramp = Effect{0, -1};
       }},
      {"initiatives[0].segments[0]", [](auto& s) { s.initiatives[0].segments = {2}; }},
      {"initiatives[0].waves[0].reps[0]",
       [](auto& s) {
         s.initiatives[0].reps = {1, 2};
         s.initiatives[0].waves = {{{0}, false, s.initiatives[0].start}};
       }},
      {"initiatives[0].waves[0].start",
       [](auto& s) {
         s.initiatives[0].waves = {{{0}, false, s.initiatives[0].start - 1}};
       }},
      {"initiatives[0].overhead_hours_per_week",
       [](auto& s) { s.initiatives[0].overhead_hours_per_week = 40.01; }},
      {"initiatives[0].fade_half_life_weeks",
       [](auto& s) { s.initiatives[0].fade_half_life_weeks = -1; }},
      {"initiatives[0].reviews_lapse",
       [](auto& s) { s.initiatives[0].reviews_lapse = s.initiatives[0].start - 1; }},
      {"initiatives[0].lapse_half_life_weeks",
       [](auto& s) { s.initiatives[0].lapse_half_life_weeks = 0; }},
      {"initiatives[0].headrooms[1].rep",
       [](auto& s) {
         s.initiatives[0].headrooms = {{1, 0.5}, {1, 0.5}};
       }},
      {"initiatives[0].headrooms[0].share",
       [](auto& s) {
         s.initiatives[0].headrooms = {{1, 1.01}};
       }},
      {"hires[0].lead_time_mean_weeks", [](auto& s) { s.hires[0].lead_time_mean_weeks = -1; }},
      {"hires[0].quality.sd",
       [](auto& s) {
         s.hires[0].quality = Effect{0, 6};
       }},
      // Rep 3 is known to leave.
      {"departures[0].rep",
       [&](auto& s) {
         s.departures = {{1, 4, day, 2, 3, {}}};
       }},
      {"departures[1].rep",
       [&](auto& s) {
         s.departures = {{1, 0, day, 2, 3, {}}, {2, 0, day, 2, 3, {}}};
       }},
      {"departures[1].id",
       [&](auto& s) {
         s.departures = {{1, 0, day, 2, 3, {}}, {1, 1, day, 2, 3, {}}};
       }},
      {"departures[0].end",
       [&](auto& s) {
         s.departures = {{1, 0, day - 20, 2, 3, {}}};
       }},
      {"departures[0].end",
       [&](auto& s) {
         s.departures = {{1, 3, day + 200, 2, 3, {}}};
       }},
      {"departures[0].successor",
       [&](auto& s) {
         s.departures = {{1, 0, day, 0, 3, {}}};
       }},
      {"departures[0].successor",
       [&](auto& s) {
         s.departures = {{1, 0, day, 4, 3, {}}};
       }},
      {"departures[0].successor",
       [&](auto& s) {
         s.departures = {{1, 0, day + 200, 3, 3, {}}};
       }},
      {"departures[0].successor",
       [&](auto& s) {
         s.departures = {{1, 0, day, 1, 3, {}}, {2, 1, day, 2, 3, {}}};
       }},
      {"departures[0].freeze_weeks",
       [&](auto& s) {
         s.departures = {{1, 0, day, 2, -1, {}}};
       }},
      {"departures[0].inherited_win.sd",
       [&](auto& s) {
         s.departures = {{1, 0, day, 2, 3, {0, -1}}};
       }},
      {"absences[0].rep",
       [&](auto& s) {
         s.absences = {{-1, day, day + 1}};
       }},
      {"absences[0].end",
       [&](auto& s) {
         s.absences = {{0, day, day}};
       }},
      {"absences[0].end",
       [&](auto& s) {
         s.absences = {{0, day - 50, day - 20}};
       }},
      {"reassignments[0].deal",
       [](auto& s) {
         s.reassignments = {{1, 20, 0, {}}};
       }},
      {"reassignments[1].deal",
       [](auto& s) {
         s.reassignments = {{1, 2, 0, {}}, {2, 2, 1, {}}};
       }},
      {"reassignments[0].rep",
       [](auto& s) {
         s.reassignments = {{1, 2, 4, {}}};
       }},
      {"quota_changes[0].person", [](auto& s) { s.quota_changes.emplace_back().person = 5; }},
      {"quota_changes[0].period", [](auto& s) { s.quota_changes.emplace_back().period = 2; }},
      {"quota_changes[0].quota_minor_units",
       [](auto& s) { s.quota_changes.emplace_back().quota_minor_units = -1; }},
      {"quota_changes[0].factor", [](auto& s) { s.quota_changes.emplace_back().factor = 0; }},
      {"demand_shocks[1].id", [](auto& s) { s.demand_shocks.resize(2); }},
      {"demand_shocks[0].end",
       [](auto& s) {
         DemandShock& shock = s.demand_shocks.emplace_back();
         shock.end = shock.start;
       }},
      {"demand_shocks[0].segments[1]",
       [](auto& s) {
         s.demand_shocks.emplace_back().segments = {1, 0};
       }},
      {"demand_shocks[0].win.mean",
       [](auto& s) {
         s.demand_shocks.emplace_back().win = Effect{-6, 0};
       }},
      {"absences",
       [&](auto& s) {
         s.absences.resize(kMaxStaffChanges + 1, {0, day, day + 1});
       }},
      {"quota_changes", [](auto& s) { s.quota_changes.resize(kMaxQuotaChanges + 1); }},
      {"demand_shocks", [](auto& s) { s.demand_shocks.resize(kMaxDemandShocks + 1); }},
      {"initiatives[0].attrition.sd",
       [](auto& s) {
         s.initiatives[0].attrition = Effect{0, -1};
       }},
      {"attrition.rate_per_year", [](auto& s) { s.attrition.emplace().rate_per_year = 21; }},
      {"attrition.backfill_weeks", [](auto& s) { s.attrition.emplace().backfill_weeks = -1; }},
      {"attrition.freeze_weeks", [](auto& s) { s.attrition.emplace().freeze_weeks = -1; }},
      {"attrition.inherited_win.mean",
       [](auto& s) { s.attrition.emplace().inherited_win.mean = 6; }},
      {"interference_median", [](auto& s) { s.interference_median = -1; }},
      {"comp_plans[0].reps[1]",
       [](auto& s) {
         s.comp_plans[0].reps = {2, 2};
       }},
      {"comp_plans[0].reps[0]", [](auto& s) { s.comp_plans[0].reps = {4}; }},
      {"comp_plans[0].payout", [](auto& s) { s.comp_plans[0].payout.tiers.clear(); }},
      {"comp_plans", [](auto& s) { s.comp_plans.resize(kMaxCompPlans + 1, s.comp_plans[0]); }},
      {"hires", [](auto& s) { s.hires.resize(kMaxHires + 1, s.hires[0]); }},
      {"initiatives", [](auto& s) { s.initiatives.resize(kMaxInitiatives + 1, s.initiatives[0]); }},
  };
  for (const ScenarioCase& c : cases) {
    Scenario scenario;
    scenario.initiatives = {testing::InitiativeForAll(company, 1)};
    scenario.initiatives[0].win = Effect{0.1, 0.05};
    scenario.hires = {testing::HireIntoFirstTeam(company, 2)};
    scenario.comp_plans = {{{0, 3}, true, {{{0, 1'000}}, 0, std::nullopt}}};
    ASSERT_TRUE(ValidateScenario(scenario, company.state, company.model).ok());
    c.breakage(scenario);
    const absl::Status status = ValidateScenario(scenario, company.state, company.model);
    const std::vector<std::string> fields = Fields(status);
    EXPECT_TRUE(std::find(fields.begin(), fields.end(), c.field) != fields.end())
        << c.field << ": " << status;
  }
}

TEST(ModelTest, DegenerateInputsAreLegal) {
  testing::CompanyOptions options;
  options.advance_probability = 1;
  options.creation_rate_per_day = 0;
  Company company = testing::MakeCompany(options);
  company.state.reps[0].quota_minor_units = {std::nullopt};
  EXPECT_TRUE(company.state.open_deals.empty());
  for (ParameterDraw& draw : company.model.draws) {
    draw.cells[0].entry_day_exit_share = 1;
    draw.cells[0].first_week_exit_share = 1;
  }
  EXPECT_TRUE(ValidateModel(company.model).ok());
  EXPECT_TRUE(ValidateState(company.state, company.model).ok());
  EXPECT_TRUE(ValidateScenario({}, company.state, company.model).ok());
}

TEST(ModelTest, ManyViolationsAreCutToAScreen) {
  Company company = MakeVariedCompany(4, 100, 1, 1);
  for (OpenDeal& deal : company.state.open_deals) deal.stage = 9;
  EXPECT_EQ(Fields(ValidateState(company.state, company.model)).size(), 20u);
}

}  // namespace
}  // namespace quotacast::simulator
