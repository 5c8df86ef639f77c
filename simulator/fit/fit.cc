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
#include "simulator/fit/block_evidence.h"
#include "simulator/fit/creation.h"
#include "simulator/fit/creation_pace.h"
#include "simulator/fit/customers.h"
#include "simulator/fit/estimates.h"
#include "simulator/fit/exposure.h"
#include "simulator/fit/grid_posterior.h"
#include "simulator/fit/leads.h"
#include "simulator/fit/origins.h"
#include "simulator/fit/period_parts.h"
#include "simulator/fit/posterior.h"
#include "simulator/fit/regressions.h"
#include "simulator/fit/rep_effects.h"
#include "simulator/fit/revisions.h"
#include "simulator/fit/seasons.h"
#include "simulator/fit/spreads.h"
#include "simulator/fit/stage_cells.h"
#include "simulator/fit/tenure.h"
#include "simulator/fit/win_level.h"

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
  check(options.win_walk_sd >= 0 && options.win_walk_sd <= kMaxSd, "win_walk_sd",
        options.win_walk_sd, "0 to 2");
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
  counts.segment_won.assign(history.segments.size(), 0.0);
  for (const StageCounts& cell : exposure.cells) {
    counts.cell_regressed.push_back(cell.regressed_count);
  }
  for (const StageExit& exit : exposure.exits) {
    ++counts.cell_exits[static_cast<size_t>(exit.segment) * history.stages.size() + exit.stage];
    ++counts.rep_exits[exit.rep];
  }
  for (const HistoryDeal& deal : history.deals) {
    if (deal.end == DealEnd::kWon && deal.end_day >= exposure.window_start &&
        deal.won_amount_minor_units.has_value()) {
      ++counts.segment_won[deal.segment];
    }
  }
  return counts;
}

