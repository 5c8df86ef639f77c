// Goal: quantiles are the order statistics of the definition. Method: compare with a full sort on
// samples with ties, and with ranks worked out by hand.
#include "simulator/stats/quantiles.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "gtest/gtest.h"

namespace quotacast::simulator {
namespace {

TEST(QuantilesTest, RanksByHand) {
  EXPECT_EQ(QuantileRank(0.1, 10), 0);   // ceil(1) - 1.
  EXPECT_EQ(QuantileRank(0.11, 10), 1);  // ceil(1.1) - 1.
  EXPECT_EQ(QuantileRank(0.5, 10), 4);
  EXPECT_EQ(QuantileRank(0.5, 11), 5);
  EXPECT_EQ(QuantileRank(1.0, 10), 9);
  EXPECT_EQ(QuantileRank(0.001, 10), 0);
}

TEST(QuantilesTest, MatchesSorting) {
  std::vector<int64_t> samples;
  for (int64_t i = 0; i < 1'003; ++i) samples.push_back((i * i * 31) % 257 - 100);
  std::vector<int64_t> sorted = samples;
  std::sort(sorted.begin(), sorted.end());
  const std::vector<double> probabilities = {0.001, 0.025, 0.05, 0.05, 0.5, 0.9, 0.975, 1.0};
  const std::vector<int64_t> quantiles = OrderStatistics(samples, probabilities);
  for (size_t i = 0; i < probabilities.size(); ++i) {
    EXPECT_EQ(quantiles[i], sorted[static_cast<size_t>(QuantileRank(probabilities[i], 1'003))]);
  }
}

TEST(QuantilesTest, NoSamplesGiveZeros) {
  std::vector<int64_t> none;
  EXPECT_EQ(OrderStatistics(none, {0.5, 0.9}), (std::vector<int64_t>{0, 0}));
}

}  // namespace
}  // namespace quotacast::simulator
