// Trials judged by other quotas, without simulating them again.
#ifndef QUOTACAST_SIMULATOR_ENGINE_RETHRESHOLD_H_
#define QUOTACAST_SIMULATOR_ENGINE_RETHRESHOLD_H_

#include <optional>

#include "simulator/engine/partial.h"

namespace quotacast::simulator {

// What simulating the trials of `partial`, of a plan with the shape `from`, gives under the plan
// with the shape `to`, to the byte. Nothing when the plans differ in more than quotas
// (bookings_key), when a series keeps no samples to be judged anew, or when drivers are counted,
// which depend on the organisation's quota. O(trials entities periods).
std::optional<Partial> Rethreshold(const PlanShape& from, const Partial& partial,
                                   const PlanShape& to);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_ENGINE_RETHRESHOLD_H_
