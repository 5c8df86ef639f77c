// What tenure tells: how long reps take to create like experienced ones, and how fast they leave.
#ifndef QUOTACAST_SIMULATOR_FIT_TENURE_H_
#define QUOTACAST_SIMULATOR_FIT_TENURE_H_

#include <cstdint>
#include <vector>

#include "absl/time/civil_time.h"
#include "simulator/fit/grid_posterior.h"
#include "simulator/fit/history.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {

// Prior of the weeks to full creation: lognormal with median kDefaultRampWeeks. Published: median
// of about five months, 35 % take more than six: ln(26 / 22) / .385.
inline constexpr double kRampLogSd = 0.43;

struct RampFit {
  GridPosterior weeks;
  int rep_count = 0;      // Who started in the window, or not long before, and created anything.
  int created_count = 0;  // Deals they created within kMaxRampDays of tenure.
};

// Beyond this tenure nobody is ramping.
inline constexpr int kMaxRampDays = 550;

// The likelihood of when reps with a start date created their deals, and how many: a day of tenure
// t counts min(1, t / ramp), the rep's own rate is gamma around that of the team and is integrated
// out. Whoever left, or is still ramping, counts for the days they were there.
RampFit FitRamp(const History& history, absl::CivilDay window_start);

// Prior of leavers: kDefaultAttritionPerYear with the weight of kAttritionPriorCount leavers, an
// assumption; bands of tenure are tied to the level of all by kAttritionBandCount leavers.
inline constexpr double kAttritionPriorCount = 2;
inline constexpr double kAttritionBandCount = 4;
inline constexpr int kAttritionBandStarts[] = {0, 365, 3 * 365};

struct AttritionFit {
  // [draw][band]; none when nobody is known to have left in the window: many sources drop leavers
  // or never record an end, and silence is no evidence of loyalty.
  std::vector<std::vector<AttritionBand>> draws;
  std::vector<double> leavers;    // By band, unweighted.
  std::vector<double> rep_years;  // By band.
};

// Reps without a start date count in the last band.
AttritionFit FitAttrition(const History& history, absl::CivilDay window_start, int draw_count,
                          uint64_t seed);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_FIT_TENURE_H_
