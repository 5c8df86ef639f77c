// ValidateScenario. Paths are those of the struct; days are compared, never read.
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "simulator/model/model.h"
#include "simulator/model/violations.h"

namespace quotacast::simulator {
namespace {

constexpr double kMaxWeeks = 1'000;

std::string Item(const std::string& list, size_t position) {
  return absl::StrCat(list, "[", position, "]");
}

void CheckEffect(const Effect& effect, const std::string& path, Violations& violations) {
  violations.Range(effect.mean, -kMaxEffect, kMaxEffect, path + ".mean");
  violations.Range(effect.sd, 0, kMaxEffect, path + ".sd");
}

void CheckEffect(const std::optional<Effect>& effect, const std::string& path,
                 Violations& violations) {
  if (effect.has_value()) CheckEffect(*effect, path, violations);
}

// Positions below `count`, ascending, each once.
void CheckPositions(const std::vector<int>& positions, size_t count, const std::string& path,
                    Violations& violations) {
  for (size_t i = 0; i < positions.size() && !violations.full(); ++i) {
    const int position = positions[i];
    const bool ascends = i == 0 || position > positions[i - 1];
    violations.Check(position >= 0 && position < static_cast<int>(count) && ascends, Item(path, i),
                     position, absl::StrCat("positions below ", count, ", ascending, each once"));
  }
}

void CheckHalfLife(double weeks, bool zero_is_fine, const std::string& path,
                   Violations& violations) {
  violations.Check(
      (weeks > 0 || (zero_is_fine && weeks == 0)) && weeks <= kMaxWeeks, path, weeks,
      absl::StrCat("weeks ", zero_is_fine ? "of at least" : "above", " 0, at most ", kMaxWeeks));
}

// What a scenario is checked against.
struct Surroundings {
  const PipelineState& state;
  const PipelineModel& model;
  int rep_count() const { return static_cast<int>(state.reps.size()); }
  bool IsRep(int rep) const { return rep >= 0 && rep < rep_count(); }
  // The rep was gone by the end of the as-of day.
  bool HasLeft(int rep) const {
    const auto& end = state.reps[rep].end_date;
    return end.has_value() && *end <= state.as_of + 1;
  }
};

void CheckWaves(const Initiative& initiative, size_t rep_count, const std::string& path,
                Violations& violations) {
  const std::set<int> audience(initiative.reps.begin(), initiative.reps.end());
  for (size_t w = 0; w < initiative.waves.size() && !violations.full(); ++w) {
    const Wave& wave = initiative.waves[w];
    const std::string item = Item(path + ".waves", w);
    CheckPositions(wave.reps, rep_count, item + ".reps", violations);
    for (size_t i = 0; i < wave.reps.size() && !violations.full(); ++i) {
      violations.Check(audience.count(wave.reps[i]) > 0, Item(item + ".reps", i), wave.reps[i],
                       "a rep of the initiative's audience");
    }
    violations.Check(wave.start >= initiative.start &&
                         (!initiative.end.has_value() || wave.start < *initiative.end),
                     item + ".start", absl::FormatCivilTime(wave.start),
                     "a day on which the initiative runs");
  }
}

void CheckInitiative(const Initiative& initiative, const Surroundings& around,
                     const std::string& path, Violations& violations) {
  const size_t rep_count = around.state.reps.size();
  CheckPositions(initiative.reps, rep_count, path + ".reps", violations);
  CheckEffect(initiative.win, path + ".win", violations);
  CheckEffect(initiative.cycle, path + ".cycle", violations);
  CheckEffect(initiative.creation, path + ".creation", violations);
  CheckEffect(initiative.size, path + ".size", violations);
  CheckEffect(initiative.ramp, path + ".ramp", violations);
  CheckEffect(initiative.attrition, path + ".attrition", violations);
  CheckEffect(initiative.lead_volume, path + ".lead_volume", violations);
  CheckEffect(initiative.lead_work, path + ".lead_work", violations);
  CheckEffect(initiative.lead_response, path + ".lead_response", violations);
  CheckEffect(initiative.churn, path + ".churn", violations);
  CheckEffect(initiative.selling_time, path + ".selling_time", violations);
  std::set<int> stages;
  for (size_t i = 0; i < initiative.stage_wins.size() && !violations.full(); ++i) {
    const StageEffect& effect = initiative.stage_wins[i];
    const std::string item = Item(path + ".stage_wins", i);
    violations.Check(effect.stage >= 0 &&
                         effect.stage < static_cast<int>(around.model.stages.size()) &&
                         stages.insert(effect.stage).second,
                     item + ".stage", effect.stage, "the position of a stage, each once");
    CheckEffect(effect.win, item + ".win", violations);
  }
  CheckPositions(initiative.segments, around.model.segments.size(), path + ".segments", violations);
  if (initiative.end.has_value()) {
    violations.Check(*initiative.end > initiative.start, path + ".end",
                     absl::FormatCivilTime(*initiative.end), "a day after the start");
  }
  const Adoption& adoption = initiative.adoption;
  violations.Check(adoption.ceiling > 0 && adoption.ceiling <= 1, path + ".adoption.ceiling",
                   adoption.ceiling, "a share in (0, 1]");
  violations.Range(adoption.t50_weeks, 0, kMaxWeeks, path + ".adoption.t50_weeks");
  CheckHalfLife(adoption.width_weeks, false, path + ".adoption.width_weeks", violations);
  CheckWaves(initiative, rep_count, path, violations);
  violations.Range(initiative.overhead_hours_per_week, 0, kHoursPerWeek,
                   path + ".overhead_hours_per_week");
  if (initiative.fade_half_life_weeks.has_value()) {
    CheckHalfLife(*initiative.fade_half_life_weeks, true, path + ".fade_half_life_weeks",
                  violations);
  }
  if (initiative.reviews_lapse.has_value()) {
    violations.Check(*initiative.reviews_lapse >= initiative.start, path + ".reviews_lapse",
                     absl::FormatCivilTime(*initiative.reviews_lapse), "no day before the start");
  }
  CheckHalfLife(initiative.lapse_half_life_weeks, false, path + ".lapse_half_life_weeks",
                violations);
  std::set<int> named;
  for (size_t i = 0; i < initiative.headrooms.size() && !violations.full(); ++i) {
    const RepHeadroom& headroom = initiative.headrooms[i];
    const std::string item = Item(path + ".headrooms", i);
    violations.Check(around.IsRep(headroom.rep) && named.insert(headroom.rep).second, item + ".rep",
                     headroom.rep, "the position of a rep, each once");
    violations.Range(headroom.share, 0, 1, item + ".share");
  }
}

void CheckHire(const Hire& hire, const Surroundings& around, const std::string& path,
               Violations& violations) {
  violations.Check(hire.team >= 0 && hire.team < static_cast<int>(around.state.teams.size()),
                   path + ".team", hire.team, "the position of a team");
  CheckHalfLife(hire.ramp_weeks, true, path + ".ramp_weeks", violations);
  CheckQuotas(hire.quota_minor_units, around.state.periods.size(), path + ".quota_minor_units",
              violations);
  CheckHalfLife(hire.lead_time_mean_weeks, true, path + ".lead_time_mean_weeks", violations);
  CheckEffect(hire.quality, path + ".quality", violations);
}

// A departure's successor must be there when the rep leaves, and for longer.
void CheckDepartures(const Scenario& scenario, const Surroundings& around, Violations& violations) {
  std::unordered_map<int, absl::CivilDay> ends;
  std::unordered_set<uint64_t> ids;
  for (size_t i = 0; i < scenario.departures.size() && !violations.full(); ++i) {
    const Departure& departure = scenario.departures[i];
    const std::string path = Item("departures", i);
    violations.Check(around.IsRep(departure.rep), path + ".rep", departure.rep,
                     "the position of a rep");
    violations.Check(ids.insert(departure.id).second, path + ".id", departure.id,
                     "an id of its own");
    if (!around.IsRep(departure.rep)) continue;
    violations.Check(ends.emplace(departure.rep, departure.end).second, path + ".rep",
                     departure.rep, "each rep once");
    violations.Check(!around.HasLeft(departure.rep), path + ".rep", departure.rep,
                     "a rep who has not left yet");
    violations.Check(departure.end > around.state.as_of, path + ".end",
                     absl::FormatCivilTime(departure.end), "a day after the as-of date");
    const auto& known = around.state.reps[departure.rep].end_date;
    if (known.has_value()) {
      violations.Check(departure.end <= *known, path + ".end", absl::FormatCivilTime(departure.end),
                       "no later than the end that is known of the rep");
    }
    violations.Range(departure.freeze_weeks, 0, kMaxWeeks, path + ".freeze_weeks");
    CheckEffect(departure.inherited_win, path + ".inherited_win", violations);
  }
  for (size_t i = 0; i < scenario.departures.size() && !violations.full(); ++i) {
    const Departure& departure = scenario.departures[i];
    if (!departure.successor.has_value()) continue;
    const int successor = *departure.successor;
    const std::string path = Item("departures", i) + ".successor";
    violations.Check(around.IsRep(successor) && successor != departure.rep, path, successor,
                     "the position of another rep");
    if (!around.IsRep(successor)) continue;
    const auto leaves = ends.find(successor);
    const auto& known = around.state.reps[successor].end_date;
    violations.Check((leaves == ends.end() || leaves->second > departure.end) &&
                         (!known.has_value() || *known > departure.end),
                     path, successor, "a rep who stays longer than the one who leaves");
  }
}

void CheckAbsences(const Scenario& scenario, const Surroundings& around, Violations& violations) {
  for (size_t i = 0; i < scenario.absences.size() && !violations.full(); ++i) {
    const Absence& absence = scenario.absences[i];
    const std::string path = Item("absences", i);
    violations.Check(around.IsRep(absence.rep), path + ".rep", absence.rep,
                     "the position of a rep");
    violations.Check(absence.end > absence.start, path + ".end", absl::FormatCivilTime(absence.end),
                     "a day after the start");
    violations.Check(absence.end > around.state.as_of + 1, path + ".end",
                     absl::FormatCivilTime(absence.end), "a day after the as-of date");
  }
}

void CheckReassignments(const Scenario& scenario, const Surroundings& around,
                        Violations& violations) {
  std::unordered_set<int> deals;
  std::unordered_set<uint64_t> ids;
  for (size_t i = 0; i < scenario.reassignments.size() && !violations.full(); ++i) {
    const Reassignment& reassignment = scenario.reassignments[i];
    const std::string path = Item("reassignments", i);
    violations.Check(ids.insert(reassignment.id).second, path + ".id", reassignment.id,
                     "an id of its own");
    violations.Check(reassignment.deal >= 0 &&
                         reassignment.deal < static_cast<int>(around.state.open_deals.size()) &&
                         deals.insert(reassignment.deal).second,
                     path + ".deal", reassignment.deal, "the position of an open deal, each once");
    violations.Check(around.IsRep(reassignment.rep) && !around.HasLeft(reassignment.rep),
                     path + ".rep", reassignment.rep, "the position of a rep who has not left");
    CheckEffect(reassignment.inherited_win, path + ".inherited_win", violations);
  }
}

void CheckQuotaChanges(const Scenario& scenario, const Surroundings& around,
                       Violations& violations) {
  const int people = around.rep_count() + static_cast<int>(scenario.hires.size());
  for (size_t i = 0; i < scenario.quota_changes.size() && !violations.full(); ++i) {
    const QuotaChange& change = scenario.quota_changes[i];
    const std::string path = Item("quota_changes", i);
    const int person = change.person.value_or(0);
    violations.Check(person >= 0 && (person < people || !change.person.has_value()),
                     path + ".person", person, "the position of a rep, or of a hire after them");
    const int period = change.period.value_or(0);
    violations.Check(period >= 0 && period < static_cast<int>(around.state.periods.size()),
                     path + ".period", period, "the position of a period");
    const int64_t quota = change.quota_minor_units.value_or(0);
    violations.Check(quota >= 0 && quota <= kMaxQuotaMinorUnits, path + ".quota_minor_units", quota,
                     "0 to 10^15 minor units");
    violations.Check(change.factor > 0 && change.factor <= kMaxQuotaFactor, path + ".factor",
                     change.factor, absl::StrCat("a factor above 0, at most ", kMaxQuotaFactor));
  }
}

void CheckDemandShocks(const Scenario& scenario, const Surroundings& around,
                       Violations& violations) {
  std::unordered_set<uint64_t> ids;
  for (size_t i = 0; i < scenario.demand_shocks.size() && !violations.full(); ++i) {
    const DemandShock& shock = scenario.demand_shocks[i];
    const std::string path = Item("demand_shocks", i);
    violations.Check(ids.insert(shock.id).second, path + ".id", shock.id, "an id of its own");
    if (shock.end.has_value()) {
      violations.Check(*shock.end > shock.start, path + ".end", absl::FormatCivilTime(*shock.end),
                       "a day after the start");
    }
    CheckPositions(shock.segments, around.model.segments.size(), path + ".segments", violations);
    CheckEffect(shock.creation, path + ".creation", violations);
    CheckEffect(shock.win, path + ".win", violations);
  }
}

void CheckCompPlans(const Scenario& scenario, const Surroundings& around, Violations& violations) {
  for (size_t i = 0; i < scenario.comp_plans.size() && !violations.full(); ++i) {
    const CompPlan& plan = scenario.comp_plans[i];
    const std::string path = Item("comp_plans", i);
    CheckPositions(plan.reps, around.state.reps.size(), path + ".reps", violations);
    const absl::Status payout = ValidatePayoutPlan(plan.payout);
    violations.Check(payout.ok(), path + ".payout", payout.message(), "a sound plan");
  }
}

void CheckCapacityLimits(const Scenario& scenario, const Surroundings& around,
                         Violations& violations) {
  for (size_t i = 0; i < scenario.capacity_limits.size() && !violations.full(); ++i) {
    const CapacityLimit& limit = scenario.capacity_limits[i];
    const std::string path = Item("capacity_limits", i);
    CheckPositions(limit.reps, around.state.reps.size(), path + ".reps", violations);
    violations.Check(limit.open_deals > 0 && limit.open_deals <= kMaxCapacityDeals,
                     path + ".open_deals", limit.open_deals,
                     absl::StrCat("a number above 0, at most ", kMaxCapacityDeals));
    violations.Range(limit.initiative_tax, 0, 1, path + ".initiative_tax");
  }
}

}  // namespace

absl::Status ValidateScenario(const Scenario& scenario, const PipelineState& state,
                              const PipelineModel& model) {
  Violations violations;
  const Surroundings around = {state, model};
  const auto at_most = [&](size_t size, int max, const std::string& field) {
    violations.Check(size <= static_cast<size_t>(max), field, absl::StrCat("of size ", size),
                     absl::StrCat("at most ", max, " entries"));
  };
  at_most(scenario.initiatives.size(), kMaxInitiatives, "initiatives");
  at_most(scenario.hires.size(), kMaxHires, "hires");
  at_most(scenario.departures.size(), kMaxStaffChanges, "departures");
  at_most(scenario.absences.size(), kMaxStaffChanges, "absences");
  at_most(scenario.reassignments.size(), kMaxStaffChanges, "reassignments");
  at_most(scenario.quota_changes.size(), kMaxQuotaChanges, "quota_changes");
  at_most(scenario.demand_shocks.size(), kMaxDemandShocks, "demand_shocks");
  at_most(scenario.comp_plans.size(), kMaxCompPlans, "comp_plans");
  at_most(scenario.capacity_limits.size(), kMaxCapacityLimits, "capacity_limits");
  violations.Range(scenario.interference_median, 0, 100, "interference_median");
  violations.Range(scenario.interference_log_sd, 0, kMaxLogSd, "interference_log_sd");

  std::unordered_set<uint64_t> initiative_ids;
  for (size_t j = 0; j < scenario.initiatives.size() && !violations.full(); ++j) {
    const Initiative& initiative = scenario.initiatives[j];
    const std::string path = Item("initiatives", j);
    violations.Check(initiative_ids.insert(initiative.id).second, path + ".id", initiative.id,
                     "an id of its own");
    CheckInitiative(initiative, around, path, violations);
  }

  // Reps and hires share one space of ids: both key random numbers.
  std::unordered_set<uint64_t> seller_ids;
  for (const RepState& rep : state.reps) seller_ids.insert(rep.id);
  for (size_t i = 0; i < scenario.hires.size() && !violations.full(); ++i) {
    const std::string path = Item("hires", i);
    violations.Check(seller_ids.insert(scenario.hires[i].id).second, path + ".id",
                     scenario.hires[i].id, "an id of its own, also among reps");
    CheckHire(scenario.hires[i], around, path, violations);
  }
  CheckDepartures(scenario, around, violations);
  CheckAbsences(scenario, around, violations);
  CheckReassignments(scenario, around, violations);
  CheckQuotaChanges(scenario, around, violations);
  CheckDemandShocks(scenario, around, violations);
  if (scenario.attrition.has_value()) {
    violations.Range(scenario.attrition->rate_per_year.value_or(0), 0, kMaxAttritionPerYear,
                     "attrition.rate_per_year");
    violations.Range(scenario.attrition->backfill_weeks.value_or(0), 0, kMaxWeeks,
                     "attrition.backfill_weeks");
    violations.Range(scenario.attrition->freeze_weeks, 0, kMaxWeeks, "attrition.freeze_weeks");
    CheckEffect(scenario.attrition->inherited_win, "attrition.inherited_win", violations);
  }
  CheckCompPlans(scenario, around, violations);
  CheckCapacityLimits(scenario, around, violations);
  return std::move(violations).Result();
}

}  // namespace quotacast::simulator
