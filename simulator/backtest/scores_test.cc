// Goal: the scores are what they are called, and reward the true law. Method: values by hand; the
// closed form of the normal law; properness by simulation against closed-form expectations; limits
// and bad input by field. Simulated means are held to 4.5 standard errors, which a sound score
// breaches in 7 of 10^6 seeds per comparison.
#include "simulator/backtest/scores.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/errors.h"
#include "gtest/gtest.h"
#include "simulator/testing/closed_forms.h"
#include "simulator/testing/normal_draws.h"

namespace quotacast::simulator {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kSd = 1e6;  // Minor units, so that rounding to integers is 1e-6 of a deviation.

double NormalCrps(double z) {  // Of the standard normal law (Gneiting and Raftery 2007, eq. 21).
  const double density = std::exp(-z * z / 2) / std::sqrt(2 * M_PI);
  return z * (2 * testing::Phi(z) - 1) + 2 * density - 1 / std::sqrt(M_PI);
}

// E |X|, X normal.
double MeanAbsoluteNormal(double mean, double sd) {
  const double z = mean / sd;
  return sd * std::sqrt(2 / M_PI) * std::exp(-z * z / 2) + mean * (2 * testing::Phi(z) - 1);
}

// E CRPS of forecasting N(mean, sd^2) when the outcome is standard normal: E|X - Y| - E|X - X'|/2.
double ExpectedNormalCrps(double mean, double sd) {
  return MeanAbsoluteNormal(mean, std::sqrt(1 + sd * sd)) - sd / std::sqrt(M_PI);
}

struct MeanAndError {
  double mean = 0;
  double standard_error = 0;
};
MeanAndError Summarize(const std::vector<double>& values) {
  double sum = 0, squares = 0;
  for (const double value : values) sum += value;
  const double n = static_cast<double>(values.size());
  for (const double value : values) squares += (value - sum / n) * (value - sum / n);
  return {sum / n, std::sqrt(squares / (n - 1) / n)};
}

ForecastScores Score(std::vector<int64_t> samples, int64_t outcome) {
  ForecastToScore forecast;
  forecast.samples = std::move(samples);
  const auto scores = ScoreForecast(forecast, outcome);
  EXPECT_TRUE(scores.ok()) << scores.status();
  return scores.value_or(ForecastScores{});
}

std::string FieldAtFault(const absl::Status& status) {
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
  const auto detail = GetDetail(status);
  return detail.has_value() && !detail->field_violations.empty() ? detail->field_violations[0].field
                                                                 : "";
}

TEST(ScoresTest, ByHand) {
  const ForecastScores scores = Score({10, 20, 30, 40}, 25);
  // Mean distance 10; weighted sum -3*10 - 20 + 30 + 3*40 = 100 over 4*3.
  EXPECT_NEAR(scores.crps, 10 - 100.0 / 12, 1e-12);
  // Quantiles 10, 20, 40.
  EXPECT_NEAR(scores.pinball[0], 0.1 * 15, 1e-12);
  EXPECT_NEAR(scores.pinball[1], 0.5 * 5, 1e-12);
  EXPECT_NEAR(scores.pinball[2], 0.1 * 15, 1e-12);
  EXPECT_NEAR(scores.pit.low, 0.4, 1e-12);
  EXPECT_NEAR(scores.pit.high, 0.6, 1e-12);
  EXPECT_NEAR(scores.pit.Middle(), 0.5, 1e-12);
  EXPECT_EQ(scores.mean_error, 0);
  EXPECT_EQ(scores.median_error, -5);
  EXPECT_FALSE(scores.brier.has_value());
  EXPECT_EQ(Score({10, 20, 30, 40}, -5).mean_error, 30);
}

TEST(ScoresTest, CentralIntervalsHoldTheirEnds) {
  using Covered = std::array<bool, 4>;
  // 50 %: 10 to 30; the wider ones: 10 to 40.
  EXPECT_EQ(Score({10, 20, 30, 40}, 30).covered, (Covered{true, true, true, true}));
  EXPECT_EQ(Score({10, 20, 30, 40}, 31).covered, (Covered{false, true, true, true}));
  EXPECT_EQ(Score({10, 20, 30, 40}, 10).covered, (Covered{true, true, true, true}));
  EXPECT_EQ(Score({10, 20, 30, 40}, 9).covered, (Covered{false, false, false, false}));
  // 1..100: 25 to 75, 10 to 90, 5 to 95, 3 to 98.
  std::vector<int64_t> hundred;
  for (int64_t i = 1; i <= 100; ++i) hundred.push_back(i);
  EXPECT_EQ(Score(hundred, 76).covered, (Covered{false, true, true, true}));
  EXPECT_EQ(Score(hundred, 91).covered, (Covered{false, false, true, true}));
  EXPECT_EQ(Score(hundred, 4).covered, (Covered{false, false, false, true}));
  EXPECT_EQ(Score(hundred, 2).covered, (Covered{false, false, false, false}));
}

TEST(ScoresTest, TheOutcomeSharesItsRank) {
  const std::vector<int64_t> samples = {0, 0, 0, 5};
  const auto expect = [&](int64_t outcome, double low, double high) {
    EXPECT_NEAR(PitOf(samples, outcome).low, low, 1e-12) << outcome;
    EXPECT_NEAR(PitOf(samples, outcome).high, high, 1e-12) << outcome;
  };
  expect(-1, 0, 0.2);
  expect(0, 0, 0.8);
  expect(3, 0.6, 0.8);
  expect(5, 0.6, 1);
  expect(6, 0.8, 1);
}

TEST(ScoresTest, APointForecastScoresItsAbsoluteError) {
  EXPECT_EQ(Score({70}, 100).crps, 30);
  EXPECT_EQ(Score({130}, 100).crps, 30);
  EXPECT_EQ(Score({130}, 100).median_error, 30);
}

TEST(ScoresTest, BrierOfTheHit) {
  ForecastToScore forecast;
  forecast.samples = {10, 20, 30, 40};
  forecast.quota_minor_units = 20;  // Three of four samples reach it.
  EXPECT_NEAR(ScoreForecast(forecast, 20)->brier.value(), 0.0625, 1e-12);
  EXPECT_NEAR(ScoreForecast(forecast, 19)->brier.value(), 0.5625, 1e-12);
  forecast.hit_probability = 0.2;  // An exact one goes before the samples' share.
  EXPECT_NEAR(ScoreForecast(forecast, 20)->brier.value(), 0.64, 1e-12);
  EXPECT_NEAR(BrierScore(0.3, false).value(), 0.09, 1e-12);
}

TEST(ScoresTest, PinballByHand) {
  EXPECT_NEAR(PinballLoss(10, 14, 0.9).value(), 3.6, 1e-12);
  EXPECT_NEAR(PinballLoss(10, 4, 0.9).value(), 0.6, 1e-12);
  EXPECT_EQ(PinballLoss(10, 10, 0.9).value(), 0);
}

// 20,000 equally likely quantiles of the normal law. The fair form takes them for independent and
// so adds 1/(N - 1) of half the mean distance, 2.8e-5 deviations: tolerance 4e-5.
TEST(ScoresTest, CrpsOfANormalLawHasItsClosedForm) {
  constexpr int kCount = 20'000;
  std::vector<int64_t> samples;
  for (int i = 0; i < kCount; ++i) {
    samples.push_back(std::llround(kSd * testing::PhiInverse((i + 0.5) / kCount)));
  }
  for (const double z : {-3.0, -0.7, 0.0, 0.4, 2.0, 5.0}) {
    EXPECT_NEAR(Score(samples, std::llround(kSd * z)).crps / kSd, NormalCrps(z), 4e-5) << z;
  }
}

// 20,000 ensembles of 3 independent samples: their mean score is that of the law, with no bias for
// small ensembles (the plain form would be 0.19 deviations too high, some 60 standard errors).
TEST(ScoresTest, CrpsIsFairToSmallEnsembles) {
  for (const double z : {0.0, 1.5}) {
    std::vector<double> scores;
    for (uint64_t ensemble = 0; ensemble < 20'000; ++ensemble) {
      std::vector<int64_t> samples;
      for (uint32_t i = 0; i < 3; ++i) {
        samples.push_back(std::llround(kSd * testing::NormalDraw(11, ensemble, i)));
      }
      std::sort(samples.begin(), samples.end());
      scores.push_back(Score(samples, std::llround(kSd * z)).crps / kSd);
    }
    const MeanAndError found = Summarize(scores);
    EXPECT_NEAR(found.mean, NormalCrps(z), 4.5 * found.standard_error) << z;
  }
}

// 4,000 standard normal outcomes, 199 samples each. The true law must win against one shifted by
// 0.3 deviations, one of 0.7 and one of 1.4 times the spread, by what the closed form says.
// Forecasts share their samples' chance; the margins are 5 standard errors or more, so the
// true law loses a comparison in less than 1 of 10^6 seeds.
TEST(ScoresTest, CrpsRewardsTheTrueLaw) {
  struct Rival {
    double mean, sd;
  };
  for (const Rival rival : {Rival{0.3, 1}, Rival{-0.3, 1}, Rival{0, 0.7}, Rival{0, 1.4}}) {
    std::vector<double> differences;
    for (uint64_t forecast = 0; forecast < 4'000; ++forecast) {
      std::vector<int64_t> truth, rivals;
      for (uint32_t i = 0; i < 199; ++i) {
        const double z = testing::NormalDraw(12, forecast, i);
        truth.push_back(std::llround(kSd * z));
        rivals.push_back(std::llround(kSd * (rival.mean + rival.sd * z)));
      }
      std::sort(truth.begin(), truth.end());
      std::sort(rivals.begin(), rivals.end());
      const int64_t outcome = std::llround(kSd * testing::NormalDraw(13, forecast, 0));
      differences.push_back((Score(rivals, outcome).crps - Score(truth, outcome).crps) / kSd);
    }
    const MeanAndError found = Summarize(differences);
    const double expected = ExpectedNormalCrps(rival.mean, rival.sd) - ExpectedNormalCrps(0, 1);
    EXPECT_GT(expected, 5 * found.standard_error) << rival.mean << " " << rival.sd;
    EXPECT_NEAR(found.mean, expected, 4.5 * found.standard_error) << rival.mean << " " << rival.sd;
    EXPECT_GT(found.mean, 0) << rival.mean << " " << rival.sd;
  }
}

// 20,000 outcomes: the true 90 % quantile against ones 0.3 deviations off, the true chance against
// ones 0.1 off (expected margin 0.01). Margins above 9 standard errors: false alarms below 10^-15.
TEST(ScoresTest, PinballAndBrierRewardTheTruth) {
  const double quantile = testing::PhiInverse(0.9);
  for (const int side : {-1, 1}) {
    std::vector<double> pinball, brier;
    for (uint64_t i = 0; i < 20'000; ++i) {
      const double outcome = testing::NormalDraw(14, i, 0);
      pinball.push_back(PinballLoss(quantile + 0.3 * side, outcome, 0.9).value() -
                        PinballLoss(quantile, outcome, 0.9).value());
      const bool hit = testing::Phi(outcome) < 0.3;
      brier.push_back(BrierScore(0.3 + 0.1 * side, hit).value() - BrierScore(0.3, hit).value());
    }
    EXPECT_GT(Summarize(pinball).mean, 4.5 * Summarize(pinball).standard_error) << side;
    EXPECT_NEAR(Summarize(brier).mean, 0.01, 4.5 * Summarize(brier).standard_error) << side;
  }
}

TEST(ScoresTest, BadInputIsNamed) {
  ForecastToScore forecast;
  const auto fault = [&](int64_t outcome) {
    return FieldAtFault(ScoreForecast(forecast, outcome).status());
  };
  EXPECT_EQ(fault(0), "samples");
  forecast.samples = {1, 3, 2};
  EXPECT_EQ(fault(0), "samples[2]");
  forecast.samples = {1, kMaxScoredMinorUnits};
  EXPECT_TRUE(ScoreForecast(forecast, -kMaxScoredMinorUnits).ok());
  EXPECT_EQ(fault(kMaxScoredMinorUnits + 1), "outcome_minor_units");
  EXPECT_EQ(fault(std::numeric_limits<int64_t>::min()), "outcome_minor_units");
  forecast.samples = {1, kMaxScoredMinorUnits + 1};
  EXPECT_EQ(fault(0), "samples[1]");
  forecast.samples = {-kMaxScoredMinorUnits - 1, 1};
  EXPECT_EQ(fault(0), "samples[0]");
  forecast.samples = {1};
  forecast.hit_probability = 0.5;
  EXPECT_EQ(fault(0), "hit_probability");  // Of hitting what?
  forecast.quota_minor_units = 1;
  EXPECT_TRUE(ScoreForecast(forecast, 0).ok());
  for (const double bad : {kNaN, -0.01, 1.01}) {
    forecast.hit_probability = bad;
    EXPECT_EQ(fault(0), "hit_probability") << bad;
    EXPECT_EQ(FieldAtFault(BrierScore(bad, true).status()), "probability") << bad;
    EXPECT_EQ(FieldAtFault(PinballLoss(0, 0, bad).status()), "probability") << bad;
  }
  forecast.hit_probability.reset();
  forecast.quota_minor_units = kMaxScoredMinorUnits + 1;
  EXPECT_EQ(fault(0), "quota_minor_units");
  EXPECT_EQ(FieldAtFault(PinballLoss(0, 0, 0).status()), "probability");
  EXPECT_EQ(FieldAtFault(PinballLoss(0, 0, 1).status()), "probability");
  EXPECT_EQ(FieldAtFault(PinballLoss(kNaN, 0, 0.5).status()), "quantile");
  EXPECT_EQ(FieldAtFault(PinballLoss(0, std::numeric_limits<double>::infinity(), 0.5).status()),
            "outcome");
}

TEST(ScoresTest, SampleLimit) {
  ForecastToScore forecast;
  forecast.samples.assign(kMaxScoredSamples, 7);
  EXPECT_TRUE(ScoreForecast(forecast, 7).ok());
  forecast.samples.push_back(7);
  EXPECT_EQ(FieldAtFault(ScoreForecast(forecast, 7).status()), "samples");
}

}  // namespace
}  // namespace quotacast::simulator
