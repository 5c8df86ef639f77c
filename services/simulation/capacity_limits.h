// Capacity limits of a scenario: from messages, what they cost to simulate, what an answer says.
#ifndef QUOTACAST_SERVICES_SIMULATION_CAPACITY_LIMITS_H_
#define QUOTACAST_SERVICES_SIMULATION_CAPACITY_LIMITS_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/time/civil_time.h"
#include "quotacast/simulation/v1/scenario.pb.h"
#include "services/simulation/business.h"
#include "services/simulation/field_values.h"
#include "simulator/model/model.h"

namespace quotacast::simulation {

// Adds the limits to `scenario`, at most simulator::kMaxCapacityLimits. `path` is the field of the
// scenario. Entries in `errors` for a number of deals that is not above 0 and at most
// simulator::kMaxCapacityDeals, a tax outside [0, 1], days that are none, people nobody knows.
void AddCapacityLimits(const v1::Scenario& message, std::string_view path, const Business& business,
                       simulator::Scenario& scenario, FieldErrors& errors);

// What a trial of the scenario costs, in deals whose fate is decided by one number each: at
// least 1. Deals of people with a limit, and of those who hand deals over to them, are followed
// week by week instead, and cost as much for every week they may be open.
double DealsPerTrial(const Business& business, const simulator::Scenario& scenario);

// That the deals of these people were simulated one by one; nothing when no limit begins before
// `end`.
std::optional<std::string> CapacityNote(const Business& business,
                                        const simulator::Scenario& scenario, absl::CivilDay end);

}  // namespace quotacast::simulation

#endif  // QUOTACAST_SERVICES_SIMULATION_CAPACITY_LIMITS_H_
