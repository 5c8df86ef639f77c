// How one deal moves, step by step: rates and shares of leaving a stage, for those who follow deals
// one by one. The rules are those of SegmentFlow, which follows all at once.
#ifndef QUOTACAST_SIMULATOR_ENGINE_DEAL_COURSE_H_
#define QUOTACAST_SIMULATOR_ENGINE_DEAL_COURSE_H_

#include <limits>
#include <vector>

#include "simulator/engine/levers.h"
#include "simulator/engine/step_calendar.h"
#include "simulator/engine/win_thresholds.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {

// Where those go that leave a stage; the rest is lost.
struct ExitOutcome {
  double advance = 0;
  double back = 0;
};

// Deals of one (segment, draw, lever path). Slots are those of WinThresholds: 0 is the step of
// entry, 1 + b age bin b. Immutable and thread-safe.
class DealCourse {
 public:
  // `stages` points to the segment's `stage_count` cells, which must outlive the course; nothing
  // else is referred to afterwards.
  DealCourse(const StageCell* stages, int stage_count, const std::vector<int>& age_bin_edges_days,
             const WinThresholds& thresholds, const LeverPath& path,
             const CalendarFactors& calendar);

  int stage_count() const { return stage_count_; }

  // The slot of a deal aged `age_days` at the start of a step.
  int SlotOf(int age_days) const;

  // The age at which a deal leaves `slot`, which is above 0; kNever in the last one.
  static constexpr int kNever = std::numeric_limits<int>::max();
  int AgeAfter(int slot) const {
    return slot <= static_cast<int>(edges_.size()) ? edges_[slot - 1] : kNever;
  }

  // Hazard per day under the levers and the calendar of `step`. In the step of entry, of
  // `length_days` in 1..7 of which `days_left` > 0 were left at entry, it is such that over all of
  // these the share leaves that SegmentFlow lets leave, however many they are; infinite where all
  // leave at once. Both count in slot 0 only.
  double ExitRate(int stage, int slot, int step, double shift, int length_days,
                  double days_left) const;

  ExitOutcome OutcomeOf(int stage, int slot, int step, double shift) const;

  // Whether anything happens to the deals in `step`.
  bool Works(int step) const { return path_.cycle_factor[step] > 0; }

  // False of a deal so old that it never leaves the stage.
  bool MayLeave(int stage, int slot) const {
    return slot <= static_cast<int>(edges_.size()) ||
           stages_[stage].ages.back().exit_rate_per_day > 0;
  }

  // Where a deal that goes back from `stage` enters; u in (0, 1).
  int DestinationFrom(int stage, double u) const;

 private:
  // Rates of going back, advancing and being lost relative to the hazard; their sum is what the
  // calendar makes of it.
  struct Rates {
    double back = 0;
    double up = 0;
    double down = 0;
  };
  Rates RatesOf(int stage, int slot, int step, double shift) const;

  const StageCell* stages_;
  int stage_count_;
  std::vector<int> edges_;
  WinThresholds thresholds_;
  LeverPath path_;
  CalendarFactors calendar_;
  // -ln(1 - share that leaves in the step of entry), [stage * kLongestStep + days - 1].
  std::vector<double> entry_exposure_;
};

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_ENGINE_DEAL_COURSE_H_
