#include "services/metrics/day_number.h"

#include <cstdint>

#include "absl/time/civil_time.h"
#include "gtest/gtest.h"

namespace quotacast::metrics {
namespace {

// Against civil_time's own arithmetic, from the year 1 to the year 9999.
TEST(DayNumber, EqualsCivilTimeOnEveryDay) {
  const int32_t last = NumberOfDay(absl::CivilDay(9999, 12, 31));
  int32_t number = NumberOfDay(absl::CivilDay(1, 1, 1));
  for (absl::CivilDay day(1, 1, 1); number <= last; ++number, ++day) {
    ASSERT_EQ(DayOfNumber(number), day);
  }
}

TEST(DayNumber, CountsFromTheFirstOf1970) {
  EXPECT_EQ(NumberOfDay(absl::CivilDay(1970, 1, 1)), 0);
  EXPECT_EQ(NumberOfDay(absl::CivilDay(1969, 12, 31)), -1);
  EXPECT_EQ(DayOfNumber(17'198), absl::CivilDay(2017, 2, 1));
}

}  // namespace
}  // namespace quotacast::metrics
