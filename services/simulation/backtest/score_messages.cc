#include "services/simulation/backtest/score_messages.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/string_views.h"
#include "simulator/backtest/scores.h"

namespace quotacast::simulation {
namespace {

using simulator::CoverageSummary;
using simulator::LevelSummary;
using simulator::SkillSummary;

// Levels shown; 90 % is scored too but says nothing beside 80 and 95.
constexpr double kShownCoverage[] = {0.5, 0.8, 0.95};

constexpr char kNoClusteredInterval[] =
    "the interval counts forecasts as if independent: with one period, and where all or no "
    "outcomes "
    "lie inside, periods cannot be resampled";

const CoverageSummary& CoverageAt(const LevelSummary& summary, double level) {
  for (const CoverageSummary& coverage : summary.coverage) {
    if (std::abs(coverage.level - level) < 1e-9) return coverage;
  }
  return summary.coverage.front();  // All of kCoverageLevels are always there.
}

void SetInterval(double low, double high, v1::ScoreFigure& figure) {
  figure.set_low(low);
  figure.set_high(high);
}

v1::IntervalCoverage CoverageFrom(const CoverageSummary& coverage) {
  v1::IntervalCoverage message;
  message.set_level(coverage.level);
  v1::ScoreFigure& share = *message.mutable_share();
  share.set_value(coverage.covered_share);
  // Periods that happen to agree would claim certainty, and so would forecasts if they were
  // independent: at each end the further one counts.
  double low = coverage.wilson.low;
  double high = coverage.wilson.high;
  if (coverage.clustered.has_value()) {
    low = std::min(low, coverage.clustered->low);
    high = std::max(high, coverage.clustered->high);
  } else {
    share.set_undefined_reason(kNoClusteredInterval);
  }
  SetInterval(low, high, share);
  return message;
}

v1::BaselineSkill SkillFrom(const SkillSummary& skill) {
  v1::BaselineSkill message;
  message.set_baseline(BaselineMessage(skill.baseline));
  message.set_forecast_count(skill.forecast_count);
  message.set_period_count(skill.period_count);
  v1::ScoreFigure& figure = *message.mutable_skill();
  if (skill.skill.has_value()) figure.set_value(*skill.skill);
  if (skill.interval.has_value()) SetInterval(skill.interval->low, skill.interval->high, figure);
  figure.set_undefined_reason(skill.skill.has_value() ? skill.interval_undefined_reason
                                                      : skill.undefined_reason);
  return message;
}

// The baseline that leaves the forecasts least skill; null when no skill is defined.
const SkillSummary* BestBaseline(const LevelSummary& summary) {
  const SkillSummary* best = nullptr;
  for (const SkillSummary& skill : summary.skills) {
    if (!skill.skill.has_value()) continue;
    if (best == nullptr || *skill.skill < *best->skill) best = &skill;
  }
  return best;
}

std::string Counted(int64_t count, std::string_view noun) {
  return absl::StrCat(count, " ", AbslView(noun), count == 1 ? "" : "s");
}

}  // namespace

std::string_view BaselineWords(simulator::Baseline baseline) {
  switch (baseline) {
    case simulator::Baseline::kWeightedPipeline:
      return "weighted pipeline (B0)";
    case simulator::Baseline::kPipelineConversion:
      return "pipeline conversion (B1)";
    case simulator::Baseline::kSeasonalNaive:
      return "seasonal naive (B2)";
  }
  return "";
}

v1::Baseline BaselineMessage(simulator::Baseline baseline) {
  switch (baseline) {
    case simulator::Baseline::kWeightedPipeline:
      return v1::BASELINE_WEIGHTED_PIPELINE;
    case simulator::Baseline::kPipelineConversion:
      return v1::BASELINE_PIPELINE_CONVERSION;
    case simulator::Baseline::kSeasonalNaive:
      return v1::BASELINE_SEASONAL_NAIVE;
  }
  return v1::BASELINE_UNSPECIFIED;
}

v1::Level LevelMessage(simulator::ForecastLevel level) {
  switch (level) {
    case simulator::ForecastLevel::kOrg:
      return v1::LEVEL_ORG;
    case simulator::ForecastLevel::kTeam:
      return v1::LEVEL_TEAM;
    case simulator::ForecastLevel::kRep:
      return v1::LEVEL_REP;
  }
  return v1::LEVEL_UNSPECIFIED;
}

v1::LevelScores LevelScoresFrom(const LevelSummary& summary, int week,
                                const CurrencyUnit& currency) {
  const double per_major = static_cast<double>(currency.minor_per_major());
  v1::LevelScores scores;
  scores.set_level(LevelMessage(summary.level));
  scores.set_week(week);
  scores.set_forecast_count(summary.forecast_count);
  scores.set_period_count(summary.period_count);
  scores.set_directional(summary.directional);
  scores.set_mean_crps(summary.mean_crps / per_major);
  for (size_t i = 0; i < simulator::kPinballProbabilities.size(); ++i) {
    type::v1::Quantile& pinball = *scores.add_mean_pinball();
    pinball.set_probability(simulator::kPinballProbabilities[i]);
    pinball.set_value(summary.mean_pinball[i] / per_major);
  }
  for (const double level : kShownCoverage) {
    *scores.add_coverage() = CoverageFrom(CoverageAt(summary, level));
  }
  for (const double count : summary.pit_counts) scores.add_pit_counts(count);
  scores.set_bias(summary.bias_minor_units / per_major);
  if (summary.wape.has_value()) scores.mutable_wape()->set_value(*summary.wape);
  scores.mutable_wape()->set_undefined_reason(summary.wape_undefined_reason);
  if (summary.mean_brier.has_value()) scores.mutable_brier()->set_value(*summary.mean_brier);
  scores.mutable_brier()->set_undefined_reason(summary.brier_undefined_reason);
  for (const SkillSummary& skill : summary.skills) *scores.add_skills() = SkillFrom(skill);
  return scores;
}

type::v1::TrackRecord TrackRecordFrom(const LevelSummary& organisation) {
  type::v1::TrackRecord record;
  record.set_period_count(static_cast<int32_t>(organisation.period_count));
  record.set_forecast_count(organisation.forecast_count);
  record.set_directional(organisation.directional);
  record.set_coverage_50(CoverageAt(organisation, 0.5).covered_share);
  record.set_coverage_80(CoverageAt(organisation, 0.8).covered_share);
  record.set_coverage_95(CoverageAt(organisation, 0.95).covered_share);
  if (const SkillSummary* best = BestBaseline(organisation); best != nullptr) {
    record.set_skill(*best->skill);
    record.set_baseline(std::string(BaselineWords(best->baseline)));
  }
  return record;
}

std::string BacktestSentence(const LevelSummary& organisation, std::string_view first,
                             std::string_view last) {
  const CoverageSummary& coverage = CoverageAt(organisation, 0.8);
  std::string sentence =
      absl::StrCat(Counted(organisation.forecast_count, "forecast"), " of ",
                   Counted(organisation.period_count, "period"), ", ", AbslView(first),
                   first == last ? std::string() : absl::StrCat(" to ", AbslView(last)),
                   ": what the organisation booked lay inside the 80 % interval ",
                   Counted(coverage.covered_count, "time"), " of ", organisation.forecast_count);
  if (const SkillSummary* best = BestBaseline(organisation); best == nullptr) {
    sentence += "; no baseline is defined.";
  } else {
    const double points = 100 * *best->skill;
    absl::StrAppend(&sentence, "; forecasts were ",
                    points < 0 ? absl::StrFormat("%.0f %% worse than ", -points)
                               : absl::StrFormat("%.0f %% better than ", points),
                    AbslView(BaselineWords(best->baseline)), ", the best baseline.");
  }
  if (organisation.directional) {
    absl::StrAppend(&sentence, " Fewer than ", simulator::kMinConclusivePeriods,
                    " periods: this tells a direction only.");
  }
  return sentence;
}

}  // namespace quotacast::simulation
