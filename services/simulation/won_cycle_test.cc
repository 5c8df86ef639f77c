// Goal: the share of wins inside a number of days is the exact one.
// Method: one-stage models whose answer is a closed form: with a constant exit rate r the days in
// the stage are geometric, so the share won before day n is 1 - exp(-r (n - 1)) without entry-day
// exits; a deal that always leaves on the day of entry is won on day 0.

#include "services/simulation/won_cycle.h"

#include <cmath>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace quotacast::simulation {
namespace {

simulator::PipelineModel Model(int stages, double rate, double entry_day_share, double advance) {
  simulator::PipelineModel model;
  model.segments = {"all"};
  model.reps = {"ann"};
  simulator::ParameterDraw draw;
  draw.creation_rate_per_day = {0.5};
  for (int s = 0; s < stages; ++s) {
    model.stages.push_back("s" + std::to_string(s));
    simulator::StageCell cell;
    cell.entry_day_exit_share = entry_day_share;
    cell.first_week_exit_share = entry_day_share;
    cell.entry_advance_probability = advance;
    cell.ages = {{rate, advance}, {rate, advance}};
    draw.cells.push_back(cell);
  }
  model.age_bin_edges_days = {14};
  model.draws = {draw, draw};
  return model;
}

TEST(WonCycle, OneStageIsGeometric) {
  for (const double advance : {0.3, 1.0}) {
    EXPECT_NEAR(WonWithinShare(Model(1, 0.05, 0, advance), 28), 1 - std::exp(-0.05 * 27), 1e-9);
  }
}

TEST(WonCycle, EntryDayExitsCountAtOnce) {
  EXPECT_NEAR(WonWithinShare(Model(3, 0.05, 1, 0.5), 1), 1, 1e-12);
  EXPECT_NEAR(WonWithinShare(Model(1, 0.05, 0.4, 0.5), 1), 0.4, 1e-9);
}

TEST(WonCycle, TwoStagesAreANegativeBinomial) {
  // Days in both stages: sum of two geometrics of q = 1 - exp(-r); both over by day 27.
  const double q = -std::expm1(-0.1);
  double expected = 0;
  for (int n = 2; n <= 27; ++n) expected += (n - 1) * q * q * std::pow(1 - q, n - 2);
  EXPECT_NEAR(WonWithinShare(Model(2, 0.1, 0, 0.7), 28), expected, 1e-9);
}

// One stage that is started anew by the share r of its exits: with q = 1 - exp(-rate) and no exits
// on the day of entry, whoever goes back on a day enters on the next and may leave on the day after
// that. First exits fall on day 1, 2, ...: f(n) = q (1-q)^(n-1); the wins' days satisfy
// w(n) = (1-r) p f(n) + r sum_m f(m) w(n - m - 1), ever won (1-r) p / (1 - r).
TEST(WonCycle, ADealMayStartAStageAnew) {
  const double r = 0.25, p = 0.6, q = -std::expm1(-0.1);
  simulator::PipelineModel model = Model(1, 0.1, 0, p);
  for (simulator::ParameterDraw& draw : model.draws) {
    for (simulator::AgeCell& age : draw.cells[0].ages) age.regress_probability = r;
    draw.cells[0].regress_destinations = {1};
  }
  std::vector<double> wins(28, 0.0);
  double within = 0;
  for (int n = 1; n < 28; ++n) {
    wins[n] = (1 - r) * p * q * std::pow(1 - q, n - 1);
    for (int m = 1; m + 1 < n; ++m) wins[n] += r * q * std::pow(1 - q, m - 1) * wins[n - m - 1];
    within += wins[n];
  }
  EXPECT_NEAR(WonWithinShare(model, 28), within / p, 1e-9);
}

// Two segments whose deals differ in speed, the second's all from leads, of which .3 become
// opportunities: weights .5 and 2 * .3.
TEST(WonCycle, SegmentsThatLiveOnLeadsCount) {
  simulator::PipelineModel model = Model(1, 0.05, 0, 0.5);
  const simulator::PipelineModel fast = Model(1, 0.2, 0, 0.5), leads = Model(1, 0.1, 0, 0.3);
  model.segments = {"a", "b"};
  for (simulator::ParameterDraw& draw : model.draws) {
    draw.cells.push_back(fast.draws[0].cells[0]);
    draw.creation_rate_per_day = {0.5, 0};
    draw.lead_cells = {leads.draws[0].cells[0], leads.draws[0].cells[0]};
    draw.lead_rate_per_day = {0, 2};
  }
  const double slow_share = 1 - std::exp(-0.05 * 27), fast_share = 1 - std::exp(-0.2 * 27);
  EXPECT_NEAR(WonWithinShare(model, 28), (0.5 * slow_share + 0.6 * fast_share) / 1.1, 1e-9);
}

TEST(WonCycle, NothingWonIsZero) { EXPECT_EQ(WonWithinShare(Model(1, 0.05, 0, 0), 28), 0); }

}  // namespace
}  // namespace quotacast::simulation
