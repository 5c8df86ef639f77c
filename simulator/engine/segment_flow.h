// The value recursion: when deals of one segment are won, as a function of the common shift.
//
// Given the shift path x + s(w), a deal in stage s aged a leaves in step w with hazard h. Of those
// that leave, the share r goes back and enters an earlier stage, or this one anew, at the start of
// the next step; of the others Phi(z + x + s(w)) advance, entering the next stage in the same step.
// Factors of the calendar multiply the rates of wins and losses, and with them the hazard. Nothing
// is conditioned by dividing through a survival function, so hazards may change at any step.
#ifndef QUOTACAST_SIMULATOR_ENGINE_SEGMENT_FLOW_H_
#define QUOTACAST_SIMULATOR_ENGINE_SEGMENT_FLOW_H_

#include <cstddef>
#include <vector>

#include "simulator/engine/levers.h"
#include "simulator/engine/step_calendar.h"
#include "simulator/engine/step_grid.h"
#include "simulator/engine/win_thresholds.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {

// Tables of one (segment, draw, lever path) at a list of values of x, the nodes. Every output is
// laid out [step][node]. O(stages steps^2 (7 + steps nodes)) to build, 7 nodes instead of 7 where
// hazards follow the calendar; stages that deals go back from count twice. Immutable afterwards.
class SegmentFlow {
 public:
  // Keeps references to nothing. `stages` points to the segment's `stage_count` cells.
  SegmentFlow(const StageCell* stages, int stage_count, const std::vector<int>& age_bin_edges_days,
              const WinThresholds& thresholds, const StepGrid& grid, const LeverPath& path,
              const CalendarFactors& calendar, const std::vector<double>& nodes);

  // P(an open deal is won by the end of step j), for every j. Size step_count * node_count.
  void OpenDealWins(int stage, int age_days, std::vector<double>* cumulative) const;

  // Expected wins in each period up to the end of step j (starting again at every period) from
  // deals created at `created_per_step[w]` per step. Size step_count * node_count.
  void NewDealWins(const std::vector<double>& created_per_step, const StepGrid& grid,
                   std::vector<double>* cumulative) const;

  // P(won by the end of step j) of what enters the first stage in step w with probability
  // `entering[w]`, at most once. Size step_count * node_count.
  void EntryWins(const std::vector<double>& entering, std::vector<double>* cumulative) const;

 private:
  // Wins per step of what enters the first stage, `entering[w]` per step.
  void FindEntryWins(const std::vector<double>& entering, std::vector<double>* wins) const;
  void FindExits(const StageCell* stages, const WinThresholds& thresholds, const LeverPath& path,
                 const CalendarFactors& calendar, const std::vector<double>& nodes);
  void FindWinsAfterEntry(int stage, int w, std::vector<double>* exits);
  void FindReturns(const StageCell& cell, int stage, int w);
  // Adds the wins of deals that leave `stage` in step v, `advances` onwards and `backs` back.
  void FollowExits(int stage, int v, const std::vector<double>& advances,
                   const std::vector<double>& backs, double* wins) const;

  bool GoesBack(int stage) const { return return_slot_[stage] >= 0; }

  size_t WinIndex(int stage, int w, int j) const {
    return ((static_cast<size_t>(stage) * steps_ + w) * steps_ + j) * nodes_;
  }
  // P(won in step j | enters `stage` in step w), at the nodes.
  const double* WinAfterEntry(int stage, int w, int j) const {
    return &wins_[WinIndex(stage, w, j)];
  }
  // The same of a deal that went back from `stage` and enters where it goes in step w.
  const double* WinAfterReturn(int stage, int w, int j) const {
    return &returns_[WinIndex(return_slot_[stage], w, j)];
  }
  // Shares of those that leave. Back at the nodes of rates.
  size_t SlotRow(int stage, int slot, int w) const {
    return (static_cast<size_t>(stage) * slots_ + slot) * steps_ + w;
  }
  const double* Advance(int stage, int slot, int w) const {
    return &advance_[SlotRow(stage, slot, w) * nodes_];
  }
  const double* Back(int stage, int slot, int w) const {
    return &back_[SlotRow(stage, slot, w) * rates_];
  }
  // The share that leaves in step w: of those that enter in it (slot 0), or of those in age bin
  // slot - 1 at its start. At the nodes of rates.
  const double* Exits(int stage, int slot, int w) const {
    return &exit_[SlotRow(stage, slot, w) * rates_];
  }

  int stages_;
  int slots_;
  int steps_;
  int nodes_;
  int rates_;  // Nodes of hazards: 1 where all nodes share them, else nodes_.
  std::vector<int> edges_;
  std::vector<int> lengths_;      // Days of each step.
  std::vector<int> return_slot_;  // By stage, its place in returns_; -1 where nobody goes back.
  std::vector<double> exit_;      // [stage][slot][step][node of rates].
  std::vector<double> advance_;   // [stage][slot][step][node].
  std::vector<double> back_;     // [stage][slot][step][node of rates]; empty when nobody goes back.
  std::vector<double> wins_;     // [stage][entry step][win step][node].
  std::vector<double> returns_;  // [return slot][entry step][win step][node].
};

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_ENGINE_SEGMENT_FLOW_H_
