// What a model has to beat: three forecasts of a period's bookings that need no model. Each is
// computed from plain figures known on the as-of day and gives samples, so the same scores apply
// (scores.h); one sample is a point forecast.
//
// Sources: docs/validation.md. Pure; errors are INVALID_ARGUMENT (INVALID_FIELD) and name the
// field. A lack of history is no error: the forecast is absent and says why.
#ifndef QUOTACAST_SIMULATOR_BACKTEST_BASELINES_H_
#define QUOTACAST_SIMULATOR_BACKTEST_BASELINES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace quotacast::simulator {

// Named limits; one more is refused.
inline constexpr int64_t kMaxBaselineDeals = 1'000'000;
inline constexpr int64_t kMaxBaselinePeriods = 1'000;

struct BaselineForecast {
  std::vector<int64_t> samples;  // Minor units, ascending. Empty exactly when there is a reason.
  std::string undefined_reason;
};

// B0, weighted pipeline: what is booked plus probability times amount over the open deals due in
// the period.
struct WeightedDeal {
  int64_t amount_minor_units = 0;  // >= 0.
  double win_probability = 0;      // That of its stage or forecast category on the as-of day.
};
struct WeightedPipelineInput {
  int64_t booked_minor_units = 0;  // In the period so far; amendments may make it negative.
  std::vector<WeightedDeal> open_deals;
};
// One sample, rounded once. Always defined: no open deals leave what is booked.
absl::StatusOr<BaselineForecast> WeightedPipelineBaseline(const WeightedPipelineInput& input);

// B1, pipeline conversion: what is booked, plus the open pipeline times the share of such pipeline
// that past periods won from the same week on, plus what past periods won after that week from
// pipeline not open and due then: created later, pulled in, pushed in. Of one entity: a rep with
// the rep's own past, a team with the team's.
struct PastPipeline {
  int64_t open_minor_units = 0;           // Open and due in its period at that week, >= 0.
  int64_t won_from_open_minor_units = 0;  // Of that, booked by the end of the period.
  int64_t won_from_new_minor_units = 0;   // Booked after that week from everything else.
};
struct PipelineConversionInput {
  int64_t booked_minor_units = 0;
  int64_t open_minor_units = 0;    // Open and due in the period, >= 0.
  std::vector<PastPipeline> past;  // At the same week of the period; any order.
};
// One sample: conversion = sum won from open / sum open, pooled over the periods, and the mean won
// from new. (The conversion of new pipeline times the mean created is that mean.) Undefined without
// past periods, and when pipeline is open now and none was then.
absl::StatusOr<BaselineForecast> PipelineConversionBaseline(const PipelineConversionInput& input);
// A sample per past period: its own conversion and its own wins from new pipeline, which belong
// together. Periods without open pipeline are left out while some is open now. A harder baseline
// than the point: it states a spread.
absl::StatusOr<BaselineForecast> PipelineConversionEnsemble(const PipelineConversionInput& input);

// B2, seasonal naive: bookings of the same period last year times growth. Ignores the pipeline and
// what is booked.
struct SeasonalNaiveInput {
  // Final bookings of the periods before the one forecast, oldest first, none left out.
  std::vector<int64_t> past_bookings_minor_units;
  int periods_per_year = 4;  // 1 to 53.
};
struct SeasonalNaiveForecast {
  BaselineForecast forecast;
  // The last year's bookings over those of the same periods a year before, as far as the history
  // reaches. Absent, and taken as 1, when it does not or either sum is not positive.
  std::optional<double> growth;
};
// Undefined with less than a year of history.
absl::StatusOr<SeasonalNaiveForecast> SeasonalNaiveBaseline(const SeasonalNaiveInput& input);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_BACKTEST_BASELINES_H_
