#include "simulator/engine/plan_keys.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "simulator/comp/payout_plan.h"
#include "simulator/engine/fingerprint.h"

namespace quotacast::simulator {
namespace {

void AddDay(absl::CivilDay day, Fingerprint& print) {
  print.Add(static_cast<int64_t>(day - absl::CivilDay(1970, 1, 1)));
}

void AddDay(const std::optional<absl::CivilDay>& day, Fingerprint& print) {
  print.Add(day.has_value());
  if (day.has_value()) AddDay(*day, print);
}

void AddAmount(const std::optional<int64_t>& amount, Fingerprint& print) {
  print.Add(amount.has_value());
  print.Add(amount.value_or(0));
}

void AddEffect(const std::optional<Effect>& effect, Fingerprint& print) {
  print.Add(effect.has_value());
  if (!effect.has_value()) return;
  print.Add(effect->mean);
  print.Add(effect->sd);
}

void AddNumbers(const std::vector<double>& numbers, Fingerprint& print) {
  print.Add(static_cast<uint64_t>(numbers.size()));
  for (const double number : numbers) print.Add(number);
}

void AddNumbers(const std::vector<int>& numbers, Fingerprint& print) {
  print.Add(static_cast<uint64_t>(numbers.size()));
  for (const int number : numbers) print.Add(number);
}

void AddCell(const StageCell& cell, Fingerprint& print) {
  print.Add(cell.entry_day_exit_share);
  print.Add(cell.first_week_exit_share);
  print.Add(cell.entry_advance_probability);
  print.Add(cell.entry_regress_probability);
  for (const AgeCell& age : cell.ages) {
    print.Add(age.exit_rate_per_day);
    print.Add(age.advance_probability);
    print.Add(age.regress_probability);
  }
  AddNumbers(cell.regress_destinations, print);
}

void AddAmounts(const std::vector<AmountDistribution>& amounts, Fingerprint& print) {
  for (const AmountDistribution& amount : amounts) {
    print.Add(amount.log_median);
    print.Add(amount.log_sd);
    print.Add(amount.cap_minor_units);
  }
}

// What not every draw has, each under its name: a draw without it has the key that it had before
// there was any.
void AddOptionalParts(const ParameterDraw& draw, Fingerprint& print) {
  if (!draw.lead_cells.empty()) {
    print.Add(std::string("leads"));
    for (const StageCell& cell : draw.lead_cells) AddCell(cell, print);
    AddNumbers(draw.lead_rate_per_day, print);
    AddNumbers(draw.team_lead_rate_per_day, print);
  }
  if (!draw.renewal_rate_per_day.empty() || !draw.expansion_rate_per_day.empty()) {
    print.Add(std::string("customers"));
    AddNumbers(draw.renewal_rate_per_day, print);
    AddNumbers(draw.expansion_rate_per_day, print);
    print.Add(draw.churn_per_year);
  }
  if (!draw.amounts.empty()) {
    print.Add(std::string("amounts"));
    AddAmounts(draw.amounts, print);
  }
}

void AddCustomerModel(const PipelineModel& model, Fingerprint& print) {
  if (model.renewal_segments.empty() && model.expansion_segments.empty()) return;
  print.Add(std::string("customers"));
  AddNumbers(model.customer_age_edges_days, print);
  AddNumbers(model.renewal_segments, print);
  AddNumbers(model.expansion_segments, print);
  for (const AmountRevision& revision : {model.renewal_amount, model.expansion_amount}) {
    print.Add(revision.log_mean);
    print.Add(revision.log_sd);
  }
}

// Period parts, seasons, ramp and attrition of a draw.
void AddCalendar(const ParameterDraw& draw, Fingerprint& print) {
  print.Add(static_cast<uint64_t>(draw.period_parts.size()));
  for (const PeriodPartEffect& effect : draw.period_parts) {
    print.Add(effect.win_log_factor);
    print.Add(effect.loss_log_factor);
  }
  print.Add(static_cast<uint64_t>(draw.creation_season_log_factors.size()));
  for (const double factor : draw.creation_season_log_factors) print.Add(factor);
  print.Add(draw.ramp_weeks);
  print.Add(static_cast<uint64_t>(draw.attrition_bands.size()));
  for (const AttritionBand& band : draw.attrition_bands) {
    print.Add(band.from_tenure_days);
    print.Add(band.rate_per_year);
  }
}

void AddCompPlan(const CompPlan& plan, Fingerprint& print) {
  print.Add(static_cast<uint64_t>(plan.reps.size()));
  for (const int rep : plan.reps) print.Add(rep);
  print.Add(plan.covers_hires);
  print.Add(static_cast<uint64_t>(plan.payout.tiers.size()));
  for (const PayoutTier& tier : plan.payout.tiers) {
    print.Add(tier.from_attainment_basis_points);
    print.Add(tier.rate_basis_points);
  }
  print.Add(plan.payout.floor_minor_units);
  AddAmount(plan.payout.cap_minor_units, print);
}

void AddCapacityLimit(const CapacityLimit& limit, Fingerprint& print) {
  AddNumbers(limit.reps, print);
  print.Add(limit.covers_hires);
  print.Add(limit.open_deals);
  print.Add(limit.initiative_tax);
  AddDay(limit.start, print);
}

void AddModel(const PipelineModel& model, Fingerprint& print) {
  for (const auto* names : {&model.segments, &model.stages, &model.reps, &model.teams}) {
    print.Add(static_cast<uint64_t>(names->size()));
    for (const std::string& name : *names) print.Add(name);
  }
  for (const int edge : model.age_bin_edges_days) print.Add(edge);
  for (const RepEffect& effect : model.rep_effects) {
    print.Add(effect.mean);
    print.Add(effect.variance);
  }
  AddAmounts(model.amounts, print);
  print.Add(static_cast<uint64_t>(model.amount_revisions.size()));
  for (const AmountRevision& revision : model.amount_revisions) {
    print.Add(revision.log_mean);
    print.Add(revision.log_sd);
  }
  print.Add(model.creation_mix_shape);
  print.Add(model.currency);
  print.Add(static_cast<uint64_t>(model.draws.size()));
  for (const ParameterDraw& draw : model.draws) {
    for (const StageCell& cell : draw.cells) AddCell(cell, print);
    for (const double rate : draw.creation_rate_per_day) print.Add(rate);
    for (const double rate : draw.team_creation_rate_per_day) print.Add(rate);
    print.Add(draw.market_sd);
    print.Add(draw.team_sd);
    print.Add(draw.rep_sd);
    AddCalendar(draw, print);
    AddOptionalParts(draw, print);
  }
  AddCustomerModel(model, print);
}

void AddEffect(const Effect& effect, Fingerprint& print) {
  AddEffect(std::optional(effect), print);
}

void AddOptional(const std::optional<int>& value, Fingerprint& print) {
  print.Add(value.has_value());
  print.Add(value.value_or(0));
}

void AddInitiative(const Initiative& initiative, Fingerprint& print) {
  print.Add(initiative.id);
  AddNumbers(initiative.reps, print);
  print.Add(initiative.covers_hires);
  AddEffect(initiative.win, print);
  print.Add(static_cast<uint64_t>(initiative.stage_wins.size()));
  for (const StageEffect& at : initiative.stage_wins) {
    print.Add(at.stage);
    AddEffect(at.win, print);
  }
  AddEffect(initiative.cycle, print);
  AddEffect(initiative.creation, print);
  AddEffect(initiative.size, print);
  AddEffect(initiative.ramp, print);
  AddEffect(initiative.attrition, print);
  for (const auto& [name, effect] : {std::pair{"lead_volume", initiative.lead_volume},
                                     {"lead_work", initiative.lead_work},
                                     {"lead_response", initiative.lead_response},
                                     {"churn", initiative.churn},
                                     {"selling_time", initiative.selling_time}}) {
    if (!effect.has_value()) continue;
    print.Add(std::string(name));
    AddEffect(effect, print);
  }
  AddNumbers(initiative.segments, print);
  AddDay(initiative.start, print);
  AddDay(initiative.end, print);
  print.Add(initiative.adoption.ceiling);
  print.Add(initiative.adoption.t50_weeks);
  print.Add(initiative.adoption.width_weeks);
  print.Add(static_cast<uint64_t>(initiative.waves.size()));
  for (const Wave& wave : initiative.waves) {
    AddNumbers(wave.reps, print);
    print.Add(wave.covers_hires);
    AddDay(wave.start, print);
  }
  print.Add(initiative.overhead_hours_per_week);
  print.Add(initiative.fade_half_life_weeks.has_value());
  print.Add(initiative.fade_half_life_weeks.value_or(0));
  AddDay(initiative.reviews_lapse, print);
  print.Add(initiative.lapse_half_life_weeks);
  print.Add(static_cast<uint64_t>(initiative.headrooms.size()));
  for (const RepHeadroom& headroom : initiative.headrooms) {
    print.Add(headroom.rep);
    print.Add(headroom.share);
  }
}

void AddStaffing(const Scenario& scenario, bool with_quotas, Fingerprint& print) {
  print.Add(static_cast<uint64_t>(scenario.hires.size()));
  for (const Hire& hire : scenario.hires) {
    print.Add(hire.id);
    print.Add(hire.team);
    AddDay(hire.start, print);
    print.Add(hire.ramp_weeks);
    if (with_quotas) {
      for (const auto& quota : hire.quota_minor_units) AddAmount(quota, print);
    }
    print.Add(hire.lead_time_mean_weeks);
    AddEffect(hire.quality, print);
  }
  print.Add(static_cast<uint64_t>(scenario.departures.size()));
  for (const Departure& departure : scenario.departures) {
    print.Add(departure.id);
    print.Add(departure.rep);
    AddDay(departure.end, print);
    AddOptional(departure.successor, print);
    print.Add(departure.freeze_weeks);
    AddEffect(departure.inherited_win, print);
  }
  print.Add(static_cast<uint64_t>(scenario.absences.size()));
  for (const Absence& absence : scenario.absences) {
    print.Add(absence.rep);
    AddDay(absence.start, print);
    AddDay(absence.end, print);
  }
}

// By the deals' ids: their positions say nothing.
void AddReassignments(const Scenario& scenario, const std::vector<OpenDeal>& deals,
                      Fingerprint& print) {
  print.Add(static_cast<uint64_t>(scenario.reassignments.size()));
  for (const Reassignment& reassignment : scenario.reassignments) {
    print.Add(reassignment.id);
    print.Add(deals[reassignment.deal].id);
    print.Add(reassignment.rep);
    AddEffect(reassignment.inherited_win, print);
  }
}

void AddScenario(const Scenario& scenario, const std::vector<OpenDeal>& deals, bool with_quotas,
                 Fingerprint& print) {
  print.Add(static_cast<uint64_t>(scenario.initiatives.size()));
  for (const Initiative& initiative : scenario.initiatives) AddInitiative(initiative, print);
  AddStaffing(scenario, with_quotas, print);
  AddReassignments(scenario, deals, print);
  const std::vector<QuotaChange> no_changes;
  const auto& quota_changes = with_quotas ? scenario.quota_changes : no_changes;
  print.Add(static_cast<uint64_t>(quota_changes.size()));
  for (const QuotaChange& change : quota_changes) {
    AddOptional(change.person, print);
    AddOptional(change.period, print);
    AddAmount(change.quota_minor_units, print);
    print.Add(change.factor);
  }
  print.Add(static_cast<uint64_t>(scenario.demand_shocks.size()));
  for (const DemandShock& shock : scenario.demand_shocks) {
    print.Add(shock.id);
    AddDay(shock.start, print);
    AddDay(shock.end, print);
    AddNumbers(shock.segments, print);
    AddEffect(shock.creation, print);
    AddEffect(shock.win, print);
  }
  print.Add(scenario.attrition.has_value());
  if (scenario.attrition.has_value()) {
    const Attrition& attrition = *scenario.attrition;
    for (const auto& number : {attrition.rate_per_year, attrition.backfill_weeks}) {
      print.Add(number.has_value());
      print.Add(number.value_or(0));
    }
    print.Add(attrition.freeze_weeks);
    AddEffect(attrition.inherited_win, print);
  }
  print.Add(scenario.interference_median);
  print.Add(scenario.interference_log_sd);
  print.Add(static_cast<uint64_t>(scenario.comp_plans.size()));
  for (const CompPlan& plan : scenario.comp_plans) AddCompPlan(plan, print);
}

}  // namespace

uint64_t TrialKey(const PipelineModel& model, const EngineOptions& options,
                  const TrialLayout& layout, const StepGrid& grid) {
  Fingerprint print;
  AddModel(model, print);
  print.Add(options.seed);
  print.Add(layout.trials);
  print.Add(layout.batch_size);
  for (const Step& step : grid.steps) {
    print.Add(step.end_day);
    print.Add(step.period);
  }
  return print.value();
}

namespace {

// By id: the order says nothing.
template <typename Item>
std::vector<const Item*> ById(const std::vector<Item>& items) {
  std::vector<const Item*> sorted;
  sorted.reserve(items.size());
  for (const Item& item : items) sorted.push_back(&item);
  std::sort(sorted.begin(), sorted.end(),
            [](const Item* a, const Item* b) { return a->id < b->id; });
  return sorted;
}

void AddLeads(const PipelineState& state, Fingerprint& print) {
  if (state.open_leads.empty()) return;
  print.Add(std::string("leads"));
  for (const OpenLead* lead : ById(state.open_leads)) {
    print.Add(lead->id);
    print.Add(lead->rep);
    print.Add(lead->segment);
    print.Add(lead->age_days);
  }
}

void AddCustomers(const PipelineState& state, Fingerprint& print) {
  if (state.customers.empty()) return;
  print.Add(std::string("customers"));
  for (const Customer* customer : ById(state.customers)) {
    print.Add(customer->id);
    print.Add(customer->rep);
    print.Add(customer->segment);
    print.Add(customer->age_days);
    AddAmount(customer->amount_minor_units, print);
    print.Add(customer->is_renewed);
    print.Add(customer->is_expanded);
  }
}

uint64_t KeyOf(uint64_t trial_key, const PipelineState& state, const Scenario& scenario,
               const EngineOptions& options, bool with_quotas) {
  Fingerprint print;
  print.Add(trial_key);
  AddDay(state.as_of, print);
  for (const absl::CivilDay cut : options.cut_days) AddDay(cut, print);
  for (const TeamState& team : state.teams) {
    print.Add(team.id);
    print.Add(team.key);
    print.Add(team.parent);
  }
  for (const RepState& rep : state.reps) {
    print.Add(rep.id);
    print.Add(rep.team);
    AddDay(rep.start_date, print);
    AddDay(rep.end_date, print);
    if (with_quotas) {
      for (const auto& quota : rep.quota_minor_units) AddAmount(quota, print);
    }
    for (const int64_t booked : rep.booked_minor_units) print.Add(booked);
  }
  for (const OpenDeal* deal : ById(state.open_deals)) {
    print.Add(deal->id);
    print.Add(deal->rep);
    print.Add(deal->segment);
    print.Add(deal->stage);
    print.Add(deal->age_days);
    AddAmount(deal->amount_minor_units, print);
  }
  AddLeads(state, print);
  AddCustomers(state, print);
  AddScenario(scenario, state.open_deals, with_quotas, print);
  if (options.counts_drivers) print.Add(options.counts_drivers);
  if (!scenario.capacity_limits.empty()) {
    print.Add(static_cast<uint64_t>(scenario.capacity_limits.size()));
    for (const CapacityLimit& limit : scenario.capacity_limits) AddCapacityLimit(limit, print);
  }
  return print.value();
}

}  // namespace

uint64_t PlanKey(uint64_t trial_key, const PipelineState& state, const Scenario& scenario,
                 const EngineOptions& options) {
  return KeyOf(trial_key, state, scenario, options, true);
}

uint64_t BookingsKey(uint64_t trial_key, const PipelineState& state, const Scenario& scenario,
                     const EngineOptions& options) {
  return KeyOf(trial_key, state, scenario, options, false);
}

}  // namespace quotacast::simulator
