// The value recursion: when deals of one segment are won, as a function of the common shift.
//
// Given the shift path x + s(w), a deal in stage s aged a leaves in step w with hazard h and then
// advances with probability Phi(z + x + s(w)), entering the next stage in the same step. Nothing is
// conditioned by dividing through a survival function, so hazards may change at any step.
#ifndef QUOTACAST_SIMULATOR_ENGINE_SEGMENT_FLOW_H_
#define QUOTACAST_SIMULATOR_ENGINE_SEGMENT_FLOW_H_

#include <vector>

#include "simulator/engine/levers.h"
#include "simulator/engine/step_grid.h"
#include "simulator/engine/win_thresholds.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {

// Tables of one (segment, draw, lever path) at a list of values of x, the nodes. Every output is
// laid out [step][node]. O(stages steps^2 (7 + steps nodes)) to build. Immutable afterwards.
class SegmentFlow {
 public:
  // Keeps references to nothing. `stages` points to the segment's `stage_count` cells.
  SegmentFlow(const StageCell* stages, int stage_count, const std::vector<int>& age_bin_edges_days,
              const WinThresholds& thresholds, const StepGrid& grid, const LeverPath& path,
              const std::vector<double>& nodes);

  // P(an open deal is won by the end of step j), for every j. Size step_count * node_count.
  void OpenDealWins(int stage, int age_days, std::vector<double>* cumulative) const;

  // Expected wins in each period up to the end of step j (starting again at every period) from
  // deals created at `created_per_step[w]` per step. Size step_count * node_count.
  void NewDealWins(const std::vector<double>& created_per_step, const StepGrid& grid,
                   std::vector<double>* cumulative) const;

 private:
  int BinOf(int age_days) const;
  // P(won in step j | enters `stage` in step w), at the nodes.
  const double* WinAfterEntry(int stage, int w, int j) const {
    return &wins_[((static_cast<size_t>(stage) * steps_ + w) * steps_ + j) * nodes_];
  }
  const double* Advance(int stage, int slot, int w) const {
    return &advance_[((static_cast<size_t>(stage) * slots_ + slot) * steps_ + w) * nodes_];
  }
  double Hazard(int stage, int bin, int w) const {
    return hazard_[(static_cast<size_t>(stage) * (slots_ - 1) + bin) * steps_ + w];
  }

  int stages_;
  int slots_;
  int steps_;
  int nodes_;
  std::vector<int> edges_;
  std::vector<int> lengths_;     // Days of each step.
  std::vector<double> hazard_;   // [stage][bin][step].
  std::vector<double> advance_;  // [stage][slot][step][node].
  std::vector<double> wins_;     // [stage][entry step][win step][node].
};

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_ENGINE_SEGMENT_FLOW_H_
