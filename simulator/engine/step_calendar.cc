#include "simulator/engine/step_calendar.h"

#include <algorithm>
#include <cstddef>

#include "simulator/engine/deterministic_math.h"
#include "simulator/model/period_part.h"

namespace quotacast::simulator {

std::vector<StepShares> SharesOfSteps(absl::CivilDay as_of,
                                      const std::vector<FiscalPeriod>& periods,
                                      const StepGrid& grid) {
  const absl::CivilDay origin = as_of + 1;
  std::vector<StepShares> steps;
  steps.reserve(grid.steps.size());
  for (const Step& step : grid.steps) {
    const FiscalPeriod& period = periods[step.period];
    const int period_days = static_cast<int>(period.end - period.start);
    std::array<int, kPeriodParts> in_part{};
    std::array<int, kMonths> in_month{};
    for (int d = step.begin_day; d < step.end_day; ++d) {
      const absl::CivilDay day = origin + d;
      ++in_part[PeriodPartOf(static_cast<int>(day - period.start), period_days)];
      ++in_month[day.month() - 1];
    }
    StepShares shares;
    const double days = step.length_days();
    for (size_t i = 0; i < in_part.size(); ++i) shares.parts[i] = in_part[i] / days;
    for (size_t i = 0; i < in_month.size(); ++i) shares.months[i] = in_month[i] / days;
    steps.push_back(shares);
  }
  return steps;
}

CalendarFactors CalendarFactorsOf(const ParameterDraw& draw, const std::vector<StepShares>& steps) {
  CalendarFactors factors;
  const bool tilted = std::any_of(
      draw.period_parts.begin(), draw.period_parts.end(), [](const PeriodPartEffect& effect) {
        return effect.win_log_factor != 0 || effect.loss_log_factor != 0;
      });
  const std::vector<double>& season = draw.creation_season_log_factors;
  const bool seasonal = std::any_of(season.begin(), season.end(), [](double f) { return f != 0; });
  for (const StepShares& step : steps) {
    if (tilted) {
      double win = 0, loss = 0;
      for (size_t i = 0; i < step.parts.size(); ++i) {
        if (step.parts[i] == 0) continue;
        win += step.parts[i] * Exp(draw.period_parts[i].win_log_factor);
        loss += step.parts[i] * Exp(draw.period_parts[i].loss_log_factor);
      }
      factors.win.push_back(win);
      factors.loss.push_back(loss);
    }
    if (seasonal) {
      double creation = 0;
      for (size_t m = 0; m < step.months.size(); ++m) {
        if (step.months[m] > 0) creation += step.months[m] * Exp(season[m]);
      }
      factors.creation.push_back(creation);
    }
  }
  return factors;
}

}  // namespace quotacast::simulator
