// Goal: stage histories become the right spells, and spells the right counts. Method: small cases
// worked out by hand in the comments.
#include "simulator/fit/exposure.h"

#include <cmath>
#include <limits>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace quotacast::simulator {
namespace {

using testing::ElementsAre;

constexpr double kNoDecay = std::numeric_limits<double>::infinity();

absl::CivilDay Day(int day) { return absl::CivilDay(2020, 1, 1) + day; }

HistoryDeal Deal(std::vector<StageVisit> visits, DealEnd end, int end_day) {
  HistoryDeal deal;
  deal.id = "d";
  deal.created = visits.empty() ? Day(0) : visits.front().entered;
  deal.visits = std::move(visits);
  deal.end = end;
  deal.end_day = Day(end_day);
  return deal;
}

History OneStage(std::vector<HistoryDeal> deals, int as_of) {
  History history;
  history.segments = {"all"};
  history.stages = {"open"};
  history.teams = {"team"};
  history.reps = {{"rep", 0, std::nullopt, std::nullopt}};
  history.currency = "USD";
  history.as_of = Day(as_of);
  for (size_t i = 0; i < deals.size(); ++i) deals[i].id = "d" + std::to_string(1000 + i);
  history.deals = std::move(deals);
  return history;
}

TEST(SpellsOf, StraightWalk) {
  EXPECT_THAT(SpellsOf(Deal({{0, Day(0)}, {1, Day(5)}}, DealEnd::kWon, 9), 2, Day(20)),
              ElementsAre(Spell{0, Day(0), Day(5), SpellEnd::kAdvanced},
                          Spell{1, Day(5), Day(9), SpellEnd::kAdvanced}));
  EXPECT_THAT(SpellsOf(Deal({{0, Day(0)}, {1, Day(5)}}, DealEnd::kLost, 9), 2, Day(20)),
              ElementsAre(Spell{0, Day(0), Day(5), SpellEnd::kAdvanced},
                          Spell{1, Day(5), Day(9), SpellEnd::kLost}));
  EXPECT_THAT(SpellsOf(Deal({{0, Day(3)}}, DealEnd::kOpen, 0), 2, Day(20)),
              ElementsAre(Spell{0, Day(3), Day(20), SpellEnd::kOpen}));
}

TEST(SpellsOf, SkippedStagesAreZeroDayVisitsThatAdvanced) {
  EXPECT_THAT(SpellsOf(Deal({{0, Day(0)}, {2, Day(5)}}, DealEnd::kOpen, 0), 4, Day(20)),
              ElementsAre(Spell{0, Day(0), Day(5), SpellEnd::kAdvanced},
                          Spell{1, Day(5), Day(5), SpellEnd::kAdvanced, true},
                          Spell{2, Day(5), Day(20), SpellEnd::kOpen}));
  EXPECT_THAT(SpellsOf(Deal({{1, Day(2)}}, DealEnd::kWon, 6), 3, Day(20)),
              ElementsAre(Spell{0, Day(2), Day(2), SpellEnd::kAdvanced, true},
                          Spell{1, Day(2), Day(6), SpellEnd::kAdvanced},
                          Spell{2, Day(6), Day(6), SpellEnd::kAdvanced, true}));
}

TEST(SpellsOf, RegressionCensorsAndStartsAnew) {
  EXPECT_THAT(
      SpellsOf(Deal({{1, Day(2)}, {0, Day(6)}, {1, Day(8)}}, DealEnd::kLost, 9), 2, Day(20)),
      ElementsAre(Spell{0, Day(2), Day(2), SpellEnd::kAdvanced, true},
                  Spell{1, Day(2), Day(6), SpellEnd::kRegressed, false, 0},
                  Spell{0, Day(6), Day(8), SpellEnd::kAdvanced},
                  Spell{1, Day(8), Day(9), SpellEnd::kLost}));
}

TEST(SpellsOf, CreatedAlreadyClosed) {
  EXPECT_THAT(SpellsOf(Deal({}, DealEnd::kWon, 0), 2, Day(20)),
              ElementsAre(Spell{0, Day(0), Day(0), SpellEnd::kAdvanced},
                          Spell{1, Day(0), Day(0), SpellEnd::kAdvanced, true}));
  EXPECT_THAT(SpellsOf(Deal({}, DealEnd::kLost, 0), 2, Day(20)),
              ElementsAre(Spell{0, Day(0), Day(0), SpellEnd::kLost}));
}

// One deal, entered on day 0 and won on day 10, edges {7}. Phases j = 0..6 book day D on age D - j:
//   days survived in full: D = 1..9, exit day D = 10 counts one half.
//   ages >= 7 get: D = 7: 1/7, D = 8: 2/7, D = 9: 3/7, D = 10: 4/7 (ages 7..10 of 4..10).
//   ages 1..6 get: D = 1: 1/7 ... D = 6: 6/7, D = 7: 6/7, D = 8: 5/7, D = 9: 4/7, D = 10: 3/7.
TEST(CountExposure, OneWonDealByHand) {
  const History history = OneStage({Deal({{0, Day(0)}}, DealEnd::kWon, 10)}, 30);
  const Exposure exposure = CountExposure(history, {Day(0), {7}, kNoDecay});
  const StageCounts& cell = exposure.cells[0];
  ASSERT_EQ(cell.ages.size(), 2u);
  EXPECT_NEAR(cell.ages[0].days, (1 + 2 + 3 + 4 + 5 + 6 + 6 + 5 + 4) / 7.0 + 0.5 * 3 / 7, 1e-12);
  EXPECT_NEAR(cell.ages[1].days, (1 + 2 + 3) / 7.0 + 0.5 * 4 / 7, 1e-12);
  EXPECT_NEAR(cell.ages[0].exits, 3 / 7.0, 1e-12);
  EXPECT_NEAR(cell.ages[1].exits, 4 / 7.0, 1e-12);
  EXPECT_NEAR(cell.ages[1].advanced, 4 / 7.0, 1e-12);
  EXPECT_NEAR(cell.entry.entered, 1, 1e-12);
  EXPECT_EQ(cell.entry.left_first_step, 0);
  ASSERT_EQ(exposure.exits.size(), 1u);
  EXPECT_EQ(exposure.exits[0].age_days, 10);
  EXPECT_TRUE(exposure.exits[0].advanced);
}

// Left after 2 days: in the step of entry for the 5 phases j = 2..6.
TEST(CountExposure, EntryRow) {
  const History history =
      OneStage({Deal({{0, Day(0)}}, DealEnd::kLost, 2), Deal({{0, Day(0)}}, DealEnd::kWon, 0)}, 30);
  const EntryCounts entry = CountExposure(history, {Day(0), {7}, kNoDecay}).cells[0].entry;
  EXPECT_NEAR(entry.entered, 2, 1e-12);
  EXPECT_NEAR(entry.left_first_step, 1 + 5 / 7.0, 1e-12);
  EXPECT_NEAR(entry.left_entry_day, 1, 1e-12);
  EXPECT_NEAR(entry.advanced, 1, 1e-12);
}

// Entered two days before the as-of day: only the phases whose step of entry has ended by then
// (j = 0, 1, 2) can be judged, whatever became of the deal.
TEST(CountExposure, EntryRowIsCensoredWithTheStep) {
  const History history =
      OneStage({Deal({{0, Day(8)}}, DealEnd::kOpen, 0), Deal({{0, Day(8)}}, DealEnd::kWon, 9)}, 10);
  const EntryCounts entry = CountExposure(history, {Day(0), {7}, kNoDecay}).cells[0].entry;
  EXPECT_NEAR(entry.entered, 2 * 3 / 7.0, 1e-12);
  EXPECT_NEAR(entry.left_first_step, 2 / 7.0, 1e-12);
}

TEST(CountExposure, OpenDealCountsForTheDaysItLived) {
  const History history = OneStage({Deal({{0, Day(0)}}, DealEnd::kOpen, 0)}, 100);
  const Exposure exposure = CountExposure(history, {Day(0), {}, kNoDecay});
  // D = 1..100 in full, less the phases of the entry step: (6 + 5 + 4 + 3 + 2 + 1) / 7 = 3 days.
  EXPECT_NEAR(exposure.cells[0].ages[0].days, 97, 1e-9);
  EXPECT_EQ(exposure.cells[0].ages[0].exits, 0);
}

TEST(CountExposure, WindowBeginsWithTheFirstExitAndTruncatesOnTheLeft) {
  // The first exit is on day 50; the second deal is then 40 days old, and the third was over.
  const History history = OneStage(
      {Deal({{0, Day(0)}}, DealEnd::kWon, 50), Deal({{0, Day(10)}}, DealEnd::kLost, 60)}, 100);
  const Exposure exposure = CountExposure(history, {std::nullopt, {}, kNoDecay});
  EXPECT_EQ(exposure.window_start, Day(50));
  // First deal: its exit day, one half. Second: D = 40..49 in full, D = 50 one half.
  EXPECT_NEAR(exposure.cells[0].ages[0].days, 0.5 + 10 + 0.5, 1e-9);
  EXPECT_NEAR(exposure.cells[0].ages[0].exits, 2, 1e-9);
  EXPECT_EQ(exposure.cells[0].entry.entered, 0);
}

// Deals that enter the second stage at once: the first stage was skipped on days 0 and 20, but the
// first ending anybody recorded is that of day 50.
TEST(CountExposure, WindowDoesNotBeginWithASkip) {
  History history = OneStage(
      {Deal({{1, Day(0)}}, DealEnd::kWon, 50), Deal({{1, Day(20)}}, DealEnd::kOpen, 0)}, 100);
  history.stages = {"first", "second"};
  EXPECT_EQ(CountExposure(history, {std::nullopt, {}, kNoDecay}).window_start, Day(50));
}

TEST(CountExposure, SpellsOverBeforeTheWindowDoNotCount) {
  const History history = OneStage({Deal({{0, Day(0)}}, DealEnd::kWon, 20)}, 100);
  const Exposure exposure = CountExposure(history, {Day(21), {}, kNoDecay});
  EXPECT_EQ(exposure.cells[0].ages[0].days, 0);
  EXPECT_TRUE(exposure.exits.empty());
}

TEST(CountExposure, RecencyHalvesAfterTheHalfLifeAndKishSaysWhatItCosts) {
  const History history = OneStage(
      {Deal({{0, Day(0)}}, DealEnd::kWon, 10), Deal({{0, Day(364)}}, DealEnd::kWon, 374)}, 374);
  const Exposure exposure = CountExposure(history, {Day(0), {}, 364});
  const AgeCounts& counts = exposure.cells[0].ages[0];
  EXPECT_NEAR(counts.exits, 1.5, 1e-9);
  // Two exits of weights 1 and 1/2 inform like (1.5)^2 / 1.25 = 1.8 equal ones; the days before
  // them weigh a little less than they do.
  EXPECT_NEAR(counts.Effective().exits, 1.8, 0.02);
  EXPECT_NEAR(counts.Effective().exits / counts.Effective().days, counts.exits / counts.days,
              1e-12);
}

// 60 deals leave on days 95..124, 40 stay until day 300: nothing ever leaves after day 124.
TEST(CountExposure, SplitsABinWhereExitsStop) {
  std::vector<HistoryDeal> deals;
  for (int i = 0; i < 60; ++i) deals.push_back(Deal({{0, Day(0)}}, DealEnd::kWon, 95 + i / 2));
  for (int i = 0; i < 40; ++i) deals.push_back(Deal({{0, Day(0)}}, DealEnd::kOpen, 0));
  const Exposure exposure =
      CountExposure(OneStage(deals, 300), {Day(0), {7, 14, 28, 56, 91, 182}, kNoDecay});
  EXPECT_THAT(exposure.age_bin_edges_days, ElementsAre(7, 14, 28, 56, 91, 125, 182));
  const std::vector<AgeCounts>& ages = exposure.cells[0].ages;
  EXPECT_GT(ages[5].exits, 0);
  EXPECT_EQ(ages[6].exits, 0);
  EXPECT_GT(ages[6].days, 1000);
}

TEST(CountExposure, SplitsABinWhereExitsBegin) {
  std::vector<HistoryDeal> deals;
  for (int i = 0; i < 60; ++i) deals.push_back(Deal({{0, Day(0)}}, DealEnd::kWon, 140 + i / 2));
  const Exposure exposure = CountExposure(OneStage(deals, 300), {Day(0), {91, 182}, kNoDecay});
  EXPECT_THAT(exposure.age_bin_edges_days, ElementsAre(91, 134, 182));
  EXPECT_EQ(exposure.cells[0].ages[1].exits, 0);
}

TEST(CountExposure, FewExpectedExitsAreNoReasonToSplit) {
  std::vector<HistoryDeal> deals;
  for (int i = 0; i < 8; ++i) deals.push_back(Deal({{0, Day(0)}}, DealEnd::kWon, 92 + i));
  deals.push_back(Deal({{0, Day(0)}}, DealEnd::kOpen, 0));
  const Exposure exposure = CountExposure(OneStage(deals, 181), {Day(0), {91, 182}, kNoDecay});
  EXPECT_THAT(exposure.age_bin_edges_days, ElementsAre(91, 182));
}

TEST(CountExposure, DoesNotGrowWithoutBound) {
  std::vector<HistoryDeal> deals;
  for (int i = 0; i < 400; ++i) {
    deals.push_back(Deal({{0, Day(0)}}, DealEnd::kWon, 3 + 40 * (i % 40)));
  }
  std::vector<int> edges;
  for (int e = 1; e <= 16; ++e) edges.push_back(100 * e);
  const Exposure exposure = CountExposure(OneStage(deals, 2000), {Day(0), edges, kNoDecay});
  EXPECT_LE(exposure.age_bin_edges_days.size(), static_cast<size_t>(kMaxAgeBinEdges));
}

TEST(SharesOfDay, AddUpToOne) {
  for (const int age : {0, 1, 6, 7, 10, 500}) {
    const PhaseShares shares = SharesOfDay(age, {7, 14});
    double sum = shares.entry;
    for (const double share : shares.ages) sum += share;
    EXPECT_NEAR(sum, 1, 1e-12) << age;
  }
  EXPECT_NEAR(SharesOfDay(0, {7}).entry, 1, 1e-12);
}

// A deal that stays: day D counts by sevenths in the bins that D - 6 .. D fall into. Of the bin 14
// to 28 the days 14 to 19 count 1/7 to 6/7, 20 to 27 count 1 and 28 to 33 count 6/7 to 1/7: 14 days
// in all, 8 + 2 * 91 / 49 squared. With the bin before it shares 6 days: 2 * (21 * 7 - 91) / 49
// / 2.
TEST(CountExposure, DaysNearAnEdgeAreSharedByTwoBins) {
  const History history = OneStage({Deal({{0, Day(0)}}, DealEnd::kOpen, 0)}, 300);
  const Exposure exposure =
      CountExposure(history, {Day(0), {7, 14, 28}, kNoDecay, /*may_add_edges=*/false});
  const std::vector<AgeCounts>& ages = exposure.cells[0].ages;
  EXPECT_NEAR(ages[2].days, 14, 1e-9);
  EXPECT_NEAR(ages[2].phase_squared, 8 + 2 * 91.0 / 49, 1e-9);
  EXPECT_NEAR(ages[2].Sharpness(), 14 / (8 + 2 * 91.0 / 49), 1e-9);
  EXPECT_NEAR(ages[1].shared_squared, 56.0 / 49, 1e-9);
  // The bin 7 to 14 counts its one full day and 2 * 91 / 49.
  EXPECT_NEAR(ages[1].CorrelationWith(ages[2]),
              56.0 / 49 / std::sqrt((1 + 2 * 91.0 / 49) * (8 + 2 * 91.0 / 49)), 1e-9);
  EXPECT_EQ(AgeCounts().Sharpness(), 1);
  EXPECT_EQ(AgeCounts().CorrelationWith(ages[0]), 0);
}

}  // namespace
}  // namespace quotacast::simulator
