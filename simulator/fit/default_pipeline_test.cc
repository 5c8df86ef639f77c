// Goal: the default pipeline keeps its totals however many stages share it, and its rates are those
// of the Weibull distribution. Method: closed forms and brute-force sums on a fine grid.
#include "simulator/fit/default_pipeline.h"

#include <cmath>
#include <optional>
#include <vector>

#include "gtest/gtest.h"

namespace quotacast::simulator {
namespace {

TEST(DefaultStages, FiveAreTheTable) {
  const std::vector<DefaultStage> stages = DefaultStages(5);
  ASSERT_EQ(stages.size(), 5u);
  EXPECT_NEAR(stages[0].advance_probability, 0.58, 1e-12);
  EXPECT_NEAR(stages[4].advance_probability, 0.88, 1e-12);
  EXPECT_NEAR(stages[2].scale_days, 3.5 * 1.22 * 7, 1e-9);
}

TEST(DefaultStages, AnyNumberKeepsWinProbabilityAndTotalTime) {
  for (int n = 1; n <= 8; ++n) {
    double product = 1;
    double total_days = 0;
    for (const DefaultStage& stage : DefaultStages(n)) {
      product *= stage.advance_probability;
      total_days += stage.scale_days;
      EXPECT_GT(stage.scale_days, 0);
    }
    EXPECT_NEAR(product, 0.58 * 0.66 * 0.72 * 0.78 * 0.88, 1e-12) << n;
    EXPECT_NEAR(total_days, 12.5 * 1.22 * 7, 1e-9) << n;
  }
}

TEST(Weibull, ExitRateIsExitsOverDaysAtRisk) {
  const double scale = 20;
  auto survival = [&](double t) { return std::exp(-std::pow(t / scale, kDefaultWeibullShape)); };
  double days = 0;
  const int steps = 1'000'000;
  for (int i = 0; i < steps; ++i) days += survival(7 + (i + 0.5) * 7.0 / steps) * 7.0 / steps;
  EXPECT_NEAR(WeibullExitRatePerDay(scale, 7, 14), (survival(7) - survival(14)) / days, 1e-8);
  // The tail: everybody leaves, so the rate is one over the mean residual life.
  double residual = 0;
  for (int i = 0; i < steps; ++i) residual += survival(30 + (i + 0.5) * 5e-4) * 5e-4;
  EXPECT_NEAR(WeibullExitRatePerDay(scale, 30, std::nullopt), survival(30) / residual, 1e-5);
}

TEST(Weibull, HazardRisesWithAge) {
  double previous = 0;
  for (const double from : {1, 7, 14, 28, 56, 91}) {
    const double rate = WeibullExitRatePerDay(25, from, from + 7);
    EXPECT_GT(rate, previous);
    previous = rate;
  }
  EXPECT_TRUE(std::isfinite(WeibullExitRatePerDay(25, 0, std::nullopt)));
}

TEST(Weibull, EntryShares) {
  const double scale = 15;
  double left = 0;
  const int steps = 100'000;
  for (int i = 0; i < steps; ++i) {
    left += 1 - std::exp(-std::pow((i + 0.5) * 7.0 / steps / scale, kDefaultWeibullShape));
  }
  EXPECT_NEAR(WeibullFirstStepExitShare(scale), left / steps, 1e-6);
  EXPECT_LT(WeibullEntryDayExitShare(scale), WeibullFirstStepExitShare(scale));
  EXPECT_GT(WeibullEntryDayExitShare(scale), 0);
}

}  // namespace
}  // namespace quotacast::simulator
