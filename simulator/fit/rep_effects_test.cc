// Goal: rep effects are the posterior they claim to be. Method: closed cases, and numerical
// integration of the exact posterior of one rep.
#include "simulator/fit/rep_effects.h"

#include <cmath>
#include <vector>

#include "gtest/gtest.h"
#include "simulator/fit/posterior.h"

namespace quotacast::simulator {
namespace {

constexpr double kRepSd = 0.2;

StageCell Cell(double advance) {
  StageCell cell;
  cell.entry_advance_probability = advance;
  cell.ages = {{0.05, advance}, {0.05, advance}};
  return cell;
}

std::vector<StageExit> Exits(int rep, int advanced, int lost) {
  std::vector<StageExit> exits;
  for (int i = 0; i < advanced; ++i) exits.push_back({rep, 0, 0, 10, true, 1});
  for (int i = 0; i < lost; ++i) exits.push_back({rep, 0, 0, 10, false, 1});
  return exits;
}

std::vector<HistoryRep> Reps(int count) {
  std::vector<HistoryRep> reps;
  for (int r = 0; r < count; ++r) {
    reps.push_back({"rep" + std::to_string(r), r % 2, std::nullopt, std::nullopt});
  }
  return reps;
}

// With a spread of ability that is known.
std::vector<RepEffect> EffectsOf(const std::vector<StageExit>& exits, double advance, int rep_count,
                                 int team_count, double rep_sd = kRepSd) {
  const std::vector<StageCell> means = {Cell(advance)};
  return FitRepEffects(exits, AdvanceChances(means, {7}, 1), Reps(rep_count), team_count,
                       Normalised({rep_sd}, {0}));
}

TEST(FitRepEffects, WithoutDataIsThePrior) {
  for (const RepEffect& effect : EffectsOf({}, 0.6, 3, 2)) {
    EXPECT_EQ(effect.mean, 0);
    EXPECT_NEAR(effect.variance, kRepSd * kRepSd, 1e-8);
  }
}

TEST(FitRepEffects, ZeroSpreadGivesZeros) {
  const std::vector<RepEffect> effects = EffectsOf(Exits(0, 10, 0), 0.6, 1, 2, 0);
  EXPECT_EQ(effects[0].mean, 0);
  EXPECT_EQ(effects[0].variance, 0);
}

// One rep of one team with 30 of 40 advanced against .6. Exact: the team's shift T and the rep's
// own shift W are normal, the data see T + W. Integrated on a grid: the sum is N(0, rep_sd^2) a
// priori, so the posterior of the rep's shift is prior times likelihood. The normal approximation
// with the team estimated first is good to a tenth of the posterior sd.
TEST(FitRepEffects, AgreesWithTheExactPosterior) {
  const double widening = std::sqrt(1 + kRepSd * kRepSd);
  const double z = widening * 0.2533471031357997;  // Probit of .6.
  double weight = 0;
  double first = 0;
  double second = 0;
  for (int i = -4000; i <= 4000; ++i) {
    const double x = i * 5e-4;
    const double p = NormalCdf(z + x);
    const double density =
        std::exp(30 * std::log(p) + 10 * std::log(1 - p) - 0.5 * x * x / (kRepSd * kRepSd) + 25);
    weight += density;
    first += density * x;
    second += density * x * x;
  }
  const double mean = first / weight;
  const double sd = std::sqrt(second / weight - mean * mean);
  const RepEffect effect = EffectsOf(Exits(0, 30, 10), 0.6, 1, 1)[0];
  EXPECT_NEAR(effect.mean, mean, 0.1 * sd);
  EXPECT_NEAR(std::sqrt(effect.variance), sd, 0.1 * sd);
}

TEST(FitRepEffects, ColleaguesPullARepWithoutDataOnlyWithinTheirTeam) {
  // Reps 0 and 2 are of team 0, rep 1 is of team 1.
  std::vector<StageExit> exits = Exits(0, 400, 100);
  const std::vector<RepEffect> effects = EffectsOf(exits, 0.6, 3, 2);
  EXPECT_GT(effects[0].mean, effects[2].mean);
  EXPECT_GT(effects[2].mean, 0.01);
  EXPECT_EQ(effects[1].mean, 0);
  EXPECT_LT(effects[0].variance, effects[2].variance);
  EXPECT_LT(effects[2].variance, effects[1].variance);
}

// Two spreads, one twice as likely: the mean of the two answers, and their variances with the
// difference.
TEST(FitRepEffects, AveragesOverTheSpread) {
  const std::vector<StageExit> exits = Exits(0, 30, 10);
  const std::vector<StageCell> means = {Cell(0.6)};
  const RepEffect narrow = EffectsOf(exits, 0.6, 1, 1, 0.1)[0];
  const RepEffect wide = EffectsOf(exits, 0.6, 1, 1, 0.3)[0];
  const RepEffect both = FitRepEffects(exits, AdvanceChances(means, {7}, 1), Reps(1), 1,
                                       {{0.1, 0.3}, {1.0 / 3, 2.0 / 3}})[0];
  const double mean = (narrow.mean + 2 * wide.mean) / 3;
  EXPECT_NEAR(both.mean, mean, 1e-6);
  EXPECT_NEAR(both.variance,
              (narrow.variance + narrow.mean * narrow.mean) / 3 +
                  2 * (wide.variance + wide.mean * wide.mean) / 3 - mean * mean,
              1e-6);
}

TEST(FitRepEffects, ExtremeRecordsStayFinite) {
  const std::vector<RepEffect> effects = EffectsOf(Exits(0, 100'000, 0), 1e-9, 1, 1);
  EXPECT_TRUE(std::isfinite(effects[0].mean));
  EXPECT_LE(effects[0].mean, 20 * kRepSd);
  EXPECT_GE(effects[0].variance, 0);
}

}  // namespace
}  // namespace quotacast::simulator
