// Staffing, quotas and demand of a scenario's message, resolved against the business. Initiatives
// and hires are converted before (converters.h).
#ifndef QUOTACAST_SERVICES_SIMULATION_SCENARIO_CHANGES_H_
#define QUOTACAST_SERVICES_SIMULATION_SCENARIO_CHANGES_H_

#include <string>

#include "quotacast/simulation/v1/scenario.pb.h"
#include "services/simulation/business.h"
#include "services/simulation/field_values.h"
#include "simulator/model/model.h"

namespace quotacast::simulation {

// Departures, absences and reassignments, added to `scenario`. `path` is the scenario's field in
// the request. Staffing that contradicts itself or the data is refused by path and value.
void AddStaffChanges(const v1::Scenario& message, const std::string& path, const Business& business,
                     simulator::Scenario& scenario, FieldErrors& errors);

void AddAttrition(const v1::AttritionLever& message, const std::string& path,
                  simulator::Scenario& scenario, FieldErrors& errors);

// Quota changes may name hires, so `scenario` must have them.
void AddQuotaChanges(const v1::Scenario& message, const std::string& path, const Business& business,
                     simulator::Scenario& scenario, FieldErrors& errors);

void AddDemandShocks(const v1::Scenario& message, const std::string& path, const Business& business,
                     simulator::Scenario& scenario, FieldErrors& errors);

}  // namespace quotacast::simulation

#endif  // QUOTACAST_SERVICES_SIMULATION_SCENARIO_CHANGES_H_
