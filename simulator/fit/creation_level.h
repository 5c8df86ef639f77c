// How creation has moved for everybody at once: a campaign, a market, the first months of a CRM. A
// rep's rate is a mean over years; what the next quarter starts from is where all of them are now.
//
// Created deals over those expected at the reps' own rates, by 91-day block, follow a local level
// (A. Harvey, "Forecasting, structural time series models and the Kalman filter", 1989): the
// logarithm of the level walks from block to block with sd w, and each block strays from it by
// chance, more than by Poisson's by sd t. w and t have a posterior of their own from the marginal
// likelihood. First for all segments together, then for each against that.
#ifndef QUOTACAST_SIMULATOR_FIT_CREATION_LEVEL_H_
#define QUOTACAST_SIMULATOR_FIT_CREATION_LEVEL_H_

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "simulator/fit/creation.h"
#include "simulator/fit/history.h"

namespace quotacast::simulator {

inline constexpr int kLevelBlockDays = 91;
// With fewer blocks nothing is known of moves: the next quarter strays by the prior alone.
inline constexpr size_t kMinLevelBlocks = 3;
// Prior means (half-normal) of w and t: a tenth from quarter to quarter, as in seasons.h.
inline constexpr double kLevelWalkSdMean = 0.1;
inline constexpr double kLevelShockSdMean = 0.1;
// A factor is at most this and at least one over it.
inline constexpr double kMaxLevelFactor = 4;

// 91 days, or the rest of the window.
struct LevelBlock {
  double created = 0;
  double expected = 0;    // At the reps' own rates and the season.
  double dispersion = 1;  // Variance of `created` over its mean, common moves apart; >= 1.
};

// Log factors on what the block after the last is expected to bring, one per draw: the filtered
// level, a step of the walk, and the block's own shock; exp of them has the mean of the level.
// `blocks` in order of time. All 0 without a block that expects anything. Random numbers are those
// of (seed, name).
std::vector<double> FitCreationLevel(absl::Span<const LevelBlock> blocks, int draw_count,
                                     uint64_t seed, std::string_view name);

// What creation_level needs to know of the rest of the fit.
struct LevelContext {
  absl::CivilDay window_start;
  double ramp_weeks = kDefaultRampWeeks;
  std::vector<double> season_factors;  // Twelve, or none.
  double mix_variance = 0;             // 1/k of a rep's creation over a quarter.
  int draw_count = 64;
  uint64_t seed = 0;
};

// Factors [draw][segment] on the rates of `creation`.
std::vector<std::vector<double>> FitCreationLevels(const History& history,
                                                   const CreationFit& creation,
                                                   const LevelContext& context);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_FIT_CREATION_LEVEL_H_
