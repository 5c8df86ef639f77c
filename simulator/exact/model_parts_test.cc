// Goal: each part of the model does in both engines what its textbook case says. Method: companies
// with one part each and a closed form, the exact engine to a stated absolute tolerance, the Monte
// Carlo engine to 4.6 of its standard errors, seeds fixed: about 90 figures, so a correct engine
// would fail with another seed in 4e-4.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/time/civil_time.h"
#include "gtest/gtest.h"
#include "simulator/exact/exact.h"
#include "simulator/model/model.h"
#include "simulator/testing/both_engines.h"
#include "simulator/testing/closed_forms.h"
#include "simulator/testing/companies.h"

namespace quotacast::simulator {
namespace {

using testing::BothEngines;
using testing::Company;
using testing::CompanyOptions;
using testing::ExpectNormal;
using testing::Phi;
using testing::PhiInverse;
using testing::PoissonBinomial;
using testing::RunBoth;

constexpr double kErrors = 4.6;
// Win chances are polynomials in the shift, off by some 1e-8 also where there is no shift.
constexpr double kTables = 1e-6;
constexpr int kOrg = 0;

// Mean bookings of a line in both engines; `sd` is exact.
void ExpectMean(const BothEngines& run, int entity, int period, double mean, double sd,
                double tolerance) {
  EXPECT_NEAR(run.Line(entity, period).mean.value, mean, tolerance) << period;
  EXPECT_NEAR(run.Moments(entity, period).Mean(), mean, kErrors * sd / std::sqrt(run.trials))
      << period;
}

// O14: one stage, m = 4 steps a period, the last of them with its own rates of wins and losses:
// P(won in period k) = s^k (p (1 - (1-h)^3) + p' (1-h)^3 h'), s = (1-h)^3 (1-h'),
// h' = 1 - (1-h)^(p kw + (1-p) kl), p' = p kw / (p kw + (1-p) kl).
double QuarterEndWins(double h, double p, double kw, double kl, int k) {
  const double tilt = p * kw + (1 - p) * kl;
  const double last = 1 - std::pow(1 - h, tilt);
  const double before = std::pow(1 - h, 3);
  return std::pow(before * (1 - last), k) * (p * (1 - before) + p * kw / tilt * before * last);
}

Company QuarterEndCompany(double market_sd) {
  CompanyOptions options;
  options.rep_count = 4;
  options.open_deals_per_rep = 10;
  options.weekly_exit_share = 0.2;
  options.advance_probability = 0.4;
  options.market_sd = market_sd;
  options.deal_amount = 1;
  options.quota = 2;
  options.period_count = 3;
  options.period_weeks = 4;
  Company company = testing::MakeCompany(options);
  company.model.draws[0].period_parts = {{0, 0}, {0, 0}, {0, 0}, {std::log(2), std::log(3)}};
  return company;
}

TEST(ModelPartsTest, QuarterEndOfOneStage) {
  const BothEngines run = RunBoth(QuarterEndCompany(0), {}, 3, 40'000, true, 141);
  for (int k = 0; k < 3; ++k) {
    const double p = QuarterEndWins(0.2, 0.4, 2, 3, k);
    ExpectMean(run, kOrg, k, 40 * p, std::sqrt(40 * p * (1 - p)), kTables);
    const std::vector<double> law = PoissonBinomial(std::vector<double>(10, p));
    const double attains = 1 - law[0] - law[1];
    for (int rep = 2; rep < 6; ++rep) {
      EXPECT_NEAR(run.Line(rep, k).attain_probability->value, attains, 1e-7);
      EXPECT_NEAR(run.AttainShare(rep, k), attains,
                  kErrors * std::sqrt(attains * (1 - attains) / run.trials));
    }
  }
}

// The market shifts p first, the calendar tilts what comes of it.
TEST(ModelPartsTest, QuarterEndUnderAMarketFactor) {
  const double sd = 0.2;
  const BothEngines run = RunBoth(QuarterEndCompany(sd), {}, 3, 40'000, true, 142);
  for (int k = 0; k < 3; ++k) {
    const auto given = [&](double m) {
      const double p = Phi(PhiInverse(0.4) * std::sqrt(1 + sd * sd) + sd * m);
      return QuarterEndWins(0.2, p, 2, 3, k);
    };
    const double p = ExpectNormal(given);
    const double squares = ExpectNormal([&](double m) { return given(m) * given(m); });
    const double variance = 40 * (p - squares) + 1'600 * (squares - p * p);
    ExpectMean(run, kOrg, k, 40 * p, std::sqrt(variance), 1e-4);
    EXPECT_NEAR(run.Line(kOrg, k).sd, std::sqrt(variance), 1e-4);
  }
}

// Losses alone are more frequent everywhere: they come out of every stage, wins stay as they are.
// Two stages, the first with losses at rate (1-p) kl: h' and p' as above with kw = 1.
TEST(ModelPartsTest, LossesComeOutOfEveryStage) {
  CompanyOptions options;
  options.stage_count = 2;
  options.rep_count = 10;
  options.open_deals_per_rep = 2;  // One in each stage.
  options.weekly_exit_share = 0.25;
  options.advance_probability = 0.6;
  options.deal_amount = 1;
  Company company = testing::MakeCompany(options);
  company.model.draws[0].period_parts.assign(4, {0, std::log(2)});
  // Rates of the entry row as in any other step.
  const double tilt = 0.6 + 0.4 * 2;
  const double h = 1 - std::pow(0.75, tilt), p = 0.6 / tilt;
  const BothEngines run = RunBoth(company, {}, 1, 40'000, true, 143);
  const double first = testing::ChainWinProbability(2, h, p, 0, 13);
  const double second = testing::ChainWinProbability(2, h, p, 1, 13);
  ExpectMean(run, kOrg, 0, 10 * (first + second),
             std::sqrt(10 * (first * (1 - first) + second * (1 - second))), kTables);
}

// O3 with ways back, cumulated over the periods.
TEST(ModelPartsTest, WaysBackAreAnAbsorbingChain) {
  CompanyOptions options;
  options.stage_count = 3;
  options.rep_count = 10;
  options.open_deals_per_rep = 6;
  options.max_age_days = 60;
  options.weekly_exit_share = 0.25;
  options.advance_probability = 0.7;
  options.deal_amount = 1;
  options.period_count = 4;
  options.period_weeks = 4;
  Company company = testing::MakeCompany(options);
  const std::vector<double> back = {0, 0.2, 0.35};
  const std::vector<std::vector<double>> to = {{1}, {1, 0}, {0.2, 0.5, 0.3}};
  for (size_t s = 0; s < 3; ++s) {
    StageCell& cell = company.model.draws[0].cells[s];
    cell.entry_regress_probability = cell.ages[0].regress_probability = back[s];
    cell.regress_destinations = to[s];
  }
  const BothEngines run = RunBoth(company, {}, 4, 40'000, true, 144);
  std::vector<double> before(3, 0.0);
  for (int period = 0; period < 4; ++period) {
    const std::vector<double> by_end =
        testing::ReturningChainWins(0.25, 0.7, back, to, 4 * (period + 1));
    double mean = 0, variance = 0;
    for (int s = 0; s < 3; ++s) {
      const double p = by_end[s] - before[s];
      mean += 20 * p;
      variance += 20 * p * (1 - p);
    }
    ExpectMean(run, kOrg, period, mean, std::sqrt(variance), kTables);
    before = by_end;
  }
}

// The market leaves the mean where it is when deals go back, too: the constants of the stages are
// found for the loop as a whole. A horizon of 100 weeks decides all but 1e-6 of the deals. New
// deals, because constants keep P(win) from the entry of a stage.
TEST(ModelPartsTest, TheMarketLeavesMeansOfLoopsInPlace) {
  CompanyOptions options;
  options.stage_count = 3;
  options.open_deals_per_rep = 3;
  options.weekly_exit_share = 0.5;
  options.advance_probability = 0.7;
  options.market_sd = 0.25;
  options.deal_amount = 1;
  options.period_weeks = 100;
  Company company = testing::MakeCompany(options);
  const std::vector<double> back = {0, 0.2, 0.35};
  const std::vector<std::vector<double>> to = {{1}, {1, 0}, {0.2, 0.5, 0.3}};
  for (size_t s = 0; s < 3; ++s) {
    StageCell& cell = company.model.draws[0].cells[s];
    cell.entry_regress_probability = cell.ages[0].regress_probability = back[s];
    cell.regress_destinations = to[s];
  }
  ExactOptions exact;
  const auto forecast = ComputeExact(company.model, company.state, {}, exact, nullptr);
  ASSERT_TRUE(forecast.ok()) << forecast.status();
  double mean = 0;
  for (const double p : testing::ReturningChainWins(0.5, 0.7, back, to, 100)) mean += p;
  EXPECT_NEAR(forecast->periods[0].lines[kOrg].mean.value / mean, 1, 3e-6);
}

// Every deal is won in the week it is created, so bookings count creations.
CompanyOptions CreationsOnly() {
  CompanyOptions options;
  options.advance_probability = 1;
  options.creation_rate_per_day = 0.05;
  options.deal_amount = 1;
  return options;
}
void WinAtOnce(Company& company) {
  for (ParameterDraw& draw : company.model.draws) {
    draw.cells[0].entry_day_exit_share = draw.cells[0].first_week_exit_share = 1;
  }
}

// Days of the quarter times the factor of their month: 2017-10-01 to 2017-12-30.
TEST(ModelPartsTest, SeasonsMultiplyCreationDayByDay) {
  CompanyOptions options = CreationsOnly();
  options.rep_count = 20;
  Company company = testing::MakeCompany(options);
  WinAtOnce(company);
  std::vector<double>& season = company.model.draws[0].creation_season_log_factors;
  season.assign(12, 0);
  season[0] = 3;  // Not asked for.
  season[9] = std::log(1.4);
  season[10] = std::log(0.5);
  season[11] = std::log(2);
  const BothEngines run = RunBoth(company, {}, 1, 20'000, true, 145);
  const double mean = 20 * 0.05 * (31 * 1.4 + 30 * 0.5 + 30 * 2);
  ExpectMean(run, kOrg, 0, mean, std::sqrt(mean), 1e-9);
}

// A linear ramp of R weeks (even) costs lambda R / 2 once it is over. Two draws with ramps of 10
// and 20 weeks; a rep and a hire who ramp with the draw, a hire with 13 weeks of their own, a
// veteran, and somebody who is past the longest ramp.
TEST(ModelPartsTest, TheRampIsTheDraws) {
  CompanyOptions options = CreationsOnly();
  options.rep_count = 4;
  options.draw_count = 2;
  options.period_weeks = 26;
  Company company = testing::MakeCompany(options);
  WinAtOnce(company);
  company.model.draws[0].ramp_weeks = 10;
  company.model.draws[1].ramp_weeks = 20;
  const absl::CivilDay first = company.state.as_of + 1;
  company.state.reps[0].start_date = first;
  company.state.reps[1].start_date = first - 7 * 5;  // Five weeks in.
  company.state.reps[2].start_date = first - 7 * 20;
  Scenario scenario;
  for (uint64_t i = 0; i < 2; ++i) {
    scenario.hires.push_back(testing::HireIntoFirstTeam(company, 900 + i));
    scenario.hires[i].start = first;
  }
  scenario.hires[1].ramp_weeks = 12;
  const BothEngines run = RunBoth(company, scenario, 1, 100'000, true, 146);
  // Five weeks in, R - 5 weeks of ramp are left, from 5 / R: lost are (R - 5)^2 / 2R weeks.
  const double weeks[6] = {26 - 0.5 * (5 + 10),
                           26 - 0.5 * (25.0 / 20 + 225.0 / 40),
                           26,
                           26,
                           26 - 0.5 * (5 + 10),
                           26 - 6.0};
  for (int i = 0; i < 6; ++i) {
    const double mean = 0.35 * weeks[i];
    EXPECT_NEAR(run.Line(2 + i, 0).mean.value, mean, 1e-9) << i;
    EXPECT_EQ(run.Line(2 + i, 0).mean.parameter_sd > 1e-9, i == 0 || i == 1 || i == 4) << i;
    // Two draws of half the trials each.
    const size_t series = 2 * static_cast<size_t>(run.shape.EntitySeries(2 + i, 0));
    const double simulated =
        0.5 * (run.partial.moments[series].Mean() + run.partial.moments[series + 1].Mean());
    EXPECT_NEAR(simulated, mean, kErrors * std::sqrt(mean / run.trials)) << i;
  }
}

// What a deal brings is a exp(N(m, s)): E = a e^(m + s^2/2), E^2 = a^2 e^(2m + 2s^2).
TEST(ModelPartsTest, RevisedAmountsHaveTheirMoments) {
  CompanyOptions options;
  options.rep_count = 5;
  options.stage_count = 2;
  options.open_deals_per_rep = 8;  // Four in each stage.
  options.weekly_exit_share = 0.1;
  options.advance_probability = 0.6;
  options.deal_amount = 1'000'000;
  Company company = testing::MakeCompany(options);
  company.model.amount_revisions = {{-0.2, 0.4}, {std::log(0.9), 0}};
  company.state.open_deals[0].amount_minor_units = 0;  // Nothing stays nothing.
  const BothEngines run = RunBoth(company, {}, 1, 100'000, true, 147);
  const double first = testing::ChainWinProbability(2, 0.1, 0.6, 0, 13);
  const double second = testing::ChainWinProbability(2, 0.1, 0.6, 1, 13);
  const double a = 1e6 * std::exp(-0.2 + 0.08);
  const double squares = 1e12 * std::exp(-0.4 + 0.32);
  const double mean = 19 * first * a + 20 * second * 9e5;
  const double variance =
      19 * (first * squares - std::pow(first * a, 2)) + 20 * second * (1 - second) * 81e10;
  ExpectMean(run, kOrg, 0, mean, std::sqrt(variance), 1);
  EXPECT_NEAR(run.Line(kOrg, 0).sd / std::sqrt(variance), 1, 1e-6);
  double fourth = 0;
  for (const int64_t x : run.Samples(kOrg, 0)) {
    fourth += std::pow(static_cast<double>(x) - run.Moments(kOrg, 0).Mean(), 4) / run.trials;
  }
  EXPECT_NEAR(run.Moments(kOrg, 0).Variance(), variance,
              kErrors * std::sqrt((fourth - variance * variance) / run.trials));
}

// One certain deal of stated 1,000,000 at its law: P(attain) of any quota is a normal tail.
TEST(ModelPartsTest, ARevisedAmountIsLognormal) {
  CompanyOptions options;
  options.open_deals_per_rep = 1;
  options.advance_probability = 1;
  options.deal_amount = 1'000'000;
  Company company = testing::MakeCompany(options);
  company.model.draws[0].cells[0].ages[0].exit_rate_per_day = 1'000;
  company.model.amount_revisions = {{-0.1, 0.25}};
  for (const int64_t quota : {600'000, 950'000, 1'300'000}) {
    company.state.reps[0].quota_minor_units[0] = quota;
    const BothEngines run = RunBoth(company, {}, 1, 20'000, true, 148);
    const double p = Phi((std::log(1e6) - 0.1 - std::log(static_cast<double>(quota) - 0.5)) / 0.25);
    EXPECT_NEAR(run.Line(2, 0).attain_probability->value, p, 2e-4) << quota;  // 128 cells.
    EXPECT_NEAR(run.AttainShare(2, 0), p, kErrors * std::sqrt(p * (1 - p) / run.trials)) << quota;
  }
}

}  // namespace
}  // namespace quotacast::simulator
