// Goal: moments are exact where doubles are not, and merging is addition. Method: values whose
// variance is known by hand, shifted to where naive formulas cancel to nothing.
#include "simulator/stats/exact_moments.h"

#include <cstdint>

#include "gtest/gtest.h"

namespace quotacast::simulator {
namespace {

TEST(ExactMomentsTest, EmptyAndSingleValuesHaveNoVariance) {
  ExactMoments moments;
  EXPECT_EQ(moments.Mean(), 0);
  EXPECT_EQ(moments.Variance(), 0);
  moments.Add(-7);
  EXPECT_EQ(moments.Mean(), -7);
  EXPECT_EQ(moments.Variance(), 0);
}

TEST(ExactMomentsTest, VarianceSurvivesAHugeOffset) {
  // 1..5 has mean 3 and variance 2.5 wherever it is shifted; squares near 10^30 are far beyond
  // the 53 bits of a double.
  for (const int64_t offset : {int64_t{0}, int64_t{1'000'000'000'000'000}, -int64_t{999'999'999}}) {
    ExactMoments moments;
    for (int64_t i = 1; i <= 5; ++i) moments.Add(offset + i);
    EXPECT_EQ(moments.Mean(), static_cast<double>(offset + 3));
    EXPECT_DOUBLE_EQ(moments.Variance(), 2.5);
  }
}

TEST(ExactMomentsTest, VarianceIsRightWhenTheMeanIsNoInteger) {
  ExactMoments moments;
  for (const int64_t value : {-3, 0, 4, 4}) moments.Add(value);
  EXPECT_DOUBLE_EQ(moments.Mean(), 1.25);
  // Deviations -4.25 -1.25 2.75 2.75: squares sum to 34.75.
  EXPECT_DOUBLE_EQ(moments.CentredSquares(), 34.75);
}

TEST(ExactMomentsTest, MergeEqualsAddingEverything) {
  ExactMoments all, left, right;
  for (int64_t i = 0; i < 100; ++i) {
    const int64_t value = (i * 7919) % 1009 - 500;
    all.Add(value);
    (i < 37 ? left : right).Add(value);
  }
  ExactMoments merged = right;
  merged.Merge(left);
  EXPECT_EQ(merged, all);
}

}  // namespace
}  // namespace quotacast::simulator
