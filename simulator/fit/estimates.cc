#include "simulator/fit/estimates.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/money.h"
#include "simulator/fit/exposure.h"
#include "simulator/fit/posterior.h"

namespace quotacast::simulator {
namespace {

constexpr double kMaxWeeks = 156;
constexpr double kDaysPerYear = 365.25;
constexpr int kMaxSweeps = 500;

constexpr const char* kPartNames[kPeriodParts] = {
    "first third of the period", "second third of the period",
    "last third of the period, before its last 7 days", "last 7 days of the period"};
constexpr const char* kMonthNames[12] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};

// Collects estimates of one model.
class Collector {
 public:
  explicit Collector(const PipelineModel& model) : model_(model) {}

  // Value and quantiles of `of` over the draws, put into `estimate`.
  void AddDrawn(ParameterEstimate estimate, const std::function<double(const ParameterDraw&)>& of) {
    std::vector<double> values;
    double sum = 0;
    for (const ParameterDraw& draw : model_.draws) {
      values.push_back(of(draw));
      sum += values.back();
    }
    std::sort(values.begin(), values.end());
    const double n = static_cast<double>(values.size());
    // Quantile q of n draws: between order statistics at q n - 1/2.
    auto quantile = [&](double q) {
      const double at = std::clamp(q * n - 0.5, 0.0, n - 1);
      const size_t below = static_cast<size_t>(at);
      const size_t above = std::min(below + 1, values.size() - 1);
      return values[below] + (at - static_cast<double>(below)) * (values[above] - values[below]);
    };
    estimate.value = Quantise(sum / n);
    estimate.low = Quantise(quantile(0.1));
    estimate.high = Quantise(quantile(0.9));
    Add(std::move(estimate));
  }

  // A figure without draws.
  void AddPoint(ParameterEstimate estimate, double value) {
    estimate.value = estimate.low = estimate.high = Quantise(value);
    Add(std::move(estimate));
  }

  void Add(ParameterEstimate estimate) {
    estimate.is_assumption = estimate.is_assumption || estimate.sample_count <= 0;
    estimates_.push_back(std::move(estimate));
  }

  std::vector<ParameterEstimate> Take() { return std::move(estimates_); }

 private:
  const PipelineModel& model_;
  std::vector<ParameterEstimate> estimates_;
};

// Chance that a deal entering the first stage is won, with three years for each stage: deals that
// stay for ever are not. W_s = advanced W_{s+1} + went back times the mean of W over destinations,
// swept until it settles.
double WinProbability(const ParameterDraw& draw, size_t segment, const PipelineModel& model) {
  const size_t stages = model.stages.size();
  std::vector<CellOutlook> outlooks;
  for (size_t s = 0; s < stages; ++s) {
    outlooks.push_back(OutlookOf(draw.cells[segment * stages + s], model.age_bin_edges_days));
  }
  std::vector<double> win(stages + 1, 0.0);
  win[stages] = 1;
  for (int sweep = 0; sweep < kMaxSweeps; ++sweep) {
    double moved = 0;
    for (size_t s = stages; s-- > 0;) {
      const std::vector<double>& back = draw.cells[segment * stages + s].regress_destinations;
      double again = 0;
      for (size_t to = 0; to < back.size(); ++to) again += back[to] * win[to];
      const double next = outlooks[s].advanced * win[s + 1] + outlooks[s].went_back * again;
      moved = std::max(moved, std::abs(next - win[s]));
      win[s] = next;
    }
    if (moved < 1e-12) break;
  }
  return win[0];
}

void AddCells(const PipelineModel& model, const EstimateCounts& counts, Collector& collector) {
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

double RatePerWeek(const std::vector<double>& rates, size_t entity, size_t segments) {
  double sum = 0;
  for (size_t g = 0; g < segments; ++g) sum += 7 * rates[entity * segments + g];
  return sum;
}

void AddCreation(const PipelineModel& model, const std::vector<int>& team_of_rep,
                 const EstimateCounts& counts, Collector& collector) {
  const size_t segments = model.segments.size();
  std::vector<double> by_team(model.teams.size(), 0.0);
  for (size_t r = 0; r < team_of_rep.size(); ++r) by_team[team_of_rep[r]] += counts.rep_created[r];
  for (size_t t = 0; t < model.teams.size(); ++t) {
    collector.AddDrawn({.parameter = "creation_per_week",
                        .entity = model.teams[t],
                        .sample_count = by_team[t],
                        .sample_unit = "created deals",
                        .unit = "per week"},
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
                    Collector& collector) {
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

void AddSpreads(const PipelineModel& model, const EstimateCounts& counts, Collector& collector) {
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

void AddAmounts(const PipelineModel& model, const EstimateCounts& counts, Collector& collector) {
  for (size_t g = 0; g < model.segments.size(); ++g) {
    const AmountDistribution& amount = model.amounts[g];
    collector.AddPoint({.parameter = "won_amount_mean",
                        .segment = model.segments[g],
                        .sample_count = counts.segment_won[g],
                        .sample_unit = "won deals",
                        .unit = model.currency,
                        .note = "one figure, not drawn"},
                       std::exp(amount.log_median + amount.log_sd * amount.log_sd / 2) /
                           std::pow(10, MinorUnitDigits(model.currency).value_or(2)));
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

void AddTenure(const PipelineModel& model, const EstimateCounts& counts, Collector& collector) {
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

void AddReps(const PipelineModel& model, const EstimateCounts& counts, Collector& collector) {
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

CellOutlook OutlookOf(const StageCell& cell, const std::vector<int>& age_bin_edges_days) {
  double alive = 1 - cell.first_week_exit_share;
  double back = cell.first_week_exit_share * cell.entry_regress_probability;
  double advanced = cell.first_week_exit_share * (1 - cell.entry_regress_probability) *
                    cell.entry_advance_probability;
  double left = cell.first_week_exit_share;
  CellOutlook outlook;
  outlook.median_weeks = kMaxWeeks;
  // Entries fall anywhere in a step: half a step passes until the first boundary.
  double weeks = 0.5;
  if (left >= 0.5) outlook.median_weeks = weeks * 0.5 / left;
  bool found = left >= 0.5;
  size_t bin = 0;
  for (int age = kStepDays / 2; weeks < kMaxWeeks; age += kStepDays, ++weeks) {
    while (bin < age_bin_edges_days.size() && age >= age_bin_edges_days[bin]) ++bin;
    const AgeCell& at = cell.ages[bin];
    const double exits = alive * -std::expm1(-at.exit_rate_per_day * kStepDays);
    if (!found && left + exits >= 0.5) {
      outlook.median_weeks = weeks + (0.5 - left) / exits;
      found = true;
    }
    back += exits * at.regress_probability;
    advanced += exits * (1 - at.regress_probability) * at.advance_probability;
    left += exits;
    alive -= exits;
  }
  outlook.advanced = advanced;
  outlook.went_back = back;
  outlook.regress = left > 0 ? back / left : 0;
  outlook.advance = left > back ? advanced / (left - back) : 0;
  return outlook;
}

std::vector<ParameterEstimate> EstimatesOf(const PipelineModel& model,
                                           const std::vector<int>& team_of_rep,
                                           const EstimateCounts& counts) {
  Collector collector(model);
  AddCells(model, counts, collector);
  AddPeriodParts(model, counts, collector);
  AddCreation(model, team_of_rep, counts, collector);
  AddAmounts(model, counts, collector);
  AddSpreads(model, counts, collector);
  AddTenure(model, counts, collector);
  AddReps(model, counts, collector);
  return collector.Take();
}

}  // namespace quotacast::simulator
