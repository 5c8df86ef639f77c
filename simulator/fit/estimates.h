// The fitted parameters in words and figures people can check: what the history says, how surely,
// on how many observations.
#ifndef QUOTACAST_SIMULATOR_FIT_ESTIMATES_H_
#define QUOTACAST_SIMULATOR_FIT_ESTIMATES_H_

#include <vector>

#include "simulator/fit/estimate.h"  // IWYU pragma: export
#include "simulator/model/model.h"

namespace quotacast::simulator {

// Of all parameters, by kind, reps last. `model` is one the fit made.
std::vector<ParameterEstimate> EstimatesOf(const PipelineModel& model,
                                           const std::vector<int>& team_of_rep,
                                           const EstimateCounts& counts);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_FIT_ESTIMATES_H_
