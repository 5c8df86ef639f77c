// Goal: what everybody's creation does next is told with the range it has. Method: series of counts
// with a planted level, walk and shocks; histories whose creation falls, by the rates that come
// out.
#include "simulator/fit/creation_level.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "base/random.h"
#include "gtest/gtest.h"
#include "simulator/fit/posterior.h"

namespace quotacast::simulator {
namespace {

class Dice {
 public:
  explicit Dice(uint64_t seed) : seed_(seed) {}
  double Uniform() {
    return UniformOpen(RandomBlock(seed_, 77, 0, RandomPurpose::kSynthetic, index_++)[0]);
  }
  double Normal() { return NormalQuantile(Uniform()); }
  // Poisson of a mean above 20, rounded from the normal with its skewness.
  double Count(double mean) {
    const double z = Normal();
    return std::max(0.0, std::round(mean + std::sqrt(mean) * z + (z * z - 1) / 6));
  }

 private:
  uint64_t seed_;
  uint32_t index_ = 0;
};

double Mean(const std::vector<double>& draws) {
  double sum = 0;
  for (const double draw : draws) sum += std::exp(draw);
  return sum / static_cast<double>(draws.size());
}

TEST(FitCreationLevel, ConstantPaceStaysAsItIs) {
  std::vector<LevelBlock> blocks(10, {200, 200, 1});
  const std::vector<double> draws = FitCreationLevel(blocks, 64, 1, "a");
  EXPECT_NEAR(Mean(draws), 1, 0.02);
  EXPECT_EQ(draws, FitCreationLevel(blocks, 64, 1, "a"));
  EXPECT_NE(draws, FitCreationLevel(blocks, 64, 2, "a"));
}

TEST(FitCreationLevel, FollowsALevelThatChanged) {
  std::vector<LevelBlock> blocks(10, {200, 200, 1});
  for (size_t b = 6; b < 10; ++b) blocks[b].created = 120;
  EXPECT_NEAR(Mean(FitCreationLevel(blocks, 64, 1, "a")), 0.6, 0.06);
  // One odd quarter is not the new level.
  std::vector<LevelBlock> odd(10, {200, 200, 1});
  odd[9].created = 120;
  const double mean = Mean(FitCreationLevel(odd, 64, 1, "a"));
  EXPECT_GT(mean, 0.65);
  EXPECT_LT(mean, 0.98);
}

TEST(FitCreationLevel, LittleHistoryIsThePrior) {
  EXPECT_EQ(FitCreationLevel({}, 4, 1, "a"), std::vector<double>(4, 0.0));
  const std::vector<LevelBlock> two = {{10, 100, 1}, {190, 100, 1}};
  EXPECT_NEAR(Mean(FitCreationLevel(two, 64, 1, "a")), 1, 0.02);
}

// 300 series of 9 quarters: walks of .1, shocks of .1, Poisson counts of 60 to 400. The tenth
// quarter's factor lies in the 50, 80 and 95 % interval of 64 draws as often as these say, within
// 4 binomial standard errors (false alarm 6e-5 each) and two points for draws on a grid.
TEST(FitCreationLevel, IntervalsHoldTheNextQuarter) {
  constexpr int kSeries = 300;
  const double levels[] = {0.5, 0.8, 0.95};
  int covered[3] = {};
  for (int series = 0; series < kSeries; ++series) {
    Dice dice(static_cast<uint64_t>(series) + 1);
    const double pace = 60 + 340 * dice.Uniform();
    double level = 0.1 * dice.Normal();
    std::vector<LevelBlock> blocks;
    for (int b = 0; b < 9; ++b) {
      level += 0.1 * dice.Normal();
      blocks.push_back({dice.Count(pace * std::exp(level + 0.1 * dice.Normal())), pace, 1});
    }
    const double next = level + 0.1 * dice.Normal() + 0.1 * dice.Normal();
    std::vector<double> draws = FitCreationLevel(blocks, 64, 5, "a");
    std::sort(draws.begin(), draws.end());
    double rank = 0.5;
    for (const double draw : draws) rank += draw < next ? 1 : 0;
    rank /= 65;
    for (int i = 0; i < 3; ++i) covered[i] += std::abs(rank - 0.5) <= levels[i] / 2 ? 1 : 0;
  }
  for (int i = 0; i < 3; ++i) {
    const double error = std::sqrt(levels[i] * (1 - levels[i]) / kSeries);
    EXPECT_NEAR(covered[i] / double{kSeries}, levels[i], 4 * error + 0.02) << levels[i];
  }
}

// One segment and two reps who created a deal every day, and one every third day for the last year.
TEST(FitCreationLevels, CountsByBlockAndSegment) {
  History history;
  history.segments = {"a", "b"};
  history.stages = {"s"};
  history.teams = {"t"};
  history.reps = {{"r0", 0, {}, {}}, {"r1", 0, {}, {}}};
  history.as_of = absl::CivilDay(2020, 1, 1) + (12 * kLevelBlockDays - 1);
  for (int day = 0; day < 12 * kLevelBlockDays; ++day) {
    for (int rep = 0; rep < 2; ++rep) {
      for (int segment = 0; segment < 2; ++segment) {
        if (segment == 0 && day >= 8 * kLevelBlockDays && day % 3 != 0) continue;
        HistoryDeal& deal = history.deals.emplace_back();
        deal.rep = rep;
        deal.segment = segment;
        deal.created = absl::CivilDay(2020, 1, 1) + day;
      }
    }
  }
  CreationFit creation;
  creation.rep_rates.assign(8, std::vector<double>(4, 1.0));
  LevelContext context;
  context.window_start = absl::CivilDay(2020, 1, 1);
  context.draw_count = 64;
  const auto factors = FitCreationLevels(history, creation, context);
  double a = 0, b = 0;
  for (const std::vector<double>& draw : factors) {
    a += draw[0] / 64;
    b += draw[1] / 64;
  }
  EXPECT_NEAR(a, 1.0 / 3, 0.05);
  EXPECT_NEAR(b, 1, 0.12);
}

}  // namespace
}  // namespace quotacast::simulator
