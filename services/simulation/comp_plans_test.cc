// Goal: plans arrive in basis points and minor units, and what is wrong with one is named.
// Method: scenarios of the hand-built company through ScenarioFrom.
#include "services/simulation/comp_plans.h"

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/simulation/company_messages.h"
#include "services/simulation/converters.h"

namespace quotacast::simulation {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

void AddTier(v1::CompPlan& plan, double from_attainment, double rate) {
  v1::CompTier& tier = *plan.add_tiers();
  tier.set_from_attainment(from_attainment);
  tier.set_rate(rate);
}

v1::Scenario TwoPlans() {
  v1::Scenario scenario;
  v1::CompPlan& east = *scenario.add_comp_plans();
  east.mutable_audience()->add_team_ids("east");
  AddTier(east, 0, 0.08);
  AddTier(east, 1, 0.1225);
  *east.mutable_floor() = Dollars(500);
  *east.mutable_cap() = Dollars(20'000);
  AddTier(*scenario.add_comp_plans(), 0.5, 0.1);
  return scenario;
}

TEST(CompPlans, InBasisPointsAndMinorUnits) {
  const auto scenario = ScenarioFrom(TwoPlans(), CompanyBusiness(), "scenario");
  ASSERT_TRUE(scenario.ok()) << scenario.status();
  ASSERT_EQ(scenario->comp_plans.size(), 2u);
  const simulator::CompPlan& east = scenario->comp_plans[0];
  EXPECT_THAT(east.reps, ElementsAre(0, 1));  // Ann, Ben.
  EXPECT_FALSE(east.covers_hires);
  ASSERT_EQ(east.payout.tiers.size(), 2u);
  EXPECT_EQ(east.payout.tiers[0].from_attainment_basis_points, 0);
  EXPECT_EQ(east.payout.tiers[0].rate_basis_points, 800);
  EXPECT_EQ(east.payout.tiers[1].from_attainment_basis_points, 10'000);
  EXPECT_EQ(east.payout.tiers[1].rate_basis_points, 1'225);
  EXPECT_EQ(east.payout.floor_minor_units, 50'000);
  EXPECT_EQ(east.payout.cap_minor_units, 2'000'000);
  const simulator::CompPlan& all = scenario->comp_plans[1];
  EXPECT_THAT(all.reps, ElementsAre(0, 1, 2, 3));
  EXPECT_TRUE(all.covers_hires);
  EXPECT_EQ(all.payout.tiers[0].from_attainment_basis_points, 5'000);
  EXPECT_EQ(all.payout.floor_minor_units, 0);
  EXPECT_FALSE(all.payout.cap_minor_units.has_value());
}

// Every rate a person may write with four decimals is a whole number of basis points.
TEST(CompPlans, FourDecimalsAreWhole) {
  for (int basis_points = 0; basis_points <= 100'000; basis_points += 7) {
    v1::Scenario message;
    AddTier(*message.add_comp_plans(), 0, basis_points / 10'000.0);
    const auto scenario = ScenarioFrom(message, CompanyBusiness(), "scenario");
    ASSERT_TRUE(scenario.ok()) << scenario.status();
    ASSERT_EQ(scenario->comp_plans[0].payout.tiers[0].rate_basis_points, basis_points);
  }
}

TEST(CompPlans, WhatIsWrongIsNamed) {
  struct Case {
    std::string message;
    std::function<void(v1::Scenario&)> spoil;
  };
  const std::vector<Case> cases = {
      {"scenario.comp_plans[1].tiers: has 0 entries; want 1 to 16",
       [](auto& s) { s.mutable_comp_plans(1)->clear_tiers(); }},
      {"scenario.comp_plans[1].tiers: has 17 entries",
       [](auto& s) {
         for (int i = 1; i <= 16; ++i) AddTier(*s.mutable_comp_plans(1), 1 + i, 0.1);
       }},
      {"scenario.comp_plans[0].tiers[1].from_attainment: is 0; want more than the tier before",
       [](auto& s) { s.mutable_comp_plans(0)->mutable_tiers(1)->set_from_attainment(0); }},
      {"scenario.comp_plans[0].tiers[0].rate: is 0.08001; want at most four decimals",
       [](auto& s) { s.mutable_comp_plans(0)->mutable_tiers(0)->set_rate(0.08001); }},
      {"scenario.comp_plans[0].tiers[0].rate",
       [](auto& s) { s.mutable_comp_plans(0)->mutable_tiers(0)->set_rate(10.1); }},
      {"scenario.comp_plans[0].tiers[0].rate",
       [](auto& s) { s.mutable_comp_plans(0)->mutable_tiers(0)->set_rate(std::nan("")); }},
      {"scenario.comp_plans[0].tiers[0].from_attainment",
       [](auto& s) { s.mutable_comp_plans(0)->mutable_tiers(0)->set_from_attainment(-0.1); }},
      {"scenario.comp_plans[0].cap: is 2000000 minor units; want no less than the floor",
       [](auto& s) { *s.mutable_comp_plans(0)->mutable_floor() = Dollars(20'001); }},
      {"scenario.comp_plans[0].cap: is 10000000000100 minor units; want at most 10000000000000",
       [](auto& s) { *s.mutable_comp_plans(0)->mutable_cap() = Dollars(100'000'000'001); }},
      {"scenario.comp_plans[0].floor",
       [](auto& s) { s.mutable_comp_plans(0)->mutable_floor()->set_currency_code("EUR"); }},
      {"scenario.comp_plans[0].audience.team_ids[0]",
       [](auto& s) { s.mutable_comp_plans(0)->mutable_audience()->set_team_ids(0, "eats"); }},
      {"scenario.comp_plans: has 65 entries; want at most 64",
       [](auto& s) {
         while (s.comp_plans_size() <= simulator::kMaxCompPlans) AddTier(*s.add_comp_plans(), 0, 0);
       }},
  };
  for (const Case& test : cases) {
    v1::Scenario message = TwoPlans();
    test.spoil(message);
    const auto scenario = ScenarioFrom(message, CompanyBusiness(), "scenario");
    EXPECT_TRUE(absl::IsInvalidArgument(scenario.status())) << test.message;
    EXPECT_THAT(std::string(scenario.status().message()), HasSubstr(test.message));
  }
  v1::Scenario most = TwoPlans();
  while (most.comp_plans_size() < simulator::kMaxCompPlans) AddTier(*most.add_comp_plans(), 0, 10);
  EXPECT_TRUE(ScenarioFrom(most, CompanyBusiness(), "scenario").ok());
}

}  // namespace
}  // namespace quotacast::simulation
