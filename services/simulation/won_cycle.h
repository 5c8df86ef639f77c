// How fast wins come in a fitted model: the check behind the choice of step length.
#ifndef QUOTACAST_SERVICES_SIMULATION_WON_CYCLE_H_
#define QUOTACAST_SERVICES_SIMULATION_WON_CYCLE_H_

#include "simulator/model/model.h"

namespace quotacast::simulation {

// Sales cycles with a shorter median want steps of one day (docs/model.md, steps).
inline constexpr int kShortWonCycleDays = 28;

// Of the new deals that are ever won, the share won less than `day_count` days after creation, over
// all segments weighted by their wins (those of leads too), at the mean of the parameter draws. In
// [0, 1]; 0 when the model wins nothing. The deal's path is followed day by day, a day being a
// step. Takes O(segments * stages * day_count^2).
double WonWithinShare(const simulator::PipelineModel& model, int day_count);

}  // namespace quotacast::simulation

#endif  // QUOTACAST_SERVICES_SIMULATION_WON_CYCLE_H_
