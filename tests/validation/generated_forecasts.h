// Whether forecasts of generated companies are calibrated and better than the baselines: each
// company is back-tested over its last periods by the code that `quotacast backtest` runs.
#ifndef QUOTACAST_TESTS_VALIDATION_GENERATED_FORECASTS_H_
#define QUOTACAST_TESTS_VALIDATION_GENERATED_FORECASTS_H_

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "tests/validation/interval_tally.h"

namespace quotacast::validation {

struct GeneratedForecastsOptions {
  int company_count = 40;
  uint64_t seed = 1;
  int threads = 2;
  std::function<void(int done, int total)> progress = [](int, int) {};
};

// Scores of one level summed over companies.
struct LevelScore {
  double crps = 0;                                  // Of forecasts that have the baseline ...
  double baseline_crps = 0;                         // ... and the baseline's.
  std::map<int, std::array<double, 2>> of_company;  // The two, by company.
  // 1 - crps / baseline_crps, and its standard error over companies.
  double Skill() const;
  double SkillError() const;
};

struct GeneratedForecasts {
  // By level ("organisation", "team", "rep"): where outcomes lay in the forecasts.
  IntervalTally outcomes;
  // By level and baseline: "organisation over B1". Each company weighs alike: its scores are in
  // shares of what it booked.
  std::map<std::string, LevelScore> skills;
  int64_t refused_count = 0;  // Replays without a forecast.
};

absl::StatusOr<GeneratedForecasts> ScoreGeneratedForecasts(
    const GeneratedForecastsOptions& options);

}  // namespace quotacast::validation

#endif  // QUOTACAST_TESTS_VALIDATION_GENERATED_FORECASTS_H_
