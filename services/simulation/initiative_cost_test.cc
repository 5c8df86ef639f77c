// Goal: what initiatives cost up to a period's end. Method: sums by hand over the test company
// (four reps, 2017Q4).
#include "services/simulation/initiative_cost.h"

#include <optional>

#include "gtest/gtest.h"
#include "services/simulation/company_messages.h"
#include "services/simulation/converters.h"

namespace quotacast::simulation {
namespace {

std::optional<int64_t> CostOf(const v1::Scenario& message) {
  const Business business = CompanyBusiness();
  const auto scenario = ScenarioFrom(message, business, "scenario");
  EXPECT_TRUE(scenario.ok()) << scenario.status();
  return InitiativeCostMinorUnits(message, *scenario, business, 0);
}

TEST(InitiativeCost, NobodyStatesOne) {
  v1::Scenario scenario;
  EXPECT_EQ(CostOf(scenario), std::nullopt);
  *scenario.add_initiatives() = WinInitiative("a", 0.1, 0);
  EXPECT_EQ(CostOf(scenario), std::nullopt);
  scenario.mutable_initiatives(0)->mutable_cost();
  EXPECT_EQ(CostOf(scenario), 0);
}

TEST(InitiativeCost, AddsUpOnceByRepAndByWeek) {
  v1::Scenario scenario;
  v1::InitiativeChange& initiative = *scenario.add_initiatives();
  initiative = WinInitiative("a", 0.1, 0);  // From 2017-10-02: 91 days to the end of the year.
  *initiative.mutable_cost()->mutable_one_off() = Dollars(1'000);
  *initiative.mutable_cost()->mutable_per_rep() = Dollars(50);
  *initiative.mutable_cost()->mutable_per_week() = Dollars(7);
  EXPECT_EQ(CostOf(scenario), 100 * (1'000 + 4 * 50 + 91));
  // Ten days of it, two reps, of whom one begins too late.
  *initiative.mutable_last_date() = DateMessage(2017, 10, 11);
  EXPECT_EQ(CostOf(scenario), 100 * (1'000 + 4 * 50 + 10));
  initiative.clear_last_date();
  initiative.mutable_audience()->add_team_ids("east");
  v1::Wave& wave = *initiative.add_waves();
  wave.mutable_audience()->add_rep_ids("ben");
  *wave.mutable_start_date() = DateMessage(2018, 1, 1);
  EXPECT_EQ(CostOf(scenario), 100 * (1'000 + 50 + 91));
  // A hire costs as well where hires take part.
  initiative.clear_audience();
  *scenario.add_hires() = HireIntoEast("new");
  EXPECT_EQ(CostOf(scenario), 100 * (1'000 + 4 * 50 + 91));
  // What begins later costs nothing yet.
  *scenario.add_initiatives() = WinInitiative("b", 0.1, 0);
  *scenario.mutable_initiatives(1)->mutable_cost()->mutable_one_off() = Dollars(9);
  *scenario.mutable_initiatives(1)->mutable_start_date() = DateMessage(2018, 1, 1);
  EXPECT_EQ(CostOf(scenario), 100 * (1'000 + 4 * 50 + 91));
}

TEST(InitiativeCost, RoundsPartsOfWeeks) {
  v1::Scenario scenario;
  v1::InitiativeChange& initiative = *scenario.add_initiatives();
  initiative = WinInitiative("a", 0.1, 0);
  *initiative.mutable_last_date() = DateMessage(2017, 10, 4);
  *initiative.mutable_cost()->mutable_per_week() = Dollars(1);
  EXPECT_EQ(CostOf(scenario), 43);  // Three days of 100 cents a week: 42.86.
}

}  // namespace
}  // namespace quotacast::simulation
