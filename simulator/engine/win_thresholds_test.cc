// Goal: a random shift leaves P(win) from the entry of every stage where the fit put it. Method:
// integrate the product over the stages by Simpson's rule on libm.
#include "simulator/engine/win_thresholds.h"

#include <cmath>
#include <cstddef>
#include <vector>

#include "gtest/gtest.h"
#include "simulator/engine/deterministic_math.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {
namespace {

const std::vector<int> kEdges = {14, 56};

std::vector<StageCell> Stages() {
  std::vector<StageCell> stages(4);
  const double probabilities[4][4] = {
      {0.4, 0.6, 0.7, 0.5}, {0.5, 0.62, 0.7, 0.65}, {0.8, 0.75, 0.7, 0.3}, {0.9, 0.85, 0.8, 0.6}};
  for (int s = 0; s < 4; ++s) {
    stages[s].entry_day_exit_share = 0.02;
    stages[s].first_week_exit_share = 0.1 + 0.05 * s;
    stages[s].entry_advance_probability = probabilities[s][0];
    for (int b = 0; b < 3; ++b) {
      stages[s].ages.push_back({0.02 + 0.01 * b, probabilities[s][b + 1]});
    }
  }
  return stages;
}

// P(win) from the entry of stage `from` when all stages share the shift x.
double WinProbability(const std::vector<StageCell>& stages, const WinThresholds& thresholds,
                      int from, double x) {
  double product = 1;
  for (size_t s = from; s < stages.size(); ++s) {
    const std::vector<double> shares = ExitShares(stages[s], kEdges, 7);
    double advance = 0;
    for (size_t slot = 0; slot < shares.size(); ++slot) {
      const double z = thresholds.At(static_cast<int>(s), static_cast<int>(slot)) + x;
      advance += shares[slot] * 0.5 * std::erfc(-z / std::sqrt(2.0));
    }
    product *= advance;
  }
  return product;
}

double Expected(const std::vector<StageCell>& stages, const WinThresholds& thresholds, int from,
                double sd) {
  double sum = 0;
  const double h = 0.01;
  for (double x = -9; x <= 9; x += h) {
    sum += h * std::exp(-x * x / 2) / std::sqrt(2 * M_PI) *
           WinProbability(stages, thresholds, from, sd * x);
  }
  return sum;
}

TEST(WinThresholdsTest, ExitSharesSumToOneAndFollowTheHazards) {
  const std::vector<StageCell> stages = Stages();
  const std::vector<double> shares = ExitShares(stages[0], kEdges, 7);
  EXPECT_NEAR(shares[0] + shares[1] + shares[2] + shares[3], 1, 1e-14);
  EXPECT_NEAR(shares[0], 0.1, 1e-15);
  // Entered 1 to 7 days ago: ages below 14 last for two boundaries but one (the age 7 start sees
  // 7 only, ages 1 to 6 see a and a + 7).
  const double h = 1 - std::exp(-0.02 * 7);
  EXPECT_NEAR(shares[1], 0.9 * (6.0 / 7 * (1 - (1 - h) * (1 - h)) + 1.0 / 7 * h), 1e-14);
}

TEST(WinThresholdsTest, StuckDealsNeverLeave) {
  StageCell cell = Stages()[0];
  cell.ages[2].exit_rate_per_day = 0;
  const std::vector<double> shares = ExitShares(cell, kEdges, 7);
  EXPECT_EQ(shares[3], 0);
  EXPECT_LT(shares[0] + shares[1] + shares[2], 0.9);
}

TEST(WinThresholdsTest, WinProbabilityOfEveryStageIsPreserved) {
  const std::vector<StageCell> stages = Stages();
  const WinThresholds plain = RescaleThresholds(stages.data(), 4, kEdges, 0, 7);
  for (const double sd : {0.11, 0.25, 0.6}) {
    const WinThresholds rescaled = RescaleThresholds(stages.data(), 4, kEdges, sd, 7);
    for (int from = 0; from < 4; ++from) {
      const double fitted = WinProbability(stages, plain, from, 0);
      EXPECT_NEAR(Expected(stages, rescaled, from, sd) / fitted, 1, 1e-9) << sd << " " << from;
    }
  }
}

// With ways back the chain of stages is solved as a linear system at every shift:
// P_s = A_s(x) P_{s+1} + B_s sum_d D_sd P_d.
std::vector<double> LoopWins(const std::vector<StageCell>& stages, const WinThresholds& thresholds,
                             double x) {
  const size_t n = stages.size();
  std::vector<std::vector<double>> a(n, std::vector<double>(n + 1, 0.0));
  for (size_t s = 0; s < n; ++s) {
    const std::vector<double> shares = ExitShares(stages[s], kEdges, 7);
    double advance = 0, back = 0;
    for (size_t slot = 0; slot < shares.size(); ++slot) {
      const double z = thresholds.At(static_cast<int>(s), static_cast<int>(slot)) + x;
      const double r = slot == 0 ? stages[s].entry_regress_probability
                                 : stages[s].ages[slot - 1].regress_probability;
      advance += shares[slot] * (1 - r) * 0.5 * std::erfc(-z / std::sqrt(2.0));
      back += shares[slot] * r;
    }
    a[s][s] = 1;
    (s + 1 < n ? a[s][s + 1] : a[s][n]) += s + 1 < n ? -advance : advance;
    for (size_t d = 0; d < stages[s].regress_destinations.size(); ++d) {
      a[s][d] -= back * stages[s].regress_destinations[d];
    }
  }
  for (size_t c = 0; c < n; ++c) {
    for (size_t s = 0; s < n; ++s) {
      if (s == c) continue;
      const double factor = a[s][c] / a[c][c];
      for (size_t t = 0; t <= n; ++t) a[s][t] -= factor * a[c][t];
    }
  }
  std::vector<double> wins;
  for (size_t s = 0; s < n; ++s) wins.push_back(a[s][n] / a[s][s]);
  return wins;
}

TEST(WinThresholdsTest, WinProbabilityOfEveryStageIsPreservedWithWaysBack) {
  for (const double strength : {0.05, 0.3, 0.8}) {
    std::vector<StageCell> stages = Stages();
    stages[0].ages[1].regress_probability = strength;
    stages[0].regress_destinations = {1};
    stages[2].entry_regress_probability = strength / 2;
    stages[2].ages[0].regress_probability = strength;
    stages[2].regress_destinations = {0.5, 0.3, 0.2};
    for (AgeCell& age : stages[3].ages) age.regress_probability = strength;
    stages[3].regress_destinations = {0.2, 0, 0.6, 0.2};
    const std::vector<double> fitted =
        LoopWins(stages, RescaleThresholds(stages.data(), 4, kEdges, 0, 7), 0);
    for (const double sd : {0.11, 0.4}) {
      const WinThresholds rescaled = RescaleThresholds(stages.data(), 4, kEdges, sd, 7);
      double mean[4] = {};
      const double h = 0.02;
      for (double x = -9; x <= 9; x += h) {
        const std::vector<double> wins = LoopWins(stages, rescaled, sd * x);
        const double weight = h * std::exp(-x * x / 2) / std::sqrt(2 * M_PI);
        for (int s = 0; s < 4; ++s) mean[s] += weight * wins[s];
      }
      for (int s = 0; s < 4; ++s) {
        EXPECT_NEAR(mean[s] / fitted[s], 1, 1e-9) << strength << " " << sd << " " << s;
      }
    }
  }
}

TEST(WinThresholdsTest, ALoopThatNobodyLeavesWinsNothing) {
  std::vector<StageCell> stages = Stages();
  stages[1].entry_regress_probability = 1;
  for (AgeCell& age : stages[1].ages) age.regress_probability = 1;
  stages[1].regress_destinations = {0, 1};
  const WinThresholds thresholds = RescaleThresholds(stages.data(), 4, kEdges, 0.3, 7);
  for (const double z : thresholds.z) EXPECT_TRUE(std::isfinite(z));
}

TEST(WinThresholdsTest, WithoutTheCorrectionTheProductIsBiased) {
  // What the constants are for: widening alone leaves P(win) over four stages several percent high.
  const std::vector<StageCell> stages = Stages();
  WinThresholds widened = RescaleThresholds(stages.data(), 4, kEdges, 0, 7);
  for (double& z : widened.z) z *= std::sqrt(1 + 0.25 * 0.25);
  const double fitted =
      WinProbability(stages, RescaleThresholds(stages.data(), 4, kEdges, 0, 7), 0, 0);
  EXPECT_GT(Expected(stages, widened, 0, 0.25) / fitted, 1.04);
}

TEST(WinThresholdsTest, CertainOutcomesStayCertain) {
  std::vector<StageCell> stages = Stages();
  for (StageCell& stage : stages) {
    stage.entry_advance_probability = 1;
    for (AgeCell& age : stage.ages) age.advance_probability = 1;
  }
  stages[1].ages[0].advance_probability = 0;
  const WinThresholds thresholds = RescaleThresholds(stages.data(), 4, kEdges, 0.3, 7);
  EXPECT_EQ(NormalCdf(thresholds.At(0, 0) - 3), 1);
  EXPECT_EQ(NormalCdf(thresholds.At(1, 1) + 3), 0);
}

}  // namespace
}  // namespace quotacast::simulator
