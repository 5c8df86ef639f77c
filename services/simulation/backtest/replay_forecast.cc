#include "services/simulation/backtest/replay_forecast.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>

#include "base/errors.h"
#include "base/status_macros.h"
#include "services/simulation/engine_runs.h"
#include "simulator/engine/engine.h"
#include "simulator/model/model.h"

namespace quotacast::simulation {
namespace {

// Whether every trial of the lines to be scored is kept.
bool KeepsSamples(const simulator::PlanShape& shape, const ReplayOptions& options) {
  const auto sampled = [&](size_t group) {
    return shape.groups[group].storage == simulator::SeriesStorage::kSamples;
  };
  return sampled(0) && (!options.wants_teams || sampled(2)) && (!options.wants_reps || sampled(3));
}

}  // namespace

absl::StatusOr<ReplayForecast> ForecastReplay(const metrics::v1::PipelineModel& model,
                                              const StateMessages& state,
                                              const ReplayOptions& options, Admission& admission,
                                              const CallScope& scope) {
  ReplayForecast replay;
  QC_ASSIGN_OR_RETURN(replay.business, BusinessFrom(model, state));
  const Business& business = replay.business;
  simulator::EngineOptions engine;
  engine.seed = options.seed;
  engine.step_days = options.step_days;
  engine.period_count = static_cast<int>(business.state.periods.size());
  const int draws = static_cast<int>(business.model.draws.size());
  engine.trials =
      std::min<int64_t>(StableLayout(options.trials, draws).trials, simulator::kMaxTrials);
  QC_ASSIGN_OR_RETURN(
      const Admission::Ticket ticket,
      admission.Admit(static_cast<double>(engine.trials) * std::max(1.0, business.deals_per_trial),
                      static_cast<double>(engine.trials), "trial_count"));
  std::unique_ptr<simulator::Plan> plan;
  while (true) {
    absl::StatusOr<std::unique_ptr<simulator::Plan>> compiled = simulator::Compile(
        business.model, business.state, simulator::Scenario(), engine, scope.cancelled);
    if (!compiled.ok()) return FromEngine(compiled.status());
    plan = *std::move(compiled);
    if (KeepsSamples(plan->shape(), options)) break;
    // A trial per draw is the least there can be; fewer lines than a few million fit that.
    const int64_t fewer = StableLayout(engine.trials / 2, draws).trials;
    if (fewer >= engine.trials) {
      return InvalidField("levels",
                          "the lines are too many to keep trials of each; want fewer "
                          "levels");
    }
    engine.trials = fewer;
  }
  absl::StatusOr<simulator::Partial> partial = simulator::SimulateParallel(
      *plan, 0, plan->layout().trials, options.threads, scope.cancelled, nullptr);
  if (!partial.ok()) return FromEngine(partial.status());
  absl::StatusOr<simulator::Forecast> forecast = simulator::Summarize(*plan, *partial, {});
  if (!forecast.ok()) return FromEngine(forecast.status());
  replay.shape = plan->shape();
  replay.partial = *std::move(partial);
  replay.trials = plan->layout().trials;
  replay.period = std::move(forecast->periods.back());
  return replay;
}

std::vector<int64_t> SamplesOf(const ReplayForecast& replay, int entity) {
  const simulator::PlanShape& shape = replay.shape;
  const int period = shape.period_count - 1;
  const int series = shape.EntitySeries(entity, shape.mark_of_period[static_cast<size_t>(period)]);
  std::vector<int64_t> samples = simulator::GatherSamples(shape, replay.partial, series);
  const int64_t booked = replay.period.entities[static_cast<size_t>(entity)].booked_minor_units;
  for (int64_t& sample : samples) sample += booked;
  std::sort(samples.begin(), samples.end());
  return samples;
}

}  // namespace quotacast::simulation
