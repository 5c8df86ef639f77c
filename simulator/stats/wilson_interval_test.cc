// Goal: the interval solves Wilson's defining equation |p^ - p| = z sqrt(p (1 - p) / n). Method:
// put both ends back into it; closed forms at 0 and n.
#include "simulator/stats/wilson_interval.h"

#include <cmath>
#include <cstdint>

#include "gtest/gtest.h"

namespace quotacast::simulator {
namespace {

TEST(WilsonIntervalTest, EndsSolveTheScoreEquation) {
  for (const int64_t successes : {1, 7, 50, 99}) {
    const ProportionInterval interval = WilsonInterval(successes, 100, 1.96);
    const double share = static_cast<double>(successes) / 100;
    for (const double p : {interval.low, interval.high}) {
      EXPECT_NEAR(std::abs(share - p), 1.96 * std::sqrt(p * (1 - p) / 100), 1e-12);
    }
    EXPECT_LT(interval.low, share);
    EXPECT_GT(interval.high, share);
  }
}

TEST(WilsonIntervalTest, ExtremesKeepAWidth) {
  // At 0 of n the upper end is z^2 / (n + z^2).
  EXPECT_EQ(WilsonInterval(0, 400, 2).low, 0);
  EXPECT_NEAR(WilsonInterval(0, 400, 2).high, 4.0 / 404, 1e-15);
  EXPECT_EQ(WilsonInterval(400, 400, 2).high, 1);
  EXPECT_NEAR(WilsonInterval(400, 400, 2).low, 400.0 / 404, 1e-15);
  EXPECT_EQ(WilsonInterval(0, 0, 2).high, 1);
}

}  // namespace
}  // namespace quotacast::simulator
