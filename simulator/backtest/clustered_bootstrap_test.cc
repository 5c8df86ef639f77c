// Goal: the interval holds the true ratio about as often as it says, because it draws clusters, and
// is the same every time. Method: cases by hand; coverage on generated data with a shock per
// cluster, next to what ignoring the clusters would give; limits.
#include "simulator/backtest/clustered_bootstrap.h"

#include <cmath>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "base/errors.h"
#include "gtest/gtest.h"
#include "simulator/testing/closed_forms.h"
#include "simulator/testing/normal_draws.h"

namespace quotacast::simulator {
namespace {

TEST(ClusteredBootstrapTest, TailsWidenWithFewClusters) {
  // Tables of Student's law: t(0.975; 1) = 12.7062, times sqrt(2).
  EXPECT_NEAR(ExpandedTailProbability(2), 0, 1e-12);
  // t(0.975; 7) = 2.3646, times sqrt(8 / 7) = 2.5279; t(0.975; 23) = 2.0687, times sqrt(24 / 23).
  EXPECT_NEAR(ExpandedTailProbability(8), testing::Phi(-2.5279), 2e-6);
  EXPECT_NEAR(ExpandedTailProbability(24), testing::Phi(-2.0687 * std::sqrt(24.0 / 23)), 5e-6);
  EXPECT_NEAR(ExpandedTailProbability(1'000'000), 0.025, 1e-6);
}

TEST(ClusteredBootstrapTest, ByHand) {
  const BootstrapOptions options;
  EXPECT_FALSE(BootstrapRatio({}, options).interval.has_value());
  EXPECT_FALSE(BootstrapRatio({{1, 2}}, options).interval.has_value());
  // The same ratio everywhere, whatever the weights.
  const auto same = BootstrapRatio({{1, 2}, {3, 6}, {5, 10}}, options).interval;
  ASSERT_TRUE(same.has_value());
  EXPECT_EQ(same->low, 0.5);
  EXPECT_EQ(same->high, 0.5);
  // Two clusters resample to 0, 1/2 or 1.
  const auto two = BootstrapRatio({{0, 1}, {1, 1}}, options).interval;
  ASSERT_TRUE(two.has_value());
  EXPECT_EQ(two->low, 0);
  EXPECT_EQ(two->high, 1);
}

// A resample of the second cluster alone has no ratio: 1 in 4. Of 4,000, 1,000 +- 27; tolerance 4.5
// standard errors, false alarm 7e-6.
TEST(ClusteredBootstrapTest, ResamplesWithoutARatioAreCountedAndLeaveNoInterval) {
  const RatioBootstrap found = BootstrapRatio({{1, 1}, {1, 0}}, BootstrapOptions{});
  EXPECT_FALSE(found.interval.has_value());
  EXPECT_NEAR(static_cast<double>(found.undefined_resample_count), 1'000, 4.5 * 27.4);
}

TEST(ClusteredBootstrapTest, SameSeedSameBytes) {
  std::vector<ClusterSums> clusters;
  for (uint32_t i = 0; i < 11; ++i) clusters.push_back({testing::NormalDraw(21, 0, i), 1});
  const auto once = BootstrapRatio(clusters, {.seed = 5, .resample_count = 1'000}).interval;
  const auto again = BootstrapRatio(clusters, {.seed = 5, .resample_count = 1'000}).interval;
  const auto other = BootstrapRatio(clusters, {.seed = 6, .resample_count = 1'000}).interval;
  ASSERT_TRUE(once && again && other);
  EXPECT_EQ(once->low, again->low);
  EXPECT_EQ(once->high, again->high);
  EXPECT_NE(once->low, other->low);
}

TEST(ClusteredBootstrapTest, Limits) {
  EXPECT_TRUE(ValidateBootstrapOptions({.resample_count = kMinResamples}).ok());
  EXPECT_TRUE(ValidateBootstrapOptions({.resample_count = kMaxResamples}).ok());
  for (const int64_t bad : {kMinResamples - 1, kMaxResamples + 1}) {
    const absl::Status status = ValidateBootstrapOptions({.resample_count = bad});
    ASSERT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(GetDetail(status)->field_violations[0].field, "resample_count");
  }
}

struct HeldShares {
  double clustered = 0;
  double unclustered = 0;
};

// In how many of 2,000 experiments the interval holds the true ratio 3: clusters of 5 pairs, the
// numerator 3 + shock of the cluster + noise, both standard normal, the denominator 1.
HeldShares Experiment(uint64_t seed, uint32_t cluster_count) {
  constexpr uint64_t kExperiments = 2'000;
  constexpr uint32_t kPairs = 5;
  HeldShares held;
  const auto holds = [](const std::vector<ClusterSums>& clusters) {
    const auto interval = BootstrapRatio(clusters, {.resample_count = kMinResamples}).interval;
    return interval->low <= 3 && 3 <= interval->high ? 1.0 / kExperiments : 0.0;
  };
  for (uint64_t experiment = 0; experiment < kExperiments; ++experiment) {
    std::vector<ClusterSums> clusters, pairs;
    for (uint32_t cluster = 0; cluster < cluster_count; ++cluster) {
      const uint32_t first = cluster * (kPairs + 1);
      const double shock = testing::NormalDraw(seed, experiment, first);
      ClusterSums sums;
      for (uint32_t pair = 1; pair <= kPairs; ++pair) {
        pairs.push_back({3 + shock + testing::NormalDraw(seed, experiment, first + pair), 1});
        sums.numerator += pairs.back().numerator;
        sums.denominator += 1;
      }
      clusters.push_back(sums);
    }
    held.clustered += holds(clusters);
    held.unclustered += holds(pairs);
  }
  return held;
}

// With 2,000 experiments a share of 95 % has a standard error of 0.5 points. Of 24 clusters: within
// 2.5 points, false alarm below 10^-5. Of 8, where percentiles keep a little of their shortfall
// (94.0 % over 8,000 experiments of four seeds): within 3.5 points, 4.7 standard errors below that,
// false alarm 2e-6. Drawing pairs instead of clusters holds the truth in 3 of 4 experiments.
TEST(ClusteredBootstrapTest, HoldsTheTruthAsOftenAsItSays) {
  const HeldShares few = Experiment(22, 8);
  EXPECT_NEAR(few.clustered, 0.95, 0.035);
  EXPECT_LT(few.unclustered, 0.80);
  const HeldShares many = Experiment(22, 24);
  EXPECT_NEAR(many.clustered, 0.95, 0.025);
  EXPECT_LT(many.unclustered, 0.80);
}

}  // namespace
}  // namespace quotacast::simulator
