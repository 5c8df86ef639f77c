// The core of the simulation service: forecasts and what-ifs over messages, without gRPC.
//
//   Simulation simulation(sources, limits);
//   auto response = simulation.Forecast(request, {.cancelled = cancelled});
//
// Nothing durable is kept: the caches only save work, so any number of replicas give the same
// bytes. An answer is a function of (log prefix, as-of, scenario, seed, trials, step length) and of
// the engine's id, all of which its certificate states.
#ifndef QUOTACAST_SERVICES_SIMULATION_SIMULATION_H_
#define QUOTACAST_SERVICES_SIMULATION_SIMULATION_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "quotacast/metrics/v1/pipeline_model.pb.h"
#include "quotacast/simulation/v1/simulation_service.pb.h"
#include "quotacast/type/v1/as_of.pb.h"
#include "quotacast/type/v1/certificate.pb.h"
#include "services/simulation/admission.h"
#include "services/simulation/business.h"
#include "services/simulation/converters.h"
#include "services/simulation/engine_runs.h"
#include "services/simulation/lru_cache.h"
#include "services/simulation/sources.h"
#include "services/simulation/track_records.h"
#include "simulator/engine/engine.h"

namespace quotacast::simulation {

// Named limits of the API.
inline constexpr int kMinComparedScenarios = 2;
inline constexpr int kMaxComparedScenarios = 8;
inline constexpr double kDefaultTolerance = 0.005;
inline constexpr int64_t kFirstCheckpointTrials = 4'096;

// The layout of a run that may end early: at most `requested_trials`, in full batches, when there
// are enough for that, so that every checkpoint is laid out like a run of its own; else
// StableLayout.
simulator::TrialLayout StreamLayout(int64_t requested_trials, int draw_count);

// A trial count at which a streamed run looks at its figures.
struct Checkpoint {
  int64_t trials = 0;
  // True when Forecast lays this many trials out alike, so that a run that ends here can be
  // repeated from its certificate.
  bool may_end = false;
};

// 4096 * 2^j rounded up to full sets of parameter draws, ascending, ending with all of `layout`.
std::vector<Checkpoint> Checkpoints(const simulator::TrialLayout& layout, int draw_count);

struct SimulationLimits {
  // Threads that one simulation runs on, brought into 1..simulator::kMaxThreads. Never changes a
  // result.
  int threads = 1;
  // Simulation running at once, in deal-trials (admission.h).
  double deal_trials_max = 2e11;
  // Rough speed, for retry hints.
  double deal_trials_per_second = 5e7;
  // Values kept in memory.
  size_t cached_business_count = 4;
  size_t cached_plan_count = 8;
};

// Thread-safe; calls run on their caller's thread plus `limits.threads` of the engine's.
//
// Errors of all calls: INVALID_ARGUMENT (INVALID_FIELD) with field paths; RESOURCE_EXHAUSTED
// (OVERLOADED) while too much runs; CANCELLED when `scope.cancelled` says so or nobody listens any
// more; what the sources return; INTERNAL when their answers contradict each other. A history too
// thin for a forecast is no error but a refusal inside the answer.
class Simulation {
 public:
  // `track_records` must outlive this; null: certificates carry none, back-tests leave none.
  Simulation(SimulationSources sources, SimulationLimits limits,
             TrackRecords* track_records = nullptr);

  absl::StatusOr<v1::ForecastResponse> Forecast(const v1::ForecastRequest& request,
                                                const CallScope& scope);

  // Writes progress at the checkpoints and a few times between them, then the result. `write` is
  // called by one thread at a time and returns whether anybody still listens. The forecast equals
  // that of Forecast with the certificate's trial_count.
  absl::Status StreamForecast(const v1::StreamForecastRequest& request, const CallScope& scope,
                              const std::function<bool(const v1::StreamForecastResponse&)>& write);

  // Writes progress, then the result; `write` as above. Like the other calls, it has given its
  // place in admission back before it writes the result, however slowly that is read.
  absl::Status CompareScenarios(
      const v1::CompareScenariosRequest& request, const CallScope& scope,
      const std::function<bool(const v1::CompareScenariosResponse&)>& write);

  // Writes progress and scored forecasts, then the summary; `write` as above. The track record of
  // the workspace becomes that of the summary. See backtest/backtest.h.
  absl::Status Backtest(const v1::BacktestRequest& request, const CallScope& scope,
                        const std::function<bool(const v1::BacktestResponse&)>& write);

  // Further errors: as BusinessFrom and the scenario's conversion.
  absl::StatusOr<v1::MeasureInitiativesResponse> MeasureInitiatives(
      const v1::MeasureInitiativesRequest& request, const CallScope& scope);

 private:
  // A request's data: the model and state that metrics resolved. `business` is null when the
  // history is too thin for a forecast.
  struct Prepared {
    metrics::v1::PipelineModel model;
    type::v1::Certificate certificate;
    std::shared_ptr<const Business> business;
  };
  // A scenario ready to run.
  struct Job {
    simulator::Scenario scenario;
    std::string scenario_hash;
    std::optional<int64_t> initiative_cost_minor_units;
    std::shared_ptr<const simulator::Plan> plan;
  };

  absl::StatusOr<Prepared> Prepare(const v1::ForecastSpec& spec, const CallScope& scope);
  // The compiled plan of a job whose scenario is set, for `trials` trials, from the cache if there.
  absl::StatusOr<std::shared_ptr<const simulator::Plan>> PlanFor(const Business& business,
                                                                 const Job& job, const RunSpec& run,
                                                                 int64_t trials,
                                                                 const CallScope& scope);
  // The answer that `forecast`, a summary of `partial`, amounts to, with its certificate.
  absl::StatusOr<v1::ForecastOutcome> OutcomeFrom(const Prepared& prepared, const Job& job,
                                                  const RunSpec& run, const v1::ForecastSpec& spec,
                                                  const simulator::Partial& partial,
                                                  const simulator::Forecast& forecast) const;
  // The one path of Forecast and StreamForecast: simulates up to each checkpoint in turn, tells
  // `at_checkpoint` the figures so far, and ends when that says "enough" at one where a run may
  // end, or with the last trial.
  struct RunPolicy {
    std::function<simulator::TrialLayout(int64_t requested_trials, int draw_count)> layout;
    std::function<std::vector<Checkpoint>(const simulator::TrialLayout&, int draw_count)>
        checkpoints;
    std::function<bool(int64_t trials, int64_t trials_total,
                       const simulator::EntityPeriodForecast& org, const Business&)>
        at_checkpoint;
    std::function<void(int64_t trials, int64_t trials_total)> progress;
  };
  absl::StatusOr<v1::ForecastOutcome> Run(const v1::ForecastSpec& spec,
                                          const v1::Scenario& scenario_message,
                                          const CallScope& scope, const RunPolicy& policy);
  // Simulates exactly `trials` trials of a job whose scenario is set.
  absl::StatusOr<v1::ForecastOutcome> RunToEnd(const Prepared& prepared, Job job,
                                               const RunSpec& run, const v1::ForecastSpec& spec,
                                               int64_t trials, const CallScope& scope);

  const SimulationSources sources_;
  const SimulationLimits limits_;
  TrackRecords* const track_records_;
  Admission admission_;
  LruCache<Business> businesses_;
  LruCache<simulator::Plan> plans_;
};

}  // namespace quotacast::simulation

#endif  // QUOTACAST_SERVICES_SIMULATION_SIMULATION_H_
