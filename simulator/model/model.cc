#include "simulator/model/model.h"

#include <cmath>
#include <cstddef>
#include <string>
#include <unordered_set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/errors.h"
#include "simulator/model/violations.h"

namespace quotacast::simulator {
namespace {

void CheckNames(const std::vector<std::string>& names, const std::string& field,
                Violations& violations) {
  std::unordered_set<std::string> seen;
  for (size_t i = 0; i < names.size() && !violations.full(); ++i) {
    const std::string path = absl::StrCat(field, "[", i, "]");
    violations.Check(!names[i].empty(), path, "empty", "a name");
    violations.Check(seen.insert(names[i]).second, path, names[i], "each name once");
  }
}

void CheckEdges(const std::vector<int>& edges, const std::string& path, Violations& violations) {
  violations.Check(edges.size() < kMaxAgeBins, path, absl::StrCat("of size ", edges.size()),
                   absl::StrCat("fewer than ", kMaxAgeBins, " edges"));
  int previous = 0;
  for (size_t b = 0; b < edges.size() && !violations.full(); ++b) {
    violations.Check(edges[b] > previous && edges[b] <= kMaxAgeDays,
                     absl::StrCat(path, "[", b, "]"), edges[b], "positive days, ascending");
    previous = edges[b];
  }
}

void CheckRevision(const AmountRevision& revision, const std::string& path,
                   Violations& violations) {
  violations.Range(revision.log_mean, -kMaxLogFactor, kMaxLogFactor, path + ".log_mean");
  violations.Range(revision.log_sd, 0, kMaxLogSd, path + ".log_sd");
}

// What customers lead to.
void CheckCustomers(const PipelineModel& model, Violations& violations) {
  CheckEdges(model.customer_age_edges_days, "customer_age_edges_days", violations);
  const int segments = static_cast<int>(model.segments.size());
  const auto check = [&](const std::vector<int>& targets, const std::string& path) {
    if (!targets.empty()) violations.Size(targets.size(), model.segments.size(), path);
    for (size_t g = 0; g < targets.size() && !violations.full(); ++g) {
      violations.Check(targets[g] >= -1 && targets[g] < segments, absl::StrCat(path, "[", g, "]"),
                       targets[g], "the position of a segment, or -1");
    }
  };
  check(model.renewal_segments, "renewal_segments");
  check(model.expansion_segments, "expansion_segments");
  CheckRevision(model.renewal_amount, "renewal_amount", violations);
  CheckRevision(model.expansion_amount, "expansion_amount", violations);
}

// `stage` is the cell's own.
void CheckStageCell(const StageCell& cell, size_t stage, size_t age_bins, const std::string& path,
                    Violations& violations) {
  violations.Range(cell.entry_day_exit_share, 0, 1, path + ".entry_day_exit_share");
  violations.Range(cell.first_week_exit_share, 0, 1, path + ".first_week_exit_share");
  violations.Check(cell.first_week_exit_share >= cell.entry_day_exit_share,
                   path + ".first_week_exit_share", cell.first_week_exit_share,
                   "at least entry_day_exit_share");
  violations.Range(cell.entry_advance_probability, 0, 1, path + ".entry_advance_probability");
  violations.Range(cell.entry_regress_probability, 0, 1, path + ".entry_regress_probability");
  bool regresses = cell.entry_regress_probability > 0;
  violations.Size(cell.ages.size(), age_bins, path + ".ages");
  for (size_t b = 0; b < cell.ages.size() && !violations.full(); ++b) {
    const std::string age = absl::StrCat(path, ".ages[", b, "]");
    violations.Range(cell.ages[b].exit_rate_per_day, 0, kMaxExitRatePerDay,
                     age + ".exit_rate_per_day");
    violations.Range(cell.ages[b].advance_probability, 0, 1, age + ".advance_probability");
    violations.Range(cell.ages[b].regress_probability, 0, 1, age + ".regress_probability");
    regresses = regresses || cell.ages[b].regress_probability > 0;
  }
  const std::string destinations = path + ".regress_destinations";
  if (cell.regress_destinations.empty()) {
    violations.Check(!regresses, destinations, "empty", "where deals that go back go");
    return;
  }
  violations.Size(cell.regress_destinations.size(), static_cast<size_t>(stage) + 1, destinations);
  double sum = 0;
  for (size_t s = 0; s < cell.regress_destinations.size() && !violations.full(); ++s) {
    violations.Range(cell.regress_destinations[s], 0, 1, absl::StrCat(destinations, "[", s, "]"));
    sum += cell.regress_destinations[s];
  }
  violations.Check(std::abs(sum - 1) < 1e-9, destinations, absl::StrCat("of sum ", sum), "sum 1");
}

void CheckRates(const std::vector<double>& rates, size_t want, const std::string& path,
                Violations& violations) {
  violations.Size(rates.size(), want, path);
  for (size_t i = 0; i < rates.size() && !violations.full(); ++i) {
    // The path is only spelled out for an offender: there may be a million good ones.
    if (rates[i] >= 0 && rates[i] <= kMaxCreationRatePerDay) continue;
    violations.Range(rates[i], 0, kMaxCreationRatePerDay, absl::StrCat(path, "[", i, "]"));
  }
}

// Period parts, seasons, ramp and attrition of a draw.
void CheckCalendar(const ParameterDraw& draw, const std::string& path, Violations& violations) {
  if (!draw.period_parts.empty()) {
    violations.Size(draw.period_parts.size(), kPeriodParts, path + ".period_parts");
  }
  for (size_t i = 0; i < draw.period_parts.size() && !violations.full(); ++i) {
    const std::string part = absl::StrCat(path, ".period_parts[", i, "]");
    violations.Range(draw.period_parts[i].win_log_factor, -kMaxLogFactor, kMaxLogFactor,
                     part + ".win_log_factor");
    violations.Range(draw.period_parts[i].loss_log_factor, -kMaxLogFactor, kMaxLogFactor,
                     part + ".loss_log_factor");
  }
  const std::vector<double>& season = draw.creation_season_log_factors;
  if (!season.empty()) violations.Size(season.size(), 12, path + ".creation_season_log_factors");
  for (size_t m = 0; m < season.size() && !violations.full(); ++m) {
    violations.Range(season[m], -kMaxLogFactor, kMaxLogFactor,
                     absl::StrCat(path, ".creation_season_log_factors[", m, "]"));
  }
  violations.Range(draw.ramp_weeks, 0, 1'000, path + ".ramp_weeks");
  int tenure = -1;
  for (size_t i = 0; i < draw.attrition_bands.size() && !violations.full(); ++i) {
    const AttritionBand& band = draw.attrition_bands[i];
    const std::string field = absl::StrCat(path, ".attrition_bands[", i, "]");
    violations.Check(i == 0 ? band.from_tenure_days == 0 : band.from_tenure_days > tenure,
                     field + ".from_tenure_days", band.from_tenure_days,
                     "0 first, then days ascending");
    violations.Range(band.rate_per_year, 0, kMaxAttritionPerYear, field + ".rate_per_year");
    tenure = band.from_tenure_days;
  }
}

void CheckLeads(const ParameterDraw& draw, const PipelineModel& model, const std::string& path,
                Violations& violations) {
  const bool has_leads = !draw.lead_cells.empty();
  const size_t segments = has_leads ? model.segments.size() : 0;
  violations.Size(draw.lead_cells.size(), segments, path + ".lead_cells");
  for (size_t g = 0; g < draw.lead_cells.size() && !violations.full(); ++g) {
    const std::string cell = absl::StrCat(path, ".lead_cells[", g, "]");
    CheckStageCell(draw.lead_cells[g], 0, model.age_bin_edges_days.size() + 1, cell, violations);
    violations.Check(draw.lead_cells[g].regress_destinations.empty(),
                     cell + ".regress_destinations", "not empty", "none: leads never go back");
  }
  CheckRates(draw.lead_rate_per_day, model.reps.size() * segments, path + ".lead_rate_per_day",
             violations);
  CheckRates(draw.team_lead_rate_per_day, model.teams.size() * segments,
             path + ".team_lead_rate_per_day", violations);
}

void CheckFollowUpRates(const std::vector<double>& rates, size_t want, const std::string& path,
                        Violations& violations) {
  violations.Size(rates.size(), want, path);
  for (size_t i = 0; i < rates.size() && !violations.full(); ++i) {
    violations.Range(rates[i], 0, kMaxExitRatePerDay, absl::StrCat(path, "[", i, "]"));
  }
}

void CheckAmounts(const std::vector<AmountDistribution>& amounts, size_t want,
                  const std::string& path, Violations& violations) {
  violations.Size(amounts.size(), want, path);
  for (size_t g = 0; g < amounts.size() && !violations.full(); ++g) {
    const AmountDistribution& amount = amounts[g];
    const std::string item = absl::StrCat(path, "[", g, "]");
    violations.Range(amount.log_median, -50, 50, item + ".log_median");
    violations.Range(amount.log_sd, 0, kMaxLogSd, item + ".log_sd");
    violations.Check(amount.cap_minor_units > 0 && amount.cap_minor_units <= kMaxAmountMinorUnits,
                     item + ".cap_minor_units", amount.cap_minor_units, "1 to 10^13 minor units");
  }
}

void CheckDraw(const ParameterDraw& draw, const PipelineModel& model, const std::string& path,
               Violations& violations) {
  const size_t segments = model.segments.size();
  violations.Size(draw.cells.size(), segments * model.stages.size(), path + ".cells");
  for (size_t i = 0; i < draw.cells.size() && !violations.full(); ++i) {
    CheckStageCell(draw.cells[i], i % model.stages.size(), model.age_bin_edges_days.size() + 1,
                   absl::StrCat(path, ".cells[", i, "]"), violations);
  }
  CheckRates(draw.creation_rate_per_day, model.reps.size() * segments,
             path + ".creation_rate_per_day", violations);
  CheckRates(draw.team_creation_rate_per_day, model.teams.size() * segments,
             path + ".team_creation_rate_per_day", violations);
  violations.Range(draw.market_sd, 0, kMaxSd, path + ".market_sd");
  violations.Range(draw.team_sd, 0, kMaxSd, path + ".team_sd");
  violations.Range(draw.rep_sd, 0, kMaxSd, path + ".rep_sd");
  CheckCalendar(draw, path, violations);
  CheckLeads(draw, model, path, violations);
  const size_t customer_cells = segments * model.customer_age_bins();
  CheckFollowUpRates(draw.renewal_rate_per_day, model.renewal_segments.empty() ? 0 : customer_cells,
                     path + ".renewal_rate_per_day", violations);
  CheckFollowUpRates(draw.expansion_rate_per_day,
                     model.expansion_segments.empty() ? 0 : customer_cells,
                     path + ".expansion_rate_per_day", violations);
  violations.Range(draw.churn_per_year, 0, kMaxChurnPerYear, path + ".churn_per_year");
  if (!draw.amounts.empty()) CheckAmounts(draw.amounts, segments, path + ".amounts", violations);
}

void CheckPeriods(const PipelineState& state, Violations& violations) {
  const auto& periods = state.periods;
  violations.Check(!periods.empty(), "periods", "empty", "at least one period");
  for (size_t p = 0; p < periods.size() && !violations.full(); ++p) {
    const std::string path = absl::StrCat("periods[", p, "]");
    violations.Check(periods[p].start < periods[p].end, path + ".end",
                     absl::FormatCivilTime(periods[p].end), "a day after the start");
    if (p == 0) continue;
    violations.Check(periods[p].start == periods[p - 1].end, path + ".start",
                     absl::FormatCivilTime(periods[p].start), "the end of the period before");
  }
  if (periods.empty()) return;
  const absl::CivilDay first_day = state.as_of + 1;
  violations.Check(periods.front().start <= first_day && first_day < periods.front().end,
                   "periods[0]", periods.front().name, "the period that contains as_of + 1");
  violations.Check(periods.back().end - first_day <= kMaxHorizonDays, "periods",
                   absl::StrCat(periods.back().end - first_day, " days long"),
                   absl::StrCat("at most ", kMaxHorizonDays, " days"));
}

void CheckTeams(const PipelineState& state, Violations& violations) {
  std::unordered_set<std::string> keys;
  std::unordered_set<uint64_t> ids;
  for (size_t t = 0; t < state.teams.size() && !violations.full(); ++t) {
    const TeamState& team = state.teams[t];
    const std::string path = absl::StrCat("teams[", t, "]");
    violations.Check(team.parent >= -1 && team.parent < static_cast<int>(t), path + ".parent",
                     team.parent, "-1 or the position of an earlier team");
    violations.Check(!team.key.empty() && keys.insert(team.key).second, path + ".key", team.key,
                     "a key of its own");
    violations.Check(ids.insert(team.id).second, path + ".id", team.id, "an id of its own");
  }
}

void CheckReps(const PipelineState& state, const PipelineModel& model, Violations& violations) {
  violations.Size(state.reps.size(), model.reps.size(), "reps");
  std::unordered_set<uint64_t> ids;
  for (size_t r = 0; r < state.reps.size() && !violations.full(); ++r) {
    const RepState& rep = state.reps[r];
    const std::string path = absl::StrCat("reps[", r, "]");
    if (r < model.reps.size()) {
      violations.Check(rep.key == model.reps[r], path + ".key", rep.key,
                       absl::StrCat("the model's ", model.reps[r]));
    }
    violations.Check(ids.insert(rep.id).second, path + ".id", rep.id, "an id of its own");
    violations.Check(rep.team >= 0 && rep.team < static_cast<int>(state.teams.size()),
                     path + ".team", rep.team, "the position of a team");
    if (rep.start_date.has_value() && rep.end_date.has_value()) {
      violations.Check(*rep.start_date <= *rep.end_date, path + ".end_date",
                       absl::FormatCivilTime(*rep.end_date), "no earlier than start_date");
    }
    CheckQuotas(rep.quota_minor_units, state.periods.size(), path + ".quota_minor_units",
                violations);
    violations.Size(rep.booked_minor_units.size(), state.periods.size(),
                    path + ".booked_minor_units");
    for (size_t p = 0; p < rep.booked_minor_units.size() && !violations.full(); ++p) {
      const int64_t booked = rep.booked_minor_units[p];
      violations.Check(booked >= -kMaxBookedMinorUnits && booked <= kMaxBookedMinorUnits,
                       absl::StrCat(path, ".booked_minor_units[", p, "]"), booked,
                       "at most 2 * 10^14 minor units either way");
    }
  }
}

// What somebody holds: open deals, leads, customers. Who does, the segment and the age; the stage
// and the amount of what has one.
template <typename Item>
void CheckHoldings(const std::vector<Item>& items, const PipelineState& state,
                   const PipelineModel& model, const std::string& list, Violations& violations) {
  std::unordered_set<uint64_t> ids;
  ids.reserve(items.size());
  const int reps = static_cast<int>(state.reps.size());
  const int segments = static_cast<int>(model.segments.size());
  const int stages = static_cast<int>(model.stages.size());
  for (size_t i = 0; i < items.size() && !violations.full(); ++i) {
    const Item& item = items[i];
    int stage = 0;
    int64_t amount = 0;
    if constexpr (requires { item.stage; }) stage = item.stage;
    if constexpr (requires { item.amount_minor_units; }) {
      amount = item.amount_minor_units.value_or(0);
    }
    const bool own_id = ids.insert(item.id).second;
    const bool sound = own_id && item.rep >= 0 && item.rep < reps && item.segment >= 0 &&
                       item.segment < segments && stage >= 0 && stage < stages &&
                       item.age_days >= 0 && item.age_days <= kMaxAgeDays && amount >= 0 &&
                       amount <= kMaxAmountMinorUnits;
    if (sound) continue;  // The usual case pays for no strings.
    const std::string path = absl::StrCat(list, "[", i, "]");
    violations.Check(own_id, path + ".id", absl::StrCat(item.id, " (", item.key, ")"),
                     "an id of its own");
    violations.Check(item.rep >= 0 && item.rep < reps, path + ".rep", item.rep,
                     "the position of a rep");
    violations.Check(item.segment >= 0 && item.segment < segments, path + ".segment", item.segment,
                     "the position of a segment");
    violations.Check(stage >= 0 && stage < stages, path + ".stage", stage,
                     "the position of a stage");
    violations.Check(item.age_days >= 0 && item.age_days <= kMaxAgeDays, path + ".age_days",
                     item.age_days, absl::StrCat("0 to ", kMaxAgeDays, " days"));
    violations.Check(amount >= 0 && amount <= kMaxAmountMinorUnits, path + ".amount_minor_units",
                     amount, "0 to 10^13 minor units");
  }
}

}  // namespace

absl::Status ValidateModel(const PipelineModel& model) {
  Violations violations;
  violations.Check(!model.segments.empty() && model.segments.size() <= kMaxSegments, "segments",
                   absl::StrCat("of size ", model.segments.size()),
                   absl::StrCat("1 to ", kMaxSegments, " segments"));
  violations.Check(!model.stages.empty() && model.stages.size() <= kMaxStages, "stages",
                   absl::StrCat("of size ", model.stages.size()),
                   absl::StrCat("1 to ", kMaxStages, " stages"));
  violations.Check(model.reps.size() <= kMaxReps, "reps",
                   absl::StrCat("of size ", model.reps.size()),
                   absl::StrCat("at most ", kMaxReps, " reps"));
  violations.Check(!model.draws.empty() && model.draws.size() <= kMaxDraws, "draws",
                   absl::StrCat("of size ", model.draws.size()),
                   absl::StrCat("1 to ", kMaxDraws, " draws"));
  CheckNames(model.segments, "segments", violations);
  CheckNames(model.stages, "stages", violations);
  CheckNames(model.reps, "reps", violations);
  CheckNames(model.teams, "teams", violations);

  CheckEdges(model.age_bin_edges_days, "age_bin_edges_days", violations);

  violations.Size(model.rep_effects.size(), model.reps.size(), "rep_effects");
  for (size_t r = 0; r < model.rep_effects.size() && !violations.full(); ++r) {
    const std::string path = absl::StrCat("rep_effects[", r, "]");
    violations.Range(model.rep_effects[r].mean, -kMaxEffect, kMaxEffect, path + ".mean");
    violations.Range(model.rep_effects[r].variance, 0, kMaxRepVariance, path + ".variance");
  }
  CheckAmounts(model.amounts, model.segments.size(), "amounts", violations);
  CheckCustomers(model, violations);
  if (!model.amount_revisions.empty()) {
    violations.Size(model.amount_revisions.size(), model.stages.size(), "amount_revisions");
  }
  for (size_t s = 0; s < model.amount_revisions.size() && !violations.full(); ++s) {
    CheckRevision(model.amount_revisions[s], absl::StrCat("amount_revisions[", s, "]"), violations);
  }
  violations.Check(
      model.creation_mix_shape >= kMinMixShape && std::isfinite(model.creation_mix_shape),
      "creation_mix_shape", model.creation_mix_shape,
      absl::StrCat("a finite number of at least ", kMinMixShape));
  for (size_t k = 0; k < model.draws.size() && !violations.full(); ++k) {
    CheckDraw(model.draws[k], model, absl::StrCat("draws[", k, "]"), violations);
  }
  return std::move(violations).Result();
}

absl::Status ValidateState(const PipelineState& state, const PipelineModel& model) {
  Violations violations;
  violations.Check(state.currency == model.currency, "currency", state.currency,
                   absl::StrCat("the model's ", model.currency));
  violations.Check(state.open_deals.size() <= kMaxOpenDeals, "open_deals",
                   absl::StrCat("of size ", state.open_deals.size()),
                   absl::StrCat("at most ", kMaxOpenDeals, " deals"));
  violations.Check(state.open_leads.size() <= kMaxOpenLeads, "open_leads",
                   absl::StrCat("of size ", state.open_leads.size()),
                   absl::StrCat("at most ", kMaxOpenLeads, " leads"));
  violations.Check(state.customers.size() <= kMaxCustomers, "customers",
                   absl::StrCat("of size ", state.customers.size()),
                   absl::StrCat("at most ", kMaxCustomers, " customers"));
  CheckPeriods(state, violations);
  CheckTeams(state, violations);
  CheckReps(state, model, violations);
  if (violations.full()) return std::move(violations).Result();
  CheckHoldings(state.open_deals, state, model, "open_deals", violations);
  CheckHoldings(state.open_leads, state, model, "open_leads", violations);
  CheckHoldings(state.customers, state, model, "customers", violations);
  return std::move(violations).Result();
}

}  // namespace quotacast::simulator
