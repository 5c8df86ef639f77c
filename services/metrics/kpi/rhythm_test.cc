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

}  // namespace
}  // namespace quotacast::metrics
