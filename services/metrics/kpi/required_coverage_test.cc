// Goal: required coverage is what past periods needed at the same week. Method: two past quarters
// counted by hand, as the week moves on; equal amounts, where it is one over the share of deals.
#include <string>

#include "absl/time/civil_time.h"
#include "gtest/gtest.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/kpi_test_support.h"
#include "services/metrics/kpi/view_maker.h"

namespace quotacast::metrics {
namespace {

using absl::CivilDay;
using metrics::v1::GROUP_BY_REP;

const CivilDay kBefore(2017, 3, 1);

BookOpportunity& Due(ViewMaker& maker, int amount, CivilDay expected) {
  BookOpportunity& deal = maker.Deal("ann", kBefore);
  deal.amount_minor_units = amount * 100;
  deal.entry_amount_minor_units = amount * 100;
  deal.expected_closes = {{.said_day = kBefore, .expected_day = expected}};
  deal.expected_close_day = expected;
  return deal;
}

// Open and due in the second quarter when it begins: 100 won in May, 200 lost in April, 300 won
// after it, 400 won in June. Due later: 500.
ViewMaker Company(CivilDay as_of_day) {
  ViewMaker maker(as_of_day);
  ViewMaker::Move(Due(maker, 100, CivilDay(2017, 5, 1)), kWonStage, CivilDay(2017, 5, 20));
  ViewMaker::Move(Due(maker, 200, CivilDay(2017, 4, 1)), kLostStage, CivilDay(2017, 4, 5));
  ViewMaker::Move(Due(maker, 300, CivilDay(2017, 6, 30)), kWonStage, CivilDay(2017, 7, 1));
  ViewMaker::Move(Due(maker, 400, CivilDay(2017, 6, 1)), kWonStage, CivilDay(2017, 6, 30));
  ViewMaker::Move(Due(maker, 500, CivilDay(2017, 7, 1)), kWonStage, CivilDay(2017, 6, 1));
  // Created in the quarter.
  maker.Closed("ann", kWonStage, CivilDay(2017, 4, 2), CivilDay(2017, 5, 1), 1'000);
  return maker;
}

TEST(RequiredCoverage, IsOpenOverWonOfPastPeriodsAtTheSameWeek) {
  // Week 0 of the third quarter, asked at the end of the second.
  const auto start = Company(CivilDay(2017, 6, 30)).Ask({.kpi = "required_coverage"});
  EXPECT_EQ(Cell(start), "2 = 1000/500 (n=4)");
  EXPECT_TRUE(HasNote(start, "as 0 weeks after the start of 2 past periods, 2017Q1 to 2017Q2"));
  EXPECT_EQ(Cell(Company(CivilDay(2017, 7, 6)).Ask({.kpi = "required_coverage"})),
            "2 = 1000/500 (n=4)");
  // A week on, the loss of 5 April is out of what was open.
  EXPECT_EQ(Cell(Company(CivilDay(2017, 7, 7)).Ask({.kpi = "required_coverage"})),
            "1.6 = 800/500 (n=3)");
  // Eight weeks on (27 May), the win of 20 May, too.
  EXPECT_EQ(Cell(Company(CivilDay(2017, 8, 25)).Ask({.kpi = "required_coverage"})),
            "1.75 = 700/400 (n=2)");
}

TEST(RequiredCoverage, TakesEveryOpenDealWithoutDates) {
  ViewMaker maker(CivilDay(2017, 6, 30));
  // Four deals of one amount, of which one is won: one over a quarter.
  for (int i = 0; i < 4; ++i) {
    BookOpportunity& deal = maker.Deal("ann", kBefore);
    deal.product = maker.Product("kit", 50);
    ViewMaker::Move(deal, i == 0 ? kWonStage : kLostStage, CivilDay(2017, 5, 1));
  }
  maker.Deal("bob", kBefore);
  const auto table = maker.Ask({.kpi = "required_coverage", .group_by = GROUP_BY_REP});
  EXPECT_EQ(Cell(table, "ann"), "4 = 200/50 (n=4)");
  EXPECT_EQ(Cell(table, "bob"),
            "undefined: nothing was open and due at this week of the past periods");
  EXPECT_TRUE(HasNote(table, "in 1 of these no open deal had an expected close date"));
  EXPECT_TRUE(HasNote(table, "4 deals of past periods have no stated amount"));
  EXPECT_TRUE(HasNote(table, "1 deals of past periods have neither"));
}

TEST(RequiredCoverage, SaysWhyThereIsNone) {
  EXPECT_EQ(Cell(ViewMaker(CivilDay(2017, 6, 30)).Ask({.kpi = "required_coverage"})),
            "undefined: no period with deals has ended before 2017Q3");
  EXPECT_EQ(
      Cell(Company(CivilDay(2017, 6, 30)).Ask({.kpi = "required_coverage", .period = "2017Q2"})),
      "undefined: 2017Q2 has ended by 2017-06-30: no pipeline is required for it any more");
  ViewMaker maker(CivilDay(2017, 6, 30));
  ViewMaker::Move(Due(maker, 100, CivilDay(2017, 5, 1)), kLostStage, CivilDay(2017, 5, 20));
  EXPECT_EQ(Cell(maker.Ask({.kpi = "required_coverage"})),
            "undefined: nothing of what was open and due at this week of the past periods was won "
            "in them");
}

}  // namespace
}  // namespace quotacast::metrics
