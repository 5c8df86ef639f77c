// Goal: business time stands still outside business hours. Method: instants around the edges of
// days and weeks by hand; every pair of a month of instants against a count of single minutes.
#include "services/metrics/kpi/business_hours.h"

#include <cstdint>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/civil_date.h"
#include "gtest/gtest.h"

namespace quotacast::metrics {
namespace {

using absl::CivilDay;

// 2017-03-03 was a Friday.
absl::Time At(int day, int hour, int minute = 0) {
  return StartOfDayUtc(CivilDay(2017, 3, day)) + absl::Hours(hour) + absl::Minutes(minute);
}

TEST(BusinessHoursTest, AreMondayToFridayNineToFive) {
  EXPECT_TRUE(IsBusinessDay(CivilDay(2017, 3, 3)));
  EXPECT_FALSE(IsBusinessDay(CivilDay(2017, 3, 4)));
  EXPECT_FALSE(IsBusinessDay(CivilDay(2017, 3, 5)));
  EXPECT_TRUE(IsBusinessDay(CivilDay(2017, 3, 6)));
  EXPECT_FALSE(IsInBusinessHours(At(3, 8, 59)));
  EXPECT_TRUE(IsInBusinessHours(At(3, 9)));
  EXPECT_TRUE(IsInBusinessHours(At(3, 16, 59)));
  EXPECT_FALSE(IsInBusinessHours(At(3, 17)));
  EXPECT_FALSE(IsInBusinessHours(At(4, 12)));
}

TEST(BusinessHoursTest, MinutesStandStillAtNightAndOnWeekends) {
  EXPECT_EQ(BusinessMinutesBetween(At(3, 16), At(3, 16, 30)), 30);
  EXPECT_EQ(BusinessMinutesBetween(At(3, 16), At(3, 23)), 60);
  EXPECT_EQ(BusinessMinutesBetween(At(3, 16), At(6, 10)), 120);  // Over a weekend.
  EXPECT_EQ(BusinessMinutesBetween(At(4, 1), At(5, 23)), 0);
  EXPECT_EQ(BusinessMinutesBetween(At(3, 20), At(6, 9)), 0);
  EXPECT_EQ(BusinessMinutesBetween(At(6, 9), At(13, 9)), 5 * 480);
  EXPECT_EQ(BusinessMinutesBetween(At(6, 10), At(6, 9)), 0);  // Backwards.
  EXPECT_EQ(BusinessMinutesBetween(At(6, 10), At(6, 10) + absl::Seconds(59)), 0);
  // Before 1970, too: 1969-12-26 was a Friday.
  const absl::Time friday = StartOfDayUtc(CivilDay(1969, 12, 26)) + absl::Hours(16);
  EXPECT_EQ(BusinessMinutesBetween(friday, friday + absl::Hours(24 * 3)), 480);
}

TEST(BusinessHoursTest, MinutesAfterAnInstantEndOnTheSameDayWhenTheyCan) {
  EXPECT_EQ(AfterBusinessMinutes(At(3, 16), 60), At(3, 17));
  EXPECT_EQ(AfterBusinessMinutes(At(3, 16), 61), At(6, 9, 1));
  EXPECT_EQ(AfterBusinessMinutes(At(4, 12), 1), At(6, 9, 1));
  EXPECT_EQ(AfterBusinessMinutes(At(4, 12), 480), At(6, 17));
  EXPECT_EQ(AfterBusinessMinutes(At(3, 10), 24 * 60), At(8, 10));  // Friday, Monday, Tuesday.
  EXPECT_EQ(AfterBusinessMinutes(At(4, 12), 0), At(4, 12));
}

TEST(BusinessHoursTest, AgreeWithACountOfSingleMinutes) {
  std::vector<absl::Time> instants;
  for (int hour = 0; hour < 24 * 16; hour += 5) instants.push_back(At(1, hour, hour % 60));
  for (const absl::Time from : instants) {
    int64_t counted = 0;
    absl::Time minute = from;
    for (const absl::Time to : instants) {
      if (to < from) continue;
      for (; minute < to; minute += absl::Minutes(1)) counted += IsInBusinessHours(minute) ? 1 : 0;
      ASSERT_EQ(BusinessMinutesBetween(from, to), counted) << from << " " << to;
      if (counted == 0) continue;
      const absl::Time reached = AfterBusinessMinutes(from, counted);
      EXPECT_LE(reached, to);
      EXPECT_EQ(BusinessMinutesBetween(from, reached), counted);
      EXPECT_EQ(BusinessMinutesBetween(from, reached - absl::Minutes(1)), counted - 1);
    }
  }
}

TEST(BusinessHoursTest, CountsBusinessDays) {
  EXPECT_EQ(BusinessDaysBetween(CivilDay(2017, 3, 3), CivilDay(2017, 3, 6)), 1);
  EXPECT_EQ(BusinessDaysBetween(CivilDay(2017, 3, 4), CivilDay(2017, 3, 6)), 0);
  EXPECT_EQ(BusinessDaysBetween(CivilDay(2017, 1, 1), CivilDay(2018, 1, 1)), 260);
  EXPECT_EQ(BusinessDaysBetween(CivilDay(2017, 3, 6), CivilDay(2017, 3, 3)), 0);
  int64_t counted = 0;
  for (CivilDay day(1969, 11, 1); day < CivilDay(1970, 3, 1); ++day) {
    EXPECT_EQ(BusinessDaysBetween(CivilDay(1969, 11, 1), day), counted) << day;
    if (IsBusinessDay(day)) ++counted;
  }
}

}  // namespace
}  // namespace quotacast::metrics
