#include "simulator/engine/step_grid.h"

#include <set>

namespace quotacast::simulator {

StepGrid BuildStepGrid(absl::CivilDay as_of, const std::vector<FiscalPeriod>& periods,
                       int step_days, const std::vector<absl::CivilDay>& cut_days) {
  const absl::CivilDay origin = as_of + 1;
  const int horizon = static_cast<int>(periods.back().end - origin);
  std::set<int> ends, mark_ends;
  for (int day = step_days; day < horizon; day += step_days) ends.insert(day);
  for (const FiscalPeriod& period : periods) {
    mark_ends.insert(static_cast<int>(period.end - origin));
  }
  for (const absl::CivilDay cut : cut_days) mark_ends.insert(static_cast<int>(cut - origin) + 1);
  ends.insert(mark_ends.begin(), mark_ends.end());

  StepGrid grid;
  int begin = 0;
  int period = 0;
  grid.first_step_of_period.push_back(0);
  for (const int end : ends) {
    const int step = grid.step_count();
    grid.steps.push_back({begin, end, period, grid.mark_count()});
    if (mark_ends.contains(end)) {
      const bool ends_period = end == static_cast<int>(periods[period].end - origin);
      grid.marks.push_back({step, period, ends_period});
      if (ends_period) {
        grid.last_step_of_period.push_back(step);
        grid.mark_of_period.push_back(grid.mark_count() - 1);
        ++period;
        if (end < horizon) grid.first_step_of_period.push_back(step + 1);
      }
    }
    begin = end;
  }
  return grid;
}

}  // namespace quotacast::simulator
