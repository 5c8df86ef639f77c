// A company simulated over all its periods, for tests of scenarios.
#ifndef QUOTACAST_SIMULATOR_ENGINE_SIMULATED_RUN_H_
#define QUOTACAST_SIMULATOR_ENGINE_SIMULATED_RUN_H_

#include <cstdint>
#include <vector>

#include "simulator/engine/partial.h"
#include "simulator/model/model.h"
#include "simulator/testing/companies.h"

namespace quotacast::simulator::testing {

struct SimulatedRun {
  PlanShape shape;
  Partial partial;

  // Won in a period, by trial.
  std::vector<int64_t> Samples(int rep, int period) const;  // Hires count on after the reps.
  std::vector<int64_t> Team(int team, int period) const;
  std::vector<int64_t> Org(int period) const;
};

// One seed for all, so that two runs are pairs. Fails the test when the engine refuses.
SimulatedRun Simulate(const Company& company, const Scenario& scenario, int64_t trials = 20'000);

}  // namespace quotacast::simulator::testing

#endif  // QUOTACAST_SIMULATOR_ENGINE_SIMULATED_RUN_H_
