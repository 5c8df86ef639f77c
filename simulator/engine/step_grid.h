// The time axis: steps of 7 days (or 1) from the end of the as-of day, cut wherever an exact sum
// is wanted.
#ifndef QUOTACAST_SIMULATOR_ENGINE_STEP_GRID_H_
#define QUOTACAST_SIMULATOR_ENGINE_STEP_GRID_H_

#include <vector>

#include "absl/time/civil_time.h"
#include "base/fiscal_calendar.h"

namespace quotacast::simulator {

// Days are counted from the first simulated day: day 0 is as_of + 1.
struct Step {
  int begin_day = 0;
  int end_day = 0;  // Exclusive; 1 to 7 days after begin_day.
  int period = 0;
  int mark = 0;  // The first mark at or after the step's end.

  int length_days() const { return end_day - begin_day; }
  double midpoint_day() const { return 0.5 * (begin_day + end_day); }
};

// A step end at which every entity's sum from the start of the period is kept.
struct Mark {
  int step = 0;  // The last step inside the sum.
  int period = 0;
  bool ends_period = false;
};

struct StepGrid {
  std::vector<Step> steps;
  std::vector<Mark> marks;  // Ascending by step.
  std::vector<int> first_step_of_period;
  std::vector<int> last_step_of_period;
  std::vector<int> mark_of_period;  // The mark that ends the period.

  int step_count() const { return static_cast<int>(steps.size()); }
  int mark_count() const { return static_cast<int>(marks.size()); }
  int period_count() const { return static_cast<int>(last_step_of_period.size()); }
};

// Steps of `step_days` from as_of + 1 to the end of the last of `periods`, cut at every period end
// and after every day of `cut_days` (inclusive last days inside the horizon). A cut never moves
// the other step ends. `periods` are contiguous and the first contains as_of + 1.
StepGrid BuildStepGrid(absl::CivilDay as_of, const std::vector<FiscalPeriod>& periods,
                       int step_days, const std::vector<absl::CivilDay>& cut_days);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_ENGINE_STEP_GRID_H_
