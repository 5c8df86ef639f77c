// Goal: each baseline is its definition. Method: figures by hand, every edge rule, limits and bad
// input by field; the same scores apply to all.
#include "simulator/backtest/baselines.h"

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/errors.h"
#include "gtest/gtest.h"
#include "simulator/backtest/scores.h"

namespace quotacast::simulator {
namespace {

using Samples = std::vector<int64_t>;

std::string FieldAtFault(const absl::Status& status) {
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
  const auto detail = GetDetail(status);
  return detail.has_value() && !detail->field_violations.empty() ? detail->field_violations[0].field
                                                                 : "";
}

TEST(WeightedPipelineTest, BookedPlusProbabilityTimesAmount) {
  WeightedPipelineInput input;
  input.booked_minor_units = 1'000;
  EXPECT_EQ(WeightedPipelineBaseline(input)->samples, Samples{1'000});
  input.open_deals = {{500, 0.1}, {2'001, 0.5}, {100, 1}, {900, 0}};
  // 1,000 + 50 + 1,000.5 + 100, rounded once.
  EXPECT_EQ(WeightedPipelineBaseline(input)->samples, Samples{2'151});
  input.booked_minor_units = -5'000;
  EXPECT_EQ(WeightedPipelineBaseline(input)->samples, Samples{-3'850});
}

TEST(WeightedPipelineTest, BadInputIsNamed) {
  WeightedPipelineInput input;
  input.open_deals = {{500, 0.1}, {-1, 0.5}};
  EXPECT_EQ(FieldAtFault(WeightedPipelineBaseline(input).status()),
            "open_deals[1].amount_minor_units");
  for (const double bad : {std::numeric_limits<double>::quiet_NaN(), -0.1, 1.1}) {
    input.open_deals[1] = {1, bad};
    EXPECT_EQ(FieldAtFault(WeightedPipelineBaseline(input).status()),
              "open_deals[1].win_probability");
  }
  input.open_deals.assign(kMaxBaselineDeals, {1, 1});
  EXPECT_EQ(WeightedPipelineBaseline(input)->samples, Samples{kMaxBaselineDeals});
  input.open_deals.push_back({1, 1});
  EXPECT_EQ(FieldAtFault(WeightedPipelineBaseline(input).status()), "open_deals");
  input.open_deals.clear();
  input.booked_minor_units = kMaxScoredMinorUnits + 1;
  EXPECT_EQ(FieldAtFault(WeightedPipelineBaseline(input).status()), "booked_minor_units");
  // Sound amounts whose sum cannot be scored.
  input.booked_minor_units = kMaxScoredMinorUnits;
  input.open_deals = {{2, 0.5}};
  EXPECT_TRUE(WeightedPipelineBaseline(input)->samples.empty());
  EXPECT_FALSE(WeightedPipelineBaseline(input)->undefined_reason.empty());
}

TEST(PipelineConversionTest, ByHand) {
  PipelineConversionInput input;
  input.booked_minor_units = 100;
  input.open_minor_units = 1'000;
  // Pooled conversion (90 + 110) / (300 + 200) = 40 %, where the mean of 30 % and 55 % is 42.5 %;
  // mean won from new (20 + 60) / 2 = 40.
  input.past = {{300, 90, 20}, {200, 110, 60}};
  EXPECT_EQ(PipelineConversionBaseline(input)->samples, Samples{100 + 400 + 40});
  // Each period by itself: 100 + 300 + 20 and 100 + 550 + 60, in ascending order.
  EXPECT_EQ(PipelineConversionEnsemble(input)->samples, (Samples{420, 710}));
  std::swap(input.past[0], input.past[1]);
  EXPECT_EQ(PipelineConversionEnsemble(input)->samples, (Samples{420, 710}));
}

TEST(PipelineConversionTest, WithoutPipeline) {
  PipelineConversionInput input;
  input.booked_minor_units = 100;
  EXPECT_EQ(PipelineConversionBaseline(input)->undefined_reason, "no past period at this week");
  EXPECT_EQ(PipelineConversionEnsemble(input)->undefined_reason, "no past period at this week");
  // Nothing open now: only new pipeline counts, and no conversion is needed.
  input.past = {{0, 0, 30}, {400, 100, 10}};
  EXPECT_EQ(PipelineConversionBaseline(input)->samples, Samples{120});
  EXPECT_EQ(PipelineConversionEnsemble(input)->samples, (Samples{110, 130}));
  // Some open now: a period without is in the pooled conversion, and no sample of its own.
  input.open_minor_units = 80;
  EXPECT_EQ(PipelineConversionBaseline(input)->samples, Samples{100 + 20 + 20});
  EXPECT_EQ(PipelineConversionEnsemble(input)->samples, Samples{100 + 20 + 10});
  // Some open now and none ever: no conversion, which is not a conversion of 0.
  input.past = {{0, 0, 30}};
  EXPECT_TRUE(PipelineConversionBaseline(input)->samples.empty());
  EXPECT_EQ(PipelineConversionBaseline(input)->undefined_reason,
            "pipeline is open now and none was open at this week of past periods");
  EXPECT_EQ(PipelineConversionEnsemble(input)->undefined_reason,
            PipelineConversionBaseline(input)->undefined_reason);
  // A cent that won a fortune.
  input.past = {{1, kMaxScoredMinorUnits, 0}};
  EXPECT_TRUE(PipelineConversionBaseline(input)->samples.empty());
  EXPECT_FALSE(PipelineConversionBaseline(input)->undefined_reason.empty());
}

TEST(PipelineConversionTest, BadInputIsNamed) {
  PipelineConversionInput input;
  const auto fault = [&] {
    EXPECT_EQ(PipelineConversionEnsemble(input).status(),
              PipelineConversionBaseline(input).status());
    return FieldAtFault(PipelineConversionBaseline(input).status());
  };
  input.open_minor_units = -1;
  EXPECT_EQ(fault(), "open_minor_units");
  input = {};
  input.booked_minor_units = kMaxScoredMinorUnits + 1;
  EXPECT_EQ(fault(), "booked_minor_units");
  input = {};
  input.past = {{1, 1, 1}, {-1, 0, 0}};
  EXPECT_EQ(fault(), "past[1].open_minor_units");
  input.past[1] = {1, kMaxScoredMinorUnits + 1, 0};
  EXPECT_EQ(fault(), "past[1].won_from_open_minor_units");
  input.past[1] = {1, 0, -kMaxScoredMinorUnits - 1};
  EXPECT_EQ(fault(), "past[1].won_from_new_minor_units");
  input.past.assign(kMaxBaselinePeriods, {1, 1, 1});
  EXPECT_TRUE(PipelineConversionBaseline(input).ok());
  input.past.push_back({1, 1, 1});
  EXPECT_EQ(fault(), "past");
}

TEST(SeasonalNaiveTest, SamePeriodLastYearTimesGrowth) {
  SeasonalNaiveInput input;
  // Two years of quarters: 1,000 then 1,200; the first quarter of the last year had 150.
  input.past_bookings_minor_units = {100, 200, 300, 400, 150, 250, 350, 450};
  auto found = SeasonalNaiveBaseline(input);
  ASSERT_TRUE(found.ok());
  EXPECT_NEAR(found->growth.value(), 1.2, 1e-12);
  EXPECT_EQ(found->forecast.samples, Samples{180});
  // What is older than two years changes nothing.
  input.past_bookings_minor_units.insert(input.past_bookings_minor_units.begin(), 9'999);
  EXPECT_EQ(SeasonalNaiveBaseline(input)->forecast.samples, Samples{180});
  // Five quarters: growth by the one pair, 150 / 100, on the second quarter of the year before.
  input.past_bookings_minor_units = {100, 200, 300, 400, 150};
  EXPECT_EQ(SeasonalNaiveBaseline(input)->forecast.samples, Samples{300});
  input.periods_per_year = 1;
  input.past_bookings_minor_units = {100, 130};
  EXPECT_EQ(SeasonalNaiveBaseline(input)->forecast.samples, Samples{169});
}

TEST(SeasonalNaiveTest, WithoutEnoughHistory) {
  SeasonalNaiveInput input;
  input.past_bookings_minor_units = {100, 200, 300};
  EXPECT_TRUE(SeasonalNaiveBaseline(input)->forecast.samples.empty());
  EXPECT_EQ(SeasonalNaiveBaseline(input)->forecast.undefined_reason,
            "3 past periods, a year has 4");
  // A year and no more: no growth can be told, and none is assumed.
  input.past_bookings_minor_units = {100, 200, 300, 400};
  EXPECT_FALSE(SeasonalNaiveBaseline(input)->growth.has_value());
  EXPECT_EQ(SeasonalNaiveBaseline(input)->forecast.samples, Samples{100});
  // From nothing, and to less than nothing.
  input.past_bookings_minor_units = {0, 200, 300, 400, 150};
  EXPECT_FALSE(SeasonalNaiveBaseline(input)->growth.has_value());
  EXPECT_EQ(SeasonalNaiveBaseline(input)->forecast.samples, Samples{200});
  input.past_bookings_minor_units = {100, 200, 300, 400, -150};
  EXPECT_FALSE(SeasonalNaiveBaseline(input)->growth.has_value());
  EXPECT_EQ(SeasonalNaiveBaseline(input)->forecast.samples, Samples{200});
}

TEST(SeasonalNaiveTest, BadInputIsNamed) {
  SeasonalNaiveInput input;
  for (const int bad : {0, 54}) {
    input.periods_per_year = bad;
    EXPECT_EQ(FieldAtFault(SeasonalNaiveBaseline(input).status()), "periods_per_year");
  }
  input.periods_per_year = 53;
  EXPECT_TRUE(SeasonalNaiveBaseline(input).ok());
  input.past_bookings_minor_units = {0, kMaxScoredMinorUnits + 1};
  EXPECT_EQ(FieldAtFault(SeasonalNaiveBaseline(input).status()), "past_bookings_minor_units[1]");
  input.past_bookings_minor_units.assign(kMaxBaselinePeriods, 1);
  EXPECT_TRUE(SeasonalNaiveBaseline(input).ok());
  input.past_bookings_minor_units.push_back(1);
  EXPECT_EQ(FieldAtFault(SeasonalNaiveBaseline(input).status()), "past_bookings_minor_units");
}

// The point and the ensemble of one history, scored by the same function.
TEST(BaselinesTest, AreScoredLikeModels) {
  PipelineConversionInput input;
  input.open_minor_units = 1'000;
  input.past = {{300, 90, 20}, {200, 110, 60}};
  ForecastToScore point, ensemble;
  point.samples = PipelineConversionBaseline(input)->samples;     // 440.
  ensemble.samples = PipelineConversionEnsemble(input)->samples;  // 320 and 610.
  EXPECT_EQ(ScoreForecast(point, 500)->crps, 60);
  // (180 + 110) / 2 - 290 / 2: the fair score of two samples about the outcome is 0.
  EXPECT_EQ(ScoreForecast(ensemble, 500)->crps, 0);
  EXPECT_EQ(ScoreForecast(ensemble, 700)->crps, (380 + 90) / 2 - 145);
}

}  // namespace
}  // namespace quotacast::simulator
