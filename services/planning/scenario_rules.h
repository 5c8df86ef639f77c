// What a saved scenario must say to be kept. People and teams are not looked up: a draft may be
// about a team that is still to come, and the simulation resolves them when it runs.
#ifndef QUOTACAST_SERVICES_PLANNING_SCENARIO_RULES_H_
#define QUOTACAST_SERVICES_PLANNING_SCENARIO_RULES_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "quotacast/simulation/v1/scenario.pb.h"
#include "services/planning/field_values.h"

namespace quotacast::planning {

// Named limits; one more is refused.
inline constexpr int kMaxScenarioInitiatives = 64;
inline constexpr int kMaxScenarioHires = 500;
inline constexpr int kMaxScenarioStaffChanges = 2'000;  // Departures, absences, reassignments each.
inline constexpr int kMaxScenarioQuotaChanges = 2'000;
inline constexpr int kMaxScenarioDemandShocks = 64;
inline constexpr double kMaxQuotaFactor = 1'000;
inline constexpr double kMaxAttritionPerYear = 20;
inline constexpr size_t kMaxScenarioBytes = 900'000;  // Serialized; an event holds 1 MiB.
inline constexpr double kMaxInterferenceMedian = 10;
inline constexpr double kMaxInterferenceLogSd = 3;

void CheckScenario(const simulation::v1::Scenario& scenario, std::string_view path,
                   FieldErrors& errors);

// SHA-256, in hexadecimal, of the deterministic serialization, as the certificates of forecasts
// under this scenario carry it.
std::string ScenarioHash(const simulation::v1::Scenario& scenario);

}  // namespace quotacast::planning

#endif  // QUOTACAST_SERVICES_PLANNING_SCENARIO_RULES_H_
