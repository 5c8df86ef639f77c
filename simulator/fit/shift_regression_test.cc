// Goal: modes and spreads are those of the posterior. Method: closed forms where there are any, a
// grid of the posterior where there is none.
#include "simulator/fit/shift_regression.h"

#include <cmath>
#include <vector>

#include "gtest/gtest.h"
#include "simulator/engine/deterministic_math.h"

namespace quotacast::simulator {
namespace {

TEST(ShiftRegressionTest, PoissonRateOfOneColumnIsCountOverSize) {
  // Groups all but fixed at 0, the column free: log(12 / 30), variance 1 / 12.
  const std::vector<ShiftObservation> observations = {{0, {{0, 1.0}}, 0, 5, 10, 1},
                                                      {1, {{0, 1.0}}, 0, 7, 20, 1}};
  const ShiftRegressionResult result = RegressShifts(LinkFamily::kPoisson, observations, 2, 1e-5,
                                                     std::vector<ShiftPrior>{{0, 0}}, 1);
  EXPECT_NEAR(result.modes[0], std::log(0.4), 1e-6);
  EXPECT_NEAR(result.sds[0], std::sqrt(1.0 / 12), 1e-5);
}

TEST(ShiftRegressionTest, ProbitOfOneColumnIsTheQuantileOfTheShare) {
  const std::vector<ShiftObservation> observations = {{0, {{0, 2.0}}, 0.5, 30, 100, 1}};
  const ShiftRegressionResult result =
      RegressShifts(LinkFamily::kProbit, observations, 1, 1e-5, std::vector<ShiftPrior>{{0, 0}}, 1);
  // 0.5 + 2 d = Phi^-1(.3); information of the probit: n phi^2 / (p q), times 2^2.
  const double x = NormalQuantile(0.3);
  const double density = std::exp(-x * x / 2) / std::sqrt(2 * M_PI);
  EXPECT_NEAR(result.modes[0], (x - 0.5) / 2, 1e-6);
  EXPECT_NEAR(result.sds[0], 1 / (2 * std::sqrt(100 * density * density / 0.21)), 1e-6);
}

TEST(ShiftRegressionTest, PriorsAndDataAreWeighedByTheirPrecision) {
  // 1,000,000 events: normal around log(1e6 / 1e6) = 0 with sd 1e-3; the prior says N(.002,
  // .001^2).
  const std::vector<ShiftObservation> observations = {{0, {{0, 1.0}}, 0, 1e6, 1e6, 1}};
  const ShiftRegressionResult result = RegressShifts(LinkFamily::kPoisson, observations, 1, 1e-9,
                                                     std::vector<ShiftPrior>{{0.002, 1e6}}, 1);
  EXPECT_NEAR(result.modes[0], 0.001, 1e-5);
  EXPECT_NEAR(result.sds[0], 1e-3 / std::sqrt(2.0), 1e-6);
}

TEST(ShiftRegressionTest, AGroupsOwnLevelIsIntegratedOut) {
  // The effect is told within the group: before and after. The mode solves the two equations
  // 40 + 80 = m (1 + e^d), 80 = m e^d as the group's prior is wide: d = log 2; the variance of the
  // difference of two logarithms is 1/40 + 1/80.
  const std::vector<ShiftObservation> observations = {{0, {}, 0, 40, 10, 1},
                                                      {0, {{0, 1.0}}, 0, 80, 10, 1}};
  const ShiftRegressionResult result =
      RegressShifts(LinkFamily::kPoisson, observations, 1, 1e3, std::vector<ShiftPrior>{{0, 0}}, 1);
  EXPECT_NEAR(result.modes[0], std::log(2.0), 1e-5);
  EXPECT_NEAR(result.sds[0], std::sqrt(1.0 / 40 + 1.0 / 80), 1e-5);
}

TEST(ShiftRegressionTest, HalfTheWeightSaysHalfAsMuch) {
  const auto sd_at = [](double weight) {
    const std::vector<ShiftObservation> observations = {{0, {{0, 1.0}}, 0, 5, 10, weight}};
    return RegressShifts(LinkFamily::kPoisson, observations, 1, 1e-5,
                         std::vector<ShiftPrior>{{0, 0}}, 1)
        .sds[0];
  };
  EXPECT_NEAR(sd_at(0.5) / sd_at(1), std::sqrt(2.0), 1e-5);
}

TEST(ShiftRegressionTest, WhatNobodySawKeepsItsPrior) {
  const std::vector<ShiftObservation> observations = {{0, {{0, 1.0}}, 0, 5, 10, 1}};
  const ShiftRegressionResult result = RegressShifts(LinkFamily::kProbit, observations, 3, 0.1,
                                                     std::vector<ShiftPrior>{{0, 1}, {0.3, 4}}, 1);
  EXPECT_NEAR(result.modes[1], 0.3, 1e-9);
  EXPECT_NEAR(result.sds[0], 0.5, 1e-6);
}

}  // namespace
}  // namespace quotacast::simulator
