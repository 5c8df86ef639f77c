// When a person creates opportunities: first and last day, absences, ramp.
#ifndef QUOTACAST_SIMULATOR_ENGINE_TENURE_H_
#define QUOTACAST_SIMULATOR_ENGINE_TENURE_H_

#include <compare>
#include <optional>
#include <vector>

#include "simulator/engine/levers.h"
#include "simulator/engine/step_grid.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {

// Days count from the first simulated day.
struct Tenure {
  std::optional<double> start_day;  // Absent: fully ramped.
  std::optional<int> end_day;       // First day without the person.
  double ramp_weeks = 0;            // 0: the draw's, or kDefaultRampWeeks.
  int hire = -1;                    // Whose lead time and quality count; -1: a rep.
  std::vector<DayRange> absences;
  auto operator<=>(const Tenure&) const = default;
};

// The same tenure without what changes nothing: a start so long ago that every draw's ramp is over,
// an end or absences past the horizon. Equal needs then share tables.
Tenure Canonical(Tenure tenure, const PipelineModel& model, const StepGrid& grid);

// Days of full productivity per step, before creation effects: the days present times the ramp at
// the step's midpoint. The ramp rises linearly from 0 to 1 over `ramp_weeks` > 0, `ramp_factor`
// (per step; empty: 1) times as fast; absences do not stop it.
std::vector<double> ProductiveDays(const Tenure& tenure, double ramp_weeks,
                                   const std::vector<double>& ramp_factor, const StepGrid& grid);

// Share of full productivity in each step, in [0, 1], under one draw: what ProductiveDays ramps by.
std::vector<double> RampShares(const Tenure& tenure, const ParameterDraw& parameters,
                               const LeverDraw& levers, const std::vector<double>& ramp_factor,
                               const StepGrid& grid);

// Opportunities created per step and unit of creation rate, under one draw.
std::vector<double> CreatedPerStep(const Tenure& tenure, const ParameterDraw& parameters,
                                   const LeverDraw& levers, const LeverPath& path,
                                   const StepGrid& grid);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_ENGINE_TENURE_H_
