#include "simulator/engine/draw_tables.h"

#include <cmath>
#include <cstddef>
#include <map>
#include <utility>
#include <vector>

#include "simulator/engine/deal_path.h"
#include "simulator/engine/departure_law.h"
#include "simulator/engine/entry_flow.h"
#include "simulator/engine/levers.h"
#include "simulator/engine/segment_flow.h"
#include "simulator/engine/step_calendar.h"
#include "simulator/engine/tenure.h"
#include "simulator/engine/win_thresholds.h"

namespace quotacast::simulator {
namespace {

// Turns values at the nodes, [step][node], into the polynomials of a slot.
void StorePolynomials(const std::vector<double>& values, const ChebyshevBasis& basis,
                      TableSlot slot, std::vector<double>& polynomials) {
  const int n = basis.size();
  double* to = &polynomials[static_cast<size_t>(slot.offset)];
  for (size_t at = 0; at < values.size(); at += n) basis.ToCoefficients(&values[at], to + at);
}

}  // namespace

DrawTables BuildDrawTables(const Blueprint& plan, int draw) {
  const PipelineModel& model = plan.model;
  const ParameterDraw& parameters = model.draws[draw];
  const int stage_count = static_cast<int>(model.stages.size());
  DrawTables tables;
  tables.parameters = &parameters;
  tables.amounts = &model.AmountsOf(parameters);
  tables.market_sd = parameters.market_sd;
  tables.team_sd = parameters.team_sd;
  tables.rep_sd = parameters.rep_sd;
  tables.polynomials.resize(static_cast<size_t>(plan.table_size));

  // The spread of the population of reps, never of one posterior: the fitted probabilities are
  // averages over the population.
  const double population_sd =
      std::sqrt(parameters.market_sd * parameters.market_sd +
                parameters.team_sd * parameters.team_sd + parameters.rep_sd * parameters.rep_sd);
  const CalendarFactors calendar = CalendarFactorsOf(parameters, plan.step_shares);
  const LeverDraw levers = DrawLevers(plan.scenario, plan.options.seed, draw);
  std::map<int, WinThresholds> thresholds;  // By segment.
  std::vector<double> values, created;
  for (const FlowPlan& flow : plan.flows) {
    const StageCell* stages = &parameters.cells[static_cast<size_t>(flow.segment) * stage_count];
    auto threshold = thresholds.find(flow.segment);
    if (threshold == thresholds.end()) {
      threshold = thresholds
                      .emplace(flow.segment,
                               RescaleThresholds(stages, stage_count, model.age_bin_edges_days,
                                                 population_sd, plan.options.step_days))
                      .first;
    }
    const auto path_of = [&](int segment) {
      return DealPath(plan.levers, plan.person_levers, plan.deal_levers[flow.levers], segment,
                      levers, plan.grid);
    };
    const LeverPath path = path_of(flow.segment);
    tables.size_factors.push_back(path.size_factor);
    const ChebyshevBasis& basis = plan.bases[flow.basis];
    const SegmentFlow wins(stages, stage_count, model.age_bin_edges_days, threshold->second,
                           plan.grid, path, calendar, basis.points());
    EntrySource entries(model, parameters, flow.segment, plan.grid, path, path_of);
    for (const OpenClass& open : flow.open) {
      if (open.entry.origin == Origin::kDeal) {
        wins.OpenDealWins(open.entry.stage, open.entry.age_days, &values);
      } else {
        wins.EntryWins(entries.Entering(open.entry), &values);
      }
      StorePolynomials(values, basis, open.table, tables.polynomials);
    }
    for (const FreshClass& fresh : flow.fresh) {
      created = CreatedPerStep(fresh.tenure, parameters, levers, path, plan.grid);
      for (size_t w = 0; w < calendar.creation.size(); ++w) created[w] *= calendar.creation[w];
      if (fresh.from_leads) created = entries.OpportunitiesOf(std::move(created));
      wins.NewDealWins(created, plan.grid, &values);
      StorePolynomials(values, basis, fresh.table, tables.polynomials);
    }
  }
  if (plan.scenario.attrition.has_value()) {
    for (const Seller& seller : plan.sellers) {
      std::vector<double>& gone = tables.gone_by.emplace_back();
      if (seller.left.empty()) continue;
      const PersonLevers& person = plan.person_levers[plan.deal_levers[seller.levers].person];
      gone = GoneBy(*plan.scenario.attrition, parameters, seller.tenure,
                    plan.levers.AttritionFactors(person, levers), plan.departure_steps, plan.grid);
    }
  }
  if (!plan.scenario.capacity_limits.empty()) tables.capacity = BuildCapacityTables(plan, draw);
  return tables;
}

}  // namespace quotacast::simulator
