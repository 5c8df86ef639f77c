// Goal: deals that go back are a third exit: their share and destinations are found, and neither
// the pace of a stage nor the chance to advance suffers. Method: a deal counted by hand; histories
// with planted regressions; bounds state their false-alarm rates.
#include "simulator/fit/regressions.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "gtest/gtest.h"
#include "simulator/fit/exposure.h"
#include "simulator/fit/interval_coverage.h"
#include "simulator/fit/planted_history.h"
#include "simulator/fit/posterior.h"
#include "simulator/fit/stage_cells.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {
namespace {

constexpr double kNoDecay = std::numeric_limits<double>::infinity();

Exposure ExposureOf(const History& history) {
  return CountExposure(history, {{}, {7, 14, 28, 56}, kNoDecay});
}

PlantedPipeline TwoStages(double first, double second) {
  PlantedPipeline pipeline;
  pipeline.stage_count = 2;
  pipeline.cells = {{0.03, 0.06, 1, 0.55}, {0.03, 0.05, 1, 0.65}};
  pipeline.cells[0].regress_share = first;
  pipeline.cells[1].regress_share = second;
  pipeline.rep_count = 5;
  pipeline.creation_rate_per_day = 0.1;
  return pipeline;
}

// Entered the second stage, back in the first 20 days later. Aged 14 to 20 at the start of the
// step: all of it in the third bin; no exit that advanced or was lost.
TEST(CountExposure, GoingBackIsAnExitOfItsOwn) {
  History history;
  history.segments = {"all"};
  history.stages = {"a", "b"};
  history.reps = {{"r", 0, {}, {}}};
  history.as_of = absl::CivilDay(2021, 12, 31);
  HistoryDeal deal;
  deal.id = "d";
  deal.created = absl::CivilDay(2021, 1, 1);
  deal.visits = {{0, deal.created}, {1, deal.created + 5}, {0, deal.created + 25}};
  history.deals = {deal};
  const Exposure exposure = CountExposure(history, {deal.created, {7, 14, 28, 56}, kNoDecay});
  EXPECT_NEAR(exposure.cells[1].ages[2].exits, 1, 1e-12);
  EXPECT_NEAR(exposure.cells[1].ages[2].regressed, 1, 1e-12);
  EXPECT_EQ(exposure.cells[1].ages[2].advanced, 0);
  EXPECT_EQ(exposure.cells[1].regressed_to, (std::vector<double>{1, 0}));
  ASSERT_EQ(exposure.exits.size(), 1u);  // Only the advance out of the first stage.
  EXPECT_EQ(exposure.exits[0].stage, 0);
  // The entry row of the stay that ended by going back is watched in full.
  EXPECT_NEAR(exposure.cells[1].entry.entered, 1, 1e-12);
  EXPECT_EQ(exposure.cells[1].entry.left_first_step, 0);
}

// 300 companies of about 360 deals; shares of the second stage spread over [.02, .3] evenly, so
// most are far from the prior's .02: what the data say must do. One truth per interval, clean
// counts: no slack but .02 for the prior.
TEST(FitRegressions, IntervalsCoverThePlantedShare) {
  constexpr int kCompanies = 300;
  IntervalCoverage coverage;
  IntervalCoverage rates;
  for (int c = 0; c < kCompanies; ++c) {
    const double share = 0.02 + 0.28 * (c + 0.5) / kCompanies;
    const Exposure exposure = ExposureOf(PlantHistory(TwoStages(share / 2, share), 100 + c));
    std::vector<double> draws;
    for (const RegressionDraw& draw : FitRegressions(exposure, {"all"}, {"a", "b"}, 64, c)) {
      draws.push_back(draw.later_shares[1]);
    }
    ASSERT_EQ(draws.size(), 64u);
    coverage.Count(draws, share);
    draws.clear();
    for (const std::vector<StageCell>& cells :
         FitStageCells(exposure, {"all"}, {"a", "b"}, {64, static_cast<uint64_t>(c)}).draws) {
      draws.push_back(cells[1].ages[1].advance_probability);
    }
    rates.Count(draws, 0.65);
  }
  ExpectCovers(coverage, 0.02, "regress share");
  // The chance to advance is that of exits that do not go back, unmoved by how many do. Bins lean
  // on the default pipeline's .75 a little: slack .06.
  ExpectCovers(rates, 0.06, "advance");
}

// From the second stage all go to the first; 400 of them, so the draws hold at least .98.
TEST(FitRegressions, FindsDestinations) {
  PlantedPipeline pipeline = TwoStages(0.1, 0.3);
  pipeline.rep_count = 50;
  const std::vector<RegressionDraw> draws =
      FitRegressions(ExposureOf(PlantHistory(pipeline, 5)), {"all"}, {"a", "b"}, 64, 1);
  for (const RegressionDraw& draw : draws) {
    EXPECT_EQ(draw.destinations[0], std::vector<double>{1});
    EXPECT_GT(draw.destinations[1][0], 0.98);
    EXPECT_EQ(draw.destinations[1][0] + draw.destinations[1][1], 1);
  }
}

TEST(FitRegressions, NobodyWentBackAndNobodyWill) {
  EXPECT_TRUE(
      FitRegressions(ExposureOf(PlantHistory(TwoStages(0, 0), 5)), {"all"}, {"a", "b"}, 64, 1)
          .empty());
}

// A single deal that went back among 360: believed, and no more than that.
TEST(FitRegressions, OneDealIsNoHabit) {
  History history = PlantHistory(TwoStages(0, 0), 5);
  HistoryDeal& deal = *std::find_if(history.deals.begin(), history.deals.end(),
                                    [](const HistoryDeal& d) { return d.visits.size() == 2; });
  deal.visits.push_back(deal.visits.back());
  deal.visits.back().entered = deal.end == DealEnd::kOpen ? history.as_of : deal.end_day;
  for (const RegressionDraw& draw :
       FitRegressions(ExposureOf(history), {"all"}, {"a", "b"}, 64, 1)) {
    EXPECT_LT(draw.later_shares[1], 0.06);
    EXPECT_LT(draw.later_shares[0], 0.06);
  }
}

}  // namespace
}  // namespace quotacast::simulator
