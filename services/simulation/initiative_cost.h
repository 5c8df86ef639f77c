// What a scenario's initiatives cost.
#ifndef QUOTACAST_SERVICES_SIMULATION_INITIATIVE_COST_H_
#define QUOTACAST_SERVICES_SIMULATION_INITIATIVE_COST_H_

#include <cstdint>
#include <optional>

#include "quotacast/simulation/v1/scenario.pb.h"
#include "services/simulation/business.h"
#include "simulator/model/model.h"

namespace quotacast::simulation {

// Minor units spent from each initiative's start to the end of `period` (a position in the state):
// once for what begins by then, once for each person of the audience who has begun by then (hires
// by their start, reps of a wave by its), and by the week while it runs, parts of weeks by their
// days. Nothing when no initiative states a cost. `scenario` is `message` converted, so its amounts
// are sound. Sums beyond int64 stop at its end.
std::optional<int64_t> InitiativeCostMinorUnits(const v1::Scenario& message,
                                                const simulator::Scenario& scenario,
                                                const Business& business, int period);

}  // namespace quotacast::simulation

#endif  // QUOTACAST_SERVICES_SIMULATION_INITIATIVE_COST_H_
