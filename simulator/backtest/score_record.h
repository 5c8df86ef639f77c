// A back-test's book: every forecast of the past with its scores, and what they come to per level.
//
//   ScoreRecord record;
//   for (...) QC_RETURN_IF_ERROR(record.Add({{level, "2025Q3", week, rep_id}, outcome, scores}));
//   QC_ASSIGN_OR_RETURN(std::vector<LevelSummary> levels, record.Summarize({}));
//
// Formulas and what the intervals mean: docs/validation.md. Not thread-safe. Errors are
// INVALID_ARGUMENT (INVALID_FIELD) and name the field.
#ifndef QUOTACAST_SIMULATOR_BACKTEST_SCORE_RECORD_H_
#define QUOTACAST_SIMULATOR_BACKTEST_SCORE_RECORD_H_

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "simulator/backtest/clustered_bootstrap.h"
#include "simulator/backtest/scores.h"
#include "simulator/stats/wilson_interval.h"

namespace quotacast::simulator {

enum class ForecastLevel { kRep, kTeam, kOrg };

// Indexes of baselines.h's forecasts.
enum class Baseline { kWeightedPipeline, kPipelineConversion, kSeasonalNaive };
inline constexpr size_t kBaselineCount = 3;

inline constexpr int64_t kMaxScoredForecasts = 200'000;
inline constexpr int kMaxWeekOfPeriod = 53;
// With fewer, intervals rest on too few periods to say more than the direction.
inline constexpr int64_t kMinConclusivePeriods = 8;
inline constexpr size_t kPitBinCount = 10;

struct ForecastKey {
  ForecastLevel level = ForecastLevel::kOrg;
  std::string period;      // Its name, "2025Q3"; not empty.
  int week_of_period = 1;  // 1 to kMaxWeekOfPeriod.
  std::string entity_id;   // Of the rep, team or organisation; not empty.
  auto operator<=>(const ForecastKey&) const = default;
};

struct ScoredForecast {
  ForecastKey key;
  int64_t outcome_minor_units = 0;
  ForecastScores model;
  // By Baseline; absent where a baseline was undefined.
  std::array<std::optional<ForecastScores>, kBaselineCount> baselines;
};

struct SummaryOptions {
  std::optional<int> week_of_period;  // Only forecasts of that week; all without.
  BootstrapOptions bootstrap;
};

struct CoverageSummary {
  double level = 0;  // What a calibrated forecast covers.
  int64_t covered_count = 0;
  double covered_share = 0;
  // 95 % intervals of the share: as if forecasts were independent, and by periods, which they
  // share.
  ProportionInterval wilson;
  // Clustered is absent with one period, and where none or all are covered: resamples cannot differ
  // then, which is no certainty.
  std::optional<RatioInterval> clustered;
};

struct SkillSummary {
  Baseline baseline = Baseline::kWeightedPipeline;
  int64_t forecast_count = 0;  // Those with that baseline; the skill is of these alone.
  int64_t period_count = 0;
  // 1 - CRPS / CRPS of the baseline: 1 is perfect, 0 no better, below 0 worse.
  std::optional<double> skill;
  std::string undefined_reason;  // Set exactly when skill is absent.
  std::optional<RatioInterval> interval;
  std::string interval_undefined_reason;  // Set exactly when interval is absent.
};

// Amounts in minor units, means over the forecasts.
struct LevelSummary {
  ForecastLevel level = ForecastLevel::kOrg;
  int64_t forecast_count = 0;  // At least 1.
  int64_t period_count = 0;
  bool directional = true;  // Fewer than kMinConclusivePeriods periods.
  double mean_crps = 0;
  std::array<double, kPinballProbabilities.size()> mean_pinball = {};
  std::array<CoverageSummary, kCoverageLevels.size()> coverage = {};
  // Forecasts per tenth of [0, 1]; one whose rank is shared counts in parts (Czado, Gneiting and
  // Held, Biometrics 65, 2009). Sums to forecast_count; flat when calibrated.
  std::array<double, kPitBinCount> pit_counts = {};
  double bias_minor_units = 0;  // Mean forecast less outcome.
  // sum |median - outcome| / sum |outcome|.
  std::optional<double> wape;
  std::string wape_undefined_reason;
  std::optional<double> mean_brier;
  std::string brier_undefined_reason;
  int64_t brier_count = 0;  // Forecasts with a quota.
  std::array<SkillSummary, kBaselineCount> skills = {};
};

class ScoreRecord {
 public:
  // Refuses a key twice, one forecast more than kMaxScoredForecasts, scores that are not numbers.
  absl::Status Add(ScoredForecast forecast);

  int64_t forecast_count() const { return static_cast<int64_t>(forecasts_.size()); }

  // Levels with forecasts, reps first. The same forecasts and options give the same bytes, whatever
  // the order of Add.
  absl::StatusOr<std::vector<LevelSummary>> Summarize(const SummaryOptions& options) const;

 private:
  std::map<ForecastKey, ScoredForecast> forecasts_;
};

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_BACKTEST_SCORE_RECORD_H_
