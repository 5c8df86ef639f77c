// Goal: leads and customers lead to the bookings that the model says. Method: no common factor;
// geometric stays, so means come from the absorbing chain and from products of hazards written out
// here, distributions from the Poisson binomial and Panjer's recursion, all independent of the
// engine. Acceptance as in open_pipeline_oracle_test: z-scores of 800 cells with a root mean square
// in [.93, 1.07] (standard error .025, so 1 in 200 correct engines fails for another seed) and no
// magnitude of 4.6 (3e-3).
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/random.h"
#include "gtest/gtest.h"
#include "simulator/engine/partial.h"
#include "simulator/engine/simulated_run.h"
#include "simulator/model/model.h"
#include "simulator/testing/closed_forms.h"
#include "simulator/testing/companies.h"

namespace quotacast::simulator {
namespace {

using testing::ChainWinProbability;
using testing::Company;
using testing::CompanyOptions;
using testing::PanjerTail;
using testing::PoissonBinomial;
using testing::Simulate;
using testing::SimulatedRun;
using testing::ZScores;

constexpr double kExit = 0.25;
constexpr double kAdvance = 0.6;
constexpr int kPeriods = 4;
constexpr int kPeriodWeeks = 8;
constexpr int kReps = 200;
constexpr int64_t kTrials = 5'120;

// Two stages; every amount is 1, so bookings count wins.
Company TwoStages() {
  CompanyOptions options;
  options.rep_count = kReps;
  options.stage_count = 2;
  options.weekly_exit_share = kExit;
  options.advance_probability = kAdvance;
  options.deal_amount = 1;
  options.period_count = kPeriods;
  options.period_weeks = kPeriodWeeks;
  Company company = testing::MakeCompany(options);
  for (size_t r = 0; r < company.state.reps.size(); ++r) {
    for (int p = 0; p < kPeriods; ++p) {
      company.state.reps[r].quota_minor_units[p] = 1 + static_cast<int64_t>((r + p) % 2);
    }
  }
  return company;
}

// Leads leave and advance as deals do.
void AddLeads(Company& company, double leads_per_day) {
  ParameterDraw& draw = company.model.draws[0];
  draw.lead_cells = {draw.cells[0]};
  draw.lead_rate_per_day.assign(kReps, leads_per_day);
  draw.team_lead_rate_per_day = {leads_per_day};
}

double AttainShare(const SimulatedRun& run, int rep, int period) {
  return static_cast<double>(
             run.partial.attain_counts[static_cast<size_t>(2 + rep) * kPeriods + period]) /
         static_cast<double>(kTrials);
}

void ExpectAcceptable(const ZScores& scores) {
  EXPECT_GT(scores.Sd(), 0.93);
  EXPECT_LT(scores.Sd(), 1.07);
  EXPECT_LT(scores.Max(), 4.6);
}

// Each rep's wins of a period are a Poisson binomial of items won in it with these probabilities.
template <typename ChancesOf>
void ExpectPoissonBinomial(const SimulatedRun& run, const ChancesOf& chances_of) {
  ZScores attain, mean;
  ASSERT_EQ(run.partial.trial_count(), kTrials);
  for (int r = 0; r < kReps; ++r) {
    for (int p = 0; p < kPeriods; ++p) {
      const std::vector<double> chances = chances_of(r, p);
      double expected = 0, variance = 0;
      for (const double q : chances) {
        expected += q;
        variance += q * (1 - q);
      }
      const std::vector<int64_t> samples = run.Samples(r, p);
      mean.Add(testing::Mean(samples), expected, std::sqrt(variance / kTrials));
      const std::vector<double> law = PoissonBinomial(chances);
      double reaches = 1;
      for (int n = 0; n < 1 + (r + p) % 2; ++n) reaches -= law[n];
      attain.Add(AttainShare(run, r, p), reaches, std::sqrt(reaches * (1 - reaches) / kTrials));
    }
  }
  ExpectAcceptable(mean);
  ExpectAcceptable(attain);
}

// O3 with a stage before the first.
TEST(LeadCustomerOracleTest, OpenLeadsHaveOneStageMore) {
  Company company = TwoStages();
  AddLeads(company, 0);
  constexpr int kLeads = 6;
  for (int r = 0; r < kReps; ++r) {
    for (int i = 0; i < kLeads; ++i) {
      OpenLead lead;
      lead.key = absl::StrCat("lead", r, "-", i);
      lead.id = StableId("lead", lead.key);
      lead.rep = r;
      lead.age_days = 10 * i;
      company.state.open_leads.push_back(lead);
    }
  }
  const SimulatedRun run = Simulate(company, {}, kTrials);
  double chance[kPeriods];
  for (int p = 0; p < kPeriods; ++p) {
    chance[p] = ChainWinProbability(3, kExit, kAdvance, 0, (p + 1) * kPeriodWeeks) -
                ChainWinProbability(3, kExit, kAdvance, 0, p * kPeriodWeeks);
  }
  ExpectPoissonBinomial(run, [&](int, int p) { return std::vector<double>(kLeads, chance[p]); });
}

// O4 with a stage before the first, and a lever that doubles the leads from week 10 on.
TEST(LeadCustomerOracleTest, NewLeadsWinAsPoisson) {
  Company company = TwoStages();
  constexpr double kLeadsPerDay = 0.25;
  constexpr int kFrom = 10;
  AddLeads(company, kLeadsPerDay);
  Scenario scenario;
  Initiative more = testing::InitiativeForAll(company, 3);
  more.lead_volume = Effect{std::log(2.0), 0};
  more.adoption.t50_weeks = 0;
  more.start = company.state.as_of + 1 + 7 * kFrom;
  scenario.initiatives = {more};
  const SimulatedRun run = Simulate(company, scenario, kTrials);
  const auto won_by = [](int week) {  // Expected wins by the end of a week.
    double wins = 0;
    for (int w = 0; w < week; ++w) {
      wins += kLeadsPerDay * 7 * (w >= kFrom ? 2 : 1) *
              ChainWinProbability(3, kExit, kAdvance, 0, week - w);
    }
    return wins;
  };
  ZScores attain, mean;
  for (int p = 0; p < kPeriods; ++p) {
    const double expected = won_by((p + 1) * kPeriodWeeks) - won_by(p * kPeriodWeeks);
    for (int r = 0; r < kReps; ++r) {
      const int quota = 1 + (r + p) % 2;
      const double reaches = PanjerTail(0, expected, std::exp(-expected), {0, 1}, quota);
      attain.Add(AttainShare(run, r, p), reaches, std::sqrt(reaches * (1 - reaches) / kTrials));
      mean.Add(testing::Mean(run.Samples(r, p)), expected, std::sqrt(expected / kTrials));
    }
  }
  ExpectAcceptable(attain);
  ExpectAcceptable(mean);
}

// Opportunities with and without a lead share the rep's gamma variable: the negative binomial of
// both together, Var = mu + mu^2 / k.
TEST(LeadCustomerOracleTest, LeadsAndCreationShareTheirMixing) {
  Company company = TwoStages();
  AddLeads(company, 0.4);
  company.model.draws[0].creation_rate_per_day.assign(kReps, 0.2);
  company.model.creation_mix_shape = 2;
  const SimulatedRun run = Simulate(company, {}, kTrials);
  double expected = 0;
  for (int w = 0; w < kPeriodWeeks; ++w) {
    expected += 7 * 0.4 * ChainWinProbability(3, kExit, kAdvance, 0, kPeriodWeeks - w);
    expected += 7 * 0.2 * ChainWinProbability(2, kExit, kAdvance, 0, kPeriodWeeks - w);
  }
  const double variance = expected + expected * expected / 2;
  ZScores mean;
  double seen = 0;
  for (int r = 0; r < kReps; ++r) {
    const std::vector<int64_t> samples = run.Samples(r, 0);
    mean.Add(testing::Mean(samples), expected, std::sqrt(variance / kTrials));
    seen += testing::Covariance(samples, samples) / kReps;
  }
  EXPECT_LT(mean.Max(), 4.6);
  // A sample variance of a million trials: its relative error is about sqrt(7 / 10^6).
  EXPECT_NEAR(seen / variance, 1, 0.013);
}

// Customers of several ages, each with a renewal and an expansion of its own; from week 5 on half
// as many customers are lost.
TEST(LeadCustomerOracleTest, CustomersLeadToOneRenewalAndOneExpansion) {
  Company company = TwoStages();
  constexpr int kFrom = 5;
  constexpr double kChurn = 3;
  const std::vector<int> edges = {40, 100};
  const std::vector<double> renewals = {0.002, 0.03, 0.001}, expansions = {0.01, 0.004, 0};
  company.model.customer_age_edges_days = edges;
  company.model.renewal_segments = company.model.expansion_segments = {0};
  company.model.draws[0].renewal_rate_per_day = renewals;
  company.model.draws[0].expansion_rate_per_day = expansions;
  company.model.draws[0].churn_per_year = kChurn;
  constexpr int kCustomers = 5;
  const auto age_of = [](int r, int i) { return 23 * i + r % 9; };
  for (int r = 0; r < kReps; ++r) {
    for (int i = 0; i < kCustomers; ++i) {
      Customer customer;
      customer.key = absl::StrCat("customer", r, "-", i);
      customer.id = StableId("customer", customer.key);
      customer.rep = r;
      customer.age_days = age_of(r, i);
      customer.amount_minor_units = 1;
      customer.is_renewed = i == 1;
      company.state.customers.push_back(customer);
    }
  }
  Scenario scenario;
  Initiative care = testing::InitiativeForAll(company, 4);
  care.churn = Effect{std::log(0.5), 0};
  care.adoption.t50_weeks = 0;
  care.start = company.state.as_of + 1 + 7 * kFrom;
  for (const bool cared_for : {false, true}) {
    if (cared_for) scenario.initiatives = {care};
    const SimulatedRun run = Simulate(company, scenario, kTrials);
    const auto won_by = [&](const std::vector<double>& rates, int age, int week) {
      double waiting = 1, won = 0;
      for (int w = 0; w < week; ++w) {
        const int at = age + 7 * w;
        const double rate = rates[at < edges[0] ? 0 : at < edges[1] ? 1 : 2];
        const int weeks_of_care = cared_for && w >= kFrom ? w - kFrom + 1 : 0;
        const double more_left = std::exp(kChurn * 0.5 * 7 * weeks_of_care / 365.25);
        const double comes = waiting * (1 - std::exp(-rate * 7 * more_left));
        won += comes * ChainWinProbability(2, kExit, kAdvance, 0, week - w);
        waiting -= comes;
      }
      return won;
    };
    ExpectPoissonBinomial(run, [&](int r, int p) {
      std::vector<double> chances;
      for (int i = 0; i < kCustomers; ++i) {
        for (const auto* rates : {&renewals, &expansions}) {
          if (rates == &renewals && i == 1) continue;
          chances.push_back(won_by(*rates, age_of(r, i), (p + 1) * kPeriodWeeks) -
                            won_by(*rates, age_of(r, i), p * kPeriodWeeks));
        }
      }
      return chances;
    });
  }
}

// What a renewal books: the win's amount times e^0.1, certain; an expansion of a win without an
// amount the amount of its segment.
TEST(LeadCustomerOracleTest, AmountsOfWhatCustomersLeadTo) {
  CompanyOptions options;
  options.segment_count = 2;
  options.period_weeks = 40;
  options.weekly_exit_share = 0.9;
  options.advance_probability = 1;
  Company company = testing::MakeCompany(options);
  company.model.amounts[1].log_median = std::log(7'000);
  company.model.customer_age_edges_days = {};
  company.model.renewal_segments = {0, -1};
  company.model.expansion_segments = {-1, 1};
  company.model.renewal_amount = {0.1, 0};
  company.model.draws[0].renewal_rate_per_day = {0.05, 0.05};
  company.model.draws[0].expansion_rate_per_day = {0.05, 0.05};
  company.state.customers.resize(2);
  company.state.customers[0].id = 11;
  company.state.customers[0].amount_minor_units = 1'000;
  company.state.customers[1].id = 12;
  company.state.customers[1].segment = 1;
  const SimulatedRun run = Simulate(company, {}, 512);
  int64_t both = 0;
  for (const int64_t won : run.Samples(0, 0)) {
    EXPECT_TRUE(won == 0 || won == 1'105 || won == 7'000 || won == 8'105) << won;
    both += won == 8'105 ? 1 : 0;
  }
  // 40 weeks at a rate of 0.05 a day: nearly all come, and nearly all are won.
  EXPECT_GT(both, 480);
}

// Levers on time: 10 % more selling time is 10 % more leads, and leads and deals that leave with
// 1 - (1 - h)^1.1 a week; the lever on cycle leaves leads as they are, that on response the deals.
TEST(LeadCustomerOracleTest, SellingTimeActsOnLeadsAndDeals) {
  Company company = TwoStages();
  constexpr double kLeadsPerDay = 0.5;
  AddLeads(company, kLeadsPerDay);
  // A single stage behind the leads, so that there are two speeds to tell apart.
  company.model.stages.resize(1);
  company.model.draws[0].cells.resize(1);
  const struct {
    double selling, cycle, response;
  } kCases[] = {{std::log(1.1), 0, 0}, {0, std::log(2.0), 0}, {0, 0, std::log(2.0)}};
  for (const auto& test : kCases) {
    Scenario scenario;
    Initiative lever = testing::InitiativeForAll(company, 5);
    lever.selling_time = Effect{test.selling, 0};
    lever.cycle = Effect{test.cycle, 0};
    lever.lead_response = Effect{test.response, 0};
    lever.adoption.t50_weeks = 0;
    scenario.initiatives = {lever};
    const SimulatedRun run = Simulate(company, scenario, kTrials);
    const double of_leads = 1 - std::pow(1 - kExit, std::exp(test.selling + test.response));
    const double of_deals = 1 - std::pow(1 - kExit, std::exp(test.selling + test.cycle));
    // Leads and deals by week: what leaves a stage in a week may leave the next in it.
    double leads = 0, deals = 0, won = 0;
    ZScores mean;
    for (int week = 0; week < kPeriods * kPeriodWeeks; ++week) {
      leads += kLeadsPerDay * 7 * std::exp(test.selling);
      deals += leads * of_leads * kAdvance;
      leads -= leads * of_leads;
      won += deals * of_deals * kAdvance;
      deals -= deals * of_deals;
      if (week % kPeriodWeeks != kPeriodWeeks - 1) continue;
      for (int r = 0; r < kReps; ++r) {
        mean.Add(testing::Mean(run.Samples(r, week / kPeriodWeeks)), won, std::sqrt(won / kTrials));
      }
      won = 0;
    }
    ExpectAcceptable(mean);
  }
}

}  // namespace
}  // namespace quotacast::simulator
