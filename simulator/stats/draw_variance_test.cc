// Goal: the two kinds of error are told apart. Method: draws worked out by hand; a synthetic
// random-effects sample with known components.
#include "simulator/stats/draw_variance.h"

#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <vector>

#include "base/random.h"
#include "gtest/gtest.h"
#include "simulator/stats/exact_moments.h"

namespace quotacast::simulator {
namespace {

ExactMoments Of(std::initializer_list<int64_t> values) {
  ExactMoments moments;
  for (const int64_t value : values) moments.Add(value);
  return moments;
}

TEST(DrawVarianceTest, ByHand) {
  // Means 2 and 6: B = 8. Within-draw variances 2 and 8: W = 5, N = 4, n = 2.
  const DrawVariance result = DecomposeByDraw({Of({1, 3}), Of({4, 8})});
  EXPECT_DOUBLE_EQ(result.mean, 4);
  EXPECT_DOUBLE_EQ(result.monte_carlo_se, std::sqrt(5.0 / 4));
  EXPECT_DOUBLE_EQ(result.parameter_sd, std::sqrt(8 - 5.0 / 2));
  EXPECT_DOUBLE_EQ(result.total_se, std::sqrt(8.0 / 2));
}

TEST(DrawVarianceTest, EqualDrawMeansLeaveNoParameterSpread) {
  const DrawVariance result = DecomposeByDraw({Of({0, 10}), Of({5, 5}), ExactMoments()});
  EXPECT_EQ(result.parameter_sd, 0);
  EXPECT_DOUBLE_EQ(result.mean, 5);
}

TEST(DrawVarianceTest, OneDrawHasMonteCarloErrorOnly) {
  const DrawVariance result = DecomposeByDraw({Of({1, 2, 3, 4})});
  EXPECT_EQ(result.parameter_sd, 0);
  EXPECT_GT(result.monte_carlo_se, 0);
  EXPECT_EQ(result.total_se, result.monte_carlo_se);
}

TEST(DrawVarianceTest, NoTrialsGiveZeros) {
  EXPECT_EQ(DecomposeByDraw({}).mean, 0);
  EXPECT_EQ(DecomposeShareByDraw({0, 0}, {0, 0}).monte_carlo_se, 0);
}

TEST(DrawVarianceTest, CertainSharesKeepAnError) {
  const DrawVariance never = DecomposeShareByDraw({0, 0}, {50, 50});
  EXPECT_EQ(never.mean, 0);
  EXPECT_DOUBLE_EQ(never.monte_carlo_se, 1.0 / 101);
  const DrawVariance always = DecomposeShareByDraw({50, 50}, {50, 50});
  EXPECT_EQ(always.mean, 1);
  EXPECT_NEAR(always.total_se, 1.0 / 101, 1e-15);
}

// A share is the ratio of a count to all trials: its influence is (success - share).
TEST(DrawVarianceTest, InfluenceOfAShareIsTheShare) {
  const DrawVariance share = DecomposeShareByDraw({3, 9, 0}, {10, 12, 11});
  const double p = 12.0 / 33;
  const DrawVariance same = DecomposeInfluenceByDraw(p, {1 - p, -p}, {{3, 7}, {9, 3}, {0, 11}});
  EXPECT_DOUBLE_EQ(same.mean, share.mean);
  EXPECT_NEAR(same.monte_carlo_se, share.monte_carlo_se, 1e-14);
  EXPECT_NEAR(same.parameter_sd, share.parameter_sd, 1e-14);
  EXPECT_NEAR(same.total_se, share.total_se, 1e-14);
  EXPECT_NEAR(same.sd, share.sd, 1e-14);
  // Draws without trials are left out.
  EXPECT_EQ(DecomposeInfluenceByDraw(0.5, {0.5, -0.5}, {{0, 0}, {2, 2}, {0, 0}}).total_se,
            DecomposeInfluenceByDraw(0.5, {0.5, -0.5}, {{2, 2}}).total_se);
  EXPECT_EQ(DecomposeInfluenceByDraw(0.5, {0.5, -0.5}, {{0, 0}}).monte_carlo_se, 0);
}

// 4,000 draws of 20 trials: draw effects uniform on +-1000 (sd 577.4), noise uniform on +-2000 (sd
// 1154.7). The estimate of the draw sd has a relative error of about 2 %; the tolerance of 10 % is
// five of those (false alarm below 1e-6; the seed is fixed anyway).
TEST(DrawVarianceTest, RecoversKnownComponents) {
  std::vector<ExactMoments> draws(4'000);
  for (uint32_t k = 0; k < draws.size(); ++k) {
    const auto effect = RandomBlock(1, k, 0, RandomPurpose::kSynthetic, 0);
    const int64_t shift = static_cast<int64_t>(effect[0] % 2001) - 1000;
    for (uint32_t i = 0; i < 20; ++i) {
      const auto noise = RandomBlock(1, k, i, RandomPurpose::kSynthetic, 1);
      draws[k].Add(shift + static_cast<int64_t>(noise[0] % 4001) - 2000);
    }
  }
  const DrawVariance result = DecomposeByDraw(draws);
  EXPECT_NEAR(result.parameter_sd, 577.4, 57);
  EXPECT_NEAR(result.monte_carlo_se, 1154.7 / std::sqrt(80'000.0), 0.05);
}

}  // namespace
}  // namespace quotacast::simulator
