// Goal: leads and customers change what they should and nothing else. Method: pairs of runs of a
// company with a bit of everything, compared integer by integer.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "gtest/gtest.h"
#include "simulator/engine/blueprint.h"
#include "simulator/engine/engine.h"
#include "simulator/engine/partial.h"
#include "simulator/engine/simulated_run.h"
#include "simulator/model/model.h"
#include "simulator/testing/companies.h"

namespace quotacast::simulator {
namespace {

using testing::Company;
using testing::Simulate;
using testing::SimulatedRun;

constexpr int64_t kTrials = 600;
constexpr int kReps = 8;

Company WithoutLeads() {
  Company company = testing::MakeVariedCompany(kReps, 15, 4, 2);
  testing::AddEveryPart(company);
  return company;
}

Company TheCompany() {
  Company company = WithoutLeads();
  testing::AddLeadsAndCustomers(company);
  return company;
}

void ExpectSameIntegers(const SimulatedRun& a, const SimulatedRun& b) {
  Partial renamed = b.partial;
  renamed.plan_key = a.partial.plan_key;
  renamed.trial_key = a.partial.trial_key;
  EXPECT_TRUE(renamed == a.partial);
}

Scenario With(const Initiative& initiative) {
  Scenario scenario;
  scenario.initiatives = {initiative};
  return scenario;
}

// Departures, absences, a hire and attrition with backfill: everything that passes deals on.
Scenario StaffChanges(const Company& company) {
  const absl::CivilDay first = company.state.as_of + 1;
  Scenario scenario;
  scenario.departures = {{9, 2, first + 17, 7, 1, {-0.15, 0.1}}};
  scenario.absences = {{4, first + 5, first + 30}};
  scenario.hires = {testing::HireIntoFirstTeam(company, 71)};
  scenario.attrition.emplace();
  scenario.attrition->rate_per_year = 1;
  scenario.attrition->backfill_weeks = 3;
  return scenario;
}

// Who differs between two runs.
std::vector<int> RepsThatDiffer(const SimulatedRun& a, const SimulatedRun& b) {
  std::vector<int> reps;
  for (int rep = 0; rep < kReps; ++rep) {
    for (int period = 0; period < 2; ++period) {
      if (a.Samples(rep, period) == b.Samples(rep, period)) continue;
      reps.push_back(rep);
      break;
    }
  }
  return reps;
}

TEST(LeadCustomerMetamorphicTest, LeversWithoutEffectLeaveEveryByte) {
  const Company company = TheCompany();
  Scenario scenario = StaffChanges(company);
  const SimulatedRun before = Simulate(company, scenario, kTrials);
  Initiative initiative = testing::InitiativeForAll(company, 5);
  initiative.lead_volume = initiative.lead_work = initiative.lead_response = Effect{0, 0};
  initiative.churn = initiative.selling_time = Effect{0, 0};
  initiative.covers_hires = true;
  scenario.initiatives = {initiative};
  ExpectSameIntegers(before, Simulate(company, scenario, kTrials));
}

// The levers' draws are their own: a lever more leaves what the others have drawn.
TEST(LeadCustomerMetamorphicTest, ALeverMoreLeavesTheDrawsOfOthers) {
  Company company = TheCompany();
  company.state.open_leads.clear();
  company.state.customers.clear();
  for (ParameterDraw& draw : company.model.draws) {
    std::fill(draw.lead_rate_per_day.begin(), draw.lead_rate_per_day.end(), 0);
    std::fill(draw.team_lead_rate_per_day.begin(), draw.team_lead_rate_per_day.end(), 0);
  }
  Initiative initiative = testing::InitiativeForAll(company, 5);
  initiative.win = initiative.cycle = initiative.creation = Effect{0.1, 0.1};
  const SimulatedRun before = Simulate(company, With(initiative), kTrials);
  // Nothing for these to act on.
  initiative.lead_volume = initiative.lead_work = initiative.lead_response = Effect{0.2, 0.1};
  initiative.churn = Effect{-0.3, 0.1};
  ExpectSameIntegers(before, Simulate(company, With(initiative), kTrials));
  initiative.selling_time = Effect{0.1, 0.1};
  EXPECT_EQ(RepsThatDiffer(before, Simulate(company, With(initiative), kTrials)).size(), kReps);
}

TEST(LeadCustomerMetamorphicTest, AModelWithRoomForThemIsTheModelWithout) {
  Company company = TheCompany();
  company.state.open_leads.clear();
  company.state.customers.clear();
  for (ParameterDraw& draw : company.model.draws) {
    std::fill(draw.lead_rate_per_day.begin(), draw.lead_rate_per_day.end(), 0);
    std::fill(draw.team_lead_rate_per_day.begin(), draw.team_lead_rate_per_day.end(), 0);
    draw.amounts.clear();
  }
  ExpectSameIntegers(Simulate(WithoutLeads(), StaffChanges(company), kTrials),
                     Simulate(company, StaffChanges(company), kTrials));
}

TEST(LeadCustomerMetamorphicTest, ALeadOrCustomerMoreLeavesTheOthers) {
  const Company company = TheCompany();
  const SimulatedRun before = Simulate(company, {}, kTrials);
  Company with_lead = company;
  OpenLead lead = company.state.open_leads[0];
  lead.id = 4'711;
  lead.rep = 5;
  with_lead.state.open_leads.insert(with_lead.state.open_leads.begin(), 8, lead);
  for (int i = 0; i < 8; ++i) with_lead.state.open_leads[i].id += i;
  EXPECT_EQ(RepsThatDiffer(before, Simulate(with_lead, {}, kTrials)), std::vector<int>{5});

  Company with_customer = company;
  Customer customer = company.state.customers[0];
  customer.id = 4'711;
  customer.rep = 6;
  customer.age_days = 370;
  with_customer.state.customers.insert(with_customer.state.customers.begin(), customer);
  EXPECT_EQ(RepsThatDiffer(before, Simulate(with_customer, {}, kTrials)), std::vector<int>{6});
  // The customer's expansion is another number than its renewal: without the one the other stays.
  with_customer.state.customers[0].is_renewed = true;
  with_customer.state.customers[0].is_expanded = true;
  ExpectSameIntegers(before, Simulate(with_customer, {}, kTrials));

  Company other_rate = company;
  for (ParameterDraw& draw : other_rate.model.draws) draw.lead_rate_per_day[2 * 2] *= 3;
  EXPECT_EQ(RepsThatDiffer(before, Simulate(other_rate, {}, kTrials)), std::vector<int>{2});
}

// Hires get the leads of their team's rate, and nobody else does.
TEST(LeadCustomerMetamorphicTest, HiresHaveTheLeadsOfTheirTeam) {
  const Company company = TheCompany();
  Scenario scenario;
  scenario.hires = {testing::HireIntoFirstTeam(company, 71)};
  const SimulatedRun before = Simulate(company, scenario, kTrials);
  for (const int team : {0, 1}) {
    Company other = company;
    for (ParameterDraw& draw : other.model.draws) draw.team_lead_rate_per_day[2 * team + 1] *= 20;
    const SimulatedRun after = Simulate(other, scenario, kTrials);
    EXPECT_TRUE(RepsThatDiffer(before, after).empty());
    EXPECT_EQ(before.Samples(kReps, 1) != after.Samples(kReps, 1), team == 0);
  }
}

// Levers on leads act on the wins of leads only, on churn on those of customers only.
TEST(LeadCustomerMetamorphicTest, LeversLeaveWhatTheyDoNotActOn) {
  Company company = TheCompany();
  auto& leads = company.state.open_leads;
  auto& customers = company.state.customers;
  // Reps 0 to 3 have leads, reps 2 to 5 customers.
  leads.erase(std::remove_if(leads.begin(), leads.end(), [](const auto& x) { return x.rep > 3; }),
              leads.end());
  customers.erase(std::remove_if(customers.begin(), customers.end(),
                                 [](const auto& x) { return x.rep < 2 || x.rep > 5; }),
                  customers.end());
  for (ParameterDraw& draw : company.model.draws) {
    std::fill(draw.lead_rate_per_day.begin() + 4 * 2, draw.lead_rate_per_day.end(), 0);
  }
  const SimulatedRun before = Simulate(company, {}, kTrials);
  Initiative none = testing::InitiativeForAll(company, 5);
  none.adoption.t50_weeks = 0;
  for (const auto lever :
       {&Initiative::lead_volume, &Initiative::lead_work, &Initiative::lead_response}) {
    Initiative initiative = none;
    initiative.*lever = Effect{1, 0};
    EXPECT_EQ(RepsThatDiffer(before, Simulate(company, With(initiative), kTrials)),
              (std::vector<int>{0, 1, 2, 3}));
  }
  Initiative care = none;
  care.churn = Effect{-3, 0};
  const std::vector<int> differ = RepsThatDiffer(before, Simulate(company, With(care), kTrials));
  EXPECT_GE(differ.size(), 2u);  // Few renewals more in half a year.
  for (const int rep : differ) EXPECT_TRUE(rep >= 2 && rep <= 5) << rep;
}

TEST(LeadCustomerMetamorphicTest, MoreLeadsNeverLowerCumulativeWins) {
  const Company company = TheCompany();
  const SimulatedRun before = Simulate(company, {}, kTrials);
  Initiative initiative = testing::InitiativeForAll(company, 5);
  initiative.lead_volume = Effect{0.5, 0};
  initiative.start += 20;
  const SimulatedRun after = Simulate(company, With(initiative), kTrials);
  int more = 0;
  for (int rep = 0; rep < kReps; ++rep) {
    const auto first = before.Samples(rep, 0), second = before.Samples(rep, 1);
    const auto first_after = after.Samples(rep, 0), second_after = after.Samples(rep, 1);
    for (size_t i = 0; i < first.size(); ++i) {
      ASSERT_GE(first_after[i], first[i]);
      ASSERT_GE(first_after[i] + second_after[i], first[i] + second[i]);
      more += second_after[i] > second[i] ? 1 : 0;
    }
  }
  EXPECT_GT(more, 100);
}

TEST(LeadCustomerMetamorphicTest, OrderAndThreadsDoNotMatter) {
  Company company = TheCompany();
  const Scenario scenario = StaffChanges(company);
  const SimulatedRun before = Simulate(company, scenario, kTrials);
  EngineOptions options;
  options.trials = kTrials;
  options.period_count = 2;
  const auto plan = Compile(company.model, company.state, scenario, options, nullptr);
  ASSERT_TRUE(plan.ok());
  const int64_t trials = (*plan)->layout().trials;
  const auto one = SimulateParallel(**plan, 0, trials, 1, nullptr, nullptr);
  const auto three = SimulateParallel(**plan, 0, trials, 3, nullptr, nullptr);
  ASSERT_TRUE(one.ok() && three.ok());
  EXPECT_TRUE(*one == *three);
  std::reverse(company.state.open_leads.begin(), company.state.open_leads.end());
  std::reverse(company.state.customers.begin(), company.state.customers.end());
  const SimulatedRun turned = Simulate(company, scenario, kTrials);
  EXPECT_TRUE(before.partial == turned.partial);  // The same plan, too.
}

// Drivers are open deals only; what comes of leads and customers is in the shares of reps.
TEST(LeadCustomerMetamorphicTest, DriversAreOpenDeals) {
  const Company company = TheCompany();
  EngineOptions options;
  options.trials = kTrials;
  options.period_count = 2;
  options.counts_drivers = true;
  const auto plan = DrawBlueprint(company.model, company.state, {}, options);
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(plan->shape.driver_deals.size(), company.state.open_deals.size());
  size_t counted = 0;
  for (const Seller& seller : plan->sellers) {
    for (const DealPlan& deal : seller.deals) {
      const bool is_open_deal =
          plan->flows[deal.flow].open[deal.open_class].entry.origin == Origin::kDeal;
      EXPECT_EQ(deal.driver >= 0, is_open_deal);
      counted += is_open_deal ? 1 : 0;
    }
  }
  EXPECT_EQ(counted, company.state.open_deals.size());
}

// Renewals that can no longer come cost nothing; nor do leads that the model does not tell apart.
TEST(LeadCustomerMetamorphicTest, WhatCannotComeIsNotSimulated) {
  Company company = TheCompany();
  EngineOptions options;
  options.period_count = 2;
  const auto count = [&] {
    const auto plan = DrawBlueprint(company.model, company.state, {}, options);
    EXPECT_TRUE(plan.ok()) << plan.status();
    size_t items = 0;
    for (const Seller& seller : plan->sellers) items += seller.deals.size();
    return items;
  };
  company.state.open_deals.clear();
  company.state.customers.clear();
  EXPECT_EQ(count(), company.state.open_leads.size());
  for (ParameterDraw& draw : company.model.draws) {
    draw.lead_cells.clear();
    draw.lead_rate_per_day.clear();
    draw.team_lead_rate_per_day.clear();
  }
  EXPECT_EQ(count(), 0u);
  Customer customer;
  customer.id = 1;
  const auto items_at = [&](int age, int segment, bool renewed, bool expanded) {
    customer.age_days = age;
    customer.segment = segment;
    customer.is_renewed = renewed;
    customer.is_expanded = expanded;
    company.state.customers = {customer};
    return count();
  };
  EXPECT_EQ(items_at(0, 0, false, false), 2u);
  EXPECT_EQ(items_at(0, 0, true, false), 1u);
  EXPECT_EQ(items_at(0, 0, false, true), 1u);
  EXPECT_EQ(items_at(0, 0, true, true), 0u);
  EXPECT_EQ(items_at(0, 1, false, false), 1u);    // Its segment has no expansions.
  EXPECT_EQ(items_at(364, 0, false, false), 2u);  // Expansions end after a year,
  EXPECT_EQ(items_at(365, 0, false, false), 1u);
  EXPECT_EQ(items_at(419, 0, false, false), 1u);  // renewals at 420 days.
  EXPECT_EQ(items_at(420, 0, false, false), 0u);
}

}  // namespace
}  // namespace quotacast::simulator
