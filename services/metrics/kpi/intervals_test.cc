// Goal: intervals have the published values and the coverage they claim. Method: figures worked out
// elsewhere; a share and a median are sampled 4,000 times from seeds and must be covered in at
// least 94 % (the standard error of the count is 0.35 %, so a sound interval fails less than once
// in 500).
#include "services/metrics/kpi/intervals.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/random.h"
#include "boost/math/distributions/binomial.hpp"
#include "gtest/gtest.h"

namespace quotacast::metrics {
namespace {

constexpr int kSampleCount = 4'000;

uint32_t Draw(int sample, int index) {
  return RandomBlock(7, static_cast<uint64_t>(sample), static_cast<uint32_t>(index),
                     RandomPurpose::kSynthetic, 0)[0];
}

TEST(WilsonIntervalTest, HasThePublishedValues) {
  // R: prop.test(15, 50, correct = FALSE).
  EXPECT_NEAR(WilsonInterval(15, 50).low, 0.1910, 5e-5);
  EXPECT_NEAR(WilsonInterval(15, 50).high, 0.4375, 5e-5);
  EXPECT_EQ(WilsonInterval(0, 10).low, 0);
  EXPECT_NEAR(WilsonInterval(0, 10).high, 0.2775, 5e-5);
  EXPECT_NEAR(WilsonInterval(10, 10).low, 0.7225, 5e-5);
  EXPECT_EQ(WilsonInterval(10, 10).high, 1);
}

// Exactly: the binomial chance of all counts whose interval holds the share. With so few deals it
// goes up and down with the share.
TEST(WilsonIntervalTest, CoversTheShare) {
  constexpr int kDealCount = 60;
  double sum = 0;
  for (int percent = 5; percent <= 95; ++percent) {
    const double share = percent / 100.0;
    const boost::math::binomial_distribution<> wins(kDealCount, share);
    double covered = 0;
    for (int won_count = 0; won_count <= kDealCount; ++won_count) {
      const Interval interval = WilsonInterval(won_count, kDealCount);
      if (interval.low <= share && share <= interval.high) {
        covered += boost::math::pdf(wins, won_count);
      }
    }
    EXPECT_GE(covered, 0.92) << percent;
    sum += covered;
  }
  EXPECT_NEAR(sum / 91, 0.95, 0.005);
}

TEST(MedianIntervalTest, TakesOrderStatistics) {
  EXPECT_FALSE(MedianInterval({}).has_value());
  EXPECT_FALSE(MedianInterval({1, 2, 3, 4, 5}).has_value());
  const auto six = MedianInterval({1, 2, 3, 4, 5, 6});
  ASSERT_TRUE(six.has_value());  // 1 - 2 / 2^6 = 96.9 %.
  EXPECT_EQ(six->low, 1);
  EXPECT_EQ(six->high, 6);
  // With twenty values the sixth from either end: 95.9 % (W. J. Conover's table).
  std::vector<int64_t> twenty;
  for (int64_t i = 1; i <= 20; ++i) twenty.push_back(i);
  EXPECT_EQ(MedianInterval(twenty)->low, 6);
  EXPECT_EQ(MedianInterval(twenty)->high, 15);
}

TEST(MedianIntervalTest, CoversTheMedian) {
  int covered_count = 0;
  for (int sample = 0; sample < kSampleCount; ++sample) {
    std::vector<int64_t> days;
    for (int deal = 0; deal < 25; ++deal) {
      const int64_t day = Draw(sample, deal) % 100'001;
      days.push_back(day * day);  // Skewed; the median is that of the squares.
    }
    std::sort(days.begin(), days.end());
    const auto interval = MedianInterval(days);
    ASSERT_TRUE(interval.has_value());
    constexpr double kMedian = 50'000.0 * 50'000.0;
    if (interval->low <= kMedian && kMedian <= interval->high) ++covered_count;
  }
  EXPECT_GE(covered_count, kSampleCount * 94 / 100);
}

TEST(DifferenceIntervalTest, HasThePublishedValuesOfNewcombe) {
  // R. Newcombe (1998), Statistics in Medicine 17, table II, method 10.
  const struct {
    int first, first_count, second, second_count;
    double low, high;
  } published[] = {{56, 70, 48, 80, 0.0524, 0.3339},
                   {9, 10, 3, 10, 0.1705, 0.8090},
                   {10, 10, 0, 10, 0.6075, 1.0000}};
  for (const auto& figure : published) {
    const Interval interval =
        DifferenceInterval(static_cast<double>(figure.first) / figure.first_count,
                           WilsonInterval(figure.first, figure.first_count),
                           static_cast<double>(figure.second) / figure.second_count,
                           WilsonInterval(figure.second, figure.second_count));
    EXPECT_NEAR(interval.low, figure.low, 5e-5) << figure.first;
    EXPECT_NEAR(interval.high, figure.high, 5e-5) << figure.first;
  }
}

TEST(DifferenceIntervalTest, CoversTheDifference) {
  int covered_count = 0;
  for (int sample = 0; sample < kSampleCount; ++sample) {
    int64_t first = 0, second = 0;
    for (int deal = 0; deal < 60; ++deal) {
      if (Draw(sample, deal) < 0.4 * 4294967296.0) ++first;
      if (Draw(sample, deal + 60) < 0.25 * 4294967296.0) ++second;
    }
    const Interval interval =
        DifferenceInterval(static_cast<double>(first) / 60, WilsonInterval(first, 60),
                           static_cast<double>(second) / 60, WilsonInterval(second, 60));
    if (interval.low <= 0.15 && 0.15 <= interval.high) ++covered_count;
  }
  EXPECT_GE(covered_count, kSampleCount * 94 / 100);
}

}  // namespace
}  // namespace quotacast::metrics
