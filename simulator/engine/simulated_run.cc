#include "simulator/engine/simulated_run.h"

#include "gtest/gtest.h"
#include "simulator/engine/engine.h"

namespace quotacast::simulator::testing {
namespace {

constexpr uint64_t kSeed = 8'128;

std::vector<int64_t> SamplesOf(const SimulatedRun& run, int entity, int period) {
  return GatherSamples(run.shape, run.partial,
                       run.shape.EntitySeries(entity, run.shape.mark_of_period[period]));
}

}  // namespace

std::vector<int64_t> SimulatedRun::Samples(int rep, int period) const {
  return SamplesOf(*this, 1 + shape.team_count + rep, period);
}

std::vector<int64_t> SimulatedRun::Team(int team, int period) const {
  return SamplesOf(*this, 1 + team, period);
}

std::vector<int64_t> SimulatedRun::Org(int period) const { return SamplesOf(*this, 0, period); }

SimulatedRun Simulate(const Company& company, const Scenario& scenario, int64_t trials) {
  EngineOptions options;
  options.trials = trials;
  options.seed = kSeed;
  options.period_count = static_cast<int>(company.state.periods.size());
  const auto plan = Compile(company.model, company.state, scenario, options, nullptr);
  EXPECT_TRUE(plan.ok()) << plan.status();
  if (!plan.ok()) return {};
  const auto partial = (*plan)->SimulateRange(0, (*plan)->layout().trials, nullptr);
  EXPECT_TRUE(partial.ok()) << partial.status();
  return {(*plan)->shape(), *partial};
}

}  // namespace quotacast::simulator::testing
