// Whose deals are followed one by one because the person can work on so many at a time. Internal to
// the blueprint.
#ifndef QUOTACAST_SIMULATOR_ENGINE_CAPACITY_PLAN_H_
#define QUOTACAST_SIMULATOR_ENGINE_CAPACITY_PLAN_H_

#include "absl/time/civil_time.h"
#include "simulator/engine/blueprint.h"

namespace quotacast::simulator {

// Gives every seller the first limit whose audience has the seller and which begins within the
// horizon. Besides those with a limit, whoever hands deals over to somebody whose deals are
// followed one by one is followed too: the deals arrive at an age. The plan has its sellers.
void PlaceCapacityLimits(absl::CivilDay as_of, Blueprint& plan);

// The seller who takes the deals of `seller` over and works on them from handovers[0].first_step
// on; -1 when there is none, or one whose deals are not followed one by one, with whom they go on
// at full speed.
int WorkingSuccessor(const Blueprint& plan, const Seller& seller);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_ENGINE_CAPACITY_PLAN_H_
