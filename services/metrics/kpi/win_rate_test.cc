// Goal: both win rates by their definitions. Method: one small company worked by hand at as-of
// days before, inside and after the period, with open deals, reopened deals and empty periods.
#include "services/metrics/kpi/win_rate.h"

#include "absl/time/civil_time.h"
#include "gtest/gtest.h"
#include "services/metrics/kpi/kpi_test_support.h"
#include "services/metrics/test_feed.h"

namespace quotacast::metrics {
namespace {

using absl::CivilDay;

// Q1: four created, of which one is won in Q1, one lost in Q1, one won in Q2, one open.
// Q2: one created and lost.
TestFeed Company() {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stages();
  feed.Closed("d1", "Won", CivilDay(2017, 1, 10), CivilDay(2017, 3, 31));
  feed.Closed("d2", "Lost", CivilDay(2017, 1, 10), CivilDay(2017, 2, 1));
  feed.Closed("d3", "Won", CivilDay(2017, 3, 31), CivilDay(2017, 4, 1));
  feed.Deal("d4", "Discovery", CivilDay(2017, 1, 1));
  feed.Closed("d5", "Lost", CivilDay(2017, 4, 1), CivilDay(2017, 6, 30));
  return feed;
}

TEST(WinRateClosed, CountsByCloseDate) {
  const TestFeed feed = Company();
  const CivilDay end(2017, 12, 31);
  EXPECT_EQ(Cell(Ask(feed, end, {.kpi = "win_rate_closed"})), "0.5 = 2/4 (n=4)");
  EXPECT_EQ(Cell(Ask(feed, end, {.kpi = "win_rate_closed", .period = "2017Q1"})),
            "0.5 = 1/2 (n=2)");
  EXPECT_EQ(Cell(Ask(feed, end, {.kpi = "win_rate_closed", .period = "2017Q2"})),
            "0.5 = 1/2 (n=2)");
}

TEST(WinRateClosed, NothingClosedIsUndefinedNotZero) {
  const auto table =
      Ask(Company(), CivilDay(2017, 12, 31), {.kpi = "win_rate_closed", .period = "2017Q3"});
  EXPECT_EQ(Cell(table), "undefined: no deal was closed in 2017Q3");
  EXPECT_EQ(table.rows(0).outcome_case(), metrics::v1::KpiRow::kUndefinedReason);
}

TEST(WinRateClosed, AllLostIsZeroNotUndefined) {
  EXPECT_EQ(Cell(Ask(Company(), CivilDay(2017, 3, 1), {.kpi = "win_rate_closed"})),
            "0 = 0/1 (n=1)");
}

TEST(WinRateClosed, InsideThePeriodItIsPeriodToDate) {
  const auto table =
      Ask(Company(), CivilDay(2017, 3, 30), {.kpi = "win_rate_closed", .period = "2017Q1"});
  EXPECT_EQ(Cell(table), "0 = 0/1 (n=1)");
  EXPECT_TRUE(HasNote(table, "period to date"));
  const auto over =
      Ask(Company(), CivilDay(2017, 3, 31), {.kpi = "win_rate_closed", .period = "2017Q1"});
  EXPECT_EQ(Cell(over), "0.5 = 1/2 (n=2)");
  EXPECT_FALSE(HasNote(over, "period to date"));
}

TEST(WinRateClosed, BeforeThePeriodItIsUndefined) {
  EXPECT_EQ(
      Cell(Ask(Company(), CivilDay(2017, 3, 31), {.kpi = "win_rate_closed", .period = "2017Q2"})),
      "undefined: 2017Q2 has not begun by 2017-03-31; the data go from 2017-01-01 to 2017-03-31");
}

TEST(WinRateClosed, AReopenedDealIsNotClosed) {
  TestFeed feed = Company();
  feed.Deal("d2", "Proposal", CivilDay(2017, 5, 1));
  EXPECT_EQ(Cell(Ask(feed, CivilDay(2017, 4, 30), {.kpi = "win_rate_closed", .period = "2017Q1"})),
            "0.5 = 1/2 (n=2)");
  EXPECT_EQ(Cell(Ask(feed, CivilDay(2017, 5, 1), {.kpi = "win_rate_closed", .period = "2017Q1"})),
            "1 = 1/1 (n=1)");
}

TEST(WinRateCreated, CountsTheCohortUpToTheAsOf) {
  const TestFeed feed = Company();
  const KpiTableQuery q1{.kpi = "win_rate_created", .period = "2017Q1"};
  const auto young = Ask(feed, CivilDay(2017, 3, 31), q1);
  EXPECT_EQ(Cell(young), "0.25 = 1/4 (n=4)");
  EXPECT_TRUE(HasNote(young, "2 of 4 deals created in 2017Q1 (50.0 %) are still open"));
  const auto old = Ask(feed, CivilDay(2017, 12, 31), q1);
  EXPECT_EQ(Cell(old), "0.5 = 2/4 (n=4)");
  EXPECT_TRUE(HasNote(old, "1 of 4 deals created in 2017Q1 (25.0 %) are still open"));
  const auto ripe =
      Ask(feed, CivilDay(2017, 12, 31), {.kpi = "win_rate_created", .period = "2017Q2"});
  EXPECT_EQ(Cell(ripe), "0 = 0/1 (n=1)");
  EXPECT_FALSE(HasNote(ripe, "still open"));
}

TEST(WinRateCreated, AnEmptyCohortIsUndefined) {
  EXPECT_EQ(
      Cell(Ask(Company(), CivilDay(2017, 12, 31), {.kpi = "win_rate_created", .period = "2017Q3"})),
      "undefined: no deal was created in 2017Q3");
}

TEST(WinRateCreated, GoesByPeriod) {
  const auto table = Ask(Company(), CivilDay(2017, 7, 1),
                         {.kpi = "win_rate_created", .group_by = metrics::v1::GROUP_BY_PERIOD});
  ASSERT_EQ(table.rows_size(), 3);
  EXPECT_EQ(Cell(table, "2017Q1"), "0.5 = 2/4 (n=4)");
  EXPECT_EQ(Cell(table, "2017Q2"), "0 = 0/1 (n=1)");
  EXPECT_EQ(Cell(table, "2017Q3"), "undefined: no deal was created in 2017Q3");
  EXPECT_EQ(table.rows(0).period(), "2017Q1");
}

TEST(WinRateFlow, CountsWhatWasOpenAndWhatCame) {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stages();
  feed.Closed("before", "Won", CivilDay(2017, 1, 1), CivilDay(2017, 3, 31));
  feed.Closed("first_day", "Won", CivilDay(2017, 1, 1), CivilDay(2017, 4, 1));
  feed.Closed("created_in", "Won", CivilDay(2017, 6, 30), CivilDay(2017, 7, 1));
  feed.Deal("open_all_along", "Discovery", CivilDay(2017, 1, 1));
  feed.Deal("later", "Discovery", CivilDay(2017, 7, 1));
  EXPECT_EQ(Cell(Ask(feed, CivilDay(2017, 12, 31), {.kpi = "win_rate_flow", .period = "2017Q2"})),
            "0.333333 = 1/3 (n=3)");
  EXPECT_EQ(Cell(Ask(feed, CivilDay(2017, 12, 31), {.kpi = "win_rate_flow"})), "0.6 = 3/5 (n=5)");
  EXPECT_EQ(Cell(Ask(feed, CivilDay(2017, 12, 31), {.kpi = "win_rate_flow", .period = "2016Q2"})),
            "undefined: 2016Q2 lies before the data, which go from 2017-01-01 to 2017-12-31");
}

TEST(WinRateValue, WeighsByTheFirstAmount) {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stages();
  feed.Deal("won", "Discovery", CivilDay(2017, 1, 1), {.amount = 300});
  feed.Deal("won", "Won", CivilDay(2017, 2, 1), {.amount = 200});
  feed.Deal("late_amount", "Discovery", CivilDay(2017, 1, 1), {.amount = 0});
  feed.Deal("late_amount", "Proposal", CivilDay(2017, 2, 1), {.amount = 700});
  feed.Deal("none", "Discovery", CivilDay(2017, 1, 1));
  const auto table = Ask(feed, CivilDay(2017, 12, 31), {.kpi = "win_rate_value"});
  EXPECT_EQ(Cell(table), "0.3 = 300/1000 (n=2)");
  EXPECT_TRUE(HasNote(table, "1 deals created never had an amount"));
  EXPECT_EQ(Cell(Ask(feed, CivilDay(2017, 12, 31), {.kpi = "win_rate_value", .period = "2017Q2"})),
            "undefined: no deal with an amount was created in 2017Q2");
}

TEST(WinRates, HaveAnIntervalWhereTheyHaveAValue) {
  const auto table = Ask(Company(), CivilDay(2017, 12, 31),
                         {.kpi = "win_rate_closed", .group_by = metrics::v1::GROUP_BY_PERIOD});
  for (const auto& row : table.rows()) {
    EXPECT_EQ(row.has_interval(), row.has_value());
    if (!row.has_value()) continue;
    EXPECT_LE(row.interval().low(), row.value());
    EXPECT_GE(row.interval().high(), row.value());
  }
}

TEST(WinRates, LeaveUndatedDealsOutAndSaySo) {
  TestFeed feed = Company();
  feed.Deal("undated", "Discovery", {});
  const auto table = Ask(feed, CivilDay(2017, 12, 31), {.kpi = "win_rate_created"});
  EXPECT_EQ(Cell(table), "0.4 = 2/5 (n=5)");
  EXPECT_TRUE(HasNote(table, "1 opportunities have no date"));
}

TEST(WinRates, DoNotNeedOneCurrency) {
  TestFeed feed = Company();
  feed.Deal("eur", "Discovery", CivilDay(2017, 1, 1), {.amount = 1, .currency = "EUR"});
  feed.Deal("usd", "Discovery", CivilDay(2017, 1, 1), {.amount = 1});
  EXPECT_EQ(Cell(Ask(feed, CivilDay(2017, 12, 31), {.kpi = "win_rate_closed"})), "0.5 = 2/4 (n=4)");
}

}  // namespace
}  // namespace quotacast::metrics
