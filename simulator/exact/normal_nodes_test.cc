// Goal: expectations over a normal variable to the stated errors. Method: moments in closed form,
// E Phi(a Z + c) = Phi(c / sqrt(1 + a^2)), and interpolation against it under other normal laws.
#include "simulator/exact/normal_nodes.h"

#include <cmath>
#include <cstddef>
#include <vector>

#include "gtest/gtest.h"

namespace quotacast::simulator {
namespace {

double Phi(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

TEST(NormalNodesTest, GaussHermiteIntegratesPolynomials) {
  for (const int count : {1, 2, 3, 8, 16, 24, 64}) {
    const NormalNodes nodes = GaussHermite(count);
    ASSERT_EQ(nodes.points.size(), static_cast<size_t>(count));
    double moment = 1;  // E Z^d = (d - 1)!!.
    for (int degree = 0; degree < 2 * count && degree <= 20; degree += 2) {
      if (degree > 0) moment *= degree - 1;
      double sum = 0, odd = 0;
      for (int i = 0; i < count; ++i) {
        sum += nodes.weights[i] * std::pow(nodes.points[i], degree);
        odd += nodes.weights[i] * std::pow(nodes.points[i], degree + 1);
      }
      EXPECT_NEAR(sum, moment, 1e-11 * moment) << count << ", " << degree;
      EXPECT_NEAR(odd, 0, 1e-10 * moment * (degree + 1)) << count << ", " << degree;
    }
  }
  // By hand: +-sqrt(3) with weight 1/6 and 0 with 2/3.
  const NormalNodes three = GaussHermite(3);
  EXPECT_NEAR(three.points[2], std::sqrt(3.0), 1e-15);
  EXPECT_NEAR(three.weights[2], 1.0 / 6, 1e-15);
}

TEST(NormalNodesTest, NodesForRatioKeepTheirError) {
  const NormalRules rules;
  for (const double ratio : {0.0, 0.1, 0.3, 0.5, 0.7, 0.75, 0.9, 1.5, 3.0, 8.0}) {
    const NormalNodes nodes = rules.ForRatio(ratio);
    for (const double c : {-2.0, -0.7, 0.0, 0.4, 1.5}) {
      double sum = 0;
      for (size_t i = 0; i < nodes.points.size(); ++i) {
        sum += nodes.weights[i] * Phi(ratio * nodes.points[i] + c);
      }
      EXPECT_NEAR(sum, Phi(c / std::sqrt(1 + ratio * ratio)), 2e-6) << ratio << ", " << c;
    }
  }
  // Few where few are enough.
  EXPECT_LE(rules.ForRatio(0.5).points.size(), 9u);
  EXPECT_LE(rules.ForRatio(1).points.size(), 15u);
  EXPECT_LE(rules.ForRatio(6).points.size(), 60u);
}

TEST(NormalNodesTest, InterpolationAveragesUnderOtherLaws) {
  const NormalRules rules;
  for (const double ratio : {0.2, 0.6, 1.0, 2.5}) {
    const double sd = 0.13, mean = 0.05;
    const NormalInterpolation interpolation(rules, mean, sd, ratio);
    const auto f = [&](double x) { return Phi(ratio * (x - mean) / sd + 0.3); };
    for (const double own : {0.0, 0.03, 0.1, 0.13}) {
      const double shared = std::sqrt(sd * sd - own * own);
      for (const double score : {-3.5, -2.0, 0.0, 1.0, 3.5}) {
        const std::vector<double> weights = interpolation.Weights(mean + score * shared, own);
        double sum = 0, total = 0;
        for (size_t i = 0; i < weights.size(); ++i) {
          total += weights[i];
          sum += weights[i] * f(interpolation.points()[i]);
        }
        const double a = ratio * own / sd;
        EXPECT_NEAR(total, 1, 1e-12);
        EXPECT_NEAR(sum, Phi((ratio * score * shared / sd + 0.3) / std::sqrt(1 + a * a)), 2e-5)
            << ratio << ", " << own << ", " << score;
      }
    }
  }
  // Without a spread there is one point.
  const NormalInterpolation point(rules, 0.2, 0, 1);
  EXPECT_EQ(point.points(), std::vector<double>{0.2});
  EXPECT_EQ(point.Weights(0.2, 0), std::vector<double>{1});
}

}  // namespace
}  // namespace quotacast::simulator
