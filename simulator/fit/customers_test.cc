// Goal: renewals and expansions are counted against the days customers were at risk, land where
// they did and are worth what they were. Method: companies whose rates follow from one line of
// arithmetic; the churn worked by hand.
#include "simulator/fit/customers.h"

#include <cmath>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "gtest/gtest.h"
#include "simulator/fit/history.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {
namespace {

using absl::CivilDay;

const CivilDay kStart(2018, 1, 1);

History Company() {
  History history;
  history.segments = {"smb", "renewal", "ent"};
  history.stages = {"one"};
  history.teams = {"all"};
  history.reps = {{"ann", 0, {}, {}}};
  history.currency = "USD";
  history.as_of = CivilDay(2020, 12, 31);
  return history;
}

// Its position.
int AddWin(History& history, int segment, CivilDay day, int64_t amount) {
  HistoryDeal deal;
  deal.id = "d" + std::to_string(history.deals.size());
  deal.segment = segment;
  deal.created = day;
  deal.visits = {{0, day}};
  deal.end = DealEnd::kWon;
  deal.end_day = day;
  deal.won_amount_minor_units = amount;
  history.deals.push_back(deal);
  return static_cast<int>(history.deals.size()) - 1;
}

void AddFollowUp(History& history, DealOrigin origin, int win, int segment, int age,
                 int64_t amount) {
  const int deal =
      AddWin(history, segment, history.deals[static_cast<size_t>(win)].end_day + age, amount);
  history.deals.back().origin = origin;
  history.deals.back().predecessor = win;
  // It is no customer itself.
  if (deal >= 0 && amount == 0) history.deals.back().end = DealEnd::kLost;
}

CustomerFit Fit(const History& history, int draws = 64) {
  EXPECT_TRUE(ValidateHistory(history).ok()) << ValidateHistory(history);
  return FitCustomers(history, {kStart, 1e9, draws, 5});
}

size_t BinOf(int age) {
  size_t bin = 0;
  for (const int edge : kCustomerAgeEdgesDays) bin += age >= edge ? 1 : 0;
  return bin;
}

double MeanRate(const FollowUpFit& fit, size_t segment, size_t bin) {
  double sum = 0;
  const size_t bins = std::size(kCustomerAgeEdgesDays) + 1;
  for (const std::vector<double>& draw : fit.rates) sum += draw[segment * bins + bin];
  return sum / static_cast<double>(fit.rates.size());
}

TEST(FitCustomers, WithoutFollowUpsThereIsNothing) {
  History history = Company();
  AddWin(history, 0, kStart + 5, 100);
  const CustomerFit fit = Fit(history);
  EXPECT_TRUE(fit.age_edges_days.empty());
  EXPECT_TRUE(fit.renewals.segments.empty());
  EXPECT_TRUE(fit.renewals.rates.empty());
  EXPECT_TRUE(fit.expansions.segments.empty());
}

// 400 wins of 2018, a quarter of them renewed on day 322 since the win, all watched to the end.
TEST(FitCustomers, RatesAreEventsOverDaysAtRisk) {
  History history = Company();
  for (int i = 0; i < 400; ++i) {
    const int win = AddWin(history, 0, kStart + i % 200, 1'000);
    if (i % 4 == 0) AddFollowUp(history, DealOrigin::kRenewal, win, 1, 322, 0);
  }
  const CustomerFit fit = Fit(history, 256);
  ASSERT_EQ(fit.age_edges_days.size(), std::size(kCustomerAgeEdgesDays));
  // Bin 315 to 330: a quarter of those who were there on day 322 leave then. Segments lean on all
  // by two events; 100 events have a relative sd of 10 %, their mean over 256 draws one of 1 %.
  const double rate = std::log(400.5 / 300.5) / 15;
  EXPECT_NEAR(MeanRate(fit.renewals, 0, BinOf(322)) / rate, 1, 0.04);
  for (const int age : {10, 100, 200, 310, 331, 500}) {
    EXPECT_LT(MeanRate(fit.renewals, 0, BinOf(age)), 0.02 * rate) << age;
  }
  EXPECT_EQ(MeanRate(fit.renewals, 0, BinOf(800)), 0);
  double share = 0;
  for (const std::vector<double>& draw : fit.renewals.rates) {
    share += FollowUpShare(draw, 0, fit.age_edges_days) / 256;
  }
  EXPECT_NEAR(share, 0.25, 0.015);
  EXPECT_EQ(fit.renewals.segment_counts, (std::vector<double>{100, 0, 0}));
  EXPECT_EQ(fit.win_shares, (std::vector<double>{1, 0, 0}));
  EXPECT_TRUE(fit.expansions.segments.empty());
  // Land where they did, and where all others do when nobody of the segment was renewed.
  EXPECT_EQ(fit.renewals.segments, (std::vector<int>{1, 1, 1}));
}

// Days before the window and after the follow-up are nobody's risk.
TEST(FitCustomers, RiskBeginsWithTheWindowAndEndsWithTheFollowUp) {
  History history = Company();
  history.segments = {"smb"};
  for (int i = 0; i < 300; ++i) {
    // Won 40 days before the window: watched from age 40 on; a third expanded at age 50.
    const int win = AddWin(history, 0, kStart - 40, 1'000);
    if (i % 3 == 0) AddFollowUp(history, DealOrigin::kExpansion, win, 0, 50, 0);
  }
  const CustomerFit fit = Fit(history, 256);
  // Of the bin the days 40 to 59 were watched.
  const double rate = std::log(300.5 / 200.5) / 20;
  EXPECT_NEAR(MeanRate(fit.expansions, 0, 0) / rate, 1, 0.02);
  // Nobody was watched at ages over two years; nobody is expected to follow up there.
  EXPECT_EQ(MeanRate(fit.expansions, 0, std::size(kCustomerAgeEdgesDays)), 0);
}

TEST(FitCustomers, ExpansionsStayInTheSegmentOfTheWinWhereMostDo) {
  History history = Company();
  for (int i = 0; i < 4; ++i) {
    const int win = AddWin(history, 0, kStart + i, 1'000);
    AddFollowUp(history, DealOrigin::kExpansion, win, 0, 100, 0);
  }
  const CustomerFit fit = Fit(history);
  EXPECT_EQ(fit.expansions.segments, (std::vector<int>{0, 1, 2}));
}

TEST(FitCustomers, AmountsAreTheSumsOfWonFollowUpsOverTheirWins) {
  History history = Company();
  // Half of 100 become 120, half of 300 become 300: in sums 1.05 (420 of 400).
  for (int i = 0; i < 200; ++i) {
    const bool small = i % 2 == 0;
    const int win = AddWin(history, 0, kStart + i, small ? 100 : 300);
    AddFollowUp(history, DealOrigin::kRenewal, win, 1, 320, small ? 120 : 300);
  }
  const FollowUpFit fit = Fit(history).renewals;
  EXPECT_EQ(fit.pair_count, 200);
  EXPECT_NEAR(std::exp(fit.amount.log_mean + fit.amount.log_sd * fit.amount.log_sd / 2), 1.05,
              0.002);
  // Logarithms are 0 and .182: sd .091; the prior of two of .3 adds a little.
  EXPECT_NEAR(fit.amount.log_sd, 0.0959, 0.0005);
  // Nine pairs say nothing yet.
  History few = Company();
  for (int i = 0; i < 9; ++i) {
    AddFollowUp(few, DealOrigin::kRenewal, AddWin(few, 0, kStart + i, 100), 1, 320, 500);
  }
  const AmountRevision none = Fit(few).renewals.amount;
  EXPECT_NEAR(none.log_sd, kDefaultFollowUpLogSd, 1e-7);
  EXPECT_NEAR(none.log_mean, -0.045, 1e-7);
}

// Segments differ: of those of a renewal nine in ten renew again, of the others one in four.
TEST(FitCustomers, SegmentsKeepTheirOwnRates) {
  History history = Company();
  for (int i = 0; i < 600; ++i) {
    const int win = AddWin(history, i % 2, kStart + i % 250, 1'000);
    const bool renews = i % 2 == 0 ? i % 8 == 0 : i % 20 != 1;
    if (renews) AddFollowUp(history, DealOrigin::kRenewal, win, 1, 301 + i % 12, 0);
  }
  const CustomerFit fit = Fit(history, 256);
  double smb = 0;
  double renewal = 0;
  for (const std::vector<double>& draw : fit.renewals.rates) {
    smb += FollowUpShare(draw, 0, fit.age_edges_days) / 256;
    renewal += FollowUpShare(draw, 1, fit.age_edges_days) / 256;
  }
  EXPECT_NEAR(smb, 0.25, 0.03);
  EXPECT_NEAR(renewal, 0.9, 0.03);
}

TEST(ChurnPerYear, FollowsFromWhoRenewsAndWhoWins) {
  PipelineModel model;
  model.segments = {"smb", "renewal"};
  model.stages = {"one"};
  model.customer_age_edges_days = {300, 330, 730};
  model.renewal_segments = {1, 1};
  ParameterDraw draw;
  StageCell wins_four_in_five;
  wins_four_in_five.first_week_exit_share = 1;
  wins_four_in_five.entry_advance_probability = 0.8;
  wins_four_in_five.ages = {{}};
  draw.cells = {wins_four_in_five, wins_four_in_five};
  // Half renew between day 300 and 330, in both segments: 40 % in all, at day 315.
  const double rate = std::log(2) / 30;
  draw.renewal_rate_per_day = {0, rate, 0, 0, 0, rate, 0, 0};
  EXPECT_NEAR(ChurnPerYear(draw, model, {0.7, 0.3}), -std::log(0.4) / (315 / 365.25), 1e-6);
  // Nobody renews in the second: 28 % in all.
  draw.renewal_rate_per_day = {0, rate, 0, 0, 0, 0, 0, 0};
  EXPECT_NEAR(ChurnPerYear(draw, model, {0.7, 0.3}), -std::log(0.28) / (315 / 365.25), 1e-6);
  draw.renewal_rate_per_day.assign(8, 0);
  EXPECT_EQ(ChurnPerYear(draw, model, {0.7, 0.3}), 0);
  model.renewal_segments.clear();
  EXPECT_EQ(ChurnPerYear(draw, model, {0.7, 0.3}), 0);
}

}  // namespace
}  // namespace quotacast::simulator
