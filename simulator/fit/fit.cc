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
#include "simulator/fit/exposure.h"
#include "simulator/fit/grid_posterior.h"
#include "simulator/fit/period_parts.h"
#include "simulator/fit/posterior.h"
#include "simulator/fit/rep_effects.h"
#include "simulator/fit/spreads.h"
#include "simulator/fit/stage_cells.h"

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

absl::StatusOr<PipelineModel> FitPipelineModel(const History& history, const FitOptions& options) {
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

  CreationFit creation = FitCreation(
      history,
      {exposure.window_start, options.recency_half_life_days, options.draw_count, options.seed});
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
  model.currency = history.currency;
  model.evidence = Weigh(history, exposure.window_start);
  for (int k = 0; k < options.draw_count; ++k) {
    ParameterDraw draw;
    draw.cells = std::move(cells.draws[k]);
    draw.creation_rate_per_day = std::move(creation.rep_rates[k]);
    draw.team_creation_rate_per_day = std::move(creation.team_rates[k]);
    draw.market_sd = shared.market_sd[k];
    draw.team_sd = shared.team_sd[k];
    draw.rep_sd = Quantise(rep_sd_draws[k]);
    if (!parts.draws.empty()) draw.period_parts = std::move(parts.draws[k]);
    model.draws.push_back(std::move(draw));
  }
  QC_RETURN_IF_ERROR(ValidateModel(model));
  return model;
}

}  // namespace quotacast::simulator
