// Goal: stays in stages are counted where they ended and led, skips, steps back and second stays
// included. Method: deals that take each way, counted by hand.
#include "services/metrics/kpi/stages.h"

#include "absl/time/civil_time.h"
#include "gtest/gtest.h"
#include "services/metrics/kpi/kpi_test_support.h"
#include "services/metrics/test_feed.h"

namespace quotacast::metrics {
namespace {

using absl::CivilDay;
using metrics::v1::GROUP_BY_STAGE;

TestFeed Company() {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stage("Discovery", 1, crm::v1::STAGE_CATEGORY_OPEN);
  feed.Stage("Proposal", 2, crm::v1::STAGE_CATEGORY_OPEN);
  feed.Stage("Contract", 3, crm::v1::STAGE_CATEGORY_OPEN);
  feed.Stage("Won", 4, crm::v1::STAGE_CATEGORY_WON);
  feed.Stage("Lost", 5, crm::v1::STAGE_CATEGORY_LOST);
  // Straight through.
  feed.Deal("a", "Discovery", CivilDay(2017, 1, 1));
  feed.Deal("a", "Proposal", CivilDay(2017, 1, 11));
  feed.Deal("a", "Contract", CivilDay(2017, 1, 31));
  feed.Deal("a", "Won", CivilDay(2017, 2, 1));
  // Past a stage, back, and lost.
  feed.Deal("b", "Discovery", CivilDay(2017, 1, 1));
  feed.Deal("b", "Contract", CivilDay(2017, 1, 21));
  feed.Deal("b", "Discovery", CivilDay(2017, 2, 1));
  feed.Deal("b", "Lost", CivilDay(2017, 4, 1));
  // Still there.
  feed.Deal("c", "Discovery", CivilDay(2017, 1, 1));
  return feed;
}

TEST(StageConversion, CountsWhereStaysLed) {
  const auto table = Ask(Company(), CivilDay(2017, 12, 31),
                         {.kpi = "stage_conversion", .group_by = GROUP_BY_STAGE});
  ASSERT_EQ(table.rows_size(), 3);
  EXPECT_EQ(table.rows(0).group(), "Discovery");
  EXPECT_EQ(table.rows(2).group(), "Contract");
  EXPECT_EQ(Cell(table, "Discovery"), "0.666667 = 2/3 (n=3)");
  EXPECT_EQ(Cell(table, "Proposal"), "1 = 1/1 (n=1)");
  EXPECT_EQ(Cell(table, "Contract"), "0.5 = 1/2 (n=2)");
  EXPECT_TRUE(HasNote(table, "1 stays led past at least one stage"));
  EXPECT_TRUE(HasNote(table, "1 stays led back to an earlier stage"));
  EXPECT_EQ(Cell(Ask(Company(), CivilDay(2017, 12, 31), {.kpi = "stage_conversion"})),
            "0.666667 = 4/6 (n=6)");
}

TEST(StageConversion, TakesThePeriodInWhichAStayEnded) {
  const auto table =
      Ask(Company(), CivilDay(2017, 12, 31),
          {.kpi = "stage_conversion", .group_by = GROUP_BY_STAGE, .period = "2017Q2"});
  EXPECT_EQ(Cell(table, "Discovery"), "0 = 0/1 (n=1)");
  EXPECT_EQ(Cell(table, "Contract"), "undefined: no stay in an open stage ended in 2017Q2");
}

TEST(StageRegressionRate, CountsInTheStageThatWasLeft) {
  const auto table = Ask(Company(), CivilDay(2017, 12, 31),
                         {.kpi = "stage_regression_rate", .group_by = GROUP_BY_STAGE});
  EXPECT_EQ(Cell(table, "Discovery"), "0 = 0/3 (n=3)");
  EXPECT_EQ(Cell(table, "Proposal"), "0 = 0/1 (n=1)");
  EXPECT_EQ(Cell(table, "Contract"), "0.5 = 1/2 (n=2)");
  EXPECT_EQ(Cell(Ask(Company(), CivilDay(2017, 12, 31), {.kpi = "stage_regression_rate"})),
            "0.166667 = 1/6 (n=6)");
  EXPECT_EQ(Cell(Ask(Company(), CivilDay(2017, 12, 31),
                     {.kpi = "stage_regression_rate", .period = "2017Q3"})),
            "undefined: no stay in an open stage ended in 2017Q3");
}

// A source may number its stages 10, 20, 30: the next one is the next one.
TEST(StageConversion, SkipsAreCountedInStagesNotInPositions) {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stage("Discovery", 10, crm::v1::STAGE_CATEGORY_OPEN);
  feed.Stage("Proposal", 20, crm::v1::STAGE_CATEGORY_OPEN);
  feed.Stage("Contract", 30, crm::v1::STAGE_CATEGORY_OPEN);
  feed.Deal("a", "Discovery", CivilDay(2017, 1, 1));
  feed.Deal("a", "Proposal", CivilDay(2017, 1, 11));
  feed.Deal("b", "Discovery", CivilDay(2017, 1, 1));
  feed.Deal("b", "Contract", CivilDay(2017, 1, 11));
  EXPECT_TRUE(HasNote(Ask(feed, CivilDay(2017, 12, 31), {.kpi = "stage_conversion"}),
                      "1 stays led past at least one stage"));
}

TEST(StageDwellDays, IsTheMedianOfStaysThatEnded) {
  const auto table = Ask(Company(), CivilDay(2017, 12, 31),
                         {.kpi = "stage_dwell_days", .group_by = GROUP_BY_STAGE});
  EXPECT_EQ(Cell(table, "Discovery"), "20 = 89/3 (n=3)");  // 10, 20 and 59.
  EXPECT_EQ(Cell(table, "Proposal"), "20 = 20/1 (n=1)");
  EXPECT_EQ(Cell(table, "Contract"), "6 = 12/2 (n=2)");  // 1 and 11.
  // As of the day before it moved on, the first stay goes on.
  EXPECT_EQ(Cell(Ask(Company(), CivilDay(2017, 1, 10),
                     {.kpi = "stage_dwell_days", .group_by = GROUP_BY_STAGE}),
                 "Discovery"),
            "undefined: no stay in an open stage ended");
}

}  // namespace
}  // namespace quotacast::metrics
