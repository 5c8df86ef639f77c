#include "simulator/engine/plan_shape.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "simulator/engine/inversion.h"
#include "simulator/model/audience.h"
#include "simulator/model/quotas.h"

namespace quotacast::simulator {
namespace {

// Groups of series with more values than this in all trials keep histograms instead of samples.
constexpr int64_t kMaxSampledValues = 16'000'000;

void AddGroup(int series_count, int64_t trials, PlanShape& shape) {
  SeriesGroup group;
  group.first_series = shape.series_count;
  group.series_count = series_count;
  const bool samples = series_count * trials <= kMaxSampledValues;
  group.storage = samples ? SeriesStorage::kSamples : SeriesStorage::kHistogram;
  int& slots = samples ? shape.sampled_series_count : shape.histogram_count;
  group.first_slot = slots;
  slots += series_count;
  shape.series_count += series_count;
  shape.groups.push_back(group);
}

// Adds one person's quota or bookings to the person's line, the teams above and the org.
void AddQuotas(const Seller& seller, const std::vector<std::optional<int64_t>>& quotas,
               PlanShape& shape) {
  for (int p = 0; p < shape.period_count; ++p) {
    if (!quotas[p].has_value()) continue;
    ++shape.eligible_rep_count[p];
    const auto add = [&](int entity) {
      auto& quota = shape.quota_minor_units[static_cast<size_t>(entity) * shape.period_count + p];
      quota = quota.value_or(0) + *quotas[p];
    };
    add(0);
    add(seller.entity);
    for (const int team : seller.team_entities) add(team);
  }
}

void AddBookings(const Seller& seller, const std::vector<int64_t>& booked, PlanShape& shape) {
  for (int p = 0; p < shape.period_count; ++p) {
    const auto add = [&](int entity) {
      shape.booked_minor_units[static_cast<size_t>(entity) * shape.period_count + p] += booked[p];
    };
    add(0);
    add(seller.entity);
    for (const int team : seller.team_entities) add(team);
  }
}

}  // namespace

PlanShape ShapeOf(const PipelineState& state, const Blueprint& plan) {
  PlanShape shape;
  shape.entities.push_back({Level::kOrg, "", false});
  for (const TeamState& team : state.teams)
    shape.entities.push_back({Level::kTeam, team.key, false});
  for (const RepState& rep : state.reps) shape.entities.push_back({Level::kRep, rep.key, false});
  for (const Hire& hire : plan.scenario.hires) {
    shape.entities.push_back({Level::kRep, hire.key, true});
  }
  shape.period_count = plan.grid.period_count();
  shape.draw_count = static_cast<int>(plan.model.draws.size());
  shape.batch_size = plan.layout.batch_size;
  for (const Step& step : plan.grid.steps) {
    shape.step_ends.push_back(state.as_of + 1 + step.end_day);
    shape.period_of_step.push_back(step.period);
  }
  for (const Mark& mark : plan.grid.marks) shape.mark_steps.push_back(mark.step);
  shape.mark_of_period = plan.grid.mark_of_period;
  shape.team_count = static_cast<int>(state.teams.size());
  shape.person_count = static_cast<int>(plan.sellers.size());

  const size_t cells = shape.entities.size() * shape.period_count;
  shape.quota_minor_units.resize(cells);
  shape.booked_minor_units.resize(cells, 0);
  shape.eligible_rep_count.resize(shape.period_count, 0);
  const PersonQuotas quotas = QuotasOf(state, plan.scenario);
  for (size_t s = 0; s < plan.sellers.size(); ++s) AddQuotas(plan.sellers[s], quotas[s], shape);
  for (size_t r = 0; r < state.reps.size(); ++r) {
    AddBookings(plan.sellers[r], state.reps[r].booked_minor_units, shape);
  }
  const int64_t trials = plan.layout.trials;
  AddGroup(plan.grid.step_count(), trials, shape);
  AddGroup(shape.period_count, trials, shape);
  AddGroup(shape.team_count * shape.mark_count(), trials, shape);
  AddGroup(shape.person_count * shape.mark_count(), trials, shape);
  return shape;
}

void PlacePayouts(Blueprint& plan) {
  PlanShape& shape = plan.shape;
  const int periods = shape.period_count;
  const int first_person = 1 + shape.team_count;
  plan.comp_plans.assign(static_cast<size_t>(shape.person_count) * periods, -1);
  shape.is_paid.assign(shape.entities.size() * periods, false);
  for (const Seller& seller : plan.sellers) {
    const int person = seller.entity - first_person;
    const int comp_plan = FirstCovering(plan.scenario.comp_plans,
                                        seller.is_hire ? std::nullopt : std::optional<int>(person));
    for (int p = 0; p < periods && comp_plan != -1; ++p) {
      const auto cell = [&](int entity) { return static_cast<size_t>(entity) * periods + p; };
      if (!shape.quota_minor_units[cell(seller.entity)].has_value()) continue;
      plan.comp_plans[static_cast<size_t>(person) * periods + p] = comp_plan;
      shape.is_paid[cell(0)] = true;
      shape.is_paid[cell(seller.entity)] = true;
      for (const int team : seller.team_entities) shape.is_paid[cell(team)] = true;
    }
  }
  AddGroup(first_person * periods, plan.layout.trials, shape);
  AddGroup(shape.person_count * periods, plan.layout.trials, shape);
}

void CountDrivers(const PipelineState& state, Blueprint& plan) {
  struct Candidate {
    uint64_t id = 0;
    int64_t amount = 0;
    const std::string* key = nullptr;
  };
  std::vector<Candidate> deals;
  for (const OpenDeal& deal : state.open_deals) {
    deals.push_back({deal.id,
                     deal.amount_minor_units.has_value()
                         ? *deal.amount_minor_units
                         : AmountQuantile(plan.model.amounts[deal.segment], 0.5),
                     &deal.key});
  }
  if (deals.size() > kMaxDriverDeals) {
    std::sort(deals.begin(), deals.end(), [](const Candidate& a, const Candidate& b) {
      return a.amount != b.amount ? a.amount > b.amount : a.id < b.id;
    });
    plan.shape.uncounted_deal_count = static_cast<int64_t>(deals.size()) - kMaxDriverDeals;
    deals.resize(kMaxDriverDeals);
  }
  std::sort(deals.begin(), deals.end(),
            [](const Candidate& a, const Candidate& b) { return a.id < b.id; });
  plan.shape.counts_drivers = true;
  for (const Candidate& deal : deals) plan.shape.driver_deals.push_back(*deal.key);
  for (Seller& seller : plan.sellers) {
    for (DealPlan& deal : seller.deals) {
      const auto found = std::lower_bound(
          deals.begin(), deals.end(), deal.id,
          [](const Candidate& candidate, uint64_t id) { return candidate.id < id; });
      if (found == deals.end() || found->id != deal.id) continue;
      deal.driver = static_cast<int>(found - deals.begin());
    }
  }
}

}  // namespace quotacast::simulator
