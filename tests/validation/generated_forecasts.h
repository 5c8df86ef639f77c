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

struct GeneratedForecasts {
  // By level ("organisation", "team", "rep"): where outcomes lay in the forecasts.
  IntervalTally outcomes;
  // By level and baseline ("organisation over B1") and company: CRPS of forecasts that have the
  // baseline, and the baseline's. Each company weighs alike: in shares of what it booked.
  std::map<std::string, std::map<int, std::array<double, 2>>> scores;
  int64_t refused_count = 0;  // Replays without a forecast.
};

absl::StatusOr<GeneratedForecasts> ScoreGeneratedForecasts(
    const GeneratedForecastsOptions& options);

}  // namespace quotacast::validation

#endif  // QUOTACAST_TESTS_VALIDATION_GENERATED_FORECASTS_H_
