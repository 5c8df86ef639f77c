// Goal: the recursion equals a plain day-by-day reading of the model. Method: an independent,
// slow recursion over (stage, age, step) as it is written in docs/model.md; products of hazards by
// hand around a change of effects; an absorbing chain solved as a matrix where deals go back.
#include "simulator/engine/segment_flow.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "absl/time/civil_time.h"
#include "base/fiscal_calendar.h"
#include "gtest/gtest.h"
#include "simulator/engine/levers.h"
#include "simulator/engine/step_calendar.h"
#include "simulator/engine/step_grid.h"
#include "simulator/engine/win_thresholds.h"
#include "simulator/model/model.h"
#include "simulator/testing/closed_forms.h"
#include "simulator/testing/companies.h"

namespace quotacast::simulator {
namespace {

const absl::CivilDay kAsOf(2017, 10, 17);
const std::vector<int> kEdges = testing::AgingEdges();

StepGrid Grid() {
  return BuildStepGrid(kAsOf,
                       {{"a", absl::CivilDay(2017, 10, 1), absl::CivilDay(2017, 11, 11)},
                        {"b", absl::CivilDay(2017, 11, 11), absl::CivilDay(2017, 12, 20)}},
                       7, {absl::CivilDay(2017, 10, 27)});
}

LeverPath Path(int steps) {
  LeverPath path;
  for (int w = 0; w < steps; ++w) {
    path.win_shift.push_back(0.03 * w);
    path.cycle_factor.push_back(1 + 0.05 * w);
    path.creation_factor.push_back(1);
  }
  return path;
}

// V(s, a, w) of the model, for the win falling in step j; `entered` when the stage is entered in
// step w.
struct Reading {
  const std::vector<StageCell>& stages;
  const StepGrid& grid;
  const LeverPath& path;
  double x;
  CalendarFactors calendar = {};

  double Advance(double probability, int w) const {
    double low = -12, high = 12;
    for (int i = 0; i < 100; ++i) {
      const double middle = (low + high) / 2;
      (0.5 * std::erfc(-middle / std::sqrt(2.0)) < probability ? low : high) = middle;
    }
    return 0.5 * std::erfc(-(low + x + path.win_shift[w]) / std::sqrt(2.0));
  }

  // Shares of what a hazard of 1 - exp(-H) does: the factor on H, the share of exits that
  // advances, the share that goes back.
  struct Exit {
    double factor, advances, back;
  };
  Exit ExitOf(size_t s, double probability, double back, int w) const {
    const double p = Advance(probability, w);
    const bool tilted = !calendar.win.empty();
    const double kw = tilted && s + 1 == stages.size() ? calendar.win[w] : 1;
    const double kl = tilted ? calendar.loss[w] : 1;
    const double factor = back + (1 - back) * (p * kw + (1 - p) * kl);
    return {factor, (1 - back) * p * kw / factor, back / factor};
  }

  double Returned(size_t s, int w, int j) const {
    double value = 0;
    for (size_t d = 0; d < stages[s].regress_destinations.size() && w <= j; ++d) {
      value += stages[s].regress_destinations[d] * Entered(d, w, j);
    }
    return value;
  }

  double Next(size_t s, int w, int j) const {
    if (s + 1 == stages.size()) return w == j ? 1 : 0;
    return Entered(s + 1, w, j);
  }

  double Entered(size_t s, int w, int j) const {
    const StageCell& cell = stages[s];
    const int length = grid.steps[w].length_days();
    const double slope = (cell.first_week_exit_share - cell.entry_day_exit_share) / 6;
    const double plain = cell.entry_day_exit_share + slope * (length - 1);
    const Exit exit = ExitOf(s, cell.entry_advance_probability, cell.entry_regress_probability, w);
    const double h = 1 - std::pow(1 - plain, path.cycle_factor[w] * exit.factor);
    double value = h * (exit.advances * Next(s, w, j) + exit.back * Returned(s, w + 1, j));
    for (int age = 1; age <= length && w < j; ++age) {
      value += (1 - h) / length * Aged(s, age, w + 1, j);
    }
    return value;
  }

