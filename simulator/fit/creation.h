// How many opportunities a rep creates: gamma-Poisson shrinkage rep -> team -> organisation.
//
// The denominator is ramped exposure: a day in the job counts min(1, tenure / ramp), so that a
// rate is that of a fully ramped rep and a young rep is not mistaken for a weak one. Facts lose
// weight with age as everywhere.
#ifndef QUOTACAST_SIMULATOR_FIT_CREATION_H_
#define QUOTACAST_SIMULATOR_FIT_CREATION_H_

#include <algorithm>
#include <cstdint>
#include <vector>

#include "absl/time/civil_time.h"
#include "simulator/fit/history.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {

// Of a rep nobody has data on: one opportunity a week, all segments together.
inline constexpr double kDefaultCreationRatePerDay = 1.0 / 7;

struct CreationOptions {
  absl::CivilDay window_start;
  double recency_half_life_days = 364;
  int draw_count = 64;
  uint64_t seed = 0;
  double ramp_weeks = kDefaultRampWeeks;  // > 0.
};

// Whether the rep was in the job on that day.
bool IsInJob(const HistoryRep& rep, absl::CivilDay day);

// Calls `visit(day, ramp)` for every day in the job from `window_start` to `as_of`, the ramp being
// min(1, tenure / ramp) at noon.
template <typename Visit>
void ForEachRampedDay(const HistoryRep& rep, absl::CivilDay window_start, absl::CivilDay as_of,
                      double ramp_weeks, const Visit& visit) {
  absl::CivilDay day = window_start;
  if (rep.start.has_value()) day = std::max(day, *rep.start);
  absl::CivilDay end = as_of + 1;
  if (rep.end.has_value()) end = std::min(end, *rep.end);
  for (; day < end; ++day) {
    double ramp = 1;
    if (rep.start.has_value()) {
      ramp = std::min(1.0, (static_cast<double>(day - *rep.start) + 0.5) / (7 * ramp_weeks));
    }
    visit(day, ramp);
  }
}

// Rates per day and segment of a fully ramped rep.
struct CreationFit {
  std::vector<std::vector<double>> rep_rates;   // [draw][rep * segment_count + segment].
  std::vector<std::vector<double>> team_rates;  // [draw][team * segment_count + segment].
};

// Weighted days in the job within the window, each times the ramp. `squared` holds squared weights.
struct RampedDays {
  double days = 0;
  double squared = 0;
};
RampedDays RampedExposure(const HistoryRep& rep, absl::CivilDay as_of,
                          const CreationOptions& options);

// Counts deals created in the window while their owner was in the job; a deal created before its
// owner's first day was inherited and says nothing about what the owner creates. A rep without a
// single such deal is tied to the team by the least prior there is (kMinPriorCount) and keeps their
// own exposure: the team's rate on the first day, far below it after a year of silence. They do
// not pull down what a colleague or a hire is expected to create. A team's rate is the mean of
// those who sell; how far a single hire may be from it is left to the mixing of creation
// (PipelineModel::creation_mix_shape).
CreationFit FitCreation(const History& history, const CreationOptions& options);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_FIT_CREATION_H_
