// Goal: stages that deals left out are told from those they were in, and compared among deals that
// came as far. Method: deals that take each way, counted by hand; a planted company in which the
// stage plays no part, where a comparison of all deals would show a difference.
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
using metrics::v1::GROUP_BY_STAGE;

const CivilDay kCreated(2017, 1, 1);

BookOpportunity& Through(ViewMaker& maker, std::initializer_list<MadeStage> stages) {
  BookOpportunity& deal = maker.Deal("ann", kCreated);
  CivilDay day = kCreated;
  for (const MadeStage stage : stages) ViewMaker::Move(deal, stage, day += 5);
  return deal;
}

TEST(StageSkipRate, CountsStagesThatWerePassed) {
  ViewMaker maker(CivilDay(2017, 12, 31));
  Through(maker, {kProposal, kContract, kWonStage});
  Through(maker, {kContract, kLostStage});             // Skips Proposal.
  Through(maker, {kContract, kProposal, kLostStage});  // Went back: skips nothing.
  Through(maker, {kWonStage});                         // Skips Proposal and Contract.
  Through(maker, {kLostStage});                        // Passed nothing.
  Through(maker, {kContract});                         // Still open.
  const auto table = maker.Ask({.kpi = "stage_skip_rate", .group_by = GROUP_BY_STAGE});
  EXPECT_EQ(Cell(table, "Discovery"), "0 = 0/5 (n=5)");
  EXPECT_EQ(Cell(table, "Proposal"), "0.5 = 2/4 (n=4)");
  EXPECT_EQ(Cell(table, "Contract"), "0.25 = 1/4 (n=4)");
  EXPECT_EQ(Cell(maker.Ask({.kpi = "stage_skip_rate"})), "0.230769 = 3/13 (n=13)");
  EXPECT_EQ(Cell(maker.Ask({.kpi = "stage_skip_rate", .period = "2017Q3"})),
            "undefined: no deal that was in the stage or beyond was closed in 2017Q3");
}

TEST(StageUplift, ComparesDealsThatCameAsFar) {
  ViewMaker maker(CivilDay(2017, 12, 31));
  // In Contract by way of Proposal: two of three are won.
  Through(maker, {kProposal, kContract, kWonStage});
  Through(maker, {kProposal, kContract, kWonStage});
  Through(maker, {kProposal, kContract, kLostStage});
  // Straight to Contract: one of four.
  Through(maker, {kContract, kWonStage});
  for (int i = 0; i < 3; ++i) Through(maker, {kContract, kLostStage});
  // Lost or won before a later stage: compared nowhere.
  Through(maker, {kLostStage});
  Through(maker, {kWonStage});
  Through(maker, {kProposal, kLostStage});
  const auto table = maker.Ask({.kpi = "stage_uplift", .group_by = GROUP_BY_STAGE});
  EXPECT_EQ(Cell(table, "Proposal"), "0.416667 = 0.666667/0.25 (n=7)");
  ASSERT_TRUE(table.rows(1).has_interval());
  EXPECT_LT(table.rows(1).interval().low(), 0);
  EXPECT_GT(table.rows(1).interval().high(), 0.417);
  // Every deal begins in Discovery: eight came further.
  EXPECT_EQ(Cell(table, "Discovery"),
            "undefined: of the deals closed that were in a later stage, 8 had been in this one and "
            "0 had not: it takes both");
  EXPECT_EQ(Cell(table, "Contract"),
            "undefined: of the deals closed that were in a later stage, 0 had been in this one and "
            "0 had not: it takes both");
}

// Of all that enter, half go through Proposal; the stage changes nothing: whoever is in Contract is
// won with one half, and half of those in Discovery and Proposal are lost there.
TEST(StageUplift, IsNoneWhereTheStagePlaysNoPart) {
  ViewMaker maker(CivilDay(2017, 12, 31));
  for (int i = 0; i < 80; ++i) {
    const bool is_by_proposal = i % 2 == 0;
    const bool is_lost_before = i / 2 % 2 == 0;
    const MadeStage end = i / 4 % 2 == 0 ? kWonStage : kLostStage;
    if (is_by_proposal && is_lost_before) {
      Through(maker, {kProposal, kLostStage});
    } else if (is_lost_before) {
      Through(maker, {kLostStage});
    } else if (is_by_proposal) {
      Through(maker, {kProposal, kContract, end});
    } else {
      Through(maker, {kContract, end});
    }
  }
  const auto table = maker.Ask({.kpi = "stage_uplift", .group_by = GROUP_BY_STAGE});
  EXPECT_EQ(Cell(table, "Proposal"), "0 = 0.5/0.5 (n=40)");
}

}  // namespace
}  // namespace quotacast::metrics
