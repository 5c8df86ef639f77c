// Seasons: what the month of the year does to the creation of opportunities.
//
// Created deals are counted by calendar month against what the reps in the job would create at a
// constant pace. The logarithm of the ratio is level + trend + factor of the month of the year +
// what was odd about that one month: N(0, sd_season^2) and N(0, sd_odd^2), both spreads integrated
// over with half-normal priors. Only months that keep coming back high or low are a season: with
// a single year a difference is taken for chance for the most part.
#ifndef QUOTACAST_SIMULATOR_FIT_SEASONS_H_
#define QUOTACAST_SIMULATOR_FIT_SEASONS_H_

#include <cstdint>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "simulator/fit/history.h"

namespace quotacast::simulator {

// With less history there are no seasons.
inline constexpr int kMinSeasonDays = 365;
// Prior means of the two spreads: a tenth up or down, no more is known of a company unseen.
inline constexpr double kSeasonSdMean = 0.1;
inline constexpr double kOddMonthSdMean = 0.1;
// Prior sd of the trend per year.
inline constexpr double kCreationTrendSd = 0.3;

// One calendar month, as far as it lies in the window.
struct CreationMonth {
  int month = 0;     // Of the year, 0 to 11.
  double years = 0;  // Of its middle, before the as-of day.
  double created = 0;
  double expected = 0;  // > 0: at a constant pace.
};

// Deals created in the window by owners in the job, as creation.h counts them, unweighted, in order
// of time. `ramp_weeks` > 0 as in creation.h.
std::vector<CreationMonth> CountCreationMonths(const History& history, absl::CivilDay window_start,
                                               double ramp_weeks);

struct SeasonOptions {
  double recency_half_life_days = 364;
  int draw_count = 64;
  uint64_t seed = 0;
};

// Log factors [draw][month of the year]. Their mean over the history, weighted as creation rates
// are, is 1, so rates keep their meaning. Empty when a month of the year was never seen.
std::vector<std::vector<double>> FitSeasons(absl::Span<const CreationMonth> months,
                                            const SeasonOptions& options);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_FIT_SEASONS_H_
