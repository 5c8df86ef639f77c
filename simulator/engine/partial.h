// What trials leave behind: integers only, so that merging is addition and order cannot matter.
#ifndef QUOTACAST_SIMULATOR_ENGINE_PARTIAL_H_
#define QUOTACAST_SIMULATOR_ENGINE_PARTIAL_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"

namespace quotacast::simulator {

// The kinds of line in a forecast.
enum class Level { kOrg = 0, kTeam = 1, kRep = 2 };

// A line of the forecast: the org, a team (with all below it), a rep or a hire.
struct Entity {
  Level level = Level::kOrg;
  std::string key;      // "" for the org.
  bool is_hire = false;
};

// The axes of a Partial. `entities`: the org, then teams in state order, then reps in state
// order, then hires in scenario order.
struct PlanShape {
  std::vector<Entity> entities;
  int period_count = 0;
  int draw_count = 0;
  int batch_size = 0;
  // Ends (exclusive first day after) of the steps, ascending. Steps never span a period end.
  std::vector<absl::CivilDay> step_ends;
  std::vector<int> period_of_step;
  // Identifies (model, state, scenario, options): partials with different keys do not merge.
  uint64_t plan_key = 0;
  bool operator==(const PlanShape&) const = default;
};

inline bool operator==(const Entity& a, const Entity& b) {
  return a.level == b.level && a.key == b.key && a.is_hire == b.is_hire;
}

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_ENGINE_PARTIAL_H_
