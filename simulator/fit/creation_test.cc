// Goal: creation rates have the right exposure, shrink as they should, and treat inherited deals
// and silent reps as documented. Method: closed forms on hand-made histories.
#include "simulator/fit/creation.h"

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {
namespace {

constexpr double kNoDecay = std::numeric_limits<double>::infinity();
constexpr int kDraws = 256;

absl::CivilDay Day(int day) { return absl::CivilDay(2020, 1, 1) + day; }

CreationOptions Options() { return {Day(0), kNoDecay, kDraws, 7}; }

History TwoTeams(int as_of) {
  History history;
  history.segments = {"all"};
  history.stages = {"open"};
  history.teams = {"east", "west"};
  history.currency = "USD";
  history.as_of = Day(as_of);
  return history;
}

void AddRep(History& history, int team, int deals, std::optional<absl::CivilDay> start) {
  const int rep = static_cast<int>(history.reps.size());
  history.reps.push_back({"rep" + std::to_string(rep), team, start, std::nullopt});
  const int span = static_cast<int>(history.as_of - Day(0)) + 1;
  for (int d = 0; d < deals; ++d) {
    HistoryDeal deal;
    deal.id = "deal" + std::to_string(rep) + "/" + std::to_string(d);
    deal.rep = rep;
    deal.created = Day(d * span / deals);
    history.deals.push_back(deal);
  }
}

double Mean(const std::vector<std::vector<double>>& draws, size_t i) {
  double sum = 0;
  for (const auto& draw : draws) sum += draw[i];
  return sum / static_cast<double>(draws.size());
}

TEST(RampedExposure, LinearRampInClosedForm) {
  // Over T >= ramp days the exposure is T - ramp / 2, over fewer T^2 / (2 ramp).
  const double ramp = 7 * kDefaultRampWeeks;
  const HistoryRep rep{"r", 0, Day(0), std::nullopt};
  EXPECT_NEAR(RampedExposure(rep, Day(399), Options()).days, 400 - ramp / 2, 1e-9);
  EXPECT_NEAR(RampedExposure(rep, Day(49), Options()).days, 50 * 50 / (2 * ramp), 1e-9);
}

TEST(RampedExposure, IsCutAtBothEndsOfTheJobAndAtTheWindow) {
  const HistoryRep rep{"r", 0, std::nullopt, Day(100)};
  EXPECT_NEAR(RampedExposure(rep, Day(399), Options()).days, 100, 1e-9);
  CreationOptions late = Options();
  late.window_start = Day(60);
  EXPECT_NEAR(RampedExposure(rep, Day(399), late).days, 40, 1e-9);
  const HistoryRep gone{"g", 0, std::nullopt, Day(-5)};
  EXPECT_EQ(RampedExposure(gone, Day(399), Options()).days, 0);
}

TEST(FitCreation, MuchDataGivesTheRates) {
  History history = TwoTeams(999);
  AddRep(history, 0, 800, std::nullopt);
  AddRep(history, 0, 400, std::nullopt);
  AddRep(history, 1, 200, std::nullopt);
  const CreationFit fit = FitCreation(history, Options());
  EXPECT_NEAR(Mean(fit.rep_rates, 0), 0.8, 0.02);
  EXPECT_NEAR(Mean(fit.rep_rates, 1), 0.4, 0.02);
  EXPECT_NEAR(Mean(fit.rep_rates, 2), 0.2, 0.02);
  // Reps differ by a factor of two, so that two of them leave their team's mean in doubt: it leans
  // on the organisation.
  EXPECT_GT(Mean(fit.team_rates, 0), 0.4);
  EXPECT_LT(Mean(fit.team_rates, 0), 0.6);
  EXPECT_LT(Mean(fit.team_rates, 1), Mean(fit.team_rates, 0));
}

TEST(FitCreation, AYoungRepIsNotAWeakOne) {
  // Half-way through the ramp after 77 days: exposure 19.25 days, 10 deals created at a ramped
  // rate of .5.
  History history = TwoTeams(399);
  AddRep(history, 0, 200, std::nullopt);
  AddRep(history, 0, 0, Day(399 - 76));
  for (int d = 0; d < 10; ++d) {
    HistoryDeal deal;
    deal.id = "young" + std::to_string(d);
    deal.rep = 1;
    deal.created = Day(399 - 30 + d);
    history.deals.push_back(deal);
  }
  const CreationFit fit = FitCreation(history, Options());
  EXPECT_NEAR(Mean(fit.rep_rates, 1), 0.5, 0.1);
}

TEST(FitCreation, RepWithoutDealsOrDaysHasTheTeamsRate) {
  History history = TwoTeams(399);
  AddRep(history, 0, 200, std::nullopt);
  AddRep(history, 0, 210, std::nullopt);
  AddRep(history, 0, 0, Day(399));  // Started on the last day.
  const CreationFit fit = FitCreation(history, Options());
  EXPECT_NEAR(Mean(fit.rep_rates, 2) / Mean(fit.team_rates, 0), 1, 0.05);
}

TEST(FitCreation, ASilentRepOfLongStandingIsNotExpectedToCreateNorPullsDownAHire) {
  History history = TwoTeams(999);
  AddRep(history, 0, 400, std::nullopt);
  AddRep(history, 0, 420, std::nullopt);
  AddRep(history, 0, 0, std::nullopt);
  const CreationFit fit = FitCreation(history, Options());
  EXPECT_LT(Mean(fit.rep_rates, 2), 0.3 * Mean(fit.team_rates, 0));
  EXPECT_NEAR(Mean(fit.team_rates, 0), 0.41, 0.03);
}

TEST(FitCreation, InheritedDealsAreNotCreated) {
  History history = TwoTeams(399);
  AddRep(history, 0, 200, std::nullopt);
  AddRep(history, 0, 0, Day(390));
  const double before = Mean(FitCreation(history, Options()).rep_rates, 1);
  for (int d = 0; d < 50; ++d) {
    HistoryDeal deal;
    deal.id = "inherited" + std::to_string(d);
    deal.rep = 1;
    deal.created = Day(100 + d);
    history.deals.push_back(deal);
  }
  EXPECT_EQ(Mean(FitCreation(history, Options()).rep_rates, 1), before);
}

TEST(FitCreation, NobodyAndNothingGivesTheDefault) {
  History history = TwoTeams(99);
  const CreationFit fit = FitCreation(history, Options());
  ASSERT_EQ(fit.team_rates.size(), static_cast<size_t>(kDraws));
  // A gamma of shape 1/2 under one of shape 2: the mean of 256 stratified draws is good to 15 %.
  EXPECT_NEAR(Mean(fit.team_rates, 0) / kDefaultCreationRatePerDay, 1, 0.5);
}

}  // namespace
}  // namespace quotacast::simulator
