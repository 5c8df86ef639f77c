#include "simulator/engine/deal_path.h"

#include <algorithm>
#include <cstddef>
#include <limits>

namespace quotacast::simulator {
namespace {

// Copies step `w` of a list that is empty where all its steps are `plain`.
void CopyOptional(const std::vector<double>& from, size_t w, size_t steps, double plain,
                  std::vector<double>& to) {
  if (!from.empty() && to.empty()) to.assign(steps, plain);
  if (!to.empty()) to[w] = from.empty() ? plain : from[w];
}

// Copies step `w` of `from` to `to`, which grows the lists it lacks.
void CopyStep(const LeverPath& from, size_t w, LeverPath& to) {
  const size_t steps = to.win_shift.size();
  to.win_shift[w] = from.win_shift[w];
  to.cycle_factor[w] = from.cycle_factor[w];
  to.creation_factor[w] = from.creation_factor[w];
  to.lead_speed_factor[w] = from.lead_speed_factor[w];
  CopyOptional(from.size_factor, w, steps, 1, to.size_factor);
  CopyOptional(from.lead_volume_factor, w, steps, 1, to.lead_volume_factor);
  CopyOptional(from.lead_work_shift, w, steps, 0, to.lead_work_shift);
  CopyOptional(from.churn_log_factor, w, steps, 0, to.churn_log_factor);
  if (!from.stage_win_shift.empty() && to.stage_win_shift.empty()) {
    to.stage_win_shift.assign(from.stage_win_shift.size(), 0);
  }
  for (size_t at = w; at < to.stage_win_shift.size(); at += steps) {
    to.stage_win_shift[at] = from.stage_win_shift.empty() ? 0 : from.stage_win_shift[at];
  }
}

// Days on which nothing happens to the deals.
std::vector<DayRange> IdleDays(const std::vector<PersonLevers>& people, const DealLevers& deal) {
  constexpr int kForever = std::numeric_limits<int>::max();
  std::vector<DayRange> idle;
  int owner = deal.person;
  int from = 0;
  const auto add_absences = [&](int until) {
    for (const DayRange& away : people[owner].absences) {
      const DayRange clipped = {std::max(away.begin, from), std::min(away.end, until)};
      if (clipped.begin < clipped.end) idle.push_back(clipped);
    }
  };
  for (const Handover& handover : deal.handovers) {
    add_absences(handover.day);
    if (handover.receiver == -1) {
      idle.push_back({handover.day, kForever});
      return idle;
    }
    idle.push_back({handover.day, handover.works_day});
    owner = handover.receiver;
    from = handover.day;
  }
  add_absences(kForever);
  return idle;
}

}  // namespace

int FirstStepFrom(int day, const StepGrid& grid) {
  const auto first = std::partition_point(grid.steps.begin(), grid.steps.end(),
                                          [day](const Step& step) { return step.begin_day < day; });
  return static_cast<int>(first - grid.steps.begin());
}

LeverPath DealPath(const LeverCalendar& calendar, const std::vector<PersonLevers>& people,
                   const DealLevers& deal, int segment, const LeverDraw& draw,
                   const StepGrid& grid) {
  LeverPath path = calendar.PathFor(people[deal.person], segment, draw);
  double inherited = deal.reassignment == -1 ? 0 : draw.reassignment_win[deal.reassignment];
  if (deal.reassignment != -1) {
    for (double& shift : path.win_shift) shift += inherited;
  }
  for (const Handover& handover : deal.handovers) {
    if (handover.receiver == -1) break;
    inherited += handover.departure == kAtRandom ? draw.attrition_win
                                                 : draw.departure_win[handover.departure];
    const LeverPath next = calendar.PathFor(people[handover.receiver], segment, draw);
    for (size_t w = FirstStepFrom(handover.day, grid); w < grid.steps.size(); ++w) {
      CopyStep(next, w, path);
      path.win_shift[w] += inherited;
    }
  }
  const std::vector<DayRange> idle = IdleDays(people, deal);
  if (idle.empty()) return path;
  for (size_t w = 0; w < grid.steps.size(); ++w) {
    const Step& step = grid.steps[w];
    const double working =
        static_cast<double>(DaysOutside(idle, step.begin_day, step.end_day)) / step.length_days();
    path.cycle_factor[w] *= working;
    path.lead_speed_factor[w] *= working;
  }
  return path;
}

}  // namespace quotacast::simulator
