#include "simulator/engine/draw_context.h"

#include <cmath>
#include <cstddef>

#include "simulator/engine/deal_path.h"

namespace quotacast::simulator {

DrawContext::DrawContext(const Blueprint& plan, int draw)
    : plan_(plan),
      parameters_(plan.model.draws[draw]),
      calendar_(CalendarFactorsOf(parameters_, plan.step_shares)),
      levers_(DrawLevers(plan.scenario, plan.options.seed, draw)) {}

const WinThresholds& DrawContext::ThresholdsOf(int segment) {
  const auto found = thresholds_.find(segment);
  if (found != thresholds_.end()) return found->second;
  // The spread of the population of reps, never of one posterior: the fitted probabilities are
  // averages over the population.
  const double population_sd = std::sqrt(parameters_.market_sd * parameters_.market_sd +
                                         parameters_.team_sd * parameters_.team_sd +
                                         parameters_.rep_sd * parameters_.rep_sd);
  return thresholds_
      .emplace(segment,
               RescaleThresholds(StagesOf(segment), stage_count(), plan_.model.age_bin_edges_days,
                                 population_sd, plan_.options.step_days))
      .first->second;
}

LeverPath DrawContext::PathOf(const FlowPlan& flow, int segment) const {
  return DealPath(plan_.levers, plan_.person_levers, plan_.deal_levers[flow.levers], segment,
                  levers_, plan_.grid);
}

std::vector<double> DrawContext::CreatedOf(const Tenure& tenure, const LeverPath& path) const {
  std::vector<double> created = CreatedPerStep(tenure, parameters_, levers_, path, plan_.grid);
  for (size_t w = 0; w < calendar_.creation.size(); ++w) created[w] *= calendar_.creation[w];
  return created;
}

}  // namespace quotacast::simulator
