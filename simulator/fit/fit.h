// Fits the pipeline model to a sales history: history in, parameters with their posterior out.
//
//   History history = ...;                        // history.h
//   absl::StatusOr<PipelineModel> model = FitPipelineModel(history, FitOptions());
//
// The method (docs/model.md, "The fit"): exits of stages are counted against days at risk, so
// that open deals count for what they have lived through; small cells are shrunk towards larger
// ones along segment -> stage -> all ages of the stage -> a default pipeline; what remains unknown
// is kept as draws from the posterior. A history of any size gives a model; how far to trust it
// is in PipelineModel::evidence.
#ifndef QUOTACAST_SIMULATOR_FIT_FIT_H_
#define QUOTACAST_SIMULATOR_FIT_FIT_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "simulator/fit/estimates.h"
#include "simulator/fit/history.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {

// Thresholds of the data tiers (docs/model.md, "What is given, and how sure it is").
inline constexpr int64_t kThinMinWonCount = 20;   // Fewer: kBenchmarkOnly.
inline constexpr int64_t kFullMinWonCount = 150;  // Fewer of any of these: kThin.
inline constexpr int64_t kFullMinCreatedCount = 400;
inline constexpr double kFullMinQuarterCount = 4;

struct FitOptions {
  // Posterior draws K, 1 to kMaxDraws.
  int draw_count = 64;
  // Key of the draws. The same history, options and seed give the same model on every machine.
  uint64_t seed = 0x51c0ca57;
  // First day of the observation window; absent: the day of the first observed exit of any stage,
  // because a CRM export often holds only what was still open when recording began. Deals under
  // way on that day enter at their age; creation before it is not counted.
  std::optional<absl::CivilDay> window_start;
  // Upper edges of the age bins in days, ascending, positive. The fit may add edges where exits
  // stop or begin inside a bin.
  std::vector<int> age_bin_edges_days = {7, 14, 28, 56, 91, 182};
  // Half-life of a fact's weight in days, > 0; infinity weighs all facts alike.
  double recency_half_life_days = 364;
  // Typical spreads of the market, team and rep effects before the history is looked at
  // (spreads.h): medians of their priors on the probit scale of one stage, in [0, 2]. 0 fixes a
  // spread at 0.
  double market_sd = 0.06;
  double team_sd = 0.05;
  double rep_sd = 0.08;
  // Mean of the prior of how far the win side moves from quarter to quarter, probit per stage
  // (win_level.h), in [0, 2]. 0: it is taken never to move, as for a truth that is known not to.
  double win_walk_sd = 0.04;
  // Polled between steps of the work; true ends it with CANCELLED. May be empty.
  std::function<bool()> cancelled;
};

// Model and estimates of one fit. Errors: INVALID_ARGUMENT (INVALID_FIELD) for an invalid history
// or option, by field path; CANCELLED. A history with few deals, or none, is no error: the model is
// then the default pipeline with wide priors, and its tier says so. The result passes
// ValidateModel. Does not depend on the order of `history.deals`. Complexity: deals x weeks they
// lived + draws x cells.
struct FittedPipeline {
  PipelineModel model;
  std::vector<ParameterEstimate> estimates;
};
absl::StatusOr<FittedPipeline> FitPipeline(const History& history, const FitOptions& options);

// The model alone.
absl::StatusOr<PipelineModel> FitPipelineModel(const History& history, const FitOptions& options);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_FIT_FIT_H_
