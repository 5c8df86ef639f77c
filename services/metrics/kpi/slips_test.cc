// Goal: slips and pushes follow the dates as they were said at the time. Method: deals whose dates
// move in each way, counted by hand.
#include "services/metrics/kpi/slips.h"

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
  const auto begin = [&feed](const char* id, CivilDay expected) {
    feed.Deal(id, "Discovery", CivilDay(2017, 1, 1), {.expected_close = expected});
  };
  const auto move = [&feed](const char* id, CivilDay day, CivilDay expected) {
    feed.Deal(id, "", day, {.expected_close = expected, .version = "close@x"});
  };
  begin("kept", CivilDay(2017, 6, 30));
  feed.Deal("kept", "Won", CivilDay(2017, 6, 30));
  begin("lost", CivilDay(2017, 5, 1));
  feed.Deal("lost", "Lost", CivilDay(2017, 5, 1));
  // Due in Q2 as said on its first day, then moved.
  begin("pushed", CivilDay(2017, 6, 1));
  move("pushed", CivilDay(2017, 5, 20), CivilDay(2017, 9, 30));
  feed.Deal("pushed", "Won", CivilDay(2017, 9, 1));
  begin("not_due", CivilDay(2017, 12, 1));
  // Moved into Q2 only when it had begun.
  begin("pulled", CivilDay(2017, 12, 1));
  move("pulled", CivilDay(2017, 4, 1), CivilDay(2017, 6, 1));
  // Inside one period.
  begin("nudged", CivilDay(2017, 4, 10));
  move("nudged", CivilDay(2017, 4, 11), CivilDay(2017, 6, 10));
  feed.Deal("no_date", "Discovery", CivilDay(2017, 1, 1));
  return feed;
}

TEST(SlipRate, LooksAtThePlanOfTheFirstDay) {
  const KpiTableQuery query{.kpi = "slip_rate", .period = "2017Q2"};
  // Due: kept, lost, pushed, nudged; still open at the end: pushed, nudged.
  EXPECT_EQ(Cell(Ask(Company(), CivilDay(2017, 12, 31), query)), "0.5 = 2/4 (n=4)");
  EXPECT_EQ(Cell(Ask(Company(), CivilDay(2017, 6, 29), query)),
            "undefined: 2017Q2 has not ended by 2017-06-29");
  EXPECT_EQ(Cell(Ask(Company(), CivilDay(2017, 12, 31), {.kpi = "slip_rate", .period = "2016Q4"})),
            "undefined: 2016Q4 lies before the data, which go from 2017-01-01 to 2017-12-31");
}

TEST(PushesPerDeal, CountsMovesToALaterPeriod) {
  // Open in Q2 with a date: all but no_date.
  EXPECT_EQ(
      Cell(Ask(Company(), CivilDay(2017, 12, 31), {.kpi = "pushes_per_deal", .period = "2017Q2"})),
      "0.166667 = 1/6 (n=6)");
  EXPECT_EQ(
      Cell(Ask(Company(), CivilDay(2017, 12, 31), {.kpi = "pushes_per_deal", .period = "2017Q1"})),
      "0 = 0/6 (n=6)");
  // kept and lost were closed before Q3.
  EXPECT_EQ(
      Cell(Ask(Company(), CivilDay(2017, 12, 31), {.kpi = "pushes_per_deal", .period = "2017Q3"})),
      "0 = 0/4 (n=4)");
  EXPECT_EQ(
      Cell(Ask(Company(), CivilDay(2017, 12, 31), {.kpi = "pushes_per_deal", .period = "2016Q3"})),
      "undefined: 2016Q3 lies before the data, which go from 2017-01-01 to 2017-12-31");
}

TEST(PullInRate, ComparesTheWinWithTheFirstExpectedPeriod) {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stages();
  const auto won = [&feed](const char* id, CivilDay expected, CivilDay closed) {
    feed.Deal(id, "Discovery", CivilDay(2017, 1, 1), {.expected_close = expected});
    feed.Deal(id, "Won", closed);
  };
  won("early", CivilDay(2017, 7, 1), CivilDay(2017, 6, 30));
  won("same_period", CivilDay(2017, 6, 30), CivilDay(2017, 4, 1));
  won("late", CivilDay(2017, 3, 1), CivilDay(2017, 6, 1));
  // Moved into the period before it was won: pulled in all the same.
  feed.Deal("moved", "Discovery", CivilDay(2017, 1, 1), {.expected_close = CivilDay(2017, 12, 1)});
  feed.Deal("moved", "", CivilDay(2017, 4, 1),
            {.expected_close = CivilDay(2017, 6, 1), .version = "close@x"});
  feed.Deal("moved", "Won", CivilDay(2017, 6, 1));
  // Said on the day of the win: no expectation. Lost ones and those of other periods do not count.
  feed.Deal("after", "Discovery", CivilDay(2017, 1, 1));
  feed.Deal("after", "Won", CivilDay(2017, 6, 1), {.expected_close = CivilDay(2017, 12, 1)});
  feed.Deal("lost", "Discovery", CivilDay(2017, 1, 1), {.expected_close = CivilDay(2017, 12, 1)});
  feed.Deal("lost", "Lost", CivilDay(2017, 6, 1));
  const auto table = Ask(feed, CivilDay(2017, 12, 31), {.kpi = "pull_in_rate", .period = "2017Q2"});
  EXPECT_EQ(Cell(table), "0.5 = 2/4 (n=4)");
  EXPECT_TRUE(HasNote(table, "1 deals won in 2017Q2 had no expected close date before their win"));
  EXPECT_EQ(Cell(Ask(feed, CivilDay(2017, 12, 31), {.kpi = "pull_in_rate", .period = "2017Q3"})),
            "undefined: no deal that was expected to close was won in 2017Q3");
}

}  // namespace
}  // namespace quotacast::metrics
