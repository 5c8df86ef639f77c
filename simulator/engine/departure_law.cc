#include "simulator/engine/departure_law.h"

#include <algorithm>
#include <cstddef>
#include <limits>

#include "simulator/engine/deterministic_math.h"

namespace quotacast::simulator {
namespace {

constexpr double kDaysPerYear = 365.25;

double RatePerYear(const Attrition& attrition, const ParameterDraw& parameters,
                   double tenure_days) {
  if (attrition.rate_per_year.has_value()) return *attrition.rate_per_year;
  if (parameters.attrition_bands.empty()) return kDefaultAttritionPerYear;
  double rate = parameters.attrition_bands.front().rate_per_year;
  for (const AttritionBand& band : parameters.attrition_bands) {
    if (tenure_days >= band.from_tenure_days) rate = band.rate_per_year;
  }
  return rate;
}

}  // namespace

DepartureSteps DepartureStepsOf(const StepGrid& grid, int most) {
  DepartureSteps steps;
  const int candidates = grid.step_count() - 1;
  const int stride = std::max(1, (candidates + most - 1) / most);
  for (int step = stride; step < grid.step_count(); step += stride) {
    steps.first_steps.push_back(step);
  }
  return steps;
}

std::vector<double> GoneBy(const Attrition& attrition, const ParameterDraw& parameters,
                           const Tenure& tenure, const std::vector<double>& factors,
                           const DepartureSteps& steps, const StepGrid& grid) {
  std::vector<double> gone;
  double hazard = 0;
  size_t next = 0;
  for (size_t w = 0; w < grid.steps.size() && next < steps.first_steps.size(); ++w) {
    if (static_cast<int>(w) == steps.first_steps[next]) {
      gone.push_back(1 - Exp(-hazard));
      ++next;
    }
    const Step& step = grid.steps[w];
    const double tenure_days = tenure.start_day.has_value()
                                   ? step.midpoint_day() - *tenure.start_day
                                   : std::numeric_limits<double>::infinity();
    hazard += RatePerYear(attrition, parameters, tenure_days) * factors[w] * step.length_days() /
              kDaysPerYear;
  }
  return gone;
}

}  // namespace quotacast::simulator
