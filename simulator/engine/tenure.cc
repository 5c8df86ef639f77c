#include "simulator/engine/tenure.h"

#include <algorithm>
#include <cstddef>

#include "simulator/engine/deterministic_math.h"

namespace quotacast::simulator {
namespace {

constexpr double kDaysPerWeek = 7;

double RampWeeks(const Tenure& tenure, const ParameterDraw& parameters) {
  if (tenure.ramp_weeks > 0) return tenure.ramp_weeks;
  return parameters.ramp_weeks > 0 ? parameters.ramp_weeks : kDefaultRampWeeks;
}

}  // namespace

Tenure Canonical(Tenure tenure, const PipelineModel& model, const StepGrid& grid) {
  const int horizon = grid.steps.back().end_day;
  if (tenure.end_day.has_value() && *tenure.end_day >= horizon) tenure.end_day.reset();
  tenure.absences.erase(
      std::remove_if(tenure.absences.begin(), tenure.absences.end(),
                     [horizon](const DayRange& range) { return range.begin >= horizon; }),
      tenure.absences.end());
  double longest = 0;
  for (const ParameterDraw& draw : model.draws) {
    longest = std::max(longest, RampWeeks(tenure, draw));
  }
  const bool is_over = tenure.start_day.has_value() && -*tenure.start_day >= kDaysPerWeek * longest;
  if (is_over && tenure.hire == -1) {
    tenure.start_day.reset();
    tenure.ramp_weeks = 0;
  }
  return tenure;
}

std::vector<double> ProductiveDays(const Tenure& tenure, double ramp_weeks,
                                   const std::vector<double>& ramp_factor, const StepGrid& grid) {
  std::vector<double> days;
  days.reserve(grid.steps.size());
  double gained = 0;  // Days of ramp beyond the calendar's, by the start of the step.
  for (size_t w = 0; w < grid.steps.size(); ++w) {
    const Step& step = grid.steps[w];
    const int last = tenure.end_day.has_value()
                         ? std::clamp(*tenure.end_day, step.begin_day, step.end_day)
                         : step.end_day;
    double productive = DaysOutside(tenure.absences, step.begin_day, last);
    if (tenure.start_day.has_value()) {
      const double start = *tenure.start_day;
      const double faster = ramp_factor.empty() ? 0 : ramp_factor[w] - 1;
      const double middle = step.midpoint_day();
      const double ramped =
          (middle - start) + gained +
          faster * std::max(0.0, middle - std::max<double>(step.begin_day, start));
      gained += faster * std::max(0.0, step.end_day - std::max<double>(step.begin_day, start));
      productive *= std::clamp(ramped / (kDaysPerWeek * ramp_weeks), 0.0, 1.0);
    }
    days.push_back(productive);
  }
  return days;
}

std::vector<double> RampShares(const Tenure& tenure, const ParameterDraw& parameters,
                               const LeverDraw& levers, const std::vector<double>& ramp_factor,
                               const StepGrid& grid) {
  Tenure always_there = tenure;
  always_there.end_day.reset();
  always_there.absences.clear();
  if (tenure.hire >= 0) *always_there.start_day += levers.hire_lead_days[tenure.hire];
  std::vector<double> shares =
      ProductiveDays(always_there, RampWeeks(always_there, parameters), ramp_factor, grid);
  for (size_t w = 0; w < shares.size(); ++w) shares[w] /= grid.steps[w].length_days();
  return shares;
}

std::vector<double> CreatedPerStep(const Tenure& tenure, const ParameterDraw& parameters,
                                   const LeverDraw& levers, const LeverPath& path,
                                   const StepGrid& grid) {
  Tenure own = tenure;
  double quality = 1;
  if (tenure.hire >= 0) {
    *own.start_day += levers.hire_lead_days[tenure.hire];
    quality = Exp(levers.hire_quality[tenure.hire]);
  }
  std::vector<double> created =
      ProductiveDays(own, RampWeeks(own, parameters), path.ramp_factor, grid);
  for (size_t w = 0; w < created.size(); ++w) created[w] *= path.creation_factor[w] * quality;
  return created;
}

}  // namespace quotacast::simulator
