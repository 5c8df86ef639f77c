// The Monte Carlo engine: trials in, integer accumulators out.
//
//   auto plan = Compile(model, state, scenario, options);      // tables, once
//   auto partial = plan->SimulateRange(first, count, cancel);  // any split, any thread
//   merged = Merge(a, b);                                      // integer addition
//   forecast = Summarize(*plan, merged);
//
// Same (model, state, scenario, options) and the same trials give the same bytes, however the
// trials are split, ordered or threaded. Pure: no clock, no files, no global state.
#ifndef QUOTACAST_SIMULATOR_ENGINE_ENGINE_H_
#define QUOTACAST_SIMULATOR_ENGINE_ENGINE_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "simulator/engine/forecast.h"
#include "simulator/engine/partial.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {

// Part of every certificate: changes whenever the bytes of a forecast may change.
inline constexpr std::string_view kEngineId = "scalar/2";

// What to simulate.
struct EngineOptions {
  uint64_t seed = 1;
  // Requested trials; rounded up to a multiple of K * batch size (see TrialsFor).
  int64_t trials = 10'000;
  // Step length in days: 7, or 1 for sales cycles under four weeks.
  int step_days = 7;
  // The first `period_count` periods of the state are simulated.
  int period_count = 1;
  // Extra days at which steps are cut, so that sums up to them are exact: inclusive last days,
  // each after as_of and inside the simulated periods.
  std::vector<absl::CivilDay> cut_days;
  // Count what open deals and people do to the organisation's last period (drivers.h). Costs memory
  // per deal and draw, and changes nothing else.
  bool counts_drivers = false;
};

// Trials are simulated in batches of 4 to 256 (a power of two); batch b uses draw b mod K. The
// batch shrinks for small runs so that every draw is seen. Checkpoints and shards are multiples
// of `draws * batch_size`.
struct TrialLayout {
  int batch_size = 256;
  int64_t trials = 0;  // The number actually simulated, >= requested.
};
TrialLayout TrialsFor(int64_t requested_trials, int draw_count);

// Polled between batches and inside long ones; true stops the work with CANCELLED.
// May be called from several threads at once.
using CancelCheck = std::function<bool()>;

// Batches first, first + stride, ..., `count` of them. With a stride of `draw_count` all belong to
// one parameter draw.
struct BatchSequence {
  int64_t first = 0;
  int64_t stride = 1;
  int64_t count = 0;
};

// Compiled tables for one scenario. Immutable and thread-safe after Compile.
class Plan {
 public:
  virtual ~Plan() = default;

  // Simulates trials [first_trial, first_trial + trial_count); both multiples of the layout's
  // batch size, within the layout. CANCELLED when `cancel` says so.
  virtual absl::StatusOr<Partial> SimulateRange(int64_t first_trial, int64_t trial_count,
                                                const CancelCheck& cancel) const = 0;

  // Simulates batches and adds them to `into`, which must be of this plan (EmptyPartial) and hold
  // none of them yet. After an error `into` is to be thrown away. What SimulateRange is made of;
  // runs that walk a draw's batches in a row build its tables once when they are too large to
  // keep.
  virtual absl::Status SimulateBatches(const BatchSequence& batches, const CancelCheck& cancel,
                                       Partial* into) const = 0;

  virtual const TrialLayout& layout() const = 0;
  virtual const PlanShape& shape() const = 0;
};

// Builds the tables. INVALID_ARGUMENT as ValidateModel/State/Scenario, and for options out of
// range. Checks `cancel` between parameter draws.
absl::StatusOr<std::unique_ptr<Plan>> Compile(const PipelineModel& model,
                                              const PipelineState& state, const Scenario& scenario,
                                              const EngineOptions& options,
                                              const CancelCheck& cancel);

inline constexpr int kMaxThreads = 256;

// Runs ranges on `threads` threads of its own and merges them. Progress is reported after each
// finished range from one thread at a time. `threads` in 1..kMaxThreads. CANCELLED as
// SimulateRange; every thread has ended when the call returns.
absl::StatusOr<Partial> SimulateParallel(const Plan& plan, int64_t first_trial, int64_t trial_count,
                                         int threads, const CancelCheck& cancel,
                                         const std::function<void(int64_t done)>& progress);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_ENGINE_ENGINE_H_
