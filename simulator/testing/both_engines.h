// A company through both engines, and how near they must be.
#ifndef QUOTACAST_SIMULATOR_TESTING_BOTH_ENGINES_H_
#define QUOTACAST_SIMULATOR_TESTING_BOTH_ENGINES_H_

#include <cstdint>
#include <vector>

#include "simulator/engine/partial.h"
#include "simulator/exact/exact.h"
#include "simulator/model/model.h"
#include "simulator/stats/exact_moments.h"
#include "simulator/testing/companies.h"

namespace quotacast::simulator::testing {

struct BothEngines {
  PlanShape shape;
  Partial partial;
  ExactForecast exact;
  double trials = 0;

  const ExactLine& Line(int entity, int period) const {
    // People only when the exact engine was not asked for sums.
    const std::vector<ExactLine>& lines = exact.periods[period].lines;
    return lines[lines.size() - shape.entities.size() + entity];
  }
  const ExactMoments& Moments(int series) const { return partial.moments[series]; }
  // Of an entity at the end of a period, with one draw: without what was booked before.
  const ExactMoments& Moments(int entity, int period) const {
    return Moments(shape.EntitySeries(entity, shape.mark_of_period[period]));
  }
  std::vector<int64_t> Samples(int entity, int period) const {
    return GatherSamples(shape, partial, shape.EntitySeries(entity, shape.mark_of_period[period]));
  }
  // Share of trials in which the entity attains.
  double AttainShare(int entity, int period) const;
};

// On two threads; fails the test when an engine refuses. With `sums` off the exact engine gives
// people only.
BothEngines RunBoth(const Company& company, const Scenario& scenario, int period_count,
                    int64_t trials, bool sums, uint64_t seed);

// No market, team or rep spread in any draw.
void SwitchFactorsOff(Company& company);

// Judges the cells (person, period) of one draw without shared factors together: z-scores of
// P(attain) and of the mean with a root mean square within `slack` of 1 and no magnitude of 4.6.
// The root mean square of n cells has a standard error of 1 / sqrt(2 n).
void ExpectPeopleAgree(const BothEngines& run, double slack = 0.07);

}  // namespace quotacast::simulator::testing

#endif  // QUOTACAST_SIMULATOR_TESTING_BOTH_ENGINES_H_
