// Who sells what: people with their deals, their new pipeline and the tables these need. Internal
// to the blueprint.
#ifndef QUOTACAST_SIMULATOR_ENGINE_SELLER_PLANS_H_
#define QUOTACAST_SIMULATOR_ENGINE_SELLER_PLANS_H_

#include "absl/status/status.h"
#include "simulator/engine/blueprint.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {

// Fills in the bases, sellers, flows and everything they refer to. The plan has its model,
// scenario, grid and calendar. INVALID_ARGUMENT (INVALID_FIELD) for a hire into a team of which the
// model knows nothing.
absl::Status PlaceSellers(const PipelineState& state, Blueprint& plan);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_ENGINE_SELLER_PLANS_H_
