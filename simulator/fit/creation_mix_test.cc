// Goal: the mixing of creation is found with intervals that cover, whatever the reps' rates.
// Method: counting by hand; families of counts drawn from gamma-mixed Poisson laws with planted
// variance.
#include "simulator/fit/creation_mix.h"

#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "base/random.h"
#include "gtest/gtest.h"
#include "simulator/fit/creation.h"
#include "simulator/fit/interval_coverage.h"
#include "simulator/fit/posterior.h"

namespace quotacast::simulator {
namespace {

// As of day 100: blocks of days 10 to 100 and, cut by the window, 5 to 9. The rep joined on day 8,
// fully ramped at once.
TEST(CreationBlocks, CountsBackFromTheAsOfDay) {
  const absl::CivilDay zero(2021, 1, 1);
  History history;
  history.as_of = zero + 100;
  history.reps = {{"r", 0, zero + 8, {}}, {"silent", 0, {}, {}}};
  for (const int day : {9, 10, 100}) {
    HistoryDeal deal;
    deal.id = std::to_string(day);
    deal.created = zero + day;
    history.deals.push_back(deal);
  }
  const std::vector<RateFamily> families = CreationBlocks(history, zero + 5, 0.07, {});
  ASSERT_EQ(families.size(), 1u);
  ASSERT_EQ(families[0].size(), 2u);
  EXPECT_EQ(families[0][0].events, 2);
  EXPECT_NEAR(families[0][0].expected, 91 * kDefaultCreationRatePerDay, 1e-9);
  EXPECT_EQ(families[0][1].events, 1);
  EXPECT_NEAR(families[0][1].expected, 2 * kDefaultCreationRatePerDay, 1e-9);
  // January is twice as busy: days 10 to 30 of the last block.
  std::vector<double> factors(12, 1.0);
  factors[0] = 2;
  EXPECT_NEAR(CreationBlocks(history, zero + 5, 0.07, factors)[0][0].expected,
              (91 + 21) * kDefaultCreationRatePerDay, 1e-9);
}

// Five reps who all created two deals in the first block of 91 days and eight in the second: nobody
// strayed from the others.
TEST(CreationBlocks, CommonMovesAreNobodysOwn) {
  const absl::CivilDay zero(2021, 1, 1);
  History history;
  history.as_of = zero + 181;
  for (int r = 0; r < 5; ++r) {
    history.reps.push_back({std::to_string(r), 0, {}, {}});
    for (int i = 0; i < 10; ++i) {
      HistoryDeal deal;
      deal.id = std::to_string(10 * r + i);
      deal.rep = r;
      deal.created = zero + (i < 2 ? 10 : 150);
      history.deals.push_back(deal);
    }
  }
  const std::vector<RateFamily> families = CreationBlocks(history, zero, 22, {});
  ASSERT_EQ(families.size(), 5u);
  for (const RateFamily& family : families) {
    EXPECT_NEAR(family[0].expected / family[1].expected, 4, 1e-9);
  }
  history.reps.pop_back();
  history.deals.resize(40);  // Four reps are too few to tell.
  EXPECT_NEAR(CreationBlocks(history, zero, 22, {})[0][0].expected, 13, 1e-9);
}

double PoissonQuantile(double mean, double u) {
  double term = std::exp(-mean);
  double cumulative = term;
  int n = 0;
  while (u > cumulative && n < 10'000) cumulative += term *= mean / ++n;
  return n;
}

std::vector<RateFamily> Plant(int reps, int blocks, double mix_variance, uint64_t seed) {
  uint32_t index = 0;
  auto uniform = [&] {
    const std::array<uint32_t, 4> words =
        RandomBlock(seed, 1, 0, RandomPurpose::kSynthetic, index++);
    return UniformOpen(words[0], words[1]);
  };
  std::vector<RateFamily> families;
  for (int r = 0; r < reps; ++r) {
    const double rate = 10 * std::exp(0.4 * NormalQuantile(uniform()));
    RateFamily& family = families.emplace_back();
    for (int q = 0; q < blocks; ++q) {
      const double mix =
          mix_variance > 0 ? GammaQuantile(1 / mix_variance, 1 / mix_variance, uniform()) : 1;
      family.push_back({PoissonQuantile(rate * mix, uniform()), 13});
    }
  }
  return families;
}

// 300 companies of 8 reps, 8 quarters, 10 deals a quarter; 1/k from the prior. Grid values are
// 20 % apart, far less than the posterior is wide: slack .03.
TEST(FitMixVariance, IntervalsCoverVariancesDrawnFromThePrior) {
  constexpr int kCompanies = 300;
  const double median = kMixVarianceMean * std::exp(-kMixVarianceLogSd * kMixVarianceLogSd / 2);
  const std::vector<double> z = StratifiedUniforms(7, 1, 0, kCompanies);
  IntervalCoverage coverage;
  for (int c = 0; c < kCompanies; ++c) {
    const double truth = median * std::exp(kMixVarianceLogSd * NormalQuantile(z[c]));
    const GridPosterior fit = FitMixVariance(Plant(8, 8, truth, 100 + c));
    coverage.Count(DrawValues(fit, c, "mix", 64), truth);
  }
  ExpectCovers(coverage, 0.03, "mix");
}

// Without data the prior's mean, a tenth; Poisson counts lead far below it.
TEST(FitMixVariance, ShrinksFromTheStatedMean) {
  EXPECT_NEAR(FitMixVariance({}).mean(), kMixVarianceMean, 0.005);
  EXPECT_LT(FitMixVariance(Plant(40, 12, 0, 1)).mean(), 0.02);
}

}  // namespace
}  // namespace quotacast::simulator
