// Goal: sales velocity is the product of its parts, and undefined where one is missing. Method:
// small companies whose figures are worked out by hand.
#include "services/metrics/kpi/velocity.h"

#include "absl/time/civil_time.h"
#include "gtest/gtest.h"
#include "services/metrics/kpi/kpi_test_support.h"
#include "services/metrics/test_feed.h"

namespace quotacast::metrics {
namespace {

using absl::CivilDay;

TEST(SalesVelocity, IsTheProductOfItsParts) {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stages();
  feed.Closed("w1", "Won", CivilDay(2017, 1, 1), CivilDay(2017, 1, 11), {.amount = 1'000});
  feed.Closed("w2", "Won", CivilDay(2017, 1, 1), CivilDay(2017, 1, 31), {.amount = 3'000});
  feed.Closed("l1", "Lost", CivilDay(2017, 1, 1), CivilDay(2017, 2, 1));
  feed.Closed("l2", "Lost", CivilDay(2017, 1, 1), CivilDay(2017, 2, 1));
  feed.Deal("o1", "Discovery", CivilDay(2017, 2, 1));
  feed.Deal("o2", "Proposal", CivilDay(2017, 2, 1));
  feed.Deal("o3", "Proposal", CivilDay(2017, 2, 1));
  // 3 open x 2,000 x 1/2 over a median of 20 days.
  EXPECT_EQ(Cell(Ask(feed, CivilDay(2017, 12, 31), {.kpi = "sales_velocity"})),
            "150 = 3000/20 (n=4)");
  EXPECT_EQ(Cell(Ask(feed, CivilDay(2017, 12, 31), {.kpi = "sales_velocity", .period = "2017Q3"})),
            "undefined: no deal was won in 2017Q3");
}

TEST(SalesVelocity, IsUndefinedWhereWinsTakeNoTime) {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stages();
  feed.Deal("w", "Won", CivilDay(2017, 1, 11), {.amount = 1'000, .created = CivilDay(2017, 1, 11)});
  const auto table = Ask(feed, CivilDay(2017, 12, 31), {.kpi = "sales_velocity"});
  EXPECT_EQ(Cell(table).find("undefined: half of the deals won were won on the day"), 0u)
      << Cell(table);
}

}  // namespace
}  // namespace quotacast::metrics
