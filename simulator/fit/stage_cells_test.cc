// Goal: posteriors of stage behaviour have the mean and spread they should, with and without data.
// Method: hand-made counts whose posterior is known in closed form.
#include "simulator/fit/stage_cells.h"

#include <cmath>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "simulator/fit/default_pipeline.h"

namespace quotacast::simulator {
namespace {

constexpr int kDraws = 256;

Exposure Empty(size_t segments, size_t stages) {
  Exposure exposure;
  exposure.age_bin_edges_days = {7, 14, 28};
  StageCounts cell;
  cell.ages.resize(4);
  exposure.cells.assign(segments * stages, cell);
  return exposure;
}

void AddExits(StageCounts& cell, size_t bin, double exits, double advanced, double days) {
  cell.ages[bin].Add({exits, advanced, days, days});
}

std::vector<double> Collect(const StageCellFit& fit, double (*of)(const StageCell&), size_t cell) {
  std::vector<double> values;
  for (const auto& draw : fit.draws) values.push_back(of(draw[cell]));
  return values;
}

double Mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double v : values) sum += v;
  return sum / static_cast<double>(values.size());
}

double Variance(const std::vector<double>& values) {
  const double mean = Mean(values);
  double sum = 0;
  for (const double v : values) sum += (v - mean) * (v - mean);
  return sum / static_cast<double>(values.size() - 1);
}

double Advance0(const StageCell& cell) { return cell.ages[0].advance_probability; }
double Rate0(const StageCell& cell) { return cell.ages[0].exit_rate_per_day; }
double Rate3(const StageCell& cell) { return cell.ages[3].exit_rate_per_day; }

TEST(FitStageCells, WithoutDataIsTheDefaultWithWideSpread) {
  const StageCellFit fit =
      FitStageCells(Empty(1, 5), {"all"}, {"a", "b", "c", "d", "e"}, {kDraws, 1});
  const std::vector<DefaultStage> defaults = DefaultStages(5);
  for (size_t s = 0; s < 5; ++s) {
    const std::vector<double> advance = Collect(fit, Advance0, s);
    // Stratified draws of a chain of two betas: means are good to about 0.02 (256 draws, sd .3,
    // independent sampling would give .019, one sd); the bound is 4 sd, false alarm 6e-5 a stage.
    EXPECT_NEAR(Mean(advance), defaults[s].advance_probability, 0.08) << s;
    // The level alone is Beta(2 q, 2 (1 - q)), of variance q (1 - q) / 3; the bin adds to that, and
    // no share can vary more than q (1 - q).
    const double q = defaults[s].advance_probability;
    EXPECT_GT(Variance(advance), q * (1 - q) / 3.5) << s;
    EXPECT_LT(Variance(advance), q * (1 - q)) << s;
    EXPECT_GT(Variance(Collect(fit, Rate3, s)), 0) << s;
  }
}

TEST(FitStageCells, WithMuchDataIsTheCounts) {
  Exposure exposure = Empty(1, 1);
  AddExits(exposure.cells[0], 0, 4000, 1000, 100'000);
  AddExits(exposure.cells[0], 1, 9000, 6300, 100'000);
  exposure.cells[0].entry = {20'000, 20'000, 1000, 3000, 600};
  const StageCellFit fit = FitStageCells(exposure, {"all"}, {"open"}, {kDraws, 1});
  const StageCell& mean = fit.means[0];
  EXPECT_NEAR(mean.ages[0].exit_rate_per_day, 0.04, 0.0004);
  EXPECT_NEAR(mean.ages[0].advance_probability, 0.25, 0.005);
  EXPECT_NEAR(mean.ages[1].exit_rate_per_day, 0.09, 0.0009);
  EXPECT_NEAR(mean.ages[1].advance_probability, 0.70, 0.005);
  EXPECT_NEAR(mean.first_week_exit_share, 0.15, 0.002);
  EXPECT_NEAR(mean.entry_day_exit_share, 0.05, 0.002);
  EXPECT_NEAR(mean.entry_advance_probability, 0.20, 0.005);
  // Gamma(n + kappa): relative sd 1 / sqrt(4000 + kappa), estimated from 256 draws to 5 %.
  EXPECT_NEAR(std::sqrt(Variance(Collect(fit, Rate0, 0))) / 0.04, 1 / std::sqrt(4000.0), 0.003);
}

// A bin nobody has reached leans on the level the stage's other bins show, not on the bare default.
// One bin at three times the default says so much about the others, and not more.
TEST(FitStageCells, UnseenBinsFollowTheStagesLevel) {
  Exposure exposure = Empty(1, 1);
  const StageCellFit bare = FitStageCells(exposure, {"all"}, {"open"}, {kDraws, 1});
  const double default_rate = bare.means[0].ages[0].exit_rate_per_day;
  AddExits(exposure.cells[0], 0, 3 * default_rate * 1e6, 0.5e6 * default_rate, 1e6);
  const StageCellFit fit = FitStageCells(exposure, {"all"}, {"open"}, {kDraws, 1});
  const double ratio =
      fit.means[0].ages[3].exit_rate_per_day / bare.means[0].ages[3].exit_rate_per_day;
  EXPECT_GT(ratio, 2);
  EXPECT_LT(ratio, 3);
}

// A segment without data has its stage's mean and is less sure of it than the stage is.
TEST(FitStageCells, SegmentWithoutDataIsAWiderStage) {
  Exposure exposure = Empty(2, 1);
  AddExits(exposure.cells[0], 0, 120, 60, 3000);
  const StageCellFit fit = FitStageCells(exposure, {"smb", "ent"}, {"open"}, {kDraws, 1});
  const std::vector<double> known = Collect(fit, Advance0, 0);
  const std::vector<double> unknown = Collect(fit, Advance0, 1);
  EXPECT_GT(Variance(unknown), 2 * Variance(known));
  EXPECT_NEAR(Mean(unknown), Mean(known), 0.1);
  EXPECT_NEAR(std::log(Mean(Collect(fit, Rate0, 1)) / Mean(Collect(fit, Rate0, 0))), 0, 0.6);
}

TEST(FitStageCells, SegmentWithDataKeepsItsOwnAndTheOtherLeansOnTheStage) {
  Exposure exposure = Empty(2, 1);
  AddExits(exposure.cells[0], 0, 5000, 1000, 100'000);
  AddExits(exposure.cells[1], 0, 5000, 4000, 200'000);
  const StageCellFit fit = FitStageCells(exposure, {"smb", "ent"}, {"open"}, {kDraws, 1});
  EXPECT_NEAR(fit.means[0].ages[0].advance_probability, 0.2, 0.01);
  EXPECT_NEAR(fit.means[1].ages[0].advance_probability, 0.8, 0.01);
  EXPECT_NEAR(fit.means[0].ages[0].exit_rate_per_day, 0.05, 0.001);
  EXPECT_NEAR(fit.means[1].ages[0].exit_rate_per_day, 0.025, 0.001);
}

TEST(FitStageCells, EntryDayNeverExceedsFirstWeek) {
  Exposure exposure = Empty(1, 2);
  exposure.cells[0].entry = {50, 50, 50, 50, 50};  // Always skipped.
  const StageCellFit fit = FitStageCells(exposure, {"all"}, {"a", "b"}, {kDraws, 1});
  for (const auto& draw : fit.draws) {
    for (const StageCell& cell : draw) {
      EXPECT_LE(cell.entry_day_exit_share, cell.first_week_exit_share);
    }
  }
  EXPECT_GT(fit.means[0].entry_day_exit_share, 0.9);
}

}  // namespace
}  // namespace quotacast::simulator
