// Goal: linearity and consistency follow their definitions at every edge. Method: small companies
// whose figures are worked out by hand.
#include "services/metrics/kpi/rhythm.h"

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "gtest/gtest.h"
#include "services/metrics/kpi/kpi_test_support.h"
#include "services/metrics/test_feed.h"

namespace quotacast::metrics {
namespace {

using absl::CivilDay;

TestFeed Company() {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stages();
  return feed;
}

void Win(TestFeed& feed, CivilDay day, int64_t amount, const char* rep = "ann") {
  feed.Closed(absl::StrCat(rep, "/", absl::FormatCivilTime(day)), "Won", CivilDay(2017, 1, 1), day,
              {.rep = rep, .amount = amount});
}

TEST(BookingsLastThirdShare, BeginsWhenTwoThirdsOfTheDaysAreOver) {
  // 2017Q1 has 90 days: the sixty-first, 2 March, is the first of the last third.
  TestFeed feed = Company();
  Win(feed, CivilDay(2017, 3, 1), 100);
  Win(feed, CivilDay(2017, 3, 2), 300);
  Win(feed, CivilDay(2017, 3, 31), 600);
  Win(feed, CivilDay(2017, 4, 1), 5'000);
  const KpiTableQuery query{.kpi = "bookings_last_third_share", .period = "2017Q1"};
  EXPECT_EQ(Cell(Ask(feed, CivilDay(2017, 3, 31), query)), "0.9 = 900/1000 (n=3)");
  EXPECT_EQ(Cell(Ask(feed, CivilDay(2017, 3, 30), query)),
            "undefined: 2017Q1 has not ended by 2017-03-30");
  EXPECT_EQ(Cell(Ask(feed, CivilDay(2017, 12, 31),
                     {.kpi = "bookings_last_third_share", .period = "2017Q3"})),
            "undefined: nothing was booked in 2017Q3");
}

TEST(BookingsConsistency, IsOneLessTheCoefficientOfVariation) {
  TestFeed feed = Company();
  Win(feed, CivilDay(2017, 1, 31), 100);
  Win(feed, CivilDay(2017, 2, 1), 200);
  Win(feed, CivilDay(2017, 3, 15), 300);
  Win(feed, CivilDay(2017, 4, 1), 5'000);
  // Mean 200, standard deviation 100.
  const KpiTableQuery query{.kpi = "bookings_consistency", .period = "2017Q1"};
  EXPECT_EQ(Cell(Ask(feed, CivilDay(2017, 3, 31), query)), "0.5 = 100/200 (n=3)");
  // A month that goes on is none.
  EXPECT_EQ(Cell(Ask(feed, CivilDay(2017, 3, 30), query)),
            "undefined: there are 2 complete months, it takes 3");
}

TEST(BookingsConsistency, WithoutAPeriodTakesTheLastTwelveMonths) {
  TestFeed feed = Company();
  for (int month = 1; month <= 12; ++month) Win(feed, CivilDay(2017, month, 5), 100);
  EXPECT_EQ(Cell(Ask(feed, CivilDay(2017, 12, 31), {.kpi = "bookings_consistency"})),
            "1 = 0/100 (n=12)");
  EXPECT_EQ(Cell(Ask(feed, CivilDay(2017, 6, 15), {.kpi = "bookings_consistency"})),
            "1 = 0/100 (n=5)");
}

TEST(BookingsConsistency, LooksAtTheMonthsOfARepsJob) {
  TestFeed feed = Company();
  feed.Rep("ann", "", CivilDay(2017, 2, 1), CivilDay(2017, 12, 1));
  feed.Rep("late", "", CivilDay(2017, 10, 2));
  for (int month = 2; month <= 11; ++month) Win(feed, CivilDay(2017, month, 5), 100);
  Win(feed, CivilDay(2017, 11, 5), 100, "late");
  const auto table = Ask(feed, CivilDay(2017, 12, 31),
                         {.kpi = "bookings_consistency", .group_by = metrics::v1::GROUP_BY_REP});
  EXPECT_EQ(Cell(table, "ann"), "1 = 0/100 (n=10)");
  EXPECT_EQ(Cell(table, "late"), "undefined: there are 2 complete months, it takes 3");
}

TEST(BookingsConsistency, NoBookingsAreUndefined) {
  TestFeed feed = Company();
  feed.Closed("d", "Lost", CivilDay(2017, 1, 1), CivilDay(2017, 2, 1), {.rep = "ann"});
  EXPECT_EQ(Cell(Ask(feed, CivilDay(2017, 12, 31), {.kpi = "bookings_consistency"})),
            "undefined: nothing was booked in these months");
}

// A quota of 900 for the 90 days of 2017Q1: 310, 280 and 310 a month.
TEST(MonthsAtTarget, HoldsBookingsAgainstTheDaysOfTheQuota) {
  TestFeed feed = Company();
  feed.Quota("ann", "2017Q1", 900);
  Win(feed, CivilDay(2017, 1, 15), 310);
  Win(feed, CivilDay(2017, 2, 15), 279);
  Win(feed, CivilDay(2017, 3, 15), 5'000);
  const KpiTableQuery query{.kpi = "months_at_target_share", .period = "2017Q1"};
  EXPECT_EQ(Cell(Ask(feed, CivilDay(2017, 4, 15), query)), "0.666667 = 2/3 (n=3)");
  // A month that goes on is none.
  EXPECT_EQ(Cell(Ask(feed, CivilDay(2017, 3, 30), query)), "0.5 = 1/2 (n=2)");
  // The next quarter has no quota.
  EXPECT_EQ(Cell(Ask(feed, CivilDay(2017, 5, 15), {.kpi = "months_at_target_share"})),
            "0.666667 = 2/3 (n=3)");
  EXPECT_EQ(
      Cell(Ask(feed, CivilDay(2017, 5, 15), {.kpi = "months_at_target_share", .period = "2017Q2"})),
      "undefined: no complete month in 2017Q2 has a quota above zero");
}

TEST(MonthsAtTarget, AddsTheTargetsOfTheRowsReps) {
  TestFeed feed = Company();
  feed.Quota("ann", "2017Q1", 900);
  feed.Rep("late", "", CivilDay(2017, 2, 15));
  feed.Quota("late", "2017Q1", 90);
  feed.Rep("free", "");
  Win(feed, CivilDay(2017, 1, 15), 310);
  Win(feed, CivilDay(2017, 1, 20), 31, "free");
  Win(feed, CivilDay(2017, 2, 15), 279);
  Win(feed, CivilDay(2017, 3, 15), 31, "late");
  Win(feed, CivilDay(2017, 3, 16), 310);
  const CivilDay day(2017, 4, 1);
  KpiTableQuery query{.kpi = "months_at_target_share", .period = "2017Q1"};
  // 310, 280 and 341: late has a target in March alone. February is one short.
  EXPECT_EQ(Cell(Ask(feed, day, query)), "0.666667 = 2/3 (n=3)");
  query.group_by = metrics::v1::GROUP_BY_REP;
  const auto table = Ask(feed, day, query);
  EXPECT_EQ(Cell(table, "ann"), "0.666667 = 2/3 (n=3)");
  EXPECT_EQ(Cell(table, "late"), "1 = 1/1 (n=1)");
  EXPECT_EQ(Cell(table, "free"), "undefined: no complete month in 2017Q1 has a quota above zero");
}

}  // namespace
}  // namespace quotacast::metrics
