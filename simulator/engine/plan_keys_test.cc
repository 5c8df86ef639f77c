// Goal: whatever of a model decides its trials is in the key. Method: every field of a model with
// all parts is changed by itself; all keys must differ.
#include "simulator/engine/plan_keys.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <vector>

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

}  // namespace
}  // namespace quotacast::simulator
