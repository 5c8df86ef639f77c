// Goal: quarters, workdays and business hours are those of the calendar. Method: known days.

#include "tools/gen/days.h"

#include "gtest/gtest.h"

namespace quotacast::gen {
namespace {

constexpr absl::CivilDay kFriday(2026, 2, 27);
constexpr absl::CivilDay kSaturday(2026, 2, 28);
constexpr absl::CivilDay kMonday(2026, 3, 2);

TEST(DaysTest, Quarters) {
  EXPECT_EQ(QuarterStart(QuarterOf(absl::CivilDay(2026, 3, 31))), absl::CivilDay(2026, 1, 1));
  EXPECT_EQ(QuarterStart(QuarterOf(absl::CivilDay(2026, 12, 31)) + 1), absl::CivilDay(2027, 1, 1));
  EXPECT_EQ(QuarterName(QuarterOf(absl::CivilDay(2026, 10, 1))), "2026Q4");
}

TEST(DaysTest, Workdays) {
  EXPECT_TRUE(IsWorkday(kFriday));
  EXPECT_FALSE(IsWorkday(kSaturday));
  EXPECT_FALSE(IsWorkday(kSaturday + 1));
  EXPECT_TRUE(IsWorkday(kMonday));
  EXPECT_EQ(WorkdayNear(kSaturday, absl::CivilDay(2026, 1, 1)), kFriday);
  EXPECT_EQ(WorkdayNear(kSaturday, kSaturday), kSaturday);
  EXPECT_EQ(WorkdayFrom(kSaturday), kMonday);
}

TEST(DaysTest, BusinessHours) {
  // A minute before five on a Friday, and two minutes: the first of Monday.
  EXPECT_EQ(FormatMinute(AfterBusinessMinutes(MinuteOf(kFriday, 16 * 60 + 59), 2)),
            "2026-03-02 09:01");
  EXPECT_EQ(FormatMinute(AfterBusinessMinutes(MinuteOf(kSaturday, 600), 5)), "2026-03-02 09:05");
  EXPECT_EQ(FormatMinute(AfterBusinessMinutes(MinuteOf(kMonday, 0), 480)), "2026-03-03 09:00");
}

}  // namespace
}  // namespace quotacast::gen
