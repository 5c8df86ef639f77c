// Quotas as a scenario leaves them.
#ifndef QUOTACAST_SIMULATOR_MODEL_QUOTAS_H_
#define QUOTACAST_SIMULATOR_MODEL_QUOTAS_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "simulator/model/model.h"

namespace quotacast::simulator {

// Quotas of reps in state order, then of hires in scenario order, per state period.
using PersonQuotas = std::vector<std::vector<std::optional<int64_t>>>;

// The quotas of state and hires after the scenario's changes, one after the other. A factor rounds
// to whole minor units, goes no higher than kMaxQuotaMinorUnits and leaves those without a quota
// alone.
PersonQuotas QuotasOf(const PipelineState& state, const Scenario& scenario);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_MODEL_QUOTAS_H_