  double Aged(size_t s, int age, int w, int j) const {
    if (w > j) return 0;
    const AgeCell& cell = stages[s].ages[age < kEdges[0] ? 0 : age < kEdges[1] ? 1 : 2];
    const int length = grid.steps[w].length_days();
    const Exit exit = ExitOf(s, cell.advance_probability, cell.regress_probability, w);
    const double h =
        1 - std::exp(-cell.exit_rate_per_day * length * path.cycle_factor[w] * exit.factor);
    return h * (exit.advances * Next(s, w, j) + exit.back * Returned(s, w + 1, j)) +
           (1 - h) * Aged(s, age + length, w + 1, j);
  }
};

TEST(SegmentFlowTest, MatchesTheRecursionReadLiterally) {
  const std::vector<StageCell> stages = testing::AgingStages();
  // Six steps are enough to pass every rule, and the literal reading is exponential in them.
  StepGrid grid = Grid();
  grid.steps.resize(6);
  const LeverPath path = Path(6);
  const WinThresholds thresholds = RescaleThresholds(stages.data(), 3, kEdges, 0, 7);
  const std::vector<double> nodes = {-0.3, 0, 0.4};
  const SegmentFlow flow(stages.data(), 3, kEdges, thresholds, grid, path, {}, nodes);
  std::vector<double> cumulative;
  for (const int stage : {0, 1, 2}) {
    for (const int age : {0, 5, 28, 200}) {
      flow.OpenDealWins(stage, age, &cumulative);
      for (size_t i = 0; i < nodes.size(); ++i) {
        const Reading reading = {stages, grid, path, nodes[i]};
        double sum = 0;
        for (int j = 0; j < 6; ++j) {
          sum += reading.Aged(stage, age, 0, j);
          ASSERT_NEAR(cumulative[j * nodes.size() + i], sum, 1e-13) << stage << " " << age;
        }
      }
    }
  }
  // New pipeline, created in steps 0 and 3; sums start again with the period.
  flow.NewDealWins({2, 0, 0, 5, 0, 0}, grid, &cumulative);
  for (size_t i = 0; i < nodes.size(); ++i) {
    const Reading reading = {stages, grid, path, nodes[i]};
    double sum = 0;
    for (int j = 0; j < 6; ++j) {
      if (j > 0 && grid.steps[j].period != grid.steps[j - 1].period) sum = 0;
      sum += 2 * reading.Entered(0, 0, j) + (j >= 3 ? 5 * reading.Entered(0, 3, j) : 0);
      ASSERT_NEAR(cumulative[j * nodes.size() + i], sum, 1e-13);
    }
  }
}

// Deals that go back and a calendar, apart and together.
TEST(SegmentFlowTest, LoopsAndTheCalendarReadLiterally) {
  StepGrid grid = Grid();
  grid.steps.resize(5);
  const LeverPath path = Path(5);
  CalendarFactors busy_ends;
  busy_ends.win = {1, 1, 0.8, 1.3, 2};
  busy_ends.loss = {1, 1, 0.7, 1, 3};
  for (const bool loops : {false, true}) {
    std::vector<StageCell> stages = testing::AgingStages();
    if (loops) {
      stages[1].entry_regress_probability = 0.1;
      stages[1].ages[0].regress_probability = 0.3;
      stages[1].regress_destinations = {0.4, 0.6};
      stages[2].ages[0].regress_probability = 0.2;
      stages[2].ages[1].regress_probability = 0.1;
      stages[2].regress_destinations = {0.1, 0.7, 0.2};
    }
    const WinThresholds thresholds = RescaleThresholds(stages.data(), 3, kEdges, 0, 7);
    for (const bool tilted : {false, true}) {
      const CalendarFactors calendar = tilted ? busy_ends : CalendarFactors();
      const std::vector<double> nodes = {-0.3, 0.4};
      const SegmentFlow flow(stages.data(), 3, kEdges, thresholds, grid, path, calendar, nodes);
      std::vector<double> open[3], fresh;
      for (int s = 0; s < 3; ++s) flow.OpenDealWins(s, 5, &open[s]);
      flow.NewDealWins({2, 0, 5, 0, 0}, grid, &fresh);
      for (size_t i = 0; i < nodes.size(); ++i) {
        const Reading reading = {stages, grid, path, nodes[i], calendar};
        double sums[3] = {0, 0, 0}, created = 0;
        for (int j = 0; j < 5; ++j) {
          for (int s = 0; s < 3; ++s) {
            sums[s] += reading.Aged(s, 5, 0, j);
            ASSERT_NEAR(open[s][j * nodes.size() + i], sums[s], 1e-13) << s << loops << tilted;
          }
          if (j > 0 && grid.steps[j].period != grid.steps[j - 1].period) created = 0;
          created += 2 * reading.Entered(0, 0, j) + (j >= 2 ? 5 * reading.Entered(0, 2, j) : 0);
          ASSERT_NEAR(fresh[j * nodes.size() + i], created, 1e-13) << loops << tilted;
        }
      }
    }
  }
}

// O3 with ways back: geometric stays make the stage at a step's start a Markov chain.
TEST(SegmentFlowTest, AChainWithWaysBackIsAMatrix) {
  const double h = 0.3, p = 0.7;
  const std::vector<double> back = {0, 0.15, 0.4};
  const std::vector<std::vector<double>> to = {{1}, {0.8, 0.2}, {0.3, 0.5, 0.2}};
  std::vector<StageCell> stages(3);
  for (int s = 0; s < 3; ++s) {
    stages[s].first_week_exit_share = h;
    stages[s].entry_advance_probability = p;
    stages[s].entry_regress_probability = back[s];
    stages[s].ages = {{-std::log(1 - h) / 7, p, back[s]}};
    stages[s].regress_destinations = to[s];
  }
  const int steps = 30;
  const StepGrid grid = BuildStepGrid(kAsOf, {{"p", kAsOf + 1, kAsOf + 1 + 7 * steps}}, 7, {});
  LeverPath path = Path(steps);
  path.win_shift.assign(steps, 0);
  path.cycle_factor.assign(steps, 1);
  const WinThresholds thresholds = RescaleThresholds(stages.data(), 3, {}, 0, 7);
  const SegmentFlow flow(stages.data(), 3, {}, thresholds, grid, path, {}, {0.0});
  for (int s = 0; s < 3; ++s) {
    std::vector<double> cumulative;
    flow.OpenDealWins(s, 4, &cumulative);
    for (int j = 0; j < steps; ++j) {
      EXPECT_NEAR(cumulative[j], testing::ReturningChainWins(h, p, back, to, j + 1)[s], 1e-13);
    }
    // Going back is no loss: more are won than pass straight through.
    if (s == 2) {
      EXPECT_GT(cumulative[steps - 1], (1 - back[2]) * p * 1.05);
    }
  }
}

// A change of pace and of win rate at step 4, one stage: the win probability by the end of step j
// is a sum of products of hazards before and after the change.
TEST(SegmentFlowTest, AStepChangeIsAProductOfHazards) {
  StageCell cell;
  cell.ages = {{0.03, 0.4}};
  const StepGrid grid = BuildStepGrid(kAsOf, {{"p", kAsOf + 1, kAsOf + 1 + 70}}, 7, {});
  LeverPath path = Path(10);
  for (int w = 0; w < 10; ++w) {
    path.win_shift[w] = w < 4 ? 0 : 0.25;
    path.cycle_factor[w] = w < 4 ? 1 : 1.5;
  }
  const WinThresholds thresholds = RescaleThresholds(&cell, 1, {}, 0, 7);
  const SegmentFlow flow(&cell, 1, {}, thresholds, grid, path, {}, {0.0});
  std::vector<double> cumulative;
  flow.OpenDealWins(0, 3, &cumulative);
  const double before = std::exp(-0.03 * 7);
  const double after = std::exp(-0.03 * 7 * 1.5);
  const double p_after = 0.5 * std::erfc(-(-0.2533471031357997 + 0.25) / std::sqrt(2.0));
  for (int j = 0; j < 10; ++j) {
    const double early = 0.4 * (1 - std::pow(before, std::min(j + 1, 4)));
    const double late = j < 4 ? 0 : p_after * std::pow(before, 4) * (1 - std::pow(after, j - 3));
    EXPECT_NEAR(cumulative[j], early + late, 1e-13) << j;
  }
}

TEST(SegmentFlowTest, AnEffectThatStartsLaterLeavesEarlierStepsByteIdentical) {
  const std::vector<StageCell> stages = testing::AgingStages();
  const StepGrid grid = Grid();
  const int steps = grid.step_count();
  LeverPath flat = Path(steps);
  flat.win_shift.assign(steps, 0);
  flat.cycle_factor.assign(steps, 1);
  LeverPath late = flat;
  for (int w = 5; w < steps; ++w) {
    late.win_shift[w] = 0.2;
    late.cycle_factor[w] = 1.3;
  }
  const WinThresholds thresholds = RescaleThresholds(stages.data(), 3, kEdges, 0.1, 7);
  const std::vector<double> nodes = {-0.3, 0.1};
  const SegmentFlow a(stages.data(), 3, kEdges, thresholds, grid, flat, {}, nodes);
  const SegmentFlow b(stages.data(), 3, kEdges, thresholds, grid, late, {}, nodes);
  std::vector<double> x, y;
  a.OpenDealWins(0, 4, &x);
  b.OpenDealWins(0, 4, &y);
  for (size_t i = 0; i < 5 * nodes.size(); ++i) EXPECT_EQ(x[i], y[i]);
  for (size_t i = 5 * nodes.size(); i < x.size(); ++i) EXPECT_LT(x[i], y[i]);
}

}  // namespace
}  // namespace quotacast::simulator
