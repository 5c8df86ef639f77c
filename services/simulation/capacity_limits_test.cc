// Goal: capacity limits arrive as stated, what is wrong with one is named, their cost is counted
// and the answer says for whom they hold. Method: scenarios of the hand-built company.
#include "services/simulation/capacity_limits.h"

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

v1::Scenario TwoLimits() {
  v1::Scenario scenario;
  v1::CapacityLimit& east = *scenario.add_capacity_limits();
  east.mutable_audience()->add_team_ids("east");
  east.set_open_deals(12.5);
  east.set_initiative_tax(0);
  east.mutable_start_date()->set_year(2017);
  east.mutable_start_date()->set_month(11);
  east.mutable_start_date()->set_day(2);
  scenario.add_capacity_limits()->set_open_deals(16);
  return scenario;
}

TEST(CapacityLimits, ArriveAsStated) {
  const auto scenario = ScenarioFrom(TwoLimits(), CompanyBusiness(), "scenario");
  ASSERT_TRUE(scenario.ok()) << scenario.status();
  ASSERT_EQ(scenario->capacity_limits.size(), 2u);
  const simulator::CapacityLimit& east = scenario->capacity_limits[0];
  EXPECT_THAT(east.reps, ElementsAre(0, 1));  // Ann, Ben.
  EXPECT_FALSE(east.covers_hires);
  EXPECT_EQ(east.open_deals, 12.5);
  EXPECT_EQ(east.initiative_tax, 0);
  EXPECT_EQ(east.start, absl::CivilDay(2017, 11, 2));
  const simulator::CapacityLimit& all = scenario->capacity_limits[1];
  EXPECT_THAT(all.reps, ElementsAre(0, 1, 2, 3));
  EXPECT_TRUE(all.covers_hires);
  EXPECT_EQ(all.initiative_tax, simulator::kDefaultInitiativeTax);
  EXPECT_FALSE(all.start.has_value());
}

TEST(CapacityLimits, WhatIsWrongIsNamed) {
  struct Case {
    std::string message;
    std::function<void(v1::Scenario&)> spoil;
  };
  const std::vector<Case> cases = {
      {"scenario.capacity_limits[1].open_deals: is 0; want a number above 0",
       [](auto& s) { s.mutable_capacity_limits(1)->clear_open_deals(); }},
      {"scenario.capacity_limits[0].open_deals: is -3; want a number above 0",
       [](auto& s) { s.mutable_capacity_limits(0)->set_open_deals(-3); }},
      {"scenario.capacity_limits[0].open_deals: is nan",
       [](auto& s) { s.mutable_capacity_limits(0)->set_open_deals(std::nan("")); }},
      {"scenario.capacity_limits[0].open_deals",
       [](auto& s) { s.mutable_capacity_limits(0)->set_open_deals(100'001); }},
      {"scenario.capacity_limits[0].initiative_tax",
       [](auto& s) { s.mutable_capacity_limits(0)->set_initiative_tax(1.01); }},
      {"scenario.capacity_limits[0].start_date",
       [](auto& s) { s.mutable_capacity_limits(0)->mutable_start_date()->set_day(31); }},
      {"scenario.capacity_limits[0].audience.team_ids[0]",
       [](auto& s) { s.mutable_capacity_limits(0)->mutable_audience()->set_team_ids(0, "eats"); }},
      {"scenario.capacity_limits[1].audience.rep_ids[0]",
       [](auto& s) { s.mutable_capacity_limits(1)->mutable_audience()->add_rep_ids("nobody"); }},
      {"scenario.capacity_limits: has 65 entries; want at most 64",
       [](auto& s) {
         while (s.capacity_limits_size() <= simulator::kMaxCapacityLimits) {
           s.add_capacity_limits()->set_open_deals(1);
         }
       }},
  };
  for (const Case& test : cases) {
    v1::Scenario message = TwoLimits();
    test.spoil(message);
    const auto scenario = ScenarioFrom(message, CompanyBusiness(), "scenario");
    EXPECT_TRUE(absl::IsInvalidArgument(scenario.status())) << test.message;
    EXPECT_THAT(std::string(scenario.status().message()), HasSubstr(test.message));
  }
}

// Each open deal of the company has 92 days to go; those of rep r are followed for them.
TEST(CapacityLimits, CostMoreThanOthers) {
  const Business business = CompanyBusiness();
  EXPECT_EQ(DealsPerTrial(business, {}), business.deals_per_trial);
  simulator::Scenario scenario;
  scenario.capacity_limits.resize(1);
  scenario.capacity_limits[0].open_deals = 10;
  scenario.capacity_limits[0].reps = {1};
  const double one = DealsPerTrial(business, scenario);
  double open = 0;
  for (const simulator::OpenDeal& deal : business.state.open_deals) open += deal.rep == 1 ? 1 : 0;
  const double days =
      static_cast<double>(business.state.periods.back().end - business.state.as_of - 1);
  double rate = 0;
  const size_t segments = business.model.segments.size();
  for (size_t g = 0; g < segments; ++g) {
    rate += business.model.draws[0].creation_rate_per_day[segments + g];
  }
  EXPECT_NEAR(one - business.deals_per_trial, (open * days + rate * days * days / 2) / 7, 1e-6);
  // Who hands deals over to somebody with a limit costs as much.
  scenario.departures.resize(1);
  scenario.departures[0].rep = 0;
  scenario.departures[0].successor = 1;
  const double two = DealsPerTrial(business, scenario);
  EXPECT_GT(two, one);
  scenario.departures.clear();
  scenario.capacity_limits[0].reps = {0, 1};
  EXPECT_EQ(DealsPerTrial(business, scenario), two);
  scenario.capacity_limits[0].start = business.state.periods.back().end;
  EXPECT_EQ(DealsPerTrial(business, scenario), business.deals_per_trial);
}

TEST(CapacityLimits, TheAnswerSaysForWhom) {
  const Business business = CompanyBusiness();
  const absl::CivilDay end = business.state.periods[0].end;
  simulator::Scenario scenario;
  EXPECT_FALSE(CapacityNote(business, scenario, end).has_value());
  scenario.capacity_limits.resize(1);
  scenario.capacity_limits[0].reps = {0, 1};
  EXPECT_EQ(CapacityNote(business, scenario, end),
            "Capacity limits hold for `" + business.state.reps[0].key + "`, `" +
                business.state.reps[1].key +
                "`: their deals are simulated one by one, and all of a person's deals go slower "
                "while more are open than the person can work on.");
  scenario.capacity_limits[0].reps = {0, 1, 2, 3};
  EXPECT_THAT(*CapacityNote(business, scenario, end), HasSubstr(" and 1 more: "));
  scenario.capacity_limits[0].start = end;
  EXPECT_FALSE(CapacityNote(business, scenario, end).has_value());
}

}  // namespace
}  // namespace quotacast::simulation
