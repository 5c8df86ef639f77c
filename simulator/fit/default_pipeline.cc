#include "simulator/fit/default_pipeline.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace quotacast::simulator {
namespace {

constexpr int kTableStages = 5;
constexpr std::array<double, kTableStages> kAdvance = {0.58, 0.66, 0.72, 0.78, 0.88};
// Weeks, times the factor that keeps the won cycle at 14.1 weeks under shape 1.3 in whole steps.
constexpr std::array<double, kTableStages> kScaleWeeks = {2.5, 2.5, 3.5, 2.5, 1.5};
constexpr double kScaleFactor = 1.22;

constexpr int kSimpsonIntervals = 256;  // Even.

double CumulativeHazard(double scale_days, double age_days) {
  return std::pow(age_days / scale_days, kDefaultWeibullShape);
}

// Simpson's rule for the survival beyond `from` of those who reach `from`, over [from, to].
double ConditionalSurvivalIntegral(double scale_days, double from, double to) {
  const double start = CumulativeHazard(scale_days, from);
  const double width = (to - from) / kSimpsonIntervals;
  double sum = 0;
  for (int i = 0; i <= kSimpsonIntervals; ++i) {
    const double weight = (i == 0 || i == kSimpsonIntervals) ? 1 : (i % 2 == 1 ? 4 : 2);
    sum += weight * std::exp(start - CumulativeHazard(scale_days, from + i * width));
  }
  return sum * width / 3;
}

}  // namespace

std::vector<DefaultStage> DefaultStages(int stage_count) {
  std::vector<DefaultStage> stages(stage_count);
  const double width = static_cast<double>(kTableStages) / stage_count;
  for (int i = 0; i < stage_count; ++i) {
    const double from = i * width;
    const double to = (i + 1) * width;
    double log_advance = 0;
    double scale_weeks = 0;
    for (int t = 0; t < kTableStages; ++t) {
      const double overlap = std::min<double>(to, t + 1) - std::max<double>(from, t);
      if (overlap <= 0) continue;
      log_advance += overlap * std::log(kAdvance[t]);
      scale_weeks += overlap * kScaleWeeks[t];
    }
    stages[i].advance_probability = std::exp(log_advance);
    stages[i].scale_days = 7 * kScaleFactor * scale_weeks;
  }
  return stages;
}

double WeibullExitRatePerDay(double scale_days, double from_days, std::optional<double> to_days) {
  double to = 0;
  if (to_days.has_value()) {
    to = *to_days;
  } else {
    // The hazard rises, so that beyond twelve mean residual lives nobody is left. The floor of a
    // hundredth of the scale keeps age 0, where the hazard vanishes, finite.
    const double age = std::max(from_days, 0.01 * scale_days);
    const double hazard =
        kDefaultWeibullShape / scale_days * std::pow(age / scale_days, kDefaultWeibullShape - 1);
    to = from_days + 12 / hazard;
  }
  const double exits =
      -std::expm1(CumulativeHazard(scale_days, from_days) - CumulativeHazard(scale_days, to));
  return exits / ConditionalSurvivalIntegral(scale_days, from_days, to);
}

double WeibullFirstStepExitShare(double scale_days) {
  return 1 - ConditionalSurvivalIntegral(scale_days, 0, 7) / 7;
}

double WeibullEntryDayExitShare(double scale_days) {
  return 1 - ConditionalSurvivalIntegral(scale_days, 0, 1);
}

}  // namespace quotacast::simulator
