// Goal: coverage with both denominators, and the rules for which open amount counts. Method: a
// pipeline worked by hand: due, past due, due later, without date, without amount, with and
// without a list price, target met, no quota, period over and not begun.
#include "services/metrics/kpi/coverage.h"

#include "absl/time/civil_time.h"
#include "gtest/gtest.h"
#include "services/metrics/kpi/kpi_test_support.h"
#include "services/metrics/test_feed.h"

namespace quotacast::metrics {
namespace {

using absl::CivilDay;

const CivilDay kInQ2(2017, 5, 1);

// Quota 1000 in Q2, 400 booked, 1200 open and due in Q2.
TestFeed Company() {
  TestFeed feed(CivilDay(2017, 5, 2));
  feed.Stages();
  feed.Team("East");
  feed.Rep("ann", "East");
  feed.Quota("ann", "2017Q2", 1'000);
  feed.Closed("won", "Won", CivilDay(2017, 1, 1), CivilDay(2017, 4, 15),
              {.rep = "ann", .amount = 400});
  feed.Deal("due1", "Discovery", CivilDay(2017, 3, 1),
            {.rep = "ann", .amount = 700, .expected_close = CivilDay(2017, 4, 1)});
  feed.Deal("due2", "Proposal", CivilDay(2017, 3, 1),
            {.rep = "ann", .amount = 500, .expected_close = CivilDay(2017, 6, 30)});
  return feed;
}

const KpiTableQuery kFull{.kpi = "pipeline_coverage_full", .period = "2017Q2"};
const KpiTableQuery kRemaining{.kpi = "pipeline_coverage_remaining", .period = "2017Q2"};

TEST(Coverage, DividesByTheFullAndByTheRemainingTarget) {
  EXPECT_EQ(Cell(Ask(Company(), kInQ2, kFull)), "1.2 = 1200/1000 (n=2)");
  EXPECT_EQ(Cell(Ask(Company(), kInQ2, kRemaining)), "2 = 1200/600 (n=2)");
}

TEST(Coverage, CountsOnlyWhatIsDueInThePeriod) {
  TestFeed feed = Company();
  feed.Deal("past", "Discovery", CivilDay(2017, 1, 1),
            {.rep = "ann", .amount = 9'000, .expected_close = CivilDay(2017, 3, 31)});
  feed.Deal("later", "Discovery", CivilDay(2017, 1, 1),
            {.rep = "ann", .amount = 9'000, .expected_close = CivilDay(2017, 7, 1)});
  feed.Deal("whenever", "Discovery", CivilDay(2017, 1, 1), {.rep = "ann", .amount = 9'000});
  const auto table = Ask(feed, kInQ2, kFull);
  EXPECT_EQ(Cell(table), "1.2 = 1200/1000 (n=2)");
  EXPECT_TRUE(HasNote(table, "1 open deals were expected to close before 2017-04-01"));
  EXPECT_TRUE(HasNote(table, "1 open deals have no expected close date"));
}

TEST(Coverage, WithoutAnyExpectedDateEveryOpenDealCounts) {
  TestFeed feed(CivilDay(2017, 5, 2));
  feed.Stages();
  feed.Quota("ann", "2017Q2", 1'000);
  // A date on a deal that is closed says nothing about the open ones.
  feed.Closed("won", "Won", CivilDay(2017, 1, 1), CivilDay(2017, 4, 15),
              {.rep = "ann", .amount = 400, .expected_close = CivilDay(2017, 4, 1)});
  feed.Deal("o1", "Discovery", CivilDay(2017, 3, 1), {.rep = "ann", .amount = 300});
  feed.Deal("o2", "Discovery", CivilDay(2017, 3, 1), {.rep = "ann", .amount = 200});
  const auto table = Ask(feed, kInQ2, kFull);
  EXPECT_EQ(Cell(table), "0.5 = 500/1000 (n=2)");
  EXPECT_TRUE(HasNote(table, "no open deal has an expected close date"));
}

TEST(Coverage, FallsBackToTheListPrice) {
  TestFeed feed = Company();
  feed.Product("Basic", 300);
  feed.Product("Free", 0);
  const CivilDay due(2017, 5, 31);
  feed.Deal("listed", "Discovery", CivilDay(2017, 3, 1),
            {.rep = "ann", .product = "Basic", .expected_close = due});
  feed.Deal("stated", "Discovery", CivilDay(2017, 3, 1),
            {.rep = "ann", .product = "Basic", .amount = 100, .expected_close = due});
  feed.Deal("zero", "Discovery", CivilDay(2017, 3, 1),
            {.rep = "ann", .product = "Free", .amount = 0, .expected_close = due});
  const auto table = Ask(feed, kInQ2, kFull);
  EXPECT_EQ(Cell(table), "1.6 = 1600/1000 (n=4)");
  EXPECT_TRUE(HasNote(table, "1 open deals have no stated amount and count at the list price"));
  EXPECT_TRUE(HasNote(table, "1 open deals have neither a stated amount nor a list price"));
}

TEST(Coverage, ATargetThatIsMetNeedsNone) {
  TestFeed feed = Company();
  feed.Closed("big", "Won", CivilDay(2017, 1, 1), CivilDay(2017, 4, 20),
              {.rep = "ann", .amount = 600});
  EXPECT_EQ(Cell(Ask(feed, kInQ2, kRemaining)),
            "undefined: target met: the bookings of 2017Q2 have reached the quota");
  EXPECT_EQ(Cell(Ask(feed, kInQ2, kFull)), "1.2 = 1200/1000 (n=2)");
}

TEST(Coverage, WithoutAQuotaIsUndefined) {
  TestFeed feed = Company();
  feed.Rep("bob", "East");
  for (const char* kpi : {"pipeline_coverage_full", "pipeline_coverage_remaining"}) {
    const auto table =
        Ask(feed, kInQ2, {.kpi = kpi, .group_by = metrics::v1::GROUP_BY_REP, .period = "2017Q2"});
    EXPECT_EQ(Cell(table, "bob"), "undefined: no quota above zero is set for 2017Q2");
    EXPECT_NE(Cell(table, "ann").rfind("undefined", 0), 0u);
  }
}

TEST(Coverage, NoOpenDealIsZeroCoverage) {
  EXPECT_EQ(Cell(Ask(Company(), CivilDay(2017, 2, 1), kFull)), "0 = 0/1000 (n=0)");
}

TEST(Coverage, EndsWithThePeriodAndMayBeAskedBefore) {
  EXPECT_EQ(Cell(Ask(Company(), CivilDay(2017, 6, 30), kFull)),
            "undefined: 2017Q2 has ended by 2017-06-30: nothing can be booked in it any more");
  EXPECT_EQ(Cell(Ask(Company(), CivilDay(2017, 3, 31), kFull)), "1.2 = 1200/1000 (n=2)");
}

TEST(Coverage, WithoutAPeriodItLooksAhead) {
  // On the last day of Q1 what is still to come is Q2.
  const auto table = Ask(Company(), CivilDay(2017, 3, 31), {.kpi = "pipeline_coverage_full"});
  EXPECT_EQ(Cell(table), "1.2 = 1200/1000 (n=2)");
  EXPECT_TRUE(HasNote(table, "this is 2017Q2, the period of the day after the as-of date"));
}

}  // namespace
}  // namespace quotacast::metrics
