// Goal: buckets tile the integers with a relative width of at most 1/128, quantiles keep that
// error, and merging commutes. Method: walk bucket edges; compare with exact order statistics.
#include "simulator/stats/log_linear_histogram.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include "gtest/gtest.h"

namespace quotacast::simulator {
namespace {

TEST(LogLinearHistogramTest, BucketsTileTheIntegers) {
  const int last = LogLinearHistogram::BucketOf(std::numeric_limits<int64_t>::max());
  for (int bucket = 0; bucket < last; ++bucket) {
    const int64_t low = LogLinearHistogram::LowerEdge(bucket);
    const int64_t next = LogLinearHistogram::LowerEdge(bucket + 1);
    ASSERT_LT(low, next);
    ASSERT_EQ(LogLinearHistogram::BucketOf(low), bucket);
    ASSERT_EQ(LogLinearHistogram::BucketOf(next - 1), bucket);
    ASSERT_LE(next - low, std::max<int64_t>(1, low / 128));
  }
}

std::vector<int64_t> Values() {
  std::vector<int64_t> values;
  uint64_t state = 1;
  for (int i = 0; i < 5'000; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    values.push_back(static_cast<int64_t>((state >> 40) * (state >> 44) % 90'000'000));
  }
  for (int i = 0; i < 700; ++i) values.push_back(0);
  return values;
}

TEST(LogLinearHistogramTest, QuantilesAreWithinABucketOfOrderStatistics) {
  std::vector<int64_t> values = Values();
  LogLinearHistogram histogram;
  for (const int64_t value : values) histogram.Add(value);
  std::sort(values.begin(), values.end());
  for (const double p : {0.01, 0.1, 0.25, 0.5, 0.9, 0.999, 1.0}) {
    const size_t rank = static_cast<size_t>(p * static_cast<double>(values.size()) - 1e-9);
    const double exact = static_cast<double>(values[rank]);
    EXPECT_NEAR(histogram.Quantile(p), exact, exact / 250 + 1) << p;
  }
}

TEST(LogLinearHistogramTest, ShareAtLeastMatchesCounting) {
  const std::vector<int64_t> values = Values();
  LogLinearHistogram histogram;
  for (const int64_t value : values) histogram.Add(value);
  EXPECT_EQ(histogram.ShareAtLeast(0), 1);
  for (const int64_t threshold :
       {int64_t{1}, int64_t{100}, int64_t{1'000'000}, int64_t{80'000'000}}) {
    const auto count = std::count_if(values.begin(), values.end(),
                                     [&](int64_t value) { return value >= threshold; });
    EXPECT_NEAR(histogram.ShareAtLeast(threshold),
                static_cast<double>(count) / static_cast<double>(values.size()), 0.004);
  }
  EXPECT_EQ(histogram.ShareAtLeast(int64_t{1} << 60), 0);
}

TEST(LogLinearHistogramTest, MergeCommutesAndEqualsAddingEverything) {
  LogLinearHistogram all, a, b;
  int i = 0;
  for (const int64_t value : Values()) {
    all.Add(value);
    (i++ % 3 == 0 ? a : b).Add(value);
  }
  LogLinearHistogram ab = a, ba = b, with_empty = all;
  ab.Merge(b);
  ba.Merge(a);
  with_empty.Merge(LogLinearHistogram());
  EXPECT_EQ(ab, all);
  EXPECT_EQ(ba, all);
  EXPECT_EQ(with_empty, all);
  EXPECT_FALSE(a == b);
}

TEST(LogLinearHistogramDeathTest, NegativeValuesAbort) {
  LogLinearHistogram histogram;
  EXPECT_DEATH(histogram.Add(-1), "negative value -1");
}

}  // namespace
}  // namespace quotacast::simulator
