// The lines and series of a plan's results. Internal to the blueprint.
#ifndef QUOTACAST_SIMULATOR_ENGINE_PLAN_SHAPE_H_
#define QUOTACAST_SIMULATOR_ENGINE_PLAN_SHAPE_H_

#include "simulator/engine/blueprint.h"
#include "simulator/engine/partial.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {

// The shape of a plan whose sellers are placed, without its keys.
PlanShape ShapeOf(const PipelineState& state, const Blueprint& plan);

// Settles who is paid by which plan, and adds the series that hold it to the plan's shape.
void PlacePayouts(Blueprint& plan);

// Chooses the deals counted as drivers and numbers them by their ids, so that the order of the
// state does not show.
void CountDrivers(const PipelineState& state, Blueprint& plan);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_ENGINE_PLAN_SHAPE_H_
