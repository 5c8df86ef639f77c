// Goal: inputs at the edge give the law that is left of the model there, in both engines. Method:
// laws that are one or two atoms or a textbook count; where nothing is random every trial must
// agree. The Monte Carlo shares are judged at 4.6 standard errors, 12 of them (5e-5), seeds fixed.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "gtest/gtest.h"
#include "simulator/exact/exact.h"
#include "simulator/model/model.h"
#include "simulator/testing/both_engines.h"
#include "simulator/testing/companies.h"

namespace quotacast::simulator {
namespace {

using testing::BothEngines;
using testing::Company;
using testing::CompanyOptions;
using testing::RunBoth;

constexpr int64_t kTrials = 20'000;

// Every line books `amount` for sure and attains with probability `attains`.
void ExpectCertain(const BothEngines& run, const std::vector<int64_t>& amount_by_entity,
                   double attains) {
  for (size_t e = 0; e < amount_by_entity.size(); ++e) {
    const int entity = static_cast<int>(e);
    const ExactLine& line = run.Line(entity, 0);
    EXPECT_NEAR(line.mean.value, static_cast<double>(amount_by_entity[e]), 1e-6) << e;
    EXPECT_NEAR(line.sd, 0, 1e-3) << e;
    EXPECT_NEAR(line.attain_probability->value, attains, 1e-6) << e;
    EXPECT_EQ(run.AttainShare(entity, 0), attains) << e;
    for (const int64_t won : run.Samples(entity, 0)) ASSERT_EQ(won, amount_by_entity[e]);
  }
}

TEST(DegenerateTest, NoDealsAtAll) {
  CompanyOptions options;
  options.rep_count = 2;
  Company company = testing::MakeCompany(options);  // Quota zero.
  BothEngines run = RunBoth(company, {}, 1, kTrials, true, 1);
  ExpectCertain(run, {0, 0, 0, 0}, 1);
  EXPECT_NEAR(run.exact.periods[0].at_quota_law[2], 1, 1e-12);
  for (RepState& rep : company.state.reps) rep.quota_minor_units[0] = 1;
  run = RunBoth(company, {}, 1, kTrials, true, 1);
  ExpectCertain(run, {0, 0, 0, 0}, 0);
  EXPECT_NEAR(run.exact.periods[0].at_quota_law[0], 1, 1e-12);
}

TEST(DegenerateTest, NobodySells) {
  CompanyOptions options;
  options.rep_count = 0;
  const BothEngines run = RunBoth(testing::MakeCompany(options), {}, 1, kTrials, true, 2);
  EXPECT_EQ(run.Line(0, 0).mean.value, 0);
  for (const int64_t won : run.Samples(0, 0)) ASSERT_EQ(won, 0);
}

// All deals are won in the first week whatever the shift, the calendar and the factor on amounts
// that is certain: 1.2 times what is stated.
TEST(DegenerateTest, EverythingIsCertain) {
  CompanyOptions options;
  options.rep_count = 2;
  options.stage_count = 3;
  options.open_deals_per_rep = 3;
  options.advance_probability = 1;
  options.market_sd = 0.1;
  options.rep_variance = 0.01;
  options.deal_amount = 1'000;
  options.quota = 3'600;
  Company company = testing::MakeCompany(options);
  ParameterDraw& draw = company.model.draws[0];
  for (StageCell& cell : draw.cells) {
    cell.entry_day_exit_share = cell.first_week_exit_share = 1;
    cell.ages[0].exit_rate_per_day = 1'000;
  }
  draw.period_parts.assign(4, {0.5, -0.5});
  company.model.amount_revisions.assign(3, {std::log(1.2), 0});
  BothEngines run = RunBoth(company, {}, 1, kTrials, true, 3);
  ExpectCertain(run, {7'200, 7'200, 3'600, 3'600}, 1);
  EXPECT_NEAR(run.Line(2, 0).quota_atom, 1, 1e-12);
  for (RepState& rep : company.state.reps) rep.quota_minor_units[0] = 3'601;
  run = RunBoth(company, {}, 1, kTrials, true, 3);
  ExpectCertain(run, {7'200, 7'200, 3'600, 3'600}, 0);
}

// Deals that only go back, or always start their stage anew, are never won.
TEST(DegenerateTest, ALoopWithoutAWayOut) {
  CompanyOptions options;
  options.stage_count = 2;
  options.open_deals_per_rep = 4;
  options.creation_rate_per_day = 0.2;
  options.market_sd = 0.1;
  options.quota = 1;
  Company company = testing::MakeCompany(options);
  StageCell& last = company.model.draws[0].cells[1];
  last.entry_regress_probability = last.ages[0].regress_probability = 1;
  for (const std::vector<double>& to : {std::vector<double>{0, 1}, std::vector<double>{1, 0}}) {
    last.regress_destinations = to;
    ExpectCertain(RunBoth(company, {}, 1, kTrials, true, 4), {0, 0, 0}, 0);
  }
}

// One rep, one stage, one deal, nothing created: two atoms.
TEST(DegenerateTest, OneDealIsTwoAtoms) {
  CompanyOptions options;
  options.open_deals_per_rep = 1;
  options.weekly_exit_share = 0.1;
  options.advance_probability = 0.7;
  options.deal_amount = 123'457;
  options.quota = 123'457;
  const BothEngines run = RunBoth(testing::MakeCompany(options), {}, 1, kTrials, true, 5);
  const double p = 0.7 * (1 - std::pow(0.9, 13));
  for (int e = 0; e < 3; ++e) {
    EXPECT_NEAR(run.Line(e, 0).mean.value, 123'457 * p, 0.01);
    EXPECT_NEAR(run.Line(e, 0).sd, 123'457 * std::sqrt(p * (1 - p)), 0.01);
    EXPECT_NEAR(run.Line(e, 0).attain_probability->value, p, 1e-7);
    EXPECT_NEAR(run.AttainShare(e, 0), p, 4.6 * std::sqrt(p * (1 - p) / kTrials));
    for (const int64_t won : run.Samples(e, 0)) ASSERT_TRUE(won == 0 || won == 123'457) << won;
  }
}

// No open deals: a count of wins that is Poisson, times the one amount there is.
TEST(DegenerateTest, NewPipelineAloneIsPoisson) {
  CompanyOptions options;
  options.advance_probability = 1;
  options.creation_rate_per_day = 0.02;
  options.deal_amount = 500;
  options.quota = 1'000;
  Company company = testing::MakeCompany(options);
  StageCell& cell = company.model.draws[0].cells[0];
  cell.entry_day_exit_share = cell.first_week_exit_share = 1;
  const BothEngines run = RunBoth(company, {}, 1, kTrials, true, 6);
  const double mean = 0.02 * 91;
  const double attains = 1 - std::exp(-mean) * (1 + mean);
  EXPECT_NEAR(run.Line(2, 0).mean.value, 500 * mean, 1e-6);
  EXPECT_NEAR(run.Line(2, 0).attain_probability->value, attains, 1e-9);
  EXPECT_NEAR(run.AttainShare(2, 0), attains, 4.6 * std::sqrt(attains * (1 - attains) / kTrials));
  EXPECT_NEAR(run.Line(2, 0).law.masses[0], std::exp(-mean), 1e-9);
  for (const int64_t won : run.Samples(2, 0)) ASSERT_EQ(won % 500, 0);
}

// A quota of zero, and one that is booked already, are reached whatever happens.
TEST(DegenerateTest, AQuotaOfZeroIsReached) {
  CompanyOptions options;
  options.rep_count = 2;
  options.open_deals_per_rep = 5;
  options.creation_rate_per_day = 0.05;
  options.market_sd = 0.1;
  Company company = testing::MakeCompany(options);
  company.state.reps[1].quota_minor_units[0] = 700;
  company.state.reps[1].booked_minor_units[0] = 700;
  const BothEngines run = RunBoth(company, {}, 1, kTrials, true, 7);
  for (int e = 0; e < 4; ++e) {
    EXPECT_EQ(run.Line(e, 0).attain_probability->value, 1) << e;
    EXPECT_EQ(run.AttainShare(e, 0), 1) << e;
  }
  EXPECT_NEAR(run.exact.periods[0].at_quota_law[2], 1, 1e-9);
}

// Rates of zero: what is open stays open for ever.
TEST(DegenerateTest, NothingMoves) {
  CompanyOptions options;
  options.stage_count = 2;
  options.open_deals_per_rep = 6;
  options.weekly_exit_share = 0;
  options.creation_rate_per_day = 0.1;
  options.rep_variance = 0.01;
  options.quota = 1;
  ExpectCertain(RunBoth(testing::MakeCompany(options), {}, 1, kTrials, true, 8), {0, 0, 0}, 0);
}

// The last day of a period: one step of one day.
TEST(DegenerateTest, OneDayIsLeft) {
  CompanyOptions options;
  options.rep_count = 1;
  options.open_deals_per_rep = 20;
  options.weekly_exit_share = 0.5;
  options.deal_amount = 1;
  options.quota = 1;
  Company company = testing::MakeCompany(options);
  company.state.as_of = company.state.periods[0].end - 2;
  const BothEngines run = RunBoth(company, {}, 1, kTrials, true, 9);
  const double p = 0.5 * (1 - std::pow(0.5, 1.0 / 7));
  const double attains = 1 - std::pow(1 - p, 20);
  EXPECT_EQ(run.shape.step_ends.size(), 1u);
  EXPECT_NEAR(run.Line(2, 0).mean.value, 20 * p, 1e-6);
  EXPECT_NEAR(run.Line(2, 0).attain_probability->value, attains, 1e-7);
  EXPECT_NEAR(run.AttainShare(2, 0), attains, 4.6 * std::sqrt(attains * (1 - attains) / kTrials));
}

}  // namespace
}  // namespace quotacast::simulator
