// Goal: estimates say what the draws hold and what they rest on. Method: a model with hand-made
// draws; a fitted planted history.
#include "simulator/fit/estimates.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "simulator/fit/fit.h"
#include "simulator/fit/planted_history.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {
namespace {

const ParameterEstimate* Find(const std::vector<ParameterEstimate>& estimates,
                              const std::string& parameter, const std::string& stage = "",
                              const std::string& entity = "", const std::string& part = "") {
  const auto found = std::find_if(estimates.begin(), estimates.end(), [&](const auto& estimate) {
    return estimate.parameter == parameter && estimate.stage == stage &&
           estimate.entity == entity && estimate.part == part;
  });
  return found == estimates.end() ? nullptr : &*found;
}

// A loop: half of what leaves the second stage goes back to the first. W1 = .6 W2, W2 = .5 * .8 +
// .5 W1: W2 = .4 / .7.
TEST(EstimatesOf, FiguresOfHandMadeDraws) {
  PipelineModel model;
  model.segments = {"all"};
  model.stages = {"a", "b"};
  model.reps = {"r"};
  model.teams = {"t"};
  model.rep_effects = {{0.1, 0.04}};
  model.amounts = {{std::log(10'000.0), 0, 100'000}};
  model.currency = "USD";
  for (int k = 1; k <= 10; ++k) {
    ParameterDraw draw;
    StageCell first;
    first.first_week_exit_share = 1;
    first.entry_advance_probability = 0.6;
    first.ages = {{0, 0.5, 0}};
    first.regress_destinations = {1};
    StageCell second = first;
    second.entry_advance_probability = 0.8;
    second.entry_regress_probability = 0.5;
    second.regress_destinations = {1, 0};
    draw.cells = {first, second};
    draw.creation_rate_per_day = {0.2};
    draw.team_creation_rate_per_day = {0.1};
    draw.market_sd = 0.01 * k;
    draw.ramp_weeks = 20;
    model.draws.push_back(draw);
  }
  EstimateCounts counts;
  counts.cell_exits = {12, 7};
  counts.cell_regressed = {0, 5};
  counts.rep_exits = {19};
  counts.rep_created = {30};
  counts.segment_won = {4};
  counts.block_count = 3;
  counts.mix_variance = {{0.05, 0.1, 0.2}, {0.2, 0.6, 0.2}};
  const std::vector<ParameterEstimate> estimates = EstimatesOf(model, {0}, counts);
  EXPECT_NEAR(Find(estimates, "win_probability")->value, 0.6 * 0.4 / 0.7, 1e-6);
  EXPECT_EQ(Find(estimates, "win_probability")->sample_count, 19);
  EXPECT_NEAR(Find(estimates, "regress_probability", "b")->value, 0.5, 1e-6);
  EXPECT_EQ(Find(estimates, "regress_probability", "b")->sample_count, 12);
  EXPECT_EQ(Find(estimates, "advance_probability", "b")->sample_count, 7);
  // Draws .01 to .1: the 10 % quantile lies between the first two, half way.
  const ParameterEstimate& market = *Find(estimates, "market_sd");
  EXPECT_NEAR(market.value, 0.055, 1e-6);
  EXPECT_NEAR(market.low, 0.015, 1e-6);
  EXPECT_NEAR(market.high, 0.095, 1e-6);
  EXPECT_FALSE(market.is_assumption);
  EXPECT_NE(market.note.find("few quarters"), std::string::npos);
  EXPECT_TRUE(Find(estimates, "team_sd")->is_assumption);  // One team.
  EXPECT_TRUE(Find(estimates, "ramp_weeks")->is_assumption);
  EXPECT_NEAR(Find(estimates, "creation_per_week", "", "r")->value, 1.4, 1e-6);
  EXPECT_NEAR(Find(estimates, "creation_per_week", "", "t")->value, 0.7, 1e-6);
  EXPECT_NEAR(Find(estimates, "won_amount_mean")->value, 100, 1e-4);
  EXPECT_NEAR(Find(estimates, "creation_mix_shape")->low, 5, 1e-6);
  EXPECT_NEAR(Find(estimates, "creation_mix_shape")->high, 20, 1e-6);
  EXPECT_NEAR(Find(estimates, "rep_effect", "", "r")->high, 0.1 + 1.28155 * 0.2, 1e-4);
  EXPECT_EQ(Find(estimates, "period_win_factor"), nullptr);
}

// 2,000 deals: every estimate is finite, ordered, has a unit, and rests on what was there.
TEST(EstimatesOf, AFittedHistory) {
  PlantedPipeline pipeline;
  pipeline.cells = {{0.03, 0.05, 1, 0.55}, {0.02, 0.03, 1, 0.65}, {0.04, 0.04, 1, 0.80}};
  pipeline.rep_count = 25;
  const History history = PlantHistory(pipeline, 3);
  const absl::StatusOr<FittedPipeline> fitted = FitPipeline(history, {});
  ASSERT_TRUE(fitted.ok()) << fitted.status();
  for (const ParameterEstimate& estimate : fitted->estimates) {
    EXPECT_FALSE(estimate.unit.empty()) << estimate.parameter;
    EXPECT_FALSE(estimate.sample_unit.empty()) << estimate.parameter;
    EXPECT_TRUE(std::isfinite(estimate.value)) << estimate.parameter;
    EXPECT_LE(estimate.low, estimate.high) << estimate.parameter;
  }
  const ParameterEstimate& win = *Find(fitted->estimates, "win_probability");
  EXPECT_NEAR(win.value, 0.55 * 0.65 * 0.8, 0.06);
  double wins = 0;
  for (const HistoryDeal& deal : history.deals) wins += deal.end == DealEnd::kWon ? 1 : 0;
  EXPECT_NEAR(Find(fitted->estimates, "won_amount_mean")->sample_count, wins, wins * 0.02);
  EXPECT_NE(Find(fitted->estimates, "period_loss_factor", "", "", "last 7 days of the period"),
            nullptr);
  EXPECT_NE(Find(fitted->estimates, "creation_season_factor", "", "", "March"), nullptr);
  EXPECT_EQ(Find(fitted->estimates, "regress_probability", "stage0"), nullptr);
}

}  // namespace
}  // namespace quotacast::simulator
