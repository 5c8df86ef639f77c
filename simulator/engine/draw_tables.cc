#include "simulator/engine/draw_tables.h"

#include <cstddef>
#include <utility>
#include <vector>

#include "simulator/engine/departure_law.h"
#include "simulator/engine/draw_context.h"
#include "simulator/engine/entry_flow.h"
#include "simulator/engine/levers.h"
#include "simulator/engine/segment_flow.h"

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
  DrawContext context(plan, draw);
  const PipelineModel& model = plan.model;
  const ParameterDraw& parameters = context.parameters();
  DrawTables tables;
  tables.parameters = &parameters;
  tables.amounts = &model.AmountsOf(parameters);
  tables.market_sd = parameters.market_sd;
  tables.team_sd = parameters.team_sd;
  tables.rep_sd = parameters.rep_sd;
  tables.polynomials.resize(static_cast<size_t>(plan.table_size));

  std::vector<double> values, created;
  for (const FlowPlan& flow : plan.flows) {
    const auto path_of = [&](int segment) { return context.PathOf(flow, segment); };
    const LeverPath path = path_of(flow.segment);
    tables.size_factors.push_back(path.size_factor);
    const ChebyshevBasis& basis = plan.bases[flow.basis];
    const SegmentFlow wins(context.StagesOf(flow.segment), context.stage_count(),
                           model.age_bin_edges_days, context.ThresholdsOf(flow.segment), plan.grid,
                           path, context.calendar(), basis.points());
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
      created = context.CreatedOf(fresh.tenure, path);
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
                    plan.levers.AttritionFactors(person, context.levers()), plan.departure_steps,
                    plan.grid);
    }
  }
  if (!plan.scenario.capacity_limits.empty()) tables.capacity = BuildCapacityTables(context);
  return tables;
}

}  // namespace quotacast::simulator
