#include "simulator/backtest/scores.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/errors.h"
#include "base/status_macros.h"
#include "simulator/stats/crps.h"
#include "simulator/stats/quantiles.h"

namespace quotacast::simulator {
namespace {

absl::Status CheckAmount(std::string_view field, int64_t amount) {
  if (amount >= -kMaxScoredMinorUnits && amount <= kMaxScoredMinorUnits) return absl::OkStatus();
  return InvalidField(
      field, absl::StrCat(amount, " is beyond ", kMaxScoredMinorUnits, " minor units either way"));
}

absl::Status CheckProbability(std::string_view field, double probability) {
  // Written so that NaN fails.
  if (probability >= 0 && probability <= 1) return absl::OkStatus();
  return InvalidField(field, absl::StrCat(probability, " is not a probability: 0 to 1"));
}

absl::Status CheckFinite(std::string_view field, double value) {
  if (std::isfinite(value)) return absl::OkStatus();
  return InvalidField(field, absl::StrCat(value, " is not a finite number"));
}

absl::Status CheckSamples(const std::vector<int64_t>& samples) {
  if (samples.empty()) return InvalidField("samples", "is empty: at least one sample is needed");
  if (static_cast<int64_t>(samples.size()) > kMaxScoredSamples) {
    return InvalidField("samples",
                        absl::StrCat(samples.size(), " samples: at most ", kMaxScoredSamples));
  }
  for (size_t i = 1; i < samples.size(); ++i) {
    if (samples[i] < samples[i - 1]) {
      return InvalidField(
          absl::StrCat("samples[", i, "]"),
          absl::StrCat(samples[i], " follows ", samples[i - 1], ": samples must ascend"));
    }
  }
  // Ascending: the ends bound the rest.
  QC_RETURN_IF_ERROR(CheckAmount("samples[0]", samples.front()));
  return CheckAmount(absl::StrCat("samples[", samples.size() - 1, "]"), samples.back());
}

// Of ascending samples: an amount that occurred, as everywhere in the product.
int64_t SampleQuantile(const std::vector<int64_t>& samples, double probability) {
  return samples[static_cast<size_t>(
      QuantileRank(probability, static_cast<int64_t>(samples.size())))];
}

double MeanError(const std::vector<int64_t>& samples, int64_t outcome) {
  double sum = 0;
  // About the outcome, so that large amounts do not cancel.
  for (const int64_t sample : samples) sum += static_cast<double>(sample - outcome);
  return sum / static_cast<double>(samples.size());
}

double ShareReaching(const std::vector<int64_t>& samples, int64_t quota) {
  const auto reached = samples.end() - std::lower_bound(samples.begin(), samples.end(), quota);
  return static_cast<double>(reached) / static_cast<double>(samples.size());
}

double Pinball(double quantile, double outcome, double probability) {
  return outcome >= quantile ? probability * (outcome - quantile)
                             : (1 - probability) * (quantile - outcome);
}

double Brier(double probability, bool happened) {
  const double error = probability - (happened ? 1 : 0);
  return error * error;
}

}  // namespace

absl::StatusOr<ForecastScores> ScoreForecast(const ForecastToScore& forecast,
                                             int64_t outcome_minor_units) {
  const std::vector<int64_t>& samples = forecast.samples;
  QC_RETURN_IF_ERROR(CheckSamples(samples));
  QC_RETURN_IF_ERROR(CheckAmount("outcome_minor_units", outcome_minor_units));
  if (forecast.quota_minor_units.has_value()) {
    QC_RETURN_IF_ERROR(CheckAmount("quota_minor_units", *forecast.quota_minor_units));
  }
  if (forecast.hit_probability.has_value()) {
    QC_RETURN_IF_ERROR(CheckProbability("hit_probability", *forecast.hit_probability));
    if (!forecast.quota_minor_units.has_value()) {
      return InvalidField("hit_probability", "is given without quota_minor_units to hit");
    }
  }

  ForecastScores scores;
  std::vector<int64_t> sorted = samples;  // FairCrps sorts in place.
  scores.crps = FairCrps(sorted, outcome_minor_units);
  for (size_t i = 0; i < kPinballProbabilities.size(); ++i) {
    const double probability = kPinballProbabilities[i];
    // In differences, for the same reason as the mean error.
    const int64_t error = SampleQuantile(samples, probability) - outcome_minor_units;
    scores.pinball[i] = Pinball(static_cast<double>(error), 0, probability);
  }
  for (size_t i = 0; i < kCoverageLevels.size(); ++i) {
    const int64_t low = SampleQuantile(samples, (1 - kCoverageLevels[i]) / 2);
    const int64_t high = SampleQuantile(samples, (1 + kCoverageLevels[i]) / 2);
    scores.covered[i] = low <= outcome_minor_units && outcome_minor_units <= high;
  }
  scores.pit = PitOf(samples, outcome_minor_units);
  scores.mean_error = MeanError(samples, outcome_minor_units);
  scores.median_error = static_cast<double>(SampleQuantile(samples, 0.5) - outcome_minor_units);
  if (forecast.quota_minor_units.has_value()) {
    const int64_t quota = *forecast.quota_minor_units;
    scores.brier = Brier(forecast.hit_probability.value_or(ShareReaching(samples, quota)),
                         outcome_minor_units >= quota);
  }
  return scores;
}

absl::StatusOr<double> PinballLoss(double quantile, double outcome, double probability) {
  QC_RETURN_IF_ERROR(CheckFinite("quantile", quantile));
  QC_RETURN_IF_ERROR(CheckFinite("outcome", outcome));
  QC_RETURN_IF_ERROR(CheckProbability("probability", probability));
  if (probability == 0 || probability == 1) {
    return InvalidField("probability", absl::StrCat(probability, " is not within (0, 1)"));
  }
  return Pinball(quantile, outcome, probability);
}

absl::StatusOr<double> BrierScore(double probability, bool happened) {
  QC_RETURN_IF_ERROR(CheckProbability("probability", probability));
  return Brier(probability, happened);
}

PitRange PitOf(const std::vector<int64_t>& samples, int64_t outcome) {
  if (samples.empty()) {
    std::fputs("PitOf: no samples\n", stderr);
    std::abort();
  }
  const auto equal = std::equal_range(samples.begin(), samples.end(), outcome);
  const double ranks = static_cast<double>(samples.size() + 1);
  return {static_cast<double>(equal.first - samples.begin()) / ranks,
          static_cast<double>(equal.second - samples.begin() + 1) / ranks};
}

}  // namespace quotacast::simulator
