// What the calendar does to the steps of a grid: the fiscal period's parts, which act on wins and
// losses, and the months, which act on creation.
#ifndef QUOTACAST_SIMULATOR_ENGINE_STEP_CALENDAR_H_
#define QUOTACAST_SIMULATOR_ENGINE_STEP_CALENDAR_H_

#include <array>
#include <vector>

#include "absl/time/civil_time.h"
#include "base/fiscal_calendar.h"
#include "simulator/engine/step_grid.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {

inline constexpr int kMonths = 12;

// Shares of a step's days; each array sums to 1.
struct StepShares {
  std::array<double, kPeriodParts> parts{};
  std::array<double, kMonths> months{};  // January first.
};

// By step. `periods` are those of the grid; their first may have begun before the as-of date.
std::vector<StepShares> SharesOfSteps(absl::CivilDay as_of,
                                      const std::vector<FiscalPeriod>& periods,
                                      const StepGrid& grid);

// Factors by step under one draw. A vector is empty when all its factors are 1.
struct CalendarFactors {
  // On the rates of wins (out of the last stage) and of losses (out of any). Rates add up over the
  // days of a step, so these are means of factors, not of their logarithms.
  std::vector<double> win;  // Empty together with `loss`.
  std::vector<double> loss;
  std::vector<double> creation;
};
CalendarFactors CalendarFactorsOf(const ParameterDraw& draw, const std::vector<StepShares>& steps);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_ENGINE_STEP_CALENDAR_H_
