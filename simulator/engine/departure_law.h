// When a rep leaves at random.
#ifndef QUOTACAST_SIMULATOR_ENGINE_DEPARTURE_LAW_H_
#define QUOTACAST_SIMULATOR_ENGINE_DEPARTURE_LAW_H_

#include <vector>

#include "simulator/engine/step_grid.h"
#include "simulator/engine/tenure.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {

// Steps in which leavers are first missing: every `stride`-th, from the first
// after the start.
struct DepartureSteps {
  std::vector<int> first_steps;  // Ascending, each >= 1.
};

// As many as there are steps, or, over long horizons, at most `most` evenly
// spread; each departure then counts from the next of them on.
DepartureSteps DepartureStepsOf(const StepGrid& grid, int most);

// P(gone from first_steps[e] on or before), by e. In a step of l days at a rate
// of r a year somebody who is there leaves with probability 1 - exp(-r factor l
// / 365.25) and is there to its end. The tenure is that at the step's midpoint;
// who has no start date has the longest. `factors`: on the rate, per step.
std::vector<double> GoneBy(const Attrition& attrition, const ParameterDraw& parameters,
                           const Tenure& tenure, const std::vector<double>& factors,
                           const DepartureSteps& steps, const StepGrid& grid);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_ENGINE_DEPARTURE_LAW_H_
