// Goal: attrition and ramp follow their definitions, censoring included. Method: rosters worked out
// by hand; the Kaplan-Meier median against its textbook steps.
#include "services/metrics/kpi/people.h"

#include "absl/time/civil_time.h"
#include "gtest/gtest.h"
#include "services/metrics/kpi/censored_median.h"
#include "services/metrics/kpi/kpi_test_support.h"
#include "services/metrics/test_feed.h"

namespace quotacast::metrics {
namespace {

using absl::CivilDay;

TEST(CensoredMedianOfFirstWins, CountsThoseWhoHaveNotWon) {
  EXPECT_FALSE(CensoredMedian({}).has_value());
  EXPECT_FALSE(CensoredMedian({{10, false}}).has_value());
  EXPECT_EQ(CensoredMedian({{10, true}}), 10);
  EXPECT_EQ(CensoredMedian({{30, true}, {10, true}, {20, true}, {40, true}}), 20);
  // At 10 three of four are left; one is gone at 15, so at 20 the share is 3/4 x 1/2.
  EXPECT_EQ(CensoredMedian({{10, true}, {15, false}, {20, true}, {40, false}}), 20);
  // Leaving the two who left out would say 10.
  EXPECT_FALSE(CensoredMedian({{10, true}, {15, false}, {15, false}}).has_value());
  EXPECT_EQ(CensoredMedian({{10, false}, {10, true}}), 10);
}

TEST(Attrition, IsPerYearOfMeanHeadcount) {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stages();
  feed.Team("east");
  feed.Team("west");
  feed.Rep("stays", "east", CivilDay(2016, 1, 1));
  feed.Rep("always", "east");
  // The last day in the job is 14 February: 45 of 90 days.
  feed.Rep("leaves", "east", CivilDay(2016, 1, 1), CivilDay(2017, 2, 15));
  feed.Rep("left_before", "west", CivilDay(2016, 1, 1), CivilDay(2017, 1, 1));
  feed.Rep("comes_later", "west", CivilDay(2017, 6, 1));
  const auto table =
      Ask(feed, CivilDay(2017, 12, 31),
          {.kpi = "attrition", .group_by = metrics::v1::GROUP_BY_TEAM, .period = "2017Q1"});
  EXPECT_EQ(Cell(table, "east"), "1.62333 = 1/2.5 (n=3)");  // 0.4 x 365.25 / 90.
  EXPECT_EQ(Cell(table, "west"), "undefined: nobody was in the job in 2017Q1");
  const auto before = Ask(feed, CivilDay(2017, 12, 31), {.kpi = "attrition", .period = "2016Q4"});
  EXPECT_EQ(before.rows(0).numerator(), 1);  // Whose last day was 31 December.
  EXPECT_EQ(before.rows(0).denominator(), 4);
}

TEST(RampDaysToFirstWin, IsCensoredByLeavingAndByTheAsOf) {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stages();
  feed.Rep("quick", "", CivilDay(2017, 1, 1));
  feed.Rep("slow", "", CivilDay(2017, 1, 1));
  feed.Rep("gone", "", CivilDay(2017, 1, 1), CivilDay(2017, 2, 1));
  feed.Rep("undated", "");
  feed.Rep("before", "", CivilDay(2017, 3, 1));
  feed.Closed("q", "Won", CivilDay(2017, 1, 1), CivilDay(2017, 1, 21), {.rep = "quick"});
  feed.Closed("q2", "Won", CivilDay(2017, 1, 1), CivilDay(2017, 5, 1), {.rep = "quick"});
  feed.Closed("s", "Won", CivilDay(2017, 1, 1), CivilDay(2017, 5, 1), {.rep = "slow"});
  feed.Closed("b", "Won", CivilDay(2017, 1, 1), CivilDay(2017, 1, 2), {.rep = "before"});
  const KpiTableQuery query{.kpi = "ramp_days_to_first_win"};
  const auto table = Ask(feed, CivilDay(2017, 12, 31), query);
  EXPECT_EQ(Cell(table), "120 = 2/3 (n=3)");
  EXPECT_TRUE(HasNote(table, "1 reps have no start day"));
  EXPECT_TRUE(HasNote(table, "1 reps won before their start day"));
  EXPECT_EQ(Cell(Ask(feed, CivilDay(2017, 4, 30), query)),
            "undefined: half of the 3 reps that began have not been seen to win yet");
  EXPECT_EQ(Cell(Ask(feed, CivilDay(2017, 12, 31),
                     {.kpi = "ramp_days_to_first_win", .period = "2017Q4"})),
            "undefined: no rep with a start day began in 2017Q4");
}

TEST(RampDaysToFirstWin, LeavesOutWhoBeganBeforeTheData) {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stages();
  // The first deal was created on 5 January 2017: "old" may have won in 2015, "eve" the day before.
  feed.Rep("old", "", CivilDay(2015, 3, 1));
  feed.Rep("eve", "", CivilDay(2017, 1, 4));
  feed.Rep("first", "", CivilDay(2017, 1, 5));
  feed.Closed("o", "Won", CivilDay(2017, 1, 5), CivilDay(2017, 2, 1), {.rep = "old"});
  feed.Closed("e", "Won", CivilDay(2017, 1, 6), CivilDay(2017, 3, 1), {.rep = "eve"});
  feed.Closed("f", "Won", CivilDay(2017, 1, 7), CivilDay(2017, 1, 15), {.rep = "first"});
  const auto table = Ask(feed, CivilDay(2017, 12, 31), {.kpi = "ramp_days_to_first_win"});
  EXPECT_EQ(Cell(table), "10 = 1/1 (n=1)");
  EXPECT_TRUE(HasNote(table, "2 reps began before 2017-01-05, the first day of the data"));
  const auto by_rep = Ask(feed, CivilDay(2017, 12, 31),
                          {.kpi = "ramp_days_to_first_win", .group_by = metrics::v1::GROUP_BY_REP});
  EXPECT_EQ(Cell(by_rep, "old"),
            "undefined: no rep with a start day began on or after 2017-01-05, the first day of the "
            "data");
}

}  // namespace
}  // namespace quotacast::metrics
