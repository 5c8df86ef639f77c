// Hashes of the inputs of a plan. Internal to the engine.
#ifndef QUOTACAST_SIMULATOR_ENGINE_PLAN_KEYS_H_
#define QUOTACAST_SIMULATOR_ENGINE_PLAN_KEYS_H_

#include <cstdint>

#include "simulator/engine/engine.h"
#include "simulator/engine/step_grid.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {

// Of (model, seed, trials, steps): what two plans must share for their trials to be pairs. The
// model counts by its draws' hash, so a plan for another fit is another key.
uint64_t TrialKey(const PipelineModel& model, const EngineOptions& options,
                  const TrialLayout& layout, const StepGrid& grid);

// Of all inputs. Independent of the order of open deals, leads and customers and of the scenario's
// name.
uint64_t PlanKey(uint64_t trial_key, const PipelineState& state, const Scenario& scenario,
                 const EngineOptions& options);

// The same without quotas, of which bookings do not depend.
uint64_t BookingsKey(uint64_t trial_key, const PipelineState& state, const Scenario& scenario,
                     const EngineOptions& options);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_ENGINE_PLAN_KEYS_H_
