// Scores of one forecast against what came: how far it was off, whether its intervals held, and
// whether its chances did.
//
//   ForecastToScore forecast;
//   forecast.samples = organisation_bookings_of_the_trials;  // Sorted.
//   forecast.quota_minor_units = quota;
//   QC_ASSIGN_OR_RETURN(ForecastScores scores, ScoreForecast(forecast, final_bookings));
//
// Formulas and sources: docs/validation.md. Everything here is pure; errors are INVALID_ARGUMENT
// (INVALID_FIELD) and name the field.
#ifndef QUOTACAST_SIMULATOR_BACKTEST_SCORES_H_
#define QUOTACAST_SIMULATOR_BACKTEST_SCORES_H_

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace quotacast::simulator {

// Named limits; one more is refused. Amounts up to 10^15 minor units either way keep differences
// exact in 64 bits and in a double.
inline constexpr int64_t kMaxScoredMinorUnits = 1'000'000'000'000'000;
inline constexpr int64_t kMaxScoredSamples = 1'000'000;

// Levels of the central intervals, and probabilities of the quantiles, that every forecast is
// scored at.
inline constexpr std::array<double, 4> kCoverageLevels = {0.5, 0.8, 0.9, 0.95};
inline constexpr std::array<double, 3> kPinballProbabilities = {0.1, 0.5, 0.9};

// A forecast of an amount, in minor units.
struct ForecastToScore {
  // Ascending, at least one. One alone is a point forecast: its CRPS is its absolute error.
  std::vector<int64_t> samples;
  // With a quota, the chance of bookings >= quota is scored too: `hit_probability`, in [0, 1], or
  // where absent the share of samples that reach the quota.
  std::optional<int64_t> quota_minor_units;
  std::optional<double> hit_probability;
};

// Where the outcome falls in the forecast: its rank among the samples and itself, divided by one
// more than the samples. The outcome shares its rank with the samples equal to it, hence a range,
// 0 <= low < high <= 1. A forecast that knows the law of the outcome puts it anywhere in (0, 1)
// alike.
struct PitRange {
  double low = 0;
  double high = 1;
  // The mid-rank: the value to show for one forecast. Deterministic, so it is not uniform where
  // samples tie (a rep who books nothing in half of the trials); histograms spread the range.
  double Middle() const { return (low + high) / 2; }
};

// Amounts in minor units. Errors are forecast less outcome: positive is a forecast too high.
struct ForecastScores {
  double crps = 0;
  std::array<double, kPinballProbabilities.size()> pinball = {};
  // The outcome is within the central interval, ends included.
  std::array<bool, kCoverageLevels.size()> covered = {};
  PitRange pit;
  double mean_error = 0;
  double median_error = 0;
  // (P(hit) - [hit])^2; absent without a quota.
  std::optional<double> brier;
};

// O(N log N) at most. Fields named in errors: samples, samples[i], quota_minor_units,
// hit_probability, outcome_minor_units.
absl::StatusOr<ForecastScores> ScoreForecast(const ForecastToScore& forecast,
                                             int64_t outcome_minor_units);

// The loss of quoting `quantile` as the quantile of `probability`, in (0, 1): probability times
// what came above it, or (1 - probability) times what came below. Its mean is least for the true
// quantile. Fields named: quantile, outcome, probability; the amounts must be finite.
absl::StatusOr<double> PinballLoss(double quantile, double outcome, double probability);

// (probability - [happened])^2 for a probability in [0, 1]. Field named: probability.
absl::StatusOr<double> BrierScore(double probability, bool happened);

// `samples` ascending, at least one; aborts without any.
PitRange PitOf(const std::vector<int64_t>& samples, int64_t outcome);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_BACKTEST_SCORES_H_
