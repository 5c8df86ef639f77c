// Compensation plans of a scenario.
#ifndef QUOTACAST_SERVICES_SIMULATION_COMP_PLANS_H_
#define QUOTACAST_SERVICES_SIMULATION_COMP_PLANS_H_

#include <string_view>

#include "quotacast/simulation/v1/scenario.pb.h"
#include "services/simulation/business.h"
#include "services/simulation/field_values.h"
#include "simulator/model/model.h"

namespace quotacast::simulation {

// Adds the plans to `scenario`, at most simulator::kMaxCompPlans. `path` is the field of the
// scenario. Entries in `errors` for what a plan may not be: no tiers or too many, starts that do
// not ascend, shares of more than four decimals (plans count in basis points), a cap below the
// floor, amounts of another currency, people nobody knows.
void AddCompPlans(const v1::Scenario& message, std::string_view path, const Business& business,
                  simulator::Scenario& scenario, FieldErrors& errors);

}  // namespace quotacast::simulation

#endif  // QUOTACAST_SERVICES_SIMULATION_COMP_PLANS_H_
