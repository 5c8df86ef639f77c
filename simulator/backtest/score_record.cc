#include "simulator/backtest/score_record.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/errors.h"
#include "base/status_macros.h"

namespace quotacast::simulator {
namespace {

// The standard normal quantile of 0.975.
constexpr double kNormalQuantile975 = 1.959963984540054;

using Forecasts = std::vector<const ScoredForecast*>;  // In the order of their keys.

absl::Status CheckScores(const std::string& path, const ForecastScores& scores) {
  const auto check = [&path](std::string_view field, double value) {
    if (std::isfinite(value)) return absl::OkStatus();
    return InvalidField(path + std::string(field), absl::StrCat(value, " is not a finite number"));
  };
  QC_RETURN_IF_ERROR(check("crps", scores.crps));
  for (const double loss : scores.pinball) QC_RETURN_IF_ERROR(check("pinball", loss));
  QC_RETURN_IF_ERROR(check("mean_error", scores.mean_error));
  QC_RETURN_IF_ERROR(check("median_error", scores.median_error));
  if (scores.brier.has_value()) QC_RETURN_IF_ERROR(check("brier", *scores.brier));
  // Written so that NaN fails.
  if (!(scores.pit.low >= 0 && scores.pit.low < scores.pit.high && scores.pit.high <= 1)) {
    return InvalidField(path + "pit", absl::StrCat(scores.pit.low, " to ", scores.pit.high,
                                                   " is not a range within 0 to 1"));
  }
  return absl::OkStatus();
}

absl::Status CheckWeek(std::string_view field, int week) {
  if (week >= 1 && week <= kMaxWeekOfPeriod) return absl::OkStatus();
  return InvalidField(field, absl::StrCat(week, " is not within 1 to ", kMaxWeekOfPeriod));
}

double MeanOf(const Forecasts& forecasts,
              const std::function<double(const ScoredForecast&)>& value) {
  double sum = 0;
  for (const ScoredForecast* forecast : forecasts) sum += value(*forecast);
  return sum / static_cast<double>(forecasts.size());
}

// Sums per period, in the order of their names.
std::vector<ClusterSums> ByPeriod(const Forecasts& forecasts,
                                  const std::function<ClusterSums(const ScoredForecast&)>& parts) {
  std::map<std::string_view, ClusterSums> periods;
  for (const ScoredForecast* forecast : forecasts) {
    const ClusterSums added = parts(*forecast);
    ClusterSums& sums = periods[forecast->key.period];
    sums.numerator += added.numerator;
    sums.denominator += added.denominator;
  }
  std::vector<ClusterSums> clusters;
  clusters.reserve(periods.size());
  for (const auto& [period, sums] : periods) clusters.push_back(sums);
  return clusters;
}

CoverageSummary SummarizeCoverage(const Forecasts& forecasts, size_t interval,
                                  const BootstrapOptions& options) {
  CoverageSummary summary;
  summary.level = kCoverageLevels[interval];
  const auto clusters = ByPeriod(forecasts, [interval](const ScoredForecast& forecast) {
    return ClusterSums{forecast.model.covered[interval] ? 1.0 : 0.0, 1};
  });
  for (const ScoredForecast* forecast : forecasts) {
    if (forecast->model.covered[interval]) ++summary.covered_count;
  }
  const int64_t count = static_cast<int64_t>(forecasts.size());
  summary.covered_share = static_cast<double>(summary.covered_count) / static_cast<double>(count);
  summary.wilson = WilsonInterval(summary.covered_count, count, kNormalQuantile975);
  if (summary.covered_count > 0 && summary.covered_count < count) {
    summary.clustered = BootstrapRatio(clusters, options).interval;
  }
  return summary;
}

SkillSummary SummarizeSkill(const Forecasts& all, size_t baseline,
                            const BootstrapOptions& options) {
  SkillSummary summary;
  summary.baseline = static_cast<Baseline>(baseline);
  Forecasts forecasts;
  for (const ScoredForecast* forecast : all) {
    if (forecast->baselines[baseline].has_value()) forecasts.push_back(forecast);
  }
  const auto clusters = ByPeriod(forecasts, [baseline](const ScoredForecast& forecast) {
    return ClusterSums{forecast.model.crps, forecast.baselines[baseline]->crps};
  });
  summary.forecast_count = static_cast<int64_t>(forecasts.size());
  summary.period_count = static_cast<int64_t>(clusters.size());
  ClusterSums total;
  for (const ClusterSums& sums : clusters) {
    total.numerator += sums.numerator;
    total.denominator += sums.denominator;
  }
  if (forecasts.empty()) {
    summary.undefined_reason = "no forecast has this baseline";
  } else if (total.denominator <= 0) {
    // The fair score may fall a little below 0.
    summary.undefined_reason = "the baseline's CRPS is 0 or below";
  } else {
    summary.skill = 1 - total.numerator / total.denominator;
  }
  if (!summary.skill.has_value()) {
    summary.interval_undefined_reason = summary.undefined_reason;
    return summary;
  }
  const RatioBootstrap bootstrap = BootstrapRatio(clusters, options);
  if (bootstrap.interval.has_value()) {
    summary.interval = {1 - bootstrap.interval->high, 1 - bootstrap.interval->low};
  } else if (clusters.size() < 2) {
    summary.interval_undefined_reason = "one period only";
  } else {
    summary.interval_undefined_reason =
        absl::StrCat("the baseline's CRPS is 0 or below in ", bootstrap.undefined_resample_count,
                     " of ", options.resample_count, " resamples");
  }
  return summary;
}

std::array<double, kPitBinCount> PitCounts(const Forecasts& forecasts) {
  std::array<double, kPitBinCount> counts = {};
  const double bins = static_cast<double>(kPitBinCount);
  for (const ScoredForecast* forecast : forecasts) {
    const PitRange& pit = forecast->model.pit;
    for (size_t bin = 0; bin < kPitBinCount; ++bin) {
      const double from = std::max(pit.low, static_cast<double>(bin) / bins);
      const double to = std::min(pit.high, static_cast<double>(bin + 1) / bins);
      if (to > from) counts[bin] += (to - from) / (pit.high - pit.low);
    }
  }
  return counts;
}

void SummarizeWape(const Forecasts& forecasts, LevelSummary& summary) {
  double errors = 0, outcomes = 0;
  for (const ScoredForecast* forecast : forecasts) {
    errors += std::abs(forecast->model.median_error);
    outcomes += std::abs(static_cast<double>(forecast->outcome_minor_units));
  }
  if (outcomes == 0) {
    summary.wape_undefined_reason = "all outcomes are 0";
  } else {
    summary.wape = errors / outcomes;
  }
}

void SummarizeBrier(const Forecasts& all, LevelSummary& summary) {
  Forecasts forecasts;
  for (const ScoredForecast* forecast : all) {
    if (forecast->model.brier.has_value()) forecasts.push_back(forecast);
  }
  summary.brier_count = static_cast<int64_t>(forecasts.size());
  if (forecasts.empty()) {
    summary.brier_undefined_reason = "no forecast has a quota";
  } else {
    summary.mean_brier =
        MeanOf(forecasts, [](const ScoredForecast& forecast) { return *forecast.model.brier; });
  }
}

int64_t PeriodCount(const Forecasts& forecasts) {
  int64_t count = 0;
  const std::string* previous = nullptr;
  // Keys of one level are in the order of their periods.
  for (const ScoredForecast* forecast : forecasts) {
    if (previous == nullptr || *previous != forecast->key.period) ++count;
    previous = &forecast->key.period;
  }
  return count;
}

LevelSummary SummarizeLevel(const Forecasts& forecasts, const BootstrapOptions& options) {
  LevelSummary summary;
  summary.level = forecasts.front()->key.level;
  summary.forecast_count = static_cast<int64_t>(forecasts.size());
  summary.period_count = PeriodCount(forecasts);
  summary.directional = summary.period_count < kMinConclusivePeriods;
  summary.mean_crps = MeanOf(forecasts, [](const ScoredForecast& f) { return f.model.crps; });
  for (size_t i = 0; i < kPinballProbabilities.size(); ++i) {
    summary.mean_pinball[i] =
        MeanOf(forecasts, [i](const ScoredForecast& f) { return f.model.pinball[i]; });
  }
  for (size_t i = 0; i < kCoverageLevels.size(); ++i) {
    summary.coverage[i] = SummarizeCoverage(forecasts, i, options);
  }
  summary.pit_counts = PitCounts(forecasts);
  summary.bias_minor_units =
      MeanOf(forecasts, [](const ScoredForecast& f) { return f.model.mean_error; });
  SummarizeWape(forecasts, summary);
  SummarizeBrier(forecasts, summary);
  for (size_t i = 0; i < kBaselineCount; ++i) {
    summary.skills[i] = SummarizeSkill(forecasts, i, options);
  }
  return summary;
}

}  // namespace

absl::Status ScoreRecord::Add(ScoredForecast forecast) {
  const ForecastKey& key = forecast.key;
  if (key.period.empty()) return InvalidField("key.period", "is empty");
  QC_RETURN_IF_ERROR(CheckWeek("key.week_of_period", key.week_of_period));
  if (key.entity_id.empty()) return InvalidField("key.entity_id", "is empty");
  if (std::abs(static_cast<double>(forecast.outcome_minor_units)) >
      static_cast<double>(kMaxScoredMinorUnits)) {
    return InvalidField("outcome_minor_units",
                        absl::StrCat(forecast.outcome_minor_units, " is beyond ",
                                     kMaxScoredMinorUnits, " minor units either way"));
  }
  QC_RETURN_IF_ERROR(CheckScores("model.", forecast.model));
  for (size_t i = 0; i < kBaselineCount; ++i) {
    if (!forecast.baselines[i].has_value()) continue;
    QC_RETURN_IF_ERROR(CheckScores(absl::StrCat("baselines[", i, "]."), *forecast.baselines[i]));
  }
  if (forecasts_.contains(key)) {
    return InvalidField("key", absl::StrCat("period ", key.period, ", week ", key.week_of_period,
                                            ", entity ", key.entity_id, " is scored already"));
  }
  if (forecast_count() >= kMaxScoredForecasts) {
    return InvalidField("forecasts", absl::StrCat("at most ", kMaxScoredForecasts));
  }
  ForecastKey own = key;
  forecasts_.emplace(std::move(own), std::move(forecast));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<LevelSummary>> ScoreRecord::Summarize(
    const SummaryOptions& options) const {
  QC_RETURN_IF_ERROR(ValidateBootstrapOptions(options.bootstrap));
  if (options.week_of_period.has_value()) {
    QC_RETURN_IF_ERROR(CheckWeek("week_of_period", *options.week_of_period));
  }
  std::map<ForecastLevel, Forecasts> levels;
  for (const auto& [key, forecast] : forecasts_) {
    if (options.week_of_period.has_value() && key.week_of_period != *options.week_of_period) {
      continue;
    }
    levels[key.level].push_back(&forecast);
  }
  std::vector<LevelSummary> summaries;
  summaries.reserve(levels.size());
  for (const auto& [level, forecasts] : levels) {
    summaries.push_back(SummarizeLevel(forecasts, options.bootstrap));
  }
  return summaries;
}

}  // namespace quotacast::simulator
