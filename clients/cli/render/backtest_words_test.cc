// Goal: figures with their intervals in words, and the band of calibrated tenths. Method: cases by
// hand; the band against a sum of the binomial law done another way.
#include "clients/cli/render/backtest_words.h"

#include <cmath>
#include <vector>

#include "clients/cli/testing/sample_backtest.h"
#include "gtest/gtest.h"

namespace quotacast::cli {
namespace {

simulation::v1::ScoreFigure Figure(double value, double low, double high) {
  simulation::v1::ScoreFigure figure;
  figure.set_value(value);
  figure.set_low(low);
  figure.set_high(high);
  return figure;
}

TEST(BacktestWordsTest, Figures) {
  EXPECT_EQ(ShareText(Figure(5.0 / 6, 0.4, 0.968)), "83 % (40 to 97)");
  EXPECT_EQ(SkillText(Figure(0.121, -0.08, 0.3)), "+12 % (-8 to +30)");
  EXPECT_EQ(SkillText(Figure(-0.001, -0.08, 0)), "+0 % (-8 to +0)");
  simulation::v1::ScoreFigure alone;
  EXPECT_EQ(ShareText(alone), "-");
  EXPECT_EQ(WapeText(alone), "-");
  EXPECT_EQ(BrierText(alone), "-");
  alone.set_value(0.25);
  EXPECT_EQ(ShareText(alone), "25 %");
  EXPECT_EQ(WapeText(alone), "25.0 %");
  EXPECT_EQ(BrierText(alone), "0.250");
}

TEST(BacktestWordsTest, FindsScores) {
  const BacktestResult result = SampleBacktest();
  const auto* org = AllWeeksOf(result.summary, simulation::v1::LEVEL_ORG);
  ASSERT_NE(org, nullptr);
  EXPECT_EQ(org->week(), 0);
  EXPECT_EQ(CoverageOf(*org, 0.8).value(), 0.5);
  EXPECT_FALSE(CoverageOf(*org, 0.9).has_value());
  EXPECT_EQ(SkillOf(*org, simulation::v1::BASELINE_PIPELINE_CONVERSION).value(), -0.07);
  EXPECT_FALSE(SkillOf(*org, simulation::v1::BASELINE_SEASONAL_NAIVE).has_value());
  EXPECT_EQ(AllWeeksOf(result.summary, simulation::v1::LEVEL_TEAM), nullptr);
  const auto forecasts = OrganisationForecasts(result);
  ASSERT_EQ(forecasts.size(), 4u);
  EXPECT_TRUE(InsideEighty(*forecasts[0]));
  EXPECT_FALSE(InsideEighty(*forecasts[2]));
}

// The law by Pascal's rule, from n - 1 to n.
std::vector<double> BinomialLaw(int n) {
  std::vector<double> law = {1};
  for (int i = 0; i < n; ++i) {
    std::vector<double> next(law.size() + 1, 0);
    for (size_t k = 0; k < law.size(); ++k) {
      next[k] += 0.9 * law[k];
      next[k + 1] += 0.1 * law[k];
    }
    law = next;
  }
  return law;
}

TEST(BacktestWordsTest, TheBandOfCalibratedTenths) {
  for (const int n : {0, 1, 6, 60, 900}) {
    const CountBand band = CalibratedTenth(n);
    const std::vector<double> law = BinomialLaw(n);
    double below_low = 0;
    double up_to_high = 0;
    for (int k = 0; k <= n; ++k) {
      if (k < band.low) below_low += law[static_cast<size_t>(k)];
      if (k <= band.high) up_to_high += law[static_cast<size_t>(k)];
    }
    EXPECT_LT(below_low, 0.025 + 1e-9) << n;
    EXPECT_GE(below_low + law[static_cast<size_t>(band.low)], 0.025 - 1e-9) << n;
    EXPECT_GE(up_to_high, 0.975 - 1e-9) << n;
    EXPECT_LT(up_to_high - law[static_cast<size_t>(band.high)], 0.975 + 1e-9) << n;
  }
}

}  // namespace
}  // namespace quotacast::cli
