// Goal: cycle lengths by their definition. Method: odd and even numbers of won deals worked by
// hand, lost and open deals beside them, a deal won on the day it was created.
#include "services/metrics/kpi/cycle.h"

#include "absl/time/civil_time.h"
#include "gtest/gtest.h"
#include "services/metrics/kpi/kpi_test_support.h"
#include "services/metrics/test_feed.h"

namespace quotacast::metrics {
namespace {

using absl::CivilDay;

const CivilDay kEnd(2017, 12, 31);

// Won after 10, 40 and 100 days in Q1 and Q2; the lost and the open deal do not count.
TestFeed Company() {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stages();
  feed.Closed("w10", "Won", CivilDay(2017, 1, 1), CivilDay(2017, 1, 11), {.rep = "ann"});
  feed.Closed("w40", "Won", CivilDay(2017, 1, 1), CivilDay(2017, 2, 10), {.rep = "ann"});
  feed.Closed("w100", "Won", CivilDay(2017, 1, 1), CivilDay(2017, 4, 11), {.rep = "bob"});
  feed.Closed("lost", "Lost", CivilDay(2017, 1, 1), CivilDay(2017, 1, 2));
  feed.Deal("open", "Discovery", CivilDay(2017, 1, 1));
  return feed;
}

TEST(SalesCycle, MedianAndMeanOfWonDeals) {
  EXPECT_EQ(Cell(Ask(Company(), kEnd, {.kpi = "sales_cycle_days"})), "40 = 150/3 (n=3)");
  EXPECT_EQ(Cell(Ask(Company(), kEnd, {.kpi = "sales_cycle_days_mean"})), "50 = 150/3 (n=3)");
}

TEST(SalesCycle, AnEvenNumberTakesTheMiddleOfTheTwo) {
  EXPECT_EQ(Cell(Ask(Company(), kEnd, {.kpi = "sales_cycle_days", .period = "2017Q1"})),
            "25 = 50/2 (n=2)");
}

TEST(SalesCycle, NoWinIsUndefined) {
  const auto table = Ask(Company(), kEnd, {.kpi = "sales_cycle_days", .period = "2017Q3"});
  EXPECT_EQ(Cell(table), "undefined: no deal was won in 2017Q3");
  EXPECT_EQ(Cell(Ask(Company(), CivilDay(2017, 1, 10), {.kpi = "sales_cycle_days_mean"})),
            "undefined: no deal was won");
}

TEST(SalesCycle, StartsAtTheStatedCreation) {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stages();
  feed.Deal("d1", "Discovery", CivilDay(2017, 1, 11), {.created = CivilDay(2017, 1, 1)});
  feed.Deal("d1", "Won", CivilDay(2017, 1, 21));
  EXPECT_EQ(Cell(Ask(feed, kEnd, {.kpi = "sales_cycle_days"})), "20 = 20/1 (n=1)");
}

TEST(SalesCycle, WonOnTheDayOfCreationTakesNoDays) {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stages();
  feed.Deal("d1", "Won", CivilDay(2017, 1, 11));
  EXPECT_EQ(Cell(Ask(feed, kEnd, {.kpi = "sales_cycle_days"})), "0 = 0/1 (n=1)");
}

TEST(SalesCycle, AReopenedDealKeepsItsFirstCreation) {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stages();
  feed.Closed("d1", "Lost", CivilDay(2017, 1, 1), CivilDay(2017, 1, 11));
  feed.Deal("d1", "Proposal", CivilDay(2017, 1, 21));
  feed.Deal("d1", "Won", CivilDay(2017, 1, 31));
  EXPECT_EQ(Cell(Ask(feed, kEnd, {.kpi = "sales_cycle_days"})), "30 = 30/1 (n=1)");
}

}  // namespace
}  // namespace quotacast::metrics
