#include "simulator/engine/blueprint.h"

#include <cstddef>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/errors.h"
#include "base/status_macros.h"
#include "simulator/engine/capacity_plan.h"
#include "simulator/engine/plan_keys.h"
#include "simulator/engine/plan_shape.h"
#include "simulator/engine/seller_plans.h"

namespace quotacast::simulator {
namespace {

absl::Status ValidateOptions(const EngineOptions& options, const PipelineState& state) {
  std::vector<FieldViolation> violations;
  if (options.trials < 1 || options.trials > kMaxTrials) {
    violations.push_back(
        {"options.trials", absl::StrCat("is ", options.trials, "; want 1 to ", kMaxTrials)});
  }
  if (options.step_days != 7 && options.step_days != 1) {
    violations.push_back(
        {"options.step_days", absl::StrCat("is ", options.step_days, "; want 7 or 1")});
  }
  const int periods = static_cast<int>(state.periods.size());
  if (options.period_count < 1 || options.period_count > periods) {
    violations.push_back({"options.period_count",
                          absl::StrCat("is ", options.period_count, "; want 1 to ", periods)});
  } else {
    const absl::CivilDay end = state.periods[options.period_count - 1].end;
    for (size_t i = 0; i < options.cut_days.size(); ++i) {
      if (options.cut_days[i] > state.as_of && options.cut_days[i] < end) continue;
      violations.push_back({absl::StrCat("options.cut_days[", i, "]"),
                            absl::StrCat("is ", absl::FormatCivilTime(options.cut_days[i]),
                                         "; want a day after ", absl::FormatCivilTime(state.as_of),
                                         " and before ", absl::FormatCivilTime(end))});
      if (violations.size() >= 20) break;
    }
  }
  if (violations.empty()) return absl::OkStatus();
  return InvalidFields(std::move(violations));
}

}  // namespace

double CreationRate(const CreationPlan& creation, bool of_team, const ParameterDraw& draw) {
  if (!creation.from_leads) {
    return (of_team ? draw.team_creation_rate_per_day
                    : draw.creation_rate_per_day)[creation.rate_index];
  }
  const auto& rates = of_team ? draw.team_lead_rate_per_day : draw.lead_rate_per_day;
  return rates.empty() ? 0 : rates[creation.rate_index];
}

absl::StatusOr<Blueprint> DrawBlueprint(const PipelineModel& model, const PipelineState& state,
                                        const Scenario& scenario, const EngineOptions& options) {
  QC_RETURN_IF_ERROR(ValidateModel(model));
  QC_RETURN_IF_ERROR(ValidateState(state, model));
  QC_RETURN_IF_ERROR(ValidateScenario(scenario, state, model));
  QC_RETURN_IF_ERROR(ValidateOptions(options, state));

  const std::vector<FiscalPeriod> periods(state.periods.begin(),
                                          state.periods.begin() + options.period_count);
  StepGrid grid = BuildStepGrid(state.as_of, periods, options.step_days, options.cut_days);
  LeverCalendar levers(scenario, state.as_of, grid);
  Blueprint plan = {.model = model,
                    .scenario = scenario,
                    .options = options,
                    .layout = TrialsFor(options.trials, static_cast<int>(model.draws.size())),
                    .grid = std::move(grid),
                    .levers = std::move(levers),
                    .mixing = GammaMixing(model.creation_mix_shape)};
  plan.step_shares = SharesOfSteps(state.as_of, periods, plan.grid);
  QC_RETURN_IF_ERROR(PlaceSellers(state, plan));
  if (!scenario.capacity_limits.empty()) PlaceCapacityLimits(state.as_of, plan);
  plan.shape = ShapeOf(state, plan);
  if (!scenario.comp_plans.empty()) PlacePayouts(plan);
  if (options.counts_drivers) CountDrivers(state, plan);
  plan.shape.trial_key = TrialKey(model, options, plan.layout, plan.grid);
  plan.shape.plan_key = PlanKey(plan.shape.trial_key, state, scenario, options);
  plan.shape.bookings_key = BookingsKey(plan.shape.trial_key, state, scenario, options);
  for (size_t i = 0; i < plan.shape.quota_minor_units.size(); ++i) {
    const auto& quota = plan.shape.quota_minor_units[i];
    plan.wanted_minor_units.push_back(quota.has_value() ? *quota - plan.shape.booked_minor_units[i]
                                                        : Seller::kNoQuota);
  }
  return plan;
}

}  // namespace quotacast::simulator
