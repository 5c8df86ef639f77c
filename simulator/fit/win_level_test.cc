// Goal: moves of the win side are followed as far as they can be told, nothing is made of nothing,
// and the range of the next quarter holds it. Method: closed forms for few blocks, levels planted
// by the prior; bounds state their false-alarm rates.
#include "simulator/fit/win_level.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "absl/time/civil_time.h"
#include "base/random.h"
#include "gtest/gtest.h"
#include "simulator/fit/posterior.h"

namespace quotacast::simulator {
namespace {

constexpr double kWalkSdMean = 0.04;

// Of two blocks the move between them is told by their difference: with s = v0 + v1 the posterior
// of the step is N(d w^2 / (w^2 + s), w^2 s / (w^2 + s)); the contrast is the weight of the first
// times that step, plus one more step.
TEST(WinLevelTest, TwoBlocksInClosedForm) {
  const std::vector<WinBlock> blocks = {{0.10, 1 / 0.02, 0.3}, {-0.05, 1 / 0.01, 0.7}};
  const double w = 0.08;
  const WalkedLevel level = WalkThrough(blocks, w);
  const double shrink = w * w / (w * w + 0.03);
  EXPECT_NEAR(level.mean, 0.3 * -0.15 * shrink, 1e-6);
  EXPECT_NEAR(level.variance, 0.09 * 0.03 * shrink + w * w, 1e-6);
}

TEST(WinLevelTest, LikelihoodOfTwoBlocksIsThatOfTheirDifference) {
  const std::vector<WinBlock> blocks = {{0.10, 1 / 0.02, 0.5}, {-0.05, 1 / 0.01, 0.5}};
  const auto log_density = [](double w) {
    const double variance = w * w + 0.03;
    return -0.5 * (std::log(variance) + 0.15 * 0.15 / variance);
  };
  EXPECT_NEAR(WalkThrough(blocks, 0.2).log_likelihood - WalkThrough(blocks, 0.02).log_likelihood,
              log_density(0.2) - log_density(0.02), 1e-4);
}

// A block without exits is walked through: two steps instead of one.
TEST(WinLevelTest, AnEmptyBlockIsAStepOfTheWalk) {
  const std::vector<WinBlock> blocks = {{0.10, 1 / 0.02, 0.3}, {}, {-0.05, 1 / 0.01, 0.7}};
  const double w = 0.08;
  const double shrink = 2 * w * w / (2 * w * w + 0.03);
  EXPECT_NEAR(WalkThrough(blocks, w).mean, 0.3 * -0.15 * shrink, 1e-6);
}

TEST(WinLevelTest, WithoutExitsNothingMoves) {
  for (const double draw : FitWinLevel({}, kWalkSdMean, 64, 7)) EXPECT_EQ(draw, 0);
  for (const double draw : FitWinLevel(std::vector<WinBlock>(5), kWalkSdMean, 64, 7)) {
    EXPECT_EQ(draw, 0);
  }
  const std::vector<WinBlock> moving = {{-1, 100, 0.3}, {0, 100, 0.3}, {1, 100, 0.4}};
  for (const double draw : FitWinLevel(moving, 0, 64, 7)) EXPECT_EQ(draw, 0);
}

double Sd(const std::vector<double>& draws) {
  double sum = 0, squares = 0;
  for (const double draw : draws) {
    sum += draw;
    squares += draw * draw;
  }
  const double n = static_cast<double>(draws.size());
  return std::sqrt(squares / n - sum * sum / (n * n));
}

TEST(WinLevelTest, ASteadyPastNarrowsThePrior) {
  const std::vector<WinBlock> steady(16, {0, 1e4, 1.0 / 16});
  const std::vector<WinBlock> unknown(1, {0, 1e4, 1.0});
  const std::vector<double> draws = FitWinLevel(steady, kWalkSdMean, 64, 7);
  EXPECT_LT(Sd(draws), 0.5 * Sd(FitWinLevel(unknown, kWalkSdMean, 64, 7)));
  EXPECT_EQ(draws, FitWinLevel(steady, kWalkSdMean, 64, 7));
}

// 400 companies of 10 blocks, the walk by the prior (half-normal), blocks of the precision that 40
// to 400 exits have. The rank of where the level goes lies in the middle 52 of 65 gaps of the draws
// in 80 % of them: sd 2 points; four of them are one false alarm in 16,000.
TEST(WinLevelTest, DrawsHoldWhereTheLevelGoes) {
  constexpr int kCompanies = 400;
  int held = 0;
  for (int company = 0; company < kCompanies; ++company) {
    uint32_t index = 0;
    const auto normal = [&] {
      const auto words =
          RandomBlock(11, static_cast<uint64_t>(company), 0, RandomPurpose::kSynthetic, index++);
      return NormalQuantile(UniformOpen(words[0], words[1]));
    };
    const double w = kWalkSdMean * std::sqrt(M_PI / 2) * std::abs(normal());
    std::vector<WinBlock> blocks;
    double level = 0.05 * normal();
    double mean = 0, weights = 0;
    for (int q = 0; q < 10; ++q) {
      const double precision = 25 * (1 + 9 * NormalCdf(normal()));
      blocks.push_back({level + normal() / std::sqrt(precision), precision, precision});
      mean += precision * level;
      weights += precision;
      level += w * normal();
    }
    for (WinBlock& block : blocks) block.weight /= weights;
    const double truth = level - mean / weights;
    const std::vector<double> draws =
        FitWinLevel(blocks, kWalkSdMean, 64, static_cast<uint64_t>(company));
    const auto below =
        std::count_if(draws.begin(), draws.end(), [&](double draw) { return draw < truth; });
    held += below >= 7 && below <= 58 ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(held) / kCompanies, 52.0 / 65, 4 * 0.02);
}

TEST(WinLevelTest, ShiftsAdvancesAndLeavesCertainties) {
  StageCell cell;
  cell.entry_advance_probability = 0.5;
  cell.ages = {{0.1, 0.5, 0}, {0.1, 0, 0}, {0.1, 1, 0}};
  std::vector<StageCell> cells = {cell};
  ShiftAdvances(0.2533471, cells);
  EXPECT_NEAR(cells[0].entry_advance_probability, 0.6, 1e-6);
  EXPECT_NEAR(cells[0].ages[0].advance_probability, 0.6, 1e-6);
  EXPECT_EQ(cells[0].ages[1].advance_probability, 0);
  EXPECT_EQ(cells[0].ages[2].advance_probability, 1);
  EXPECT_EQ(cells[0].ages[0].exit_rate_per_day, 0.1);
}

// One stage of even chances, one team: in the older block everybody is lost, in the newer one
// everybody advances. Score of an exit at p = 1/2: +-2 phi(0); information 4 phi(0)^2; so the
// estimates are +-1 / (2 phi(0)) = +-1.2533.
TEST(WinLevelTest, BlocksOfExits) {
  StageCell cell;
  cell.entry_advance_probability = 0.5;
  cell.ages = {{0.1, 0.5, 0}};
  const AdvanceChances chances(std::vector<StageCell>{cell}, {}, 1);
  const absl::CivilDay as_of(2026, 9, 30);
  std::vector<StageExit> exits;
  for (int i = 0; i < 8; ++i) {
    StageExit exit;
    exit.advanced = i >= 4;
    exit.age_days = 30;
    exit.day = as_of - (exit.advanced ? 10 : 200);  // Block 0 and, back from it, block 2.
    exits.push_back(exit);
  }
  const std::vector<HistoryRep> reps = {{"r", 0, std::nullopt, std::nullopt}};
  const std::vector<WinBlock> blocks =
      WinBlocksOf(CollectBlockEvidence(exits, chances, std::vector<RepEffect>(1), reps, 1, as_of),
                  {1e9, 0.1, 0.2});
  ASSERT_EQ(blocks.size(), 3u);
  EXPECT_NEAR(blocks[0].estimate, -1.2533, 1e-3);
  EXPECT_EQ(blocks[1].precision, 0);
  EXPECT_NEAR(blocks[2].estimate, 1.2533, 1e-3);
  // Four exits have 4 * 4 phi(0)^2 = 2.5465; a single team's shocks count in full.
  EXPECT_NEAR(1 / blocks[2].precision, 1 / 2.5465 + 0.01 + 0.04, 1e-3);
  EXPECT_NEAR(blocks[0].weight, 0.5, 1e-6);
  EXPECT_NEAR(blocks[2].weight, 0.5, 1e-6);
}

}  // namespace
}  // namespace quotacast::simulator
