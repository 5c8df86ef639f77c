// Goal: the strength of shrinkage is learned from how much children differ. Method: families drawn
// with planted strengths; equal children; no data.
#include "simulator/fit/prior_count.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "base/random.h"
#include "gtest/gtest.h"
#include "simulator/fit/posterior.h"

namespace quotacast::simulator {
namespace {

double Uniform(uint64_t entity, uint32_t index) {
  const std::array<uint32_t, 4> words =
      RandomBlock(99, entity, 0, RandomPurpose::kSynthetic, index);
  return UniformOpen(words[0], words[1]);
}

// 100 families of 4 children with 50 observations each, drawn around .4 with kappa 16, while the
// parent is believed to be .5: the family's level is its own. The likelihood of so many groups is
// narrow against a grid that doubles: outside 8..32 in fewer than one of 10^4 samples.
TEST(FitSharePriorCount, RecoversPlantedSpread) {
  std::vector<ShareFamily> families;
  for (uint64_t f = 0; f < 100; ++f) {
    ShareFamily family;
    for (uint64_t c = 0; c < 4; ++c) {
      const uint64_t entity = 4 * f + c;
      const double p = BetaQuantile(16 * 0.4, 16 * 0.6, Uniform(entity, 0));
      double count = 0;
      for (uint32_t n = 1; n <= 50; ++n) count += Uniform(entity, n) < p;
      family.push_back({count, 50, 0.5});
    }
    families.push_back(family);
  }
  const PriorCount kappa = FitSharePriorCount(families, 1, "test", 64);
  EXPECT_GE(kappa.typical, 8);
  EXPECT_LE(kappa.typical, 32);
}

TEST(FitRatePriorCount, RecoversPlantedSpread) {
  std::vector<RateFamily> families;
  for (uint64_t f = 0; f < 100; ++f) {
    RateFamily family;
    for (uint64_t c = 0; c < 4; ++c) {
      const uint64_t entity = 4 * f + c;
      const double mean = 20 * GammaQuantile(8, 8, Uniform(entity, 0));
      double events = 0;
      double time = -std::log(Uniform(entity, 1));
      for (uint32_t n = 2; time < mean; ++n) {
        ++events;
        time -= std::log(Uniform(entity, n));
      }
      family.push_back({events, 10});  // Everybody at twice what was expected.
    }
    families.push_back(family);
  }
  const PriorCount kappa = FitRatePriorCount(families, 1, "test", 64);
  EXPECT_GE(kappa.typical, 4);
  EXPECT_LE(kappa.typical, 16);
}

TEST(PriorCount, EqualChildrenPool) {
  const std::vector<ShareFamily> shares(10, ShareFamily(5, ShareChild{400, 1000, 0.3}));
  EXPECT_GT(FitSharePriorCount(shares, 1, "test", 64).typical, 400);
  const std::vector<RateFamily> rates(10, RateFamily(5, RateChild{1000, 700}));
  EXPECT_GT(FitRatePriorCount(rates, 1, "test", 64).typical, 400);
}

TEST(PriorCount, UnequalChildrenDoNot) {
  const std::vector<RateFamily> rates(10, RateFamily{{10, 100}, {300, 100}});
  EXPECT_LT(FitRatePriorCount(rates, 1, "test", 64).typical, 4);
}

// A single child says nothing about how children differ, and no data nothing at all: every strength
// on the grid is then drawn.
TEST(PriorCount, WithoutEvidenceEverythingIsPossible) {
  const std::vector<double> none = FitSharePriorCount({}, 1, "test", 64).draws;
  EXPECT_EQ(*std::min_element(none.begin(), none.end()), kMinPriorCount);
  EXPECT_EQ(*std::max_element(none.begin(), none.end()), kMaxPriorCount);
  const std::vector<RateFamily> single = {{{100, 100}}};
  const std::vector<double> one = FitRatePriorCount(single, 1, "test", 64).draws;
  EXPECT_LT(*std::min_element(one.begin(), one.end()), 16);
  EXPECT_GT(*std::max_element(one.begin(), one.end()), 64);
}

TEST(PriorCount, ExtremeFamiliesStayFinite) {
  const std::vector<ShareFamily> shares = {{{0, 1000, 0.9}, {0, 500, 0.9}}, {{7, 7, 0.01}}};
  EXPECT_TRUE(std::isfinite(FitSharePriorCount(shares, 1, "test", 8).typical));
  const std::vector<RateFamily> rates = {{{0, 1e6}, {0, 1}}, {{1e5, 1e-3}}};
  EXPECT_TRUE(std::isfinite(FitRatePriorCount(rates, 1, "test", 8).typical));
}

TEST(ParentShareOf, FallsFromOneToZero) {
  EXPECT_EQ(ParentShareOf(0, 4), 1);
  EXPECT_EQ(ParentShareOf(4, 4), 0.5);
  EXPECT_LT(ParentShareOf(1e6, 4), 1e-5);
}

// Equal exposure, unequal luck: both children have the same say.
TEST(ParentSharesOf, DoNotHangOnTheEventsSeen) {
  const std::vector<double> shares = ParentSharesOf({{100, 50}, {0, 50}}, 4);
  EXPECT_EQ(shares[0], shares[1]);
  // At the family's level, about the mean of the two ratios, 50 events each are expected.
  EXPECT_NEAR(shares[0], 4.0 / 54, 0.01);
}

}  // namespace
}  // namespace quotacast::simulator
