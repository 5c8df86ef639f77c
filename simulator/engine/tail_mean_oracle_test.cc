// Goal: the mean of the worst trials is that of the law, with an honest error (O13). Method:
// lognormal bookings and Poisson-binomial wins, whose tail means have a closed form, with z-scores
// over 400 people whose root mean square must be in [.93, 1.07] and of which none may exceed 4.6 (a
// correct engine fails one of the two in about 1 of 20 seeds; the seeds are fixed); parameter draws
// with known outcomes by hand.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "simulator/engine/engine.h"
#include "simulator/engine/partial.h"
#include "simulator/model/model.h"
#include "simulator/testing/closed_forms.h"
#include "simulator/testing/companies.h"

namespace quotacast::simulator {
namespace {

using testing::Company;
using testing::CompanyOptions;
using testing::Phi;
using testing::PhiInverse;
using testing::ZScores;

Forecast ForecastOf(const Company& company, int64_t trials, uint64_t seed, double tail_share) {
  EngineOptions options;
  options.trials = trials;
  options.seed = seed;
  const auto plan = Compile(company.model, company.state, {}, options, nullptr);
  EXPECT_TRUE(plan.ok()) << plan.status();
  const auto partial = (*plan)->SimulateRange(0, (*plan)->layout().trials, nullptr);
  EXPECT_TRUE(partial.ok()) << partial.status();
  auto forecast = Summarize(**plan, *partial, {}, tail_share);
  EXPECT_TRUE(forecast.ok()) << forecast.status();
  return *std::move(forecast);
}

void ExpectAcceptable(const ZScores& scores) {
  EXPECT_GT(scores.Sd(), 0.93);
  EXPECT_LT(scores.Sd(), 1.07);
  EXPECT_LT(scores.Max(), 4.6);
}

// The lines of people come after the org and the one team.
const EntityPeriodForecast& LineOfRep(const Forecast& forecast, size_t rep) {
  return forecast.periods[0].entities[2 + rep];
}

// One deal each that is surely won, of an unknown amount: bookings are lognormal, and the mean of
// their worst share q is e^{mu + s^2 / 2} Phi(z_q - s) / q.
TEST(TailMeanOracleTest, LognormalBookings) {
  CompanyOptions options;
  options.rep_count = 400;
  options.open_deals_per_rep = 1;
  options.weekly_exit_share = 0.999;
  options.advance_probability = 1;
  options.deal_amount = 1'000'000;
  options.amount_log_sd = 0.4;
  Company company = testing::MakeCompany(options);
  for (OpenDeal& deal : company.state.open_deals) deal.amount_minor_units = std::nullopt;
  for (const double q : {0.05, 0.3}) {
    const Forecast forecast = ForecastOf(company, 10'000, 31, q);
    const double exact = 1e6 * std::exp(0.08) * Phi(PhiInverse(q) - 0.4) / q;
    ZScores scores;
    for (size_t rep = 0; rep < 400; ++rep) {
      const auto& tail = LineOfRep(forecast, rep).bookings_tail_mean;
      ASSERT_TRUE(tail.has_value());
      scores.Add(tail->value, exact, tail->monte_carlo_se);
      EXPECT_EQ(tail->parameter_sd, 0);  // There is one draw.
      EXPECT_EQ(tail->total_se, tail->monte_carlo_se);
    }
    ExpectAcceptable(scores);
  }
}

// Twelve deals of 1,000 that are won with one probability: the tail takes whole atoms and a part of
// one. 5 % of Binomial(12, .5): P(0) + P(1) + P(2) = 79 / 4096, the rest of the 5 % is three wins.
TEST(TailMeanOracleTest, AtomsAreTakenInPart) {
  CompanyOptions options;
  options.rep_count = 400;
  options.open_deals_per_rep = 12;
  options.weekly_exit_share = 0.999;
  options.advance_probability = 0.5;
  options.deal_amount = 1'000;
  const Forecast forecast = ForecastOf(testing::MakeCompany(options), 10'000, 32, 0.05);
  const double below = (12.0 * 1 + 66 * 2) / 4'096;
  const double exact = 1'000 * (below + 3 * (0.05 - 79.0 / 4'096)) / 0.05;
  ZScores scores;
  for (size_t rep = 0; rep < 400; ++rep) {
    const auto& tail = LineOfRep(forecast, rep).bookings_tail_mean;
    scores.Add(tail->value, exact, tail->monte_carlo_se);
  }
  ExpectAcceptable(scores);
}

// A deal of 100 that one draw always loses and the other always wins. The worst three quarters are
// all the losses and half of the wins: 25 / .75. What the draws add to it, 100 + (x - 100) / .75,
// is -33.3 and 100: all of the error is in the draws.
TEST(TailMeanOracleTest, DrawsAreToldApart) {
  CompanyOptions options;
  options.open_deals_per_rep = 1;
  options.weekly_exit_share = 0.999;
  options.draw_count = 2;
  Company company = testing::MakeCompany(options);
  for (int k = 0; k < 2; ++k) {
    StageCell& cell = company.model.draws[k].cells[0];
    cell.entry_advance_probability = k;
    cell.ages[0].advance_probability = k;
  }
  for (const int64_t booked : {0, 40}) {
    company.state.reps[0].booked_minor_units = {booked};
    const Forecast forecast = ForecastOf(company, 1'024, 33, 0.75);
    for (const EntityPeriodForecast& line : forecast.periods[0].entities) {
      ASSERT_TRUE(line.bookings_tail_mean.has_value());
      EXPECT_NEAR(line.bookings_tail_mean->value, static_cast<double>(booked) + 25 / 0.75, 1e-9);
      EXPECT_EQ(line.bookings_tail_mean->monte_carlo_se, 0);
      EXPECT_NEAR(line.bookings_tail_mean->parameter_sd, 100 / 0.75 / std::sqrt(2.0), 1e-9);
      EXPECT_NEAR(line.bookings_tail_mean->total_se, 50 / 0.75, 1e-9);
    }
    // Of the worst half nothing differs: it is all losses.
    EXPECT_EQ(ForecastOf(company, 1'024, 33, 0.5).periods[0].entities[0].bookings_tail_mean->value,
              static_cast<double>(booked));
  }
}

}  // namespace
}  // namespace quotacast::simulator