// Deals that reps created while they were in the job.
void CountCreated(const History& created, absl::CivilDay window_start, EstimateCounts& counts) {
  counts.rep_created.assign(created.reps.size(), 0.0);
  counts.month_created.assign(12, 0.0);
  for (const HistoryDeal& deal : created.deals) {
    if (deal.created < window_start || !IsInJob(created.reps[deal.rep], deal.created)) continue;
    ++counts.rep_created[deal.rep];
    ++counts.month_created[static_cast<size_t>(deal.created.month()) - 1];
  }
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

double MeanOf(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
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

  const bool leads_told_apart = LeadsAreToldApart(history, exposure.window_start);
  const History created = CreatedDeals(history, leads_told_apart);
  const RampFit ramp = FitRamp(created, exposure.window_start);
  const std::vector<double> ramp_weeks =
      DrawValues(ramp.weeks, options.seed, "ramp_weeks", options.draw_count);
  std::vector<std::vector<double>> seasons;
  if (history.as_of - exposure.window_start + 1 >= kMinSeasonDays) {
    seasons = FitSeasons(CountCreationMonths(CreatedDealsAndLeads(history, leads_told_apart),
                                             exposure.window_start, ramp.weeks.mean()),
                         {options.recency_half_life_days, options.draw_count, options.seed});
  }
  const PaceOptions pace_options = {.window_start = exposure.window_start,
                                    .recency_half_life_days = options.recency_half_life_days,
                                    .draw_count = options.draw_count,
                                    .seed = options.seed,
                                    .ramp_weeks = ramp.weeks.mean(),
                                    .season_factors = MeanFactors(seasons)};
  CreationPace creation = FitCreationPace(created, pace_options);
  if (cancelled()) return cancelled_status;

  LeadFit leads;
  if (leads_told_apart) leads = FitLeads(history, exposure.age_bin_edges_days, pace_options);
  CustomerFit customers = FitCustomers(
      history,
      {exposure.window_start, options.recency_half_life_days, options.draw_count, options.seed});
  if (cancelled()) return cancelled_status;

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
  const BlockEvidence evidence = CollectBlockEvidence(exposure.exits, chances, model.rep_effects,
                                                      history.reps, team_count, history.as_of);
  const SharedSpreads shared = FitSharedSpreads(
      evidence, {options.market_sd, options.team_sd, options.draw_count, options.seed});
  const std::vector<double> win_levels =
      FitWinLevel(WinBlocksOf(evidence, {options.recency_half_life_days, MeanOf(shared.market_sd),
                                         MeanOf(shared.team_sd)}),
                  options.win_walk_sd, options.draw_count, options.seed);
  AmountFit amounts = FitAmounts(history, {exposure.window_start, options.recency_half_life_days,
                                           options.draw_count, options.seed});
  model.amounts = std::move(amounts.means);
  model.creation_mix_shape = Quantise(1 / creation.mix_variance.mean());
  RevisionFit revisions =
      FitRevisions(history, exposure.window_start, options.recency_half_life_days);
  model.amount_revisions = std::move(revisions.revisions);
  model.customer_age_edges_days = customers.age_edges_days;
  model.renewal_segments = customers.renewals.segments;
  model.renewal_amount = customers.renewals.amount;
  model.expansion_segments = customers.expansions.segments;
  model.expansion_amount = customers.expansions.amount;
  model.currency = history.currency;
  model.evidence = Weigh(history, exposure.window_start);
  for (int k = 0; k < options.draw_count; ++k) {
    ParameterDraw draw;
    draw.cells = std::move(cells.draws[k]);
    ShiftAdvances(win_levels[k], draw.cells);
    if (!regressions.empty()) AddRegressions(regressions[k], draw.cells);
    draw.creation_rate_per_day = std::move(creation.rep_rates[k]);
    draw.team_creation_rate_per_day = std::move(creation.team_rates[k]);
    draw.market_sd = shared.market_sd[k];
    draw.team_sd = shared.team_sd[k];
    draw.rep_sd = Quantise(rep_sd_draws[k]);
    if (!seasons.empty()) draw.creation_season_log_factors = std::move(seasons[k]);
    draw.ramp_weeks = Quantise(ramp_weeks[k]);
    if (!attrition.draws.empty()) draw.attrition_bands = std::move(attrition.draws[k]);
    if (!parts.draws.empty()) draw.period_parts = std::move(parts.draws[k]);
    if (leads_told_apart) {
      draw.lead_cells = std::move(leads.cells[k]);
      draw.lead_rate_per_day = std::move(leads.rep_rates[k]);
      draw.team_lead_rate_per_day = std::move(leads.team_rates[k]);
    }
    if (!model.renewal_segments.empty()) {
      draw.renewal_rate_per_day = std::move(customers.renewals.rates[k]);
      draw.churn_per_year = ChurnPerYear(draw, model, customers.win_shares);
    }
    if (!model.expansion_segments.empty()) {
      draw.expansion_rate_per_day = std::move(customers.expansions.rates[k]);
    }
    draw.amounts = std::move(amounts.draws[k]);
    model.draws.push_back(std::move(draw));
  }
  QC_RETURN_IF_ERROR(ValidateModel(model));

  EstimateCounts counts = CountObservations(history, exposure);
  CountCreated(created, exposure.window_start, counts);
  if (!history.leads.empty() && !leads_told_apart) {
    counts.creation_note =
        "leads were recorded too late, or too few were converted: deals that came from them count "
        "as created";
  }
  counts.lead_ends = std::move(leads.segment_ended);
  counts.rep_leads = std::move(leads.rep_leads);
  counts.renewals = std::move(customers.renewals.segment_counts);
  counts.expansions = std::move(customers.expansions.segment_counts);
  counts.renewal_pair_count = customers.renewals.pair_count;
  counts.expansion_pair_count = customers.expansions.pair_count;
  counts.part_wins.assign(parts.wins.begin(), parts.wins.end());
  counts.part_losses.assign(parts.losses.begin(), parts.losses.end());
  counts.revised_deals = std::move(revisions.deal_counts);
  counts.leavers = std::move(attrition.leavers);
  counts.mix_variance = creation.mix_variance;
  counts.mix_block_count = creation.rep_quarter_count;
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
