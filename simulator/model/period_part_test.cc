// Goal: days fall into the parts the rule says. Method: a quarter worked by hand, short periods.
#include "simulator/model/period_part.h"

#include "gtest/gtest.h"

namespace quotacast::simulator {
namespace {

// 90 days: 83 before the last seven. floor(3 i / 83) turns to 1 at 28 (84 / 83) and 2 at 56.
TEST(PeriodPartOf, SplitsAQuarterByHand) {
  EXPECT_EQ(PeriodPartOf(0, 90), 0);
  EXPECT_EQ(PeriodPartOf(27, 90), 0);
  EXPECT_EQ(PeriodPartOf(28, 90), 1);
  EXPECT_EQ(PeriodPartOf(55, 90), 1);
  EXPECT_EQ(PeriodPartOf(56, 90), 2);
  EXPECT_EQ(PeriodPartOf(82, 90), 2);
  EXPECT_EQ(PeriodPartOf(83, 90), 3);
  EXPECT_EQ(PeriodPartOf(89, 90), 3);
}

TEST(PeriodPartOf, ShortPeriods) {
  EXPECT_EQ(PeriodPartOf(0, 1), 3);
  EXPECT_EQ(PeriodPartOf(0, 7), 3);
  EXPECT_EQ(PeriodPartOf(0, 8), 0);
  EXPECT_EQ(PeriodPartOf(1, 8), 3);
  EXPECT_EQ(PeriodPartOf(1, 9), 1);
}

}  // namespace
}  // namespace quotacast::simulator
