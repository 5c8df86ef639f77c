// P(at least a given share of the people with a quota reach it): a question about the whole
// distribution of the share, which its quantiles answer only roughly.
#ifndef QUOTACAST_SERVICES_SIMULATION_REPS_AT_QUOTA_H_
#define QUOTACAST_SERVICES_SIMULATION_REPS_AT_QUOTA_H_

#include <cstdint>
#include <optional>

#include "simulator/engine/forecast.h"
#include "simulator/engine/partial.h"

namespace quotacast::simulation {

// The smallest number of people out of `eligible_count` that makes up `share`, in (0, 1]: 2 for a
// half of 4, 3 for a half of 5.
int64_t PeopleNeeded(double share, int eligible_count);

// From the trials of `partial`, which belongs to `shape`. Nothing when nobody has a quota in the
// period. When the run was too long to keep every trial, the spread over parameter draws is not
// known and only the Monte Carlo error is given.
std::optional<simulator::Estimate> RepsAtQuotaProbability(const simulator::PlanShape& shape,
                                                          const simulator::Partial& partial,
                                                          int period, double share);

}  // namespace quotacast::simulation

#endif  // QUOTACAST_SERVICES_SIMULATION_REPS_AT_QUOTA_H_
