// How many of something come to reps per day now: the rates of creation.h at the level of
// creation_level.h, with how far a rep's quarter strays from them. For deals that reps create and
// for leads alike.
#ifndef QUOTACAST_SIMULATOR_FIT_CREATION_PACE_H_
#define QUOTACAST_SIMULATOR_FIT_CREATION_PACE_H_

#include <cstdint>
#include <vector>

#include "absl/time/civil_time.h"
#include "simulator/fit/grid_posterior.h"
#include "simulator/fit/history.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {

struct PaceOptions {
  absl::CivilDay window_start;
  double recency_half_life_days = 364;
  int draw_count = 64;
  uint64_t seed = 0;
  double ramp_weeks = kDefaultRampWeeks;  // > 0.
  std::vector<double> season_factors;     // Twelve, or none.
};

struct CreationPace {
  std::vector<std::vector<double>> rep_rates;   // [draw][rep * segment_count + segment].
  std::vector<std::vector<double>> team_rates;  // [draw][team * segment_count + segment].
  GridPosterior mix_variance;                   // creation_mix.h.
  double rep_quarter_count = 0;                 // That it rests on.
};

// `history` holds the deals, or leads, that are counted on the day they were created.
CreationPace FitCreationPace(const History& history, const PaceOptions& options);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_FIT_CREATION_PACE_H_
