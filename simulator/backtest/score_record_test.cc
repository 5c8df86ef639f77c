// Goal: summaries are what they are called. Method: four forecasts by hand, every undefined case,
// bad input by field, limits. calibration_test.cc has what needs generated forecasts.
#include "simulator/backtest/score_record.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/errors.h"
#include "gtest/gtest.h"
#include "simulator/backtest/scores.h"
#include "simulator/stats/wilson_interval.h"

namespace quotacast::simulator {
namespace {

ForecastScores Score(std::vector<int64_t> samples, int64_t outcome,
                     std::optional<int64_t> quota = std::nullopt) {
  std::sort(samples.begin(), samples.end());
  ForecastToScore forecast;
  forecast.samples = std::move(samples);
  forecast.quota_minor_units = quota;
  const auto scores = ScoreForecast(forecast, outcome);
  EXPECT_TRUE(scores.ok()) << scores.status();
  return scores.value_or(ForecastScores{});
}

ScoredForecast Scored(ForecastLevel level, std::string period, int week, std::string entity,
                      int64_t outcome, std::vector<int64_t> samples) {
  ScoredForecast forecast;
  forecast.key = {level, std::move(period), week, std::move(entity)};
  forecast.outcome_minor_units = outcome;
  forecast.model = Score(std::move(samples), outcome);
  return forecast;
}

std::vector<LevelSummary> Summarize(const ScoreRecord& record, const SummaryOptions& options = {}) {
  const auto summaries = record.Summarize(options);
  EXPECT_TRUE(summaries.ok()) << summaries.status();
  return summaries.value_or(std::vector<LevelSummary>{});
}

std::string FieldAtFault(const absl::Status& status) {
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
  const auto detail = GetDetail(status);
  return detail.has_value() && !detail->field_violations.empty() ? detail->field_violations[0].field
                                                                 : "";
}

// Two reps in two periods, forecast in week 1, and the org once in week 5.
std::vector<ScoredForecast> ByHand() {
  std::vector<ScoredForecast> forecasts = {
      Scored(ForecastLevel::kRep, "2025Q1", 1, "ann", 25, {10, 20, 30, 40}),
      Scored(ForecastLevel::kRep, "2025Q1", 1, "bob", 31, {10, 20, 30, 40}),
      Scored(ForecastLevel::kRep, "2025Q2", 1, "ann", 44, {10, 20, 30, 40}),
      Scored(ForecastLevel::kRep, "2025Q2", 1, "bob", 0, {0}),
      Scored(ForecastLevel::kOrg, "2025Q2", 5, "org", 0, {7}),
  };
  const auto b0 = static_cast<size_t>(Baseline::kWeightedPipeline);
  const auto b1 = static_cast<size_t>(Baseline::kPipelineConversion);
  for (size_t i = 0; i < 4; ++i) {
    forecasts[i].baselines[b0] =
        Score({forecasts[i].outcome_minor_units + 20}, forecasts[i].outcome_minor_units);
  }
  // A perfect one, for the first forecast only.
  forecasts[0].baselines[b1] = Score({25}, 25);
  forecasts[0].model.brier = 0.25;
  forecasts[1].model.brier = 0.05;
  return forecasts;
}

TEST(ScoreRecordTest, ByHand) {
  ScoreRecord record;
  for (const ScoredForecast& forecast : ByHand()) ASSERT_TRUE(record.Add(forecast).ok());
  EXPECT_EQ(record.forecast_count(), 5);
  const std::vector<LevelSummary> summaries = Summarize(record);
  ASSERT_EQ(summaries.size(), 2u);

  const LevelSummary& reps = summaries[0];
  EXPECT_EQ(reps.level, ForecastLevel::kRep);
  EXPECT_EQ(reps.forecast_count, 4);
  EXPECT_EQ(reps.period_count, 2);
  EXPECT_TRUE(reps.directional);
  // Mean distances 10, 10.5 and 19, less 100/12 each, and 0.
  const double crps = (10 + 10.5 + 19 - 3 * 100.0 / 12) / 4;
  EXPECT_NEAR(reps.mean_crps, crps, 1e-12);
  // Medians 20, 20, 20, 0 (quantiles 10, 20, 40).
  EXPECT_NEAR(reps.mean_pinball[0], 0.1 * (15 + 21 + 34) / 4, 1e-12);
  EXPECT_NEAR(reps.mean_pinball[1], 0.5 * (5 + 11 + 24) / 4, 1e-12);
  EXPECT_NEAR(reps.mean_pinball[2], (0.1 * 15 + 0.1 * 9 + 0.9 * 4) / 4, 1e-12);
  EXPECT_EQ(reps.coverage[0].level, 0.5);
  EXPECT_EQ(reps.coverage[0].covered_count, 2);
  EXPECT_EQ(reps.coverage[1].covered_count, 3);
  EXPECT_EQ(reps.coverage[1].covered_share, 0.75);
  const ProportionInterval wilson = WilsonInterval(3, 4, 1.959963984540054);
  EXPECT_EQ(reps.coverage[1].wilson.low, wilson.low);
  EXPECT_EQ(reps.coverage[1].wilson.high, wilson.high);
  // Periods cover 2 of 2 and 1 of 2.
  ASSERT_TRUE(reps.coverage[1].clustered.has_value());
  EXPECT_EQ(reps.coverage[1].clustered->low, 0.5);
  EXPECT_EQ(reps.coverage[1].clustered->high, 1);
  // Ranges 0.4-0.6, 0.6-0.8, 0.8-1, and 0-1 of the one that equals its only sample.
  const std::array<double, kPitBinCount> pit = {0.1, 0.1, 0.1, 0.1, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6};
  for (size_t bin = 0; bin < kPitBinCount; ++bin) {
    EXPECT_NEAR(reps.pit_counts[bin], pit[bin], 1e-12) << bin;
  }
  EXPECT_NEAR(reps.bias_minor_units, (0 - 6 - 19 + 0) / 4.0, 1e-12);
  EXPECT_NEAR(reps.wape.value(), (5 + 11 + 24) / 100.0, 1e-12);
  EXPECT_EQ(reps.brier_count, 2);
  EXPECT_NEAR(reps.mean_brier.value(), 0.15, 1e-12);

  // B0 is 20 off everywhere. By periods the model's CRPS over its is (20.5 - 200/12) / 40 and
  // (19 - 100/12) / 40: the ends of the interval.
  EXPECT_EQ(reps.skills[0].baseline, Baseline::kWeightedPipeline);
  EXPECT_EQ(reps.skills[0].forecast_count, 4);
  EXPECT_EQ(reps.skills[0].period_count, 2);
  EXPECT_NEAR(reps.skills[0].skill.value(), 1 - crps / 20, 1e-12);
  ASSERT_TRUE(reps.skills[0].interval.has_value());
  EXPECT_NEAR(reps.skills[0].interval->low, 1 - (19 - 100.0 / 12) / 40, 1e-12);
  EXPECT_NEAR(reps.skills[0].interval->high, 1 - (20.5 - 200.0 / 12) / 40, 1e-12);
  EXPECT_EQ(reps.skills[1].forecast_count, 1);
  EXPECT_FALSE(reps.skills[1].skill.has_value());
  EXPECT_EQ(reps.skills[1].undefined_reason, "the baseline's CRPS is 0 or below");
  EXPECT_FALSE(reps.skills[2].skill.has_value());
  EXPECT_EQ(reps.skills[2].undefined_reason, "no forecast has this baseline");
  EXPECT_EQ(reps.skills[2].interval_undefined_reason, "no forecast has this baseline");

  const LevelSummary& org = summaries[1];
  EXPECT_EQ(org.level, ForecastLevel::kOrg);
  EXPECT_EQ(org.mean_crps, 7);
  EXPECT_FALSE(org.wape.has_value());
  EXPECT_EQ(org.wape_undefined_reason, "all outcomes are 0");
  EXPECT_FALSE(org.mean_brier.has_value());
  EXPECT_EQ(org.brier_undefined_reason, "no forecast has a quota");
  EXPECT_FALSE(org.coverage[0].clustered.has_value());
}

TEST(ScoreRecordTest, OfOneWeek) {
  ScoreRecord record;
  for (const ScoredForecast& forecast : ByHand()) ASSERT_TRUE(record.Add(forecast).ok());
  SummaryOptions options;
  options.week_of_period = 5;
  ASSERT_EQ(Summarize(record, options).size(), 1u);
  EXPECT_EQ(Summarize(record, options)[0].level, ForecastLevel::kOrg);
  options.week_of_period = 2;
  EXPECT_TRUE(Summarize(record, options).empty());
  EXPECT_TRUE(Summarize(ScoreRecord()).empty());
}

TEST(ScoreRecordTest, SkillWithoutAnInterval) {
  ScoreRecord one_period, zero_period;
  ScoredForecast forecast = Scored(ForecastLevel::kOrg, "2025Q1", 1, "org", 10, {12});
  forecast.baselines[0] = Score({14}, 10);
  ASSERT_TRUE(one_period.Add(forecast).ok());
  ASSERT_TRUE(zero_period.Add(forecast).ok());
  const SkillSummary one = Summarize(one_period)[0].skills[0];
  EXPECT_EQ(one.skill.value(), 0.5);
  EXPECT_FALSE(one.interval.has_value());
  EXPECT_EQ(one.interval_undefined_reason, "one period only");
  // In the second period the baseline is right: about a quarter of the resamples hold it alone.
  forecast.key.period = "2025Q2";
  forecast.baselines[0] = Score({10}, 10);
  ASSERT_TRUE(zero_period.Add(forecast).ok());
  const SkillSummary zero = Summarize(zero_period)[0].skills[0];
  EXPECT_EQ(zero.skill.value(), 0);
  EXPECT_FALSE(zero.interval.has_value());
  EXPECT_NE(zero.interval_undefined_reason.find("of 4000 resamples"), std::string::npos)
      << zero.interval_undefined_reason;
}

// All covered in every period is no certainty: only Wilson's interval is given.
TEST(ScoreRecordTest, CoverageOfAllOrNoneHasNoClusteredInterval) {
  for (const int64_t outcome : {25, 99}) {
    ScoreRecord record;
    for (const char* period : {"2025Q1", "2025Q2"}) {
      ASSERT_TRUE(
          record.Add(Scored(ForecastLevel::kOrg, period, 1, "org", outcome, {10, 20, 30, 40}))
              .ok());
    }
    const CoverageSummary coverage = Summarize(record)[0].coverage[0];
    EXPECT_EQ(coverage.covered_count, outcome == 25 ? 2 : 0);
    EXPECT_FALSE(coverage.clustered.has_value());
    EXPECT_GT(coverage.wilson.high - coverage.wilson.low, 0.5);
  }
}

TEST(ScoreRecordTest, DirectionalBelowEightPeriods) {
  ScoreRecord record;
  for (int period = 1; period <= 8; ++period) {
    ASSERT_TRUE(
        record.Add(Scored(ForecastLevel::kOrg, absl::StrCat("P", period), 1, "org", 10, {12}))
            .ok());
    EXPECT_EQ(Summarize(record)[0].period_count, period);
    EXPECT_EQ(Summarize(record)[0].directional, period < 8) << period;
  }
}

TEST(ScoreRecordTest, BadInputIsNamed) {
  ScoreRecord record;
  const ScoredForecast sound = ByHand()[0];
  const auto fault = [&](auto change) {
    ScoredForecast forecast = sound;
    change(forecast);
    return FieldAtFault(record.Add(forecast));
  };
  static constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(fault([](auto& f) { f.key.period = ""; }), "key.period");
  EXPECT_EQ(fault([](auto& f) { f.key.entity_id = ""; }), "key.entity_id");
  EXPECT_EQ(fault([](auto& f) { f.key.week_of_period = 0; }), "key.week_of_period");
  EXPECT_EQ(fault([](auto& f) { f.key.week_of_period = 54; }), "key.week_of_period");
  EXPECT_EQ(fault([](auto& f) { f.outcome_minor_units = kMaxScoredMinorUnits + 1; }),
            "outcome_minor_units");
  EXPECT_EQ(fault([](auto& f) { f.model.crps = kNaN; }), "model.crps");
  EXPECT_EQ(fault([](auto& f) { f.model.pinball[1] = kNaN; }), "model.pinball");
  EXPECT_EQ(fault([](auto& f) { f.model.mean_error = kNaN; }), "model.mean_error");
  EXPECT_EQ(fault([](auto& f) { f.model.median_error = kNaN; }), "model.median_error");
  EXPECT_EQ(fault([](auto& f) { f.model.brier = kNaN; }), "model.brier");
  EXPECT_EQ(fault([](auto& f) { f.model.pit.low = kNaN; }), "model.pit");
  EXPECT_EQ(fault([](auto& f) { f.model.pit = {0.5, 0.5}; }), "model.pit");
  EXPECT_EQ(fault([](auto& f) { f.baselines[1]->crps = kNaN; }), "baselines[1].crps");
  EXPECT_EQ(record.forecast_count(), 0);
  ASSERT_TRUE(record.Add(sound).ok());
  EXPECT_EQ(FieldAtFault(record.Add(sound)), "key");
  EXPECT_EQ(record.forecast_count(), 1);
  SummaryOptions options;
  options.week_of_period = 54;
  EXPECT_EQ(FieldAtFault(record.Summarize(options).status()), "week_of_period");
  options.week_of_period.reset();
  options.bootstrap.resample_count = kMinResamples - 1;
  EXPECT_EQ(FieldAtFault(record.Summarize(options).status()), "resample_count");
}

TEST(ScoreRecordTest, ForecastLimit) {
  ScoreRecord record;
  ScoredForecast forecast = ByHand()[4];
  for (int64_t i = 0; i < kMaxScoredForecasts; ++i) {
    forecast.key.entity_id = absl::StrCat(i);
    ASSERT_TRUE(record.Add(forecast).ok());
  }
  forecast.key.entity_id = "one more";
  EXPECT_EQ(FieldAtFault(record.Add(forecast)), "forecasts");
  EXPECT_EQ(record.forecast_count(), kMaxScoredForecasts);
}

}  // namespace
}  // namespace quotacast::simulator
