// Goal: losses are counted by whom they were lost to, where and how early. Method: a company of
// which every figure is counted by hand; on generated deals, parts that must add up to the figures
// of other KPIs.
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "gtest/gtest.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/kpi_test_support.h"
#include "services/metrics/kpi/view_maker.h"

namespace quotacast::metrics {
namespace {

using absl::CivilDay;
using metrics::v1::GROUP_BY_REP;
using metrics::v1::GROUP_BY_STAGE;

const CivilDay kCreated(2017, 1, 1);

// Two deals are won after 20 and 40 days: up to 15 days is early.
ViewMaker Company() {
  ViewMaker maker(CivilDay(2017, 12, 31));
  maker.Closed("ann", kWonStage, kCreated, kCreated + 20, 100);
  maker.Closed("ann", kWonStage, kCreated, kCreated + 40, 100);
  maker.Closed("ann", kLostStage, kCreated, kCreated + 5);
  maker.Closed("bob", kNoDecisionStage, kCreated, kCreated + 5);
  maker.Closed("bob", kDisqualifiedStage, kCreated, kCreated + 10);
  maker.Closed("bob", kDisqualifiedStage, kCreated, kCreated + 15);
  BookOpportunity& late = maker.Deal("bob", kCreated);
  ViewMaker::Move(late, kProposal, kCreated + 3);
  ViewMaker::Move(late, kDisqualifiedStage, kCreated + 16);
  maker.Deal("bob", kCreated);  // Still open.
  return maker;
}

TEST(WinRateCompetitive, LeavesOutWhatNoCompetitorWon) {
  const ViewMaker maker = Company();
  const auto table = maker.Ask({.kpi = "win_rate_competitive", .group_by = GROUP_BY_REP});
  EXPECT_EQ(Cell(table, "ann"), "0.666667 = 2/3 (n=3)");
  EXPECT_EQ(Cell(table, "bob"), "undefined: no deal was won or lost to a competitor");
  EXPECT_TRUE(HasNote(table, "4 deals lost to no decision or disqualified are left out"));
  // The broad rate counts them all.
  EXPECT_EQ(Cell(maker.Ask({.kpi = "win_rate_closed"})), "0.285714 = 2/7 (n=7)");
  EXPECT_EQ(Cell(maker.Ask({.kpi = "win_rate_competitive", .period = "2017Q2"})),
            "undefined: no deal was won or lost to a competitor in 2017Q2");
}

TEST(NoDecisionShare, IsAShareOfLosses) {
  ViewMaker maker = Company();
  EXPECT_EQ(Cell(maker.Ask({.kpi = "no_decision_share"})), "0.2 = 1/5 (n=5)");
  EXPECT_FALSE(HasNote(maker.Ask({.kpi = "no_decision_share"}), "no stage of the source"));
  EXPECT_EQ(Cell(maker.Ask({.kpi = "no_decision_share", .period = "2017Q3"})),
            "undefined: no deal was lost in 2017Q3");
  maker.view().stages[kNoDecisionStage].loss = LossKind::kCompetitive;
  const auto table = maker.Ask({.kpi = "no_decision_share"});
  EXPECT_EQ(Cell(table), "0 = 0/5 (n=5)");
  EXPECT_TRUE(HasNote(table, "no stage of the source stands for no decision"));
}

TEST(LostDeals, CountInTheStageTheyLastStoodIn) {
  ViewMaker maker = Company();
  const auto table = maker.Ask({.kpi = "lost_deals", .group_by = GROUP_BY_STAGE});
  EXPECT_EQ(Cell(table, "Discovery"), "4 = 4/1 (n=4)");
  EXPECT_EQ(Cell(table, "Proposal"), "1 = 1/1 (n=1)");
  EXPECT_EQ(Cell(table, "Contract"), "0 = 0/1 (n=0)");
  EXPECT_EQ(Cell(maker.Ask({.kpi = "lost_deals", .period = "2017Q3"})), "0 = 0/1 (n=0)");
  EXPECT_EQ(Cell(maker.Ask({.kpi = "lost_deals", .period = "2018Q1"})),
            "undefined: 2018Q1 has not begun by 2017-12-31; the data go from 2017-01-01 to "
            "2017-12-31");
  // Entered as lost: in no stage before.
  BookOpportunity& deal = maker.Closed("ann", kLostStage, kCreated, kCreated + 5);
  deal.visits.erase(deal.visits.begin());
  const auto with_direct = maker.Ask({.kpi = "lost_deals", .group_by = GROUP_BY_STAGE});
  EXPECT_EQ(Cell(with_direct, "Discovery"), "4 = 4/1 (n=4)");
  EXPECT_TRUE(HasNote(with_direct, "1 lost deals were in no open stage before"));
  EXPECT_EQ(Cell(maker.Ask({.kpi = "lost_deals"})), "6 = 6/1 (n=6)");
}

TEST(LossShare, IsTheRowsPartOfAllLosses) {
  const ViewMaker maker = Company();
  const auto table = maker.Ask({.kpi = "loss_share", .group_by = GROUP_BY_REP});
  EXPECT_EQ(Cell(table, "ann"), "0.2 = 1/5 (n=5)");
  EXPECT_EQ(Cell(table, "bob"), "0.8 = 4/5 (n=5)");
  EXPECT_EQ(Cell(maker.Ask({.kpi = "loss_share", .group_by = GROUP_BY_STAGE}), "Proposal"),
            "0.2 = 1/5 (n=5)");
  EXPECT_EQ(Cell(maker.Ask({.kpi = "loss_share"})), "1 = 5/5 (n=5)");
  EXPECT_EQ(Cell(maker.Ask({.kpi = "loss_share", .period = "2017Q3"})),
            "undefined: no deal was lost in 2017Q3");
}

TEST(EarlyDisqualificationShare, IsWithinHalfTheMedianCycle) {
  const auto table = Company().Ask({.kpi = "early_disqualification_share"});
  // After 10 and 15 days, not after 16; the early loss to a competitor is none.
  EXPECT_EQ(Cell(table), "0.4 = 2/5 (n=5)");
  EXPECT_TRUE(HasNote(table, "early is within 15 days"));
  ViewMaker without_wins(CivilDay(2017, 12, 31));
  without_wins.Closed("ann", kDisqualifiedStage, kCreated, kCreated + 5);
  EXPECT_EQ(Cell(without_wins.Ask({.kpi = "early_disqualification_share"})),
            "undefined: no deal was won by the as-of date: nothing says what early is");
  ViewMaker without_losses(CivilDay(2017, 12, 31));
  without_losses.Closed("ann", kWonStage, kCreated, kCreated + 5);
  EXPECT_EQ(Cell(without_losses.Ask({.kpi = "early_disqualification_share"})),
            "undefined: no deal was lost");
}

// Parts add up: what the narrow rate leaves out is what the broad one has more of.
TEST(Losses, AddUpOnGeneratedDeals) {
  ViewMaker maker(CivilDay(2017, 12, 31));
  int no_decision_count = 0, disqualified_count = 0;
  for (int i = 0; i < 700; ++i) {
    const MadeStage stages[] = {kWonStage, kLostStage, kNoDecisionStage, kDisqualifiedStage};
    const MadeStage stage = stages[(i * i + i / 3) % 4];
    no_decision_count += stage == kNoDecisionStage;
    disqualified_count += stage == kDisqualifiedStage;
    BookOpportunity& deal = maker.Deal(absl::StrCat("rep-", i % 7), kCreated);
    if (i % 3 > 0) ViewMaker::Move(deal, kProposal, kCreated + i % 11);
    ViewMaker::Move(deal, stage, kCreated + 20 + i % 200);
  }
  ASSERT_GT(no_decision_count, 0);
  ASSERT_GT(disqualified_count, 0);
  const auto narrow = maker.Ask({.kpi = "win_rate_competitive"}).rows(0);
  const auto broad = maker.Ask({.kpi = "win_rate_closed"}).rows(0);
  EXPECT_EQ(narrow.numerator(), broad.numerator());
  EXPECT_EQ(narrow.denominator() + no_decision_count + disqualified_count, broad.denominator());
  EXPECT_EQ(maker.Ask({.kpi = "no_decision_share"}).rows(0).numerator(), no_decision_count);
  for (const auto group_by : {GROUP_BY_REP, GROUP_BY_STAGE}) {
    double sum = 0;
    const auto table = maker.Ask({.kpi = "loss_share", .group_by = group_by});
    for (const auto& row : table.rows()) sum += row.value();
    EXPECT_NEAR(sum, 1, 1e-12);
  }
}

}  // namespace
}  // namespace quotacast::metrics
