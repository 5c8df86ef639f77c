// Goal: fitted amounts have the mean and spread of what was won, shrink small segments, and survive
// odd data. Method: lognormal samples with known parameters; hand-made price points.
#include "simulator/fit/amounts.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "base/random.h"
#include "boost/math/special_functions/erf.hpp"
#include "gtest/gtest.h"

namespace quotacast::simulator {
namespace {

constexpr double kNoDecay = std::numeric_limits<double>::infinity();

double Quantile(double u) { return -M_SQRT2 * boost::math::erfc_inv(2 * u); }

double Normal(uint64_t entity) {
  const std::array<uint32_t, 4> words = RandomBlock(3, entity, 0, RandomPurpose::kSynthetic, 0);
  return Quantile(UniformOpen(words[0], words[1]));
}

History Company() {
  History history;
  history.segments = {"smb", "enterprise"};
  history.stages = {"open"};
  history.currency = "USD";
  history.as_of = absl::CivilDay(2020, 12, 31);
  return history;
}

void AddWon(History& history, int segment, int64_t amount) {
  HistoryDeal deal;
  deal.id = "d" + std::to_string(history.deals.size());
  deal.segment = segment;
  deal.created = deal.end_day = absl::CivilDay(2020, 6, 1);
  deal.end = DealEnd::kWon;
  deal.won_amount_minor_units = amount;
  history.deals.push_back(deal);
}

std::vector<AmountDistribution> Fit(const History& history) {
  return FitAmounts(history, {absl::CivilDay(2020, 1, 1), kNoDecay, 1, 1}).means;
}

double MeanOf(const AmountDistribution& amount) {
  return std::exp(amount.log_median + amount.log_sd * amount.log_sd / 2);
}

// 4,000 deals, log sd .8: the sd of ln(mean) is .015, of the median .02 and of the log sd .01; the
// bounds are 5 sd (false alarm 6e-7).
TEST(FitAmounts, RecoversALognormal) {
  History history = Company();
  for (int i = 0; i < 4'000; ++i) {
    AddWon(history, 0, std::llround(std::exp(14 + 0.8 * Normal(i))));
  }
  const AmountDistribution amount = Fit(history)[0];
  EXPECT_NEAR(amount.log_median, 14, 0.1);
  EXPECT_NEAR(amount.log_sd, 0.8, 0.05);
  int64_t largest = 0;
  for (const HistoryDeal& deal : history.deals) {
    largest = std::max(largest, *deal.won_amount_minor_units);
  }
  EXPECT_NEAR(static_cast<double>(amount.cap_minor_units), 4.0 * static_cast<double>(largest),
              1e-6 * static_cast<double>(largest));
}

// Four segments that differ by less than their deals do: a fifth with a single deal far out is
// pulled back.
TEST(FitAmounts, SmallSegmentLeansOnAllWonDealsWhenSegmentsAreAlike) {
  History history = Company();
  history.segments = {"a", "b", "c", "d", "e", "none"};
  for (int i = 0; i < 2'000; ++i) {
    AddWon(history, i % 4, std::llround(std::exp(12 + 1.0 * Normal(i))));
  }
  AddWon(history, 4, std::llround(std::exp(14.0)));
  const std::vector<AmountDistribution> amounts = Fit(history);
  EXPECT_NEAR(std::log(MeanOf(amounts[0])), 12.5, 0.2);
  EXPECT_GT(std::log(MeanOf(amounts[4])), 12.6);
  EXPECT_LT(std::log(MeanOf(amounts[4])), 13.7);
  EXPECT_GT(amounts[4].log_sd, 0.6);
  EXPECT_NEAR(std::log(MeanOf(amounts[5])), 12.5, 0.2);
}

// A price list: products a factor of a hundred apart, little spread within. Fifteen deals of the
// dear one are enough to know its price.
TEST(FitAmounts, PriceListsAreNotAveraged) {
  History history = Company();
  for (int i = 0; i < 1'000; ++i) AddWon(history, 0, std::llround(std::exp(9 + 0.1 * Normal(i))));
  for (int i = 0; i < 15; ++i) {
    AddWon(history, 1, std::llround(std::exp(14 + 0.1 * Normal(5'000 + i))));
  }
  const AmountDistribution dear = Fit(history)[1];
  EXPECT_NEAR(std::log(MeanOf(dear)), 14, 0.1);
  EXPECT_LT(dear.log_sd, 0.2);
}

// Price points 55 and 5,000 in equal parts: the logarithms are 4.5 apart (log sd 2.25), a lognormal
// with that sd would have a variance 150 times its squared mean; the amounts have one of about 1.
TEST(FitAmounts, PricePointsGetTheirMeanAndNoHeavyTail) {
  History history = Company();
  for (int i = 0; i < 2'000; ++i) AddWon(history, 0, i % 2 == 0 ? 5'500 : 500'000);
  const AmountDistribution amount = Fit(history)[0];
  EXPECT_NEAR(MeanOf(amount) / 252'750, 1, 0.03);
  EXPECT_LT(std::expm1(amount.log_sd * amount.log_sd), 2.0);
}

// What a quarter of 60 wins brings is a sum, so the mean of what is drawn must be that of the law
// the amounts come from, also when that law is no lognormal: heavier tails (a lognormal of
// Student-like tails up to 4 sd), a few list prices. 100 histories of 150 deals each: the sampling
// error of the mean is cv / sqrt(150), its mean over 100 histories cv / 122; bounds are 5 of those,
// plus .02 for shrinkage to the default (false alarm 6e-7).
TEST(FitAmounts, TheMeanIsRightForHeavyTailsAndListPrices) {
  struct Law {
    std::function<double(double)> amount;  // Of a uniform.
    const char* name;
  };
  auto student = [](double u) {  // 5 % of deals have three times the spread.
    const double z = u < 0.05 ? 3 * Quantile(u / 0.05) : Quantile((u - 0.05) / 0.95);
    return std::exp(14 + 0.5 * std::clamp(z, -4.0, 4.0));
  };
  auto prices = [](double u) { return u < 0.6 ? 1e5 : u < 0.9 ? 5e5 : 2.5e6; };
  for (const Law& law : {Law{student, "heavy tails"}, Law{prices, "list prices"}}) {
    double mean = 0;
    double squares = 0;
    constexpr int kGrid = 200'000;
    for (int i = 0; i < kGrid; ++i) {
      const double amount = law.amount((i + 0.5) / kGrid);
      mean += amount / kGrid;
      squares += amount * amount / kGrid;
    }
    const double cv = std::sqrt(squares / (mean * mean) - 1);
    double ratio = 0;
    for (int c = 0; c < 100; ++c) {
      History history = Company();
      for (int i = 0; i < 150; ++i) {
        const std::array<uint32_t, 4> words =
            RandomBlock(c + 1, i, 0, RandomPurpose::kSynthetic, 0);
        AddWon(history, 0, static_cast<int64_t>(law.amount(UniformOpen(words[0], words[1]))));
      }
      const AmountDistribution fitted = Fit(history)[0];
      ratio += MeanOf(fitted) / mean / 100;
    }
    EXPECT_NEAR(ratio, 1, 5 * cv / std::sqrt(15'000) + 0.02) << law.name << " cv " << cv;
  }
}

TEST(FitAmounts, DealsWonAtZeroLowerTheMean) {
  History history = Company();
  for (int i = 0; i < 2'000; ++i) AddWon(history, 0, i % 4 == 0 ? 0 : 100'000);
  EXPECT_NEAR(MeanOf(Fit(history)[0]) / 75'000, 1, 0.03);
}

TEST(FitAmounts, OneAmountIsNearlyAConstant) {
  History history = Company();
  for (int i = 0; i < 2'000; ++i) AddWon(history, 0, 100'000);
  const AmountDistribution amount = Fit(history)[0];
  EXPECT_LT(amount.log_sd, 0.1);
  EXPECT_NEAR(MeanOf(amount) / 100'000, 1, 0.02);
}

TEST(FitAmounts, NothingWonGivesTheDefaultAndAbsurdAmountsStayInRange) {
  History history = Company();
  EXPECT_NEAR(Fit(history)[0].log_median, std::log(kDefaultAmountMedianMinorUnits), 1e-6);
  AddWon(history, 0, std::numeric_limits<int64_t>::max());
  AddWon(history, 0, 0);
  for (const AmountDistribution& amount : Fit(history)) {
    EXPECT_TRUE(std::isfinite(amount.log_median));
    EXPECT_GT(amount.cap_minor_units, 0);
    EXPECT_LE(amount.cap_minor_units, 10'000'000'000'000);
    EXPECT_LE(amount.log_sd, 3);
  }
}

}  // namespace
}  // namespace quotacast::simulator
