// Goal: effects of initiatives that ran are found, with intervals that cover; nothing is found
// where nothing was; what cannot be told is said not to be. Method: planted histories; bounds state
// their false-alarm rates.
#include "simulator/fit/initiative_effects.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "base/errors.h"
#include "gtest/gtest.h"
#include "simulator/fit/planted_history.h"

namespace quotacast::simulator {
namespace {

using absl::CivilDay;

constexpr int kReps = 12;

// Two years of 12 reps in two teams, some 2,100 deals; half of each team starts after a year.
PlantedPipeline Pipeline() {
  PlantedPipeline pipeline;
  pipeline.cells.assign(3, PlantedCell());
  pipeline.rep_count = kReps;
  pipeline.creation_rate_per_day = 0.25;
  PlantedInitiative initiative;
  initiative.adoption = {1, 4, 8};
  for (int r = 0; r < kReps; ++r) {
    initiative.starts.push_back(r % 4 < 2 ? std::optional<CivilDay>(CivilDay(2021, 1, 1))
                                          : std::nullopt);
  }
  pipeline.initiatives.push_back(initiative);
  return pipeline;
}

InitiativeRun RunOf(const PlantedInitiative& initiative, InitiativeDriver driver) {
  InitiativeRun run;
  run.id = "planted";
  run.driver = driver;
  for (int r = 0; r < static_cast<int>(initiative.starts.size()); ++r) {
    const auto start = initiative.starts[static_cast<size_t>(r)];
    if (start.has_value()) run.participants.push_back({r, *start, 1});
  }
  run.stages = driver == InitiativeDriver::kWin ? initiative.stages : std::vector<int>();
  run.adoption = initiative.adoption;
  run.stated = {0.1, 0.2};
  return run;
}

InitiativeMeasurement Measure(const PlantedPipeline& pipeline, InitiativeDriver driver,
                              uint64_t seed) {
  const auto measured = MeasureInitiatives(PlantHistory(pipeline, seed),
                                           {RunOf(pipeline.initiatives[0], driver)}, FitOptions());
  EXPECT_TRUE(measured.ok()) << measured.status();
  return measured->at(0);
}

// Ranks of the truth in the normal law of the measurement, over planted companies. With 60 of them
// the share held by the 80 % interval has sd 5.2 points, the mean of the score sd 0.13.
TEST(InitiativeEffectsTest, IntervalsOfWinEffectsCover) {
  int held = 0;
  double sum = 0;
  for (int company = 0; company < 60; ++company) {
    PlantedPipeline pipeline = Pipeline();
    pipeline.initiatives[0].win_effect = 0.3;
    pipeline.initiatives[0].stages = {0, 1};
    for (int r = 0; r < kReps; ++r) pipeline.rep_shifts.push_back(0.08 * ((r * 7 % 5) - 2));
    const InitiativeMeasurement measured =
        Measure(pipeline, InitiativeDriver::kWin, 100 + static_cast<uint64_t>(company));
    ASSERT_TRUE(measured.history.has_value());
    const double z = (measured.history->mean - 0.3) / measured.history->sd;
    held += std::abs(z) < 1.2816 ? 1 : 0;
    sum += z;
    EXPECT_LT(measured.history->sd, 0.2);
  }
  EXPECT_NEAR(held, 48, 4 * 3.1);        // 4 sd: one false alarm in 16,000.
  EXPECT_NEAR(sum / 60, 0, 4 * 0.1291);  // Likewise.
}

TEST(InitiativeEffectsTest, IntervalsOfCreationEffectsCover) {
  int held = 0;
  double sum = 0;
  for (int company = 0; company < 60; ++company) {
    PlantedPipeline pipeline = Pipeline();
    pipeline.initiatives[0].creation_effect = 0.25;
    for (int r = 0; r < kReps; ++r) pipeline.creation_factors.push_back(0.6 + 0.1 * (r * 5 % 9));
    const InitiativeMeasurement measured =
        Measure(pipeline, InitiativeDriver::kCreation, 200 + static_cast<uint64_t>(company));
    ASSERT_TRUE(measured.history.has_value());
    const double z = (measured.history->mean - 0.25) / measured.history->sd;
    held += std::abs(z) < 1.2816 ? 1 : 0;
    sum += z;
    EXPECT_LT(measured.history->sd, 0.25);
  }
  // Quarters are allowed to vary by more than chance, which these do not: intervals are wide.
  EXPECT_GE(held, 48 - 4 * 3.1);
  EXPECT_NEAR(sum / 60, 0, 4 * 0.1291);
}

// Everybody begins on one day: whatever else happened then would look the same.
TEST(InitiativeEffectsTest, WhatAllBeginTogetherIsHardlyTold) {
  PlantedPipeline pipeline = Pipeline();
  pipeline.initiatives[0].win_effect = 0.3;
  const InitiativeMeasurement some = Measure(pipeline, InitiativeDriver::kWin, 1);
  for (auto& start : pipeline.initiatives[0].starts) start = CivilDay(2021, 1, 1);
  const InitiativeMeasurement all = Measure(pipeline, InitiativeDriver::kWin, 1);
  ASSERT_TRUE(some.history.has_value());
  EXPECT_TRUE(!all.history.has_value() || all.history->sd > 2 * some.history->sd);
  // So what was stated stays nearly as it was.
  EXPECT_NEAR(all.combined.mean, 0.1, 0.2);
  EXPECT_GT(all.combined.sd, 0.15);
}

TEST(InitiativeEffectsTest, NothingIsSaidWithoutParticipants) {
  PlantedPipeline pipeline = Pipeline();
  for (auto& start : pipeline.initiatives[0].starts) start = std::nullopt;
  const InitiativeMeasurement measured = Measure(pipeline, InitiativeDriver::kWin, 1);
  EXPECT_FALSE(measured.history.has_value());
  EXPECT_NEAR(measured.combined.mean, 0.1, 1e-9);
  EXPECT_NEAR(measured.combined.sd, 0.2, 1e-6);
  EXPECT_EQ(measured.treated_count, 0);
  EXPECT_GT(measured.untreated_count, 0);
  EXPECT_EQ(measured.adopted_share, 0);
  EXPECT_EQ(measured.absorbed_share, 0);
}

TEST(InitiativeEffectsTest, ACertainStatementIsNotMoved) {
  PlantedPipeline pipeline = Pipeline();
  pipeline.initiatives[0].win_effect = 0.3;
  InitiativeRun run = RunOf(pipeline.initiatives[0], InitiativeDriver::kWin);
  run.stated = {0.05, 0};
  const auto measured = MeasureInitiatives(PlantHistory(pipeline, 1), {run}, FitOptions());
  ASSERT_TRUE(measured.ok()) << measured.status();
  EXPECT_NEAR(measured->at(0).combined.mean, 0.05, 1e-4);
}

// By hand: one rep, adopted at once, for the last 364 of 728 days. Weights fall by half in 364
// days, so the older half weighs 1/2 of the newer one: absorbed 1 / 1.5.
TEST(InitiativeEffectsTest, AbsorbedShareWeighsHistoryAsTheFitDoes) {
  History history;
  history.segments = {"s"};
  history.stages = {"a"};
  history.teams = {"t"};
  history.currency = "USD";
  history.reps = {{"r", 0, std::nullopt, std::nullopt}};
  history.as_of = CivilDay(2021, 12, 28);
  HistoryDeal deal;
  deal.id = "d";
  deal.created = history.as_of - 727;
  deal.visits = {{0, deal.created}};
  deal.end = DealEnd::kLost;
  deal.end_day = deal.created + 3;
  history.deals = {deal};
  FitOptions options;
  options.window_start = deal.created;
  InitiativeRun run;
  run.id = "i";
  run.participants = {{0, history.as_of - 364, 0.5}};
  run.adoption = {0.8, 0, 1};
  const auto measured = MeasureInitiatives(history, {run}, options);
  ASSERT_TRUE(measured.ok()) << measured.status();
  EXPECT_NEAR(measured->at(0).adopted_share, 0.4, 1e-12);
  EXPECT_NEAR(measured->at(0).absorbed_share, 1 / 1.5, 2e-3);
}

TEST(InitiativeEffectsTest, CountsWhoTookPartAndWhoDidNot) {
  PlantedPipeline pipeline = Pipeline();
  const History history = PlantHistory(pipeline, 5);
  InitiativeRun run = RunOf(pipeline.initiatives[0], InitiativeDriver::kCreation);
  const auto measured = MeasureInitiatives(history, {run}, FitOptions());
  ASSERT_TRUE(measured.ok()) << measured.status();
  int64_t treated = 0, all = 0;
  CivilDay first_exit = history.as_of;
  for (const HistoryDeal& deal : history.deals) {
    for (size_t v = 1; v < deal.visits.size(); ++v) {
      first_exit = std::min(first_exit, deal.visits[v].entered);
    }
    if (deal.end != DealEnd::kOpen) first_exit = std::min(first_exit, deal.end_day);
  }
  for (const HistoryDeal& deal : history.deals) {
    if (deal.created < first_exit) continue;
    ++all;
    const auto start = pipeline.initiatives[0].starts[static_cast<size_t>(deal.rep)];
    if (start.has_value() && deal.created >= *start) ++treated;
  }
  EXPECT_EQ(measured->at(0).treated_count, treated);
  EXPECT_EQ(measured->at(0).treated_count + measured->at(0).untreated_count, all);
}

TEST(InitiativeEffectsTest, RefusesBadRunsByPath) {
  const History history = PlantHistory(Pipeline(), 1);
  InitiativeRun run = RunOf(Pipeline().initiatives[0], InitiativeDriver::kWin);
  run.participants = {{99, CivilDay(2021, 1, 1), 1}, {0, CivilDay(2021, 1, 1), NAN}};
  run.stages = {2, 1};
  run.segments = {5};
  run.adoption.ceiling = 0;
  run.stated = {NAN, -1};
  const auto measured = MeasureInitiatives(history, {run}, FitOptions());
  const std::optional<ErrorDetail> detail = GetDetail(measured.status());
  ASSERT_TRUE(detail.has_value());
  std::vector<std::string> fields;
  for (const FieldViolation& violation : detail->field_violations) {
    fields.push_back(violation.field);
  }
  EXPECT_EQ(fields, (std::vector<std::string>{
                        "runs[0].participants[0].rep", "runs[0].participants[1].headroom",
                        "runs[0].segments[0]", "runs[0].stages[1]", "runs[0].adoption.ceiling",
                        "runs[0].stated.mean", "runs[0].stated.sd"}));
}

}  // namespace
}  // namespace quotacast::simulator
