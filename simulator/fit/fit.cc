#include "simulator/fit/fit.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/errors.h"
#include "base/status_macros.h"
#include "simulator/fit/advance_chances.h"
#include "simulator/fit/amounts.h"
#include "simulator/fit/creation.h"
#include "simulator/fit/creation_level.h"
#include "simulator/fit/creation_mix.h"
#include "simulator/fit/estimates.h"
#include "simulator/fit/exposure.h"
#include "simulator/fit/grid_posterior.h"
#include "simulator/fit/period_parts.h"
#include "simulator/fit/posterior.h"
#include "simulator/fit/prior_count.h"
#include "simulator/fit/regressions.h"
#include "simulator/fit/rep_effects.h"
#include "simulator/fit/revisions.h"
#include "simulator/fit/seasons.h"
#include "simulator/fit/spreads.h"
#include "simulator/fit/stage_cells.h"
#include "simulator/fit/tenure.h"

namespace quotacast::simulator {
namespace {

constexpr double kMaxSd = 2;
constexpr int kMaxOptionEdges = 16;
constexpr int kMaxEdgeDays = 3'650;
constexpr double kDaysPerQuarter = 365.25 / 4;

absl::Status ValidateOptions(const FitOptions& options, const History& history) {
  std::vector<FieldViolation> violations;
  auto check = [&](bool ok, const std::string& field, auto value, const std::string& want) {
    if (!ok) violations.push_back({field, absl::StrCat("is ", value, "; want ", want)});
  };
  check(options.draw_count >= 1 && options.draw_count <= kMaxDraws, "draw_count",
        options.draw_count, absl::StrCat("1 to ", kMaxDraws));
  check(options.recency_half_life_days > 0, "recency_half_life_days",
        options.recency_half_life_days, "more than 0 days");
  check(options.market_sd >= 0 && options.market_sd <= kMaxSd, "market_sd", options.market_sd,
        "0 to 2");
  check(options.team_sd >= 0 && options.team_sd <= kMaxSd, "team_sd", options.team_sd, "0 to 2");
  check(options.rep_sd >= 0 && options.rep_sd <= kMaxSd, "rep_sd", options.rep_sd, "0 to 2");
  if (options.window_start.has_value()) {
    check(*options.window_start <= history.as_of, "window_start",
          absl::FormatCivilTime(*options.window_start), "no day after the as-of day");
  }
  check(options.age_bin_edges_days.size() <= kMaxOptionEdges, "age_bin_edges_days",
        absl::StrCat("of size ", options.age_bin_edges_days.size()),
        absl::StrCat("at most ", kMaxOptionEdges, " edges"));
  int previous = 0;
  for (size_t b = 0; b < options.age_bin_edges_days.size(); ++b) {
    const int edge = options.age_bin_edges_days[b];
    check(edge > previous && edge <= kMaxEdgeDays, absl::StrCat("age_bin_edges_days[", b, "]"),
          edge, absl::StrCat("ascending days, 1 to ", kMaxEdgeDays));
    previous = edge;
  }
  if (violations.empty()) return absl::OkStatus();
  return InvalidFields(std::move(violations));
}

FitEvidence Weigh(const History& history, absl::CivilDay window_start) {
  FitEvidence evidence;
  evidence.window_start = window_start;
  evidence.window_end = history.as_of + 1;
  evidence.undated_count = history.undated_count;
  for (const HistoryDeal& deal : history.deals) {
    if (deal.created >= window_start) ++evidence.created_count;
    if (deal.end == DealEnd::kOpen) {
      ++evidence.open_count;
    } else if (deal.end_day >= window_start) {
      ++(deal.end == DealEnd::kWon ? evidence.won_count : evidence.lost_count);
    }
  }
  evidence.quarter_count =
      Quantise(static_cast<double>(evidence.window_end - window_start) / kDaysPerQuarter);
  if (evidence.won_count < kThinMinWonCount) {
    evidence.tier = DataTier::kBenchmarkOnly;
  } else if (evidence.won_count < kFullMinWonCount ||
             evidence.created_count < kFullMinCreatedCount ||
             evidence.quarter_count < kFullMinQuarterCount) {
    evidence.tier = DataTier::kThin;
  } else {
    evidence.tier = DataTier::kFull;
  }
  return evidence;
}

void AddRegressions(const RegressionDraw& regressions, std::vector<StageCell>& cells) {
  for (size_t i = 0; i < cells.size(); ++i) {
    cells[i].entry_regress_probability = regressions.entry_shares[i];
    for (AgeCell& age : cells[i].ages) age.regress_probability = regressions.later_shares[i];
    cells[i].regress_destinations = regressions.destinations[i % regressions.destinations.size()];
  }
}

// What the history holds, unweighted, within the window.
EstimateCounts CountObservations(const History& history, const Exposure& exposure) {
  EstimateCounts counts;
  counts.cell_exits.assign(exposure.cells.size(), 0.0);
  counts.rep_exits.assign(history.reps.size(), 0.0);
  counts.rep_created.assign(history.reps.size(), 0.0);
  counts.month_created.assign(12, 0.0);
  counts.segment_won.assign(history.segments.size(), 0.0);
  for (const StageCounts& cell : exposure.cells) {
    counts.cell_regressed.push_back(cell.regressed_count);
  }
  for (const StageExit& exit : exposure.exits) {
    ++counts.cell_exits[static_cast<size_t>(exit.segment) * history.stages.size() + exit.stage];
    ++counts.rep_exits[exit.rep];
  }
  for (const HistoryDeal& deal : history.deals) {
    if (deal.created >= exposure.window_start && IsInJob(history.reps[deal.rep], deal.created)) {
      ++counts.rep_created[deal.rep];
      ++counts.month_created[static_cast<size_t>(deal.created.month()) - 1];
    }
    if (deal.end == DealEnd::kWon && deal.end_day >= exposure.window_start &&
        deal.won_amount_minor_units.has_value()) {
      ++counts.segment_won[deal.segment];
    }
  }
  return counts;
}

// By month, over the draws; none without seasons.
std::vector<double> MeanFactors(const std::vector<std::vector<double>>& seasons) {
  std::vector<double> means;
  if (seasons.empty()) return means;
  for (size_t m = 0; m < seasons.front().size(); ++m) {
    double sum = 0;
    for (const std::vector<double>& draw : seasons) sum += std::exp(draw[m]);
    means.push_back(sum / static_cast<double>(seasons.size()));
  }
  return means;
}

// Rates [entity * segment_count + segment] times the segment's factor.
std::vector<double> AtLevel(const std::vector<double>& rates, const std::vector<double>& factors) {
  std::vector<double> levelled(rates.size());
  for (size_t i = 0; i < rates.size(); ++i) {
    levelled[i] =
        Quantise(std::min(kMaxCreationRatePerDay, rates[i] * factors[i % factors.size()]));
  }
  return levelled;
}

// The recency weight of the middle of each period that part_counts.h numbers.
std::vector<double> PeriodWeights(const History& history, double half_life_days) {
  std::vector<double> weights;
  for (const FiscalPeriod& period : history.periods) {
    if (period.start > history.as_of) break;
    const absl::CivilDay last = std::min(period.end, history.as_of);
    weights.push_back(
        RecencyWeight(period.start + (last - period.start) / 2, history.as_of, half_life_days));
  }
  if (weights.size() > kMaxHistoryPeriods) {
    weights.erase(weights.begin(), weights.end() - kMaxHistoryPeriods);
  }
  return weights;
}

}  // namespace

absl::StatusOr<FittedPipeline> FitPipeline(const History& history, const FitOptions& options) {
  QC_RETURN_IF_ERROR(ValidateHistory(history));
  QC_RETURN_IF_ERROR(ValidateOptions(options, history));
  auto cancelled = [&] { return options.cancelled && options.cancelled(); };
  const absl::Status cancelled_status = absl::CancelledError("the fit was cancelled");
  if (cancelled()) return cancelled_status;

  const Exposure exposure = CountExposure(
      history, {options.window_start, options.age_bin_edges_days, options.recency_half_life_days});
  if (cancelled()) return cancelled_status;

  StageCellFit cells =
      FitStageCells(exposure, history.segments, history.stages, {options.draw_count, options.seed});
  if (cancelled()) return cancelled_status;

  const std::vector<RegressionDraw> regressions =
      FitRegressions(exposure, history.segments, history.stages, options.draw_count, options.seed);

  const RampFit ramp = FitRamp(history, exposure.window_start);
  const std::vector<double> ramp_weeks =
      DrawValues(ramp.weeks, options.seed, "ramp_weeks", options.draw_count);
  CreationFit creation =
      FitCreation(history, {exposure.window_start, options.recency_half_life_days,
                            options.draw_count, options.seed, ramp.weeks.mean()});
  if (cancelled()) return cancelled_status;

  const std::vector<CreationMonth> months =
      CountCreationMonths(history, exposure.window_start, ramp.weeks.mean());
  std::vector<std::vector<double>> seasons;
  if (history.as_of - exposure.window_start + 1 >= kMinSeasonDays) {
    seasons =
        FitSeasons(months, {options.recency_half_life_days, options.draw_count, options.seed});
  }
  const std::vector<double> season_factors = MeanFactors(seasons);
  const std::vector<RateFamily> blocks =
      CreationBlocks(history, exposure.window_start, ramp.weeks.mean(), season_factors);
  const GridPosterior mix_variance = FitMixVariance(blocks);
  const std::vector<std::vector<double>> levels =
      FitCreationLevels(history, creation,
                        {exposure.window_start, ramp.weeks.mean(), season_factors,
                         mix_variance.mean(), options.draw_count, options.seed});
  AttritionFit attrition =
      FitAttrition(history, exposure.window_start, options.draw_count, options.seed);
  if (cancelled()) return cancelled_status;

  PeriodPartFit parts = FitPeriodParts(
      exposure.parts,
      {PeriodWeights(history, options.recency_half_life_days), options.draw_count, options.seed});

  PipelineModel model;
  model.segments = history.segments;
  model.stages = history.stages;
  model.age_bin_edges_days = exposure.age_bin_edges_days;
  for (const HistoryRep& rep : history.reps) model.reps.push_back(rep.id);
  model.teams = history.teams;
  const int team_count = static_cast<int>(history.teams.size());
  const AdvanceChances chances(cells.means, exposure.age_bin_edges_days,
                               static_cast<int>(history.stages.size()));
  const GridPosterior rep_sd =
      FitRepSpread(exposure.exits, chances, history.reps.size(), options.rep_sd);
  const std::vector<double> rep_sd_draws =
      DrawValues(rep_sd, options.seed, "rep_sd", options.draw_count);
  model.rep_effects = FitRepEffects(exposure.exits, chances, history.reps, team_count, rep_sd);
  const SharedSpreads shared = FitSharedSpreads(
      exposure.exits, chances, model.rep_effects, history.reps, team_count,
      {history.as_of, options.market_sd, options.team_sd, options.draw_count, options.seed});
  model.amounts = FitAmounts(history, exposure.window_start, options.recency_half_life_days);
  model.creation_mix_shape = Quantise(1 / mix_variance.mean());
  RevisionFit revisions =
      FitRevisions(history, exposure.window_start, options.recency_half_life_days);
  model.amount_revisions = std::move(revisions.revisions);
  model.currency = history.currency;
  model.evidence = Weigh(history, exposure.window_start);
  for (int k = 0; k < options.draw_count; ++k) {
    ParameterDraw draw;
    draw.cells = std::move(cells.draws[k]);
    if (!regressions.empty()) AddRegressions(regressions[k], draw.cells);
    draw.creation_rate_per_day = AtLevel(creation.rep_rates[k], levels[k]);
    draw.team_creation_rate_per_day = AtLevel(creation.team_rates[k], levels[k]);
    draw.market_sd = shared.market_sd[k];
    draw.team_sd = shared.team_sd[k];
    draw.rep_sd = Quantise(rep_sd_draws[k]);
    if (!seasons.empty()) draw.creation_season_log_factors = std::move(seasons[k]);
    draw.ramp_weeks = Quantise(ramp_weeks[k]);
    if (!attrition.draws.empty()) draw.attrition_bands = std::move(attrition.draws[k]);
    if (!parts.draws.empty()) draw.period_parts = std::move(parts.draws[k]);
    model.draws.push_back(std::move(draw));
  }
  QC_RETURN_IF_ERROR(ValidateModel(model));

  EstimateCounts counts = CountObservations(history, exposure);
  counts.part_wins.assign(parts.wins.begin(), parts.wins.end());
  counts.part_losses.assign(parts.losses.begin(), parts.losses.end());
  counts.revised_deals = std::move(revisions.deal_counts);
  counts.leavers = std::move(attrition.leavers);
  counts.mix_variance = mix_variance;
  for (const RateFamily& rep : blocks) {
    for (const RateChild& quarter : rep) counts.mix_block_count += quarter.expected > 0 ? 1 : 0;
  }
  counts.block_count = shared.block_count;
  counts.ramp_rep_count = ramp.rep_count;
  std::vector<int> team_of_rep;
  for (const HistoryRep& rep : history.reps) team_of_rep.push_back(rep.team);
  FittedPipeline fitted;
  fitted.estimates = EstimatesOf(model, team_of_rep, counts);
  fitted.model = std::move(model);
  return fitted;
}

absl::StatusOr<PipelineModel> FitPipelineModel(const History& history, const FitOptions& options) {
  QC_ASSIGN_OR_RETURN(FittedPipeline fitted, FitPipeline(history, options));
  return std::move(fitted.model);
}

}  // namespace quotacast::simulator
