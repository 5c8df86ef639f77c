// What fitted cells amount to in the long run: shares and times of a stage and of a pipeline.
#ifndef QUOTACAST_SIMULATOR_FIT_OUTLOOK_H_
#define QUOTACAST_SIMULATOR_FIT_OUTLOOK_H_

#include <cstddef>
#include <vector>

#include "simulator/model/model.h"

namespace quotacast::simulator {

// What a cell amounts to, walking 7-day steps from a mean entry day in the middle of a step.
struct CellOutlook {
  double advanced = 0;   // Share of all that enter that advances within three years ...
  double went_back = 0;  // ... and that goes back.
  double advance = 0;    // Share that advances, of those that leave within three years and do not
                         // go back.
  double regress = 0;    // Share that goes back, of those that leave.
  double median_weeks = 0;  // Until half have left; three years when they have not by then.
  // Until half of those that advance have; 0 when none does.
  double median_weeks_to_advance = 0;
};
CellOutlook OutlookOf(const StageCell& cell, const std::vector<int>& age_bin_edges_days);

// Chance that a deal entering the first stage is won, with three years for each stage: deals that
// stay for ever are not.
double WinProbability(const ParameterDraw& draw, size_t segment, const PipelineModel& model);

// After so long a deal that is neither won nor lost counts as one that never closes.
inline constexpr int kNeverClosingWeeks = 104;

// Share of the deals entering the first stage that are neither won nor lost kNeverClosingWeeks
// later. Complexity: stages x weeks^2.
double NeverClosingShare(const ParameterDraw& draw, size_t segment, const PipelineModel& model);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_FIT_OUTLOOK_H_
