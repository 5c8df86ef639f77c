// Requests to simulator structs. Together with business.h (model and state) and
// result_converters.h (answers) the only place where messages and simulator values meet.
// Every refusal is INVALID_ARGUMENT (INVALID_FIELD) with the paths of the request's fields.
#ifndef QUOTACAST_SERVICES_SIMULATION_CONVERTERS_H_
#define QUOTACAST_SERVICES_SIMULATION_CONVERTERS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "quotacast/simulation/v1/forecast.pb.h"
#include "quotacast/simulation/v1/scenario.pb.h"
#include "services/simulation/business.h"
#include "services/simulation/scenario_fields.h"
#include "simulator/engine/forecast.h"
#include "simulator/model/model.h"

namespace quotacast::simulation {

// Named limits of a request; one more is refused.
inline constexpr int64_t kDefaultTrials = 10'000;
inline constexpr int kMaxThresholds = 64;
inline constexpr int kMaxShareQuestions = 16;
inline constexpr int kMaxWaves = 100;  // Of an initiative.
inline constexpr double kMaxInterferenceMedian = 10;
inline constexpr double kMaxInterferenceLogSd = 3;

// What to run, with defaults filled in.
struct RunSpec {
  int64_t requested_trials = kDefaultTrials;
  uint64_t seed = 0;
  int step_days = 7;
  int period = 0;  // Position in the state; the last one.
  bool wants_org = true;
  bool wants_teams = false;
  bool wants_reps = false;
  // Worst share of the trials whose mean is given.
  double tail_share = simulator::kDefaultTailShare;
  int driver_count = 0;  // Deals and reps given as drivers, each.
  std::vector<simulator::Threshold> thresholds;
  // Last days at which steps must end so that the thresholds are exact; ascending, each once.
  std::vector<absl::CivilDay> cut_days;
};

// The checks that need no data: numbers, levels, dates and the parent.
absl::Status CheckSpec(const v1::ForecastSpec& spec);

// Resolves a checked spec. `scenarios` are the ones it is asked for: a threshold may name a hire
// only when every scenario has it.
absl::StatusOr<RunSpec> RunSpecFrom(const v1::ForecastSpec& spec, const Business& business,
                                    const std::vector<simulator::Scenario>& scenarios);

// Resolves a scenario against the business. `path` is its field in the request ("scenario",
// "scenarios[1]"). Absent values take the defaults the schema documents. A hire's quota counts in
// the periods that begin on or after the first day.
absl::StatusOr<simulator::Scenario> ScenarioFrom(const v1::Scenario& scenario,
                                                 const Business& business, std::string_view path);

// SHA-256, in hexadecimal, of the scenario as given: its deterministic serialization before
// defaults are filled in, names included. An absent scenario hashes as the empty one.
std::string ScenarioHash(const v1::Scenario& scenario);

}  // namespace quotacast::simulation

#endif  // QUOTACAST_SERVICES_SIMULATION_CONVERTERS_H_
