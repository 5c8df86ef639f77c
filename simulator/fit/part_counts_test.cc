// Goal: days and exits land in their period, part and age band. Method: one deal worked by hand.
#include "simulator/fit/part_counts.h"

#include <vector>

#include "absl/time/civil_time.h"
#include "base/fiscal_calendar.h"
#include "gtest/gtest.h"

namespace quotacast::simulator {
namespace {

using absl::CivilDay;

// Two periods of 37 days: thirds of ten days each, then the last seven.
std::vector<FiscalPeriod> Periods() {
  const CivilDay start(2020, 1, 1);
  return {{"a", start, start + 37}, {"b", start + 37, start + 74}};
}

double SumOf(const PartSums& sums) { return sums[0] + sums[1] + sums[2] + sums[3]; }

// Entered on day 5 of the first period, won 43 days later on day 11 of the second, counted from
// 0. Age 0 is day 5. Ages 1 to 13 are days 6 to 18, 14 to 42 days 19 to 36 of the first period
// and 0 to 10 of the second.
TEST(PartTally, CountsADealByHand) {
  PartTally tally(Periods(), CivilDay(2020, 3, 14), {14}, 1, 1);
  const CivilDay entered(2020, 1, 6);
  tally.CountDays(0, entered, 0, 42);
  tally.CountExit(0, entered, 43, true);
  const std::vector<PartStratum> strata = tally.Strata();
  // Only the stratum with the exit: older than 14 days, second period.
  ASSERT_EQ(strata.size(), 1u);
  EXPECT_EQ(strata[0].period, 1);
  EXPECT_TRUE(strata[0].last_stage);
  EXPECT_EQ(strata[0].days, (PartSums{10, 1.5, 0, 0}));
  EXPECT_EQ(strata[0].advanced, (PartSums{0, 1, 0, 0}));
  EXPECT_EQ(SumOf(strata[0].lost), 0);
}

TEST(PartTally, KeepsEntryAgesAndPartsApart) {
  PartTally tally(Periods(), CivilDay(2020, 3, 14), {14}, 1, 1);
  const CivilDay entered(2020, 1, 6);
  tally.CountDays(0, entered, 0, 30);
  tally.CountExit(0, entered, 0, false);   // Other deals that left on that day ...
  tally.CountExit(0, entered, 13, false);  // ... and day 18 ...
  tally.CountExit(0, entered, 31, true);   // ... and day 36.
  const std::vector<PartStratum> strata = tally.Strata();
  ASSERT_EQ(strata.size(), 3u);
  EXPECT_EQ(strata[0].days, (PartSums{2, 0, 0, 0}));  // One stayed, one left.
  EXPECT_EQ(strata[0].lost, (PartSums{1, 0, 0, 0}));
  EXPECT_EQ(strata[1].days, (PartSums{4, 9.5, 0, 0}));  // Days 6 to 9, 10 to 18, and a half.
  EXPECT_EQ(strata[1].lost, (PartSums{0, 1, 0, 0}));
  EXPECT_EQ(strata[2].days, (PartSums{0, 1, 10, 6.5}));  // 19; 20 to 29; 30 to 35 and a half.
  EXPECT_EQ(strata[2].advanced, (PartSums{0, 0, 0, 1}));
}

TEST(PartTally, IgnoresWhatThePeriodsDoNotCover) {
  PartTally tally(Periods(), CivilDay(2020, 2, 1), {14}, 2, 2);
  tally.CountDays(0, CivilDay(2019, 12, 20), 0, 14);  // Up to day 2 of the first period.
  tally.CountExit(0, CivilDay(2019, 12, 20), 15, true);
  tally.CountExit(1, CivilDay(2019, 12, 20), 3, true);
  const std::vector<PartStratum> strata = tally.Strata();
  ASSERT_EQ(strata.size(), 1u);
  EXPECT_FALSE(strata[0].last_stage);
  EXPECT_EQ(strata[0].days, (PartSums{1.5, 0, 0, 0}));  // Day 2 at age 14, and half of day 3.
  PartTally none({}, CivilDay(2020, 2, 1), {14}, 1, 1);
  none.CountDays(0, CivilDay(2020, 1, 1), 0, 9);
  none.CountExit(0, CivilDay(2020, 1, 1), 10, true);
  EXPECT_TRUE(none.Strata().empty());
}

TEST(PartTally, KeepsTheLatestPeriods) {
  std::vector<FiscalPeriod> periods;
  CivilDay start(2000, 1, 1);
  for (size_t p = 0; p < kMaxHistoryPeriods + 3; ++p) {
    periods.push_back({"p", start, start + 30});
    start = start + 30;
  }
  PartTally tally(periods, start - 31, {}, 1, 1);  // The last period has not begun.
  tally.CountExit(0, periods[1].start, 0, true);   // Left out.
  tally.CountExit(0, periods[2].start, 0, true);
  const std::vector<PartStratum> strata = tally.Strata();
  ASSERT_EQ(strata.size(), 1u);
  EXPECT_EQ(strata[0].period, 0);
  EXPECT_EQ(SumOf(strata[0].advanced), 1);
}

}  // namespace
}  // namespace quotacast::simulator
