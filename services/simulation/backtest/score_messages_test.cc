// Goal: scores in major units, the baseline that counts, and a headline that says no more than the
// figures; chances beside what happened. Method: summaries by hand.
#include "services/simulation/backtest/score_messages.h"

#include "gtest/gtest.h"
#include "services/simulation/backtest/reliability.h"

namespace quotacast::simulation {
namespace {

using simulator::Baseline;

simulator::LevelSummary Summary() {
  simulator::LevelSummary summary;
  summary.forecast_count = 6;
  summary.period_count = 2;
  summary.mean_crps = 12'345;
  summary.mean_pinball = {100, 200, 300};
  const double shares[] = {0.5, 5.0 / 6, 1, 1};
  for (size_t i = 0; i < simulator::kCoverageLevels.size(); ++i) {
    summary.coverage[i].level = simulator::kCoverageLevels[i];
    summary.coverage[i].covered_share = shares[i];
    summary.coverage[i].covered_count = static_cast<int64_t>(6 * shares[i] + 0.5);
    summary.coverage[i].wilson = {0.6, 1};
  }
  summary.coverage[0].clustered = simulator::RatioInterval{0.2, 0.8};
  summary.pit_counts[3] = 6;
  summary.bias_minor_units = -250;
  summary.wape_undefined_reason = "all booked amounts are 0";
  summary.mean_brier = 0.2;
  for (size_t b = 0; b < simulator::kBaselineCount; ++b) {
    summary.skills[b].baseline = static_cast<Baseline>(b);
  }
  summary.skills[0].skill = 0.3;
  summary.skills[0].interval = simulator::RatioInterval{-0.1, 0.5};
  summary.skills[1].skill = -0.12;
  summary.skills[1].interval_undefined_reason = "one period";
  summary.skills[2].undefined_reason = "less than a year";
  return summary;
}

TEST(LevelScoresFrom, MajorUnitsAndReasons) {
  const v1::LevelScores scores = LevelScoresFrom(Summary(), 5, {.code = "USD", .digits = 2});
  EXPECT_EQ(scores.level(), v1::LEVEL_ORG);
  EXPECT_EQ(scores.week(), 5);
  EXPECT_TRUE(scores.directional());
  EXPECT_DOUBLE_EQ(scores.mean_crps(), 123.45);
  EXPECT_DOUBLE_EQ(scores.mean_pinball(2).value(), 3);
  EXPECT_DOUBLE_EQ(scores.bias(), -2.5);
  ASSERT_EQ(scores.coverage_size(), 3);
  EXPECT_EQ(scores.coverage(0).share().low(), 0.2);  // By periods.
  EXPECT_EQ(scores.coverage(0).share().high(), 1);   // Wilson's.
  EXPECT_EQ(scores.coverage(0).share().undefined_reason(), "");
  EXPECT_EQ(scores.coverage(2).level(), 0.95);
  // All inside: Wilson's interval, and it says so.
  EXPECT_EQ(scores.coverage(2).share().low(), 0.6);
  EXPECT_NE(scores.coverage(2).share().undefined_reason(), "");
  EXPECT_EQ(scores.pit_counts_size(), 10);
  EXPECT_FALSE(scores.wape().has_value());
  EXPECT_EQ(scores.wape().undefined_reason(), "all booked amounts are 0");
  EXPECT_EQ(scores.brier().value(), 0.2);
  EXPECT_EQ(scores.skills(0).skill().high(), 0.5);
  EXPECT_FALSE(scores.skills(1).skill().has_low());
  EXPECT_EQ(scores.skills(1).skill().undefined_reason(), "one period");
  EXPECT_FALSE(scores.skills(2).skill().has_value());
}

TEST(TrackRecordFrom, TakesTheBaselineThatIsHardest) {
  const type::v1::TrackRecord record = TrackRecordFrom(Summary());
  EXPECT_EQ(record.period_count(), 2);
  EXPECT_EQ(record.forecast_count(), 6);
  EXPECT_DOUBLE_EQ(record.coverage_80(), 5.0 / 6);
  EXPECT_EQ(record.skill(), -0.12);
  EXPECT_EQ(record.baseline(), "pipeline conversion (B1)");
  simulator::LevelSummary none = Summary();
  for (auto& skill : none.skills) skill.skill.reset();
  EXPECT_FALSE(TrackRecordFrom(none).has_skill());
}

TEST(BacktestSentence, SaysWhatTheFiguresSay) {
  EXPECT_EQ(BacktestSentence(Summary(), "2017Q2", "2017Q3"),
            "6 forecasts of 2 periods, 2017Q2 to 2017Q3: what the organisation booked lay inside "
            "the 80 % interval 5 times of 6; forecasts were 12 % worse than pipeline conversion "
            "(B1), the best baseline. Fewer than 8 periods: this tells a direction only.");
  simulator::LevelSummary one = Summary();
  one.forecast_count = one.period_count = 1;
  one.directional = false;
  for (auto& skill : one.skills) skill.skill.reset();
  one.coverage[1].covered_count = 1;
  EXPECT_EQ(BacktestSentence(one, "2017Q2", "2017Q2"),
            "1 forecast of 1 period, 2017Q2: what the organisation booked lay inside the 80 % "
            "interval 1 time of 1; no baseline is defined.");
}

TEST(ReliabilityBins, AreTenthsThatHoldForecasts) {
  const auto bins = ReliabilityBins(
      {{0, false}, {0.05, true}, {0.1, false}, {0.95, true}, {1, true}, {0.9, false}});
  ASSERT_EQ(bins.size(), 3u);
  EXPECT_DOUBLE_EQ(bins[0].forecast(), 0.025);
  EXPECT_EQ(bins[0].observed(), 0.5);
  EXPECT_EQ(bins[0].forecast_count(), 2);
  EXPECT_EQ(bins[1].forecast_count(), 1);
  EXPECT_DOUBLE_EQ(bins[2].forecast(), 0.95);
  EXPECT_DOUBLE_EQ(bins[2].observed(), 2.0 / 3);
  EXPECT_TRUE(ReliabilityBins({}).empty());
}

}  // namespace
}  // namespace quotacast::simulation
