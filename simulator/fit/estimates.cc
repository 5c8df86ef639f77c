#include "simulator/fit/estimates.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/money.h"
#include "simulator/fit/estimate_collector.h"
#include "simulator/fit/origin_estimates.h"
#include "simulator/fit/outlook.h"
#include "simulator/fit/posterior.h"

namespace quotacast::simulator {
namespace {

constexpr double kDaysPerYear = 365.25;

constexpr const char* kPartNames[kPeriodParts] = {
    "first third of the period", "second third of the period",
    "last third of the period, before its last 7 days", "last 7 days of the period"};
constexpr const char* kMonthNames[12] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};

void AddCells(const PipelineModel& model, const EstimateCounts& counts,
              EstimateCollector& collector) {
  const size_t stages = model.stages.size();
  for (size_t g = 0; g < model.segments.size(); ++g) {
    double exits = 0;
    for (size_t s = 0; s < stages; ++s) exits += counts.cell_exits[g * stages + s];
    collector.AddDrawn({.parameter = "win_probability",
                        .segment = model.segments[g],
                        .sample_count = exits,
                        .sample_unit = "exits",
                        .unit = "share"},
                       [&](const ParameterDraw& draw) { return WinProbability(draw, g, model); });
  }
  for (size_t g = 0; g < model.segments.size(); ++g) {
    double exits = 0;
    for (size_t s = 0; s < stages; ++s) exits += counts.cell_exits[g * stages + s];
    collector.AddDrawn(
        {.parameter = "never_closing_share",
         .segment = model.segments[g],
         .sample_count = exits,
         .sample_unit = "exits",
         .unit = "share"},
        [&](const ParameterDraw& draw) { return NeverClosingShare(draw, g, model); });
  }
  struct Kind {
    const char* parameter;
    const char* unit;
    double CellOutlook::*figure;
  };
  const Kind kinds[] = {{"advance_probability", "share", &CellOutlook::advance},
                        {"weeks_in_stage", "weeks", &CellOutlook::median_weeks},
                        {"regress_probability", "share", &CellOutlook::regress}};
  const bool regresses = !model.draws[0].cells[0].regress_destinations.empty();
  for (const Kind& kind : kinds) {
    const bool is_regress = kind.figure == &CellOutlook::regress;
    if (is_regress && !regresses) continue;
    for (size_t i = 0; i < counts.cell_exits.size(); ++i) {
      collector.AddDrawn(
          {.parameter = kind.parameter,
           .segment = model.segments[i / stages],
           .stage = model.stages[i % stages],
           .sample_count = counts.cell_exits[i] +
                           (kind.figure == &CellOutlook::advance ? 0 : counts.cell_regressed[i]),
           .sample_unit = "exits",
           .unit = kind.unit},
          [&](const ParameterDraw& draw) {
            return OutlookOf(draw.cells[i], model.age_bin_edges_days).*kind.figure;
          });
    }
  }
}

void AddCreation(const PipelineModel& model, const std::vector<int>& team_of_rep,
                 const EstimateCounts& counts, EstimateCollector& collector) {
  const size_t segments = model.segments.size();
  std::vector<double> by_team(model.teams.size(), 0.0);
  for (size_t r = 0; r < team_of_rep.size(); ++r) by_team[team_of_rep[r]] += counts.rep_created[r];
  for (size_t t = 0; t < model.teams.size(); ++t) {
    collector.AddDrawn({.parameter = "creation_per_week",
                        .entity = model.teams[t],
                        .sample_count = by_team[t],
                        .sample_unit = "created deals",
                        .unit = "per week",
                        .note = counts.creation_note},
                       [&](const ParameterDraw& draw) {
                         return RatePerWeek(draw.team_creation_rate_per_day, t, segments);
                       });
  }
  if (!model.draws[0].creation_season_log_factors.empty()) {
    for (size_t m = 0; m < 12; ++m) {
      collector.AddDrawn(
          {.parameter = "creation_season_factor",
           .part = kMonthNames[m],
           .sample_count = counts.month_created[m],
           .sample_unit = "created deals",
           .unit = "factor"},
          [m](const ParameterDraw& draw) { return std::exp(draw.creation_season_log_factors[m]); });
    }
  }
  // The shape is one figure; its range is that of the grid.
  ParameterEstimate mix = {.parameter = "creation_mix_shape",
                           .sample_count = counts.mix_block_count,
                           .sample_unit = "rep-quarters",
                           .unit = "shape"};
  double cumulative = 0;
  mix.value = Quantise(model.creation_mix_shape);
  mix.low = mix.high = mix.value;
  bool high_found = false;
  for (size_t i = 0; i < counts.mix_variance.values.size(); ++i) {
    cumulative += counts.mix_variance.weights[i];
    if (!high_found && cumulative >= 0.1) {
      mix.high = Quantise(1 / counts.mix_variance.values[i]);
      high_found = true;
    }
    if (cumulative < 0.9) continue;
    mix.low = Quantise(1 / counts.mix_variance.values[i]);
    break;
  }
  collector.Add(std::move(mix));
}

void AddPeriodParts(const PipelineModel& model, const EstimateCounts& counts,
                    EstimateCollector& collector) {
  if (model.draws[0].period_parts.empty()) return;
  for (const bool wins : {true, false}) {
    for (size_t j = 0; j < kPeriodParts; ++j) {
      collector.AddDrawn({.parameter = wins ? "period_win_factor" : "period_loss_factor",
                          .part = kPartNames[j],
                          .sample_count = wins ? counts.part_wins[j] : counts.part_losses[j],
                          .sample_unit = wins ? "wins" : "losses",
                          .unit = "factor"},
                         [j, wins](const ParameterDraw& draw) {
                           const PeriodPartEffect& part = draw.period_parts[j];
                           return std::exp(wins ? part.win_log_factor : part.loss_log_factor);
                         });
    }
  }
}

void AddSpreads(const PipelineModel& model, const EstimateCounts& counts,
                EstimateCollector& collector) {
  double rep_count = 0;
  for (const double exits : counts.rep_exits) rep_count += exits > 0 ? 1 : 0;
  const bool one_team = model.teams.size() <= 1;
  const char* few =
      counts.block_count < 8 ? "few quarters: leans on what is typical of companies" : "";
  collector.AddDrawn({.parameter = "market_sd",
                      .sample_count = counts.block_count,
                      .sample_unit = "quarters",
                      .unit = "probit",
                      .note = few},
                     [](const ParameterDraw& draw) { return draw.market_sd; });
  collector.AddDrawn(
      {.parameter = "team_sd",
       .sample_count = counts.block_count,
       .sample_unit = "quarters",
       .unit = "probit",
       .is_assumption = one_team,
       .note = one_team ? "with one team it is not to be told from the market's" : few},
      [](const ParameterDraw& draw) { return draw.team_sd; });
  collector.AddDrawn({.parameter = "rep_sd",
                      .sample_count = rep_count,
                      .sample_unit = "reps",
                      .unit = "probit",
                      .is_assumption = rep_count < 2},
                     [](const ParameterDraw& draw) { return draw.rep_sd; });
}

void AddAmounts(const PipelineModel& model, const EstimateCounts& counts,
                EstimateCollector& collector) {
  const double minor_units = std::pow(10, MinorUnitDigits(model.currency).value_or(2));
  for (size_t g = 0; g < model.segments.size(); ++g) {
    collector.AddDrawn({.parameter = "won_amount_mean",
                        .segment = model.segments[g],
                        .sample_count = counts.segment_won[g],
                        .sample_unit = "won deals",
                        .unit = model.currency},
                       [&](const ParameterDraw& draw) {
                         const AmountDistribution& amount = model.AmountsOf(draw)[g];
                         return std::exp(amount.log_median + amount.log_sd * amount.log_sd / 2) /
                                minor_units;
                       });
  }
  for (size_t s = 0; s < model.amount_revisions.size(); ++s) {
    const AmountRevision& revision = model.amount_revisions[s];
    collector.AddPoint({.parameter = "amount_revision",
                        .stage = model.stages[s],
                        .sample_count = counts.revised_deals[s],
                        .sample_unit = "won deals",
                        .unit = "factor",
                        .note = absl::StrCat("final over stated amount; sd of its logarithm ",
                                             std::round(1000 * revision.log_sd) / 1000)},
                       std::exp(revision.log_mean + revision.log_sd * revision.log_sd / 2));
  }
}

std::string BandName(const std::vector<AttritionBand>& bands, size_t b) {
  const double from = std::round(10 * bands[b].from_tenure_days / kDaysPerYear) / 10;
  if (b + 1 == bands.size()) return absl::StrCat("from year ", from, " in the job on");
  const double to = std::round(10 * bands[b + 1].from_tenure_days / kDaysPerYear) / 10;
  return absl::StrCat("years ", from, " to ", to, " in the job");
}

void AddTenure(const PipelineModel& model, const EstimateCounts& counts,
               EstimateCollector& collector) {
  collector.AddDrawn({.parameter = "ramp_weeks",
                      .sample_count = counts.ramp_rep_count,
                      .sample_unit = "reps who started",
                      .unit = "weeks"},
                     [](const ParameterDraw& draw) { return draw.ramp_weeks; });
  const std::vector<AttritionBand>& bands = model.draws[0].attrition_bands;
  for (size_t b = 0; b < bands.size(); ++b) {
    collector.AddDrawn(
        {.parameter = "attrition_per_year",
         .part = BandName(bands, b),
         .sample_count = counts.leavers[b],
         .sample_unit = "leavers",
         .unit = "per rep and year"},
        [b](const ParameterDraw& draw) { return draw.attrition_bands[b].rate_per_year; });
  }
}

void AddReps(const PipelineModel& model, const EstimateCounts& counts,
             EstimateCollector& collector) {
  constexpr double kQuantile90 = 1.2815515655446004;  // Standard normal.
  for (size_t r = 0; r < model.reps.size(); ++r) {
    collector.AddDrawn({.parameter = "creation_per_week",
                        .entity = model.reps[r],
                        .sample_count = counts.rep_created[r],
                        .sample_unit = "created deals",
                        .unit = "per week"},
                       [&](const ParameterDraw& draw) {
                         return RatePerWeek(draw.creation_rate_per_day, r, model.segments.size());
                       });
  }
  for (size_t r = 0; r < model.reps.size(); ++r) {
    const RepEffect& effect = model.rep_effects[r];
    const double reach = kQuantile90 * std::sqrt(effect.variance);
    ParameterEstimate estimate = {.parameter = "rep_effect",
                                  .entity = model.reps[r],
                                  .sample_count = counts.rep_exits[r],
                                  .sample_unit = "exits",
                                  .unit = "probit"};
    estimate.value = effect.mean;
    estimate.low = Quantise(effect.mean - reach);
    estimate.high = Quantise(effect.mean + reach);
    collector.Add(std::move(estimate));
  }
}

}  // namespace

std::vector<ParameterEstimate> EstimatesOf(const PipelineModel& model,
                                           const std::vector<int>& team_of_rep,
                                           const EstimateCounts& counts) {
  EstimateCollector collector(model);
  AddCells(model, counts, collector);
  AddPeriodParts(model, counts, collector);
  AddCreation(model, team_of_rep, counts, collector);
  AddLeads(model, team_of_rep, counts, collector);
  AddAmounts(model, counts, collector);
  AddCustomers(model, counts, collector);
  AddSpreads(model, counts, collector);
  AddTenure(model, counts, collector);
  AddReps(model, counts, collector);
  return collector.Take();
}

}  // namespace quotacast::simulator
