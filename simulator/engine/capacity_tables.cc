#include "simulator/engine/capacity_tables.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "simulator/engine/entry_flow.h"
#include "simulator/engine/tenure.h"

namespace quotacast::simulator {
namespace {

// Flows of deals that are followed one by one.
std::vector<bool> FlowsNeeded(const Blueprint& plan) {
  std::vector<bool> needed(plan.flows.size(), false);
  for (const Seller& seller : plan.sellers) {
    if (!seller.works_deal_by_deal) continue;
    for (const DealPlan& deal : seller.deals) needed[deal.flow] = true;
    for (const CreationPlan& creation : seller.creation) needed[creation.flow] = true;
  }
  return needed;
}

// Ramps may differ by segment, as initiatives may; a person's time is one, so it has their mean.
std::vector<double> MeanRampShares(const Blueprint& plan, const Seller& seller,
                                   const PersonLevers& person, const ParameterDraw& parameters,
                                   const LeverDraw& levers) {
  const int segments = static_cast<int>(plan.model.segments.size());
  std::vector<double> mean(plan.grid.steps.size(), 0);
  for (int g = 0; g < segments; ++g) {
    const std::vector<double> shares =
        RampShares(seller.tenure, parameters, levers,
                   plan.levers.PathFor(person, g, levers).ramp_factor, plan.grid);
    for (size_t w = 0; w < mean.size(); ++w) mean[w] += shares[w] / segments;
  }
  return mean;
}

// First day without a person who leaves at random.
int EarlierEnd(const Tenure& tenure, const Blueprint& plan, int left) {
  const int day = plan.grid.steps[plan.departure_steps.first_steps[left]].begin_day;
  return std::min(day, tenure.end_day.value_or(day));
}

}  // namespace

std::vector<double> CapacityPerStep(const CapacityLimit& limit,
                                    const std::vector<double>& ramp_shares,
                                    const std::vector<double>& running_counts) {
  std::vector<double> capacity;
  for (size_t w = 0; w < ramp_shares.size(); ++w) {
    const double taxed = 1 - limit.initiative_tax * std::max(0.0, running_counts[w] - 2);
    capacity.push_back(limit.open_deals * std::max(kLeastRampShare, ramp_shares[w]) *
                       std::max(kLeastTaxedShare, taxed));
  }
  return capacity;
}

CapacityTables BuildCapacityTables(DrawContext& context) {
  const Blueprint& plan = context.plan();
  const PipelineModel& model = plan.model;
  CapacityTables tables;
  tables.attrition_win = context.levers().attrition_win;
  const std::vector<bool> needed = FlowsNeeded(plan);
  tables.entries.resize(1 + plan.left_working_shares.size());
  for (EntryTables& entries : tables.entries) {
    entries.created.resize(plan.flows.size());
    entries.entering.resize(plan.flows.size());
  }
  for (size_t f = 0; f < plan.flows.size(); ++f) {
    const FlowPlan& flow = plan.flows[f];
    tables.course_of_flow.push_back(needed[f] ? static_cast<int>(tables.courses.size()) : -1);
    if (!needed[f]) continue;
    const auto path_of = [&](int segment) { return context.PathOf(flow, segment); };
    const LeverPath path = path_of(flow.segment);
    tables.courses.emplace_back(context.StagesOf(flow.segment), context.stage_count(),
                                model.age_bin_edges_days, context.ThresholdsOf(flow.segment), path,
                                context.calendar());
    for (size_t e = 0; e < tables.entries.size(); ++e) {
      const int left = static_cast<int>(e) - 1;
      LeverPath lead_path = path;
      for (size_t w = 0; left >= 0 && w < plan.grid.steps.size(); ++w) {
        lead_path.lead_speed_factor[w] *= plan.left_working_shares[left][w];
      }
      EntrySource source(model, context.parameters(), flow.segment, plan.grid, lead_path, path_of);
      for (const FreshClass& fresh : flow.fresh) {
        Tenure tenure = fresh.tenure;
        if (left >= 0) tenure.end_day = EarlierEnd(tenure, plan, left);
        std::vector<double> created = context.CreatedOf(tenure, lead_path);
        if (fresh.from_leads) created = source.OpportunitiesOf(std::move(created));
        tables.entries[e].created[f].push_back(std::move(created));
      }
      for (const OpenClass& open : flow.open) {
        std::vector<double>& entering = tables.entries[e].entering[f].emplace_back();
        if (open.entry.origin != Origin::kDeal) entering = source.Entering(open.entry);
      }
    }
  }
  for (const Seller& seller : plan.sellers) {
    std::vector<double>& capacity = tables.capacity.emplace_back();
    if (seller.capacity_limit == -1) continue;
    const PersonLevers& person = plan.person_levers[plan.deal_levers[seller.levers].person];
    std::vector<double> running;
    for (int w = 0; w < plan.grid.step_count(); ++w) {
      running.push_back(plan.levers.RunningCount(person, w));
    }
    capacity = CapacityPerStep(
        plan.scenario.capacity_limits[seller.capacity_limit],
        MeanRampShares(plan, seller, person, context.parameters(), context.levers()), running);
  }
  return tables;
}

}  // namespace quotacast::simulator
