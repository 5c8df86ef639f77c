// Goal: comparisons are replayable, stop when they should, refuse what they
// should, and say what they rest on.
// Method: the core on the hand-built company, with sources that count their calls; serialised
// answers are compared byte by byte. Cancellation is a function that counts how often it is asked,
// so no clock is involved. Statistical statements are about fixed seeds.

#include <algorithm>
#include <atomic>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/errors.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/simulation/company_messages.h"
#include "services/simulation/simulation.h"
#include "services/simulation/simulation_calls.h"

namespace quotacast::simulation {
namespace {

using ::testing::HasSubstr;

TEST(CompareScenarios, TheFirstIsTheYardstick) {
  FakeMetrics metrics;
  Simulation simulation(metrics.Sources(), {.threads = 2});
  v1::Scenario better = Named("Coaching");
  *better.add_initiatives() = WinInitiative("coaching", 0.3, 0.05);
  v1::Scenario staffed = Named("Hire");
  *staffed.add_hires() = HireIntoEast("new");
  const Compared compared = Compare(simulation, Spec(), {Named("Base"), better, staffed});
  ASSERT_TRUE(compared.status.ok()) << compared.status;
  ASSERT_EQ(compared.result.scenarios_size(), 3);
  const auto& base = compared.result.scenarios(0);
  EXPECT_EQ(base.differences_size(), 0);
  EXPECT_EQ(base.outcome().forecast().SerializeAsString(),
            Forecast(simulation, Request()).forecast().SerializeAsString());
  const auto& coaching = compared.result.scenarios(1);
  ASSERT_GE(coaching.differences_size(), 1);
  const v1::EntityDifference& org = coaching.differences(0);
  EXPECT_EQ(org.entity().level(), v1::LEVEL_ORG);
  EXPECT_GT(org.difference().mean().value(), 0);
  EXPECT_GT(org.better_probability().value(), 0.5);
  EXPECT_GT(org.attain_probability_change().value(), 0);
  EXPECT_THAT(coaching.summary(), HasSubstr("`Coaching` books USD "));
  EXPECT_THAT(coaching.summary(), HasSubstr("more than `Base` on average"));
  // The difference of the means is the mean of the differences.
  EXPECT_NEAR(org.difference().mean().value(),
              coaching.outcome().forecast().entities(0).bookings().mean().value() -
                  base.outcome().forecast().entities(0).bookings().mean().value(),
              0.02);
  EXPECT_NE(coaching.outcome().certificate().scenario_hash(),
            base.outcome().certificate().scenario_hash());
  EXPECT_TRUE(compared.result.scenarios(2).outcome().forecast().entities(9).is_hire());

  EXPECT_GT(compared.progress.size(), 2u);
  EXPECT_EQ(compared.progress.back().trials_total(), 3 * 2'048);
}

TEST(CompareScenarios, PayoutsArePaired) {
  FakeMetrics metrics;
  Simulation simulation(metrics.Sources(), {});
  v1::Scenario flat = Named("Flat");
  v1::CompTier& tier = *flat.add_comp_plans()->add_tiers();
  tier.set_rate(0.1);
  v1::Scenario accelerated = flat;
  accelerated.set_display_name("Accelerated");
  v1::CompTier& accelerator = *accelerated.mutable_comp_plans(0)->add_tiers();
  accelerator.set_from_attainment(1);
  accelerator.set_rate(0.15);
  const Compared compared = Compare(simulation, Spec(), {Named("Base"), flat, accelerated});
  ASSERT_TRUE(compared.status.ok()) << compared.status;
  // The base pays by no plan: there is nothing to compare with.
  for (const v1::EntityDifference& line : compared.result.scenarios(1).differences()) {
    EXPECT_FALSE(line.has_payout_difference());
  }
  for (const v1::EntityForecast& line :
       compared.result.scenarios(0).outcome().forecast().entities()) {
    EXPECT_FALSE(line.has_payout());
  }
  const v1::ForecastResult& forecast = compared.result.scenarios(1).outcome().forecast();
  double reps = 0;
  for (const v1::EntityForecast& line : forecast.entities()) {
    if (line.entity().level() != v1::LEVEL_REP) continue;
    EXPECT_EQ(line.has_payout(), line.has_quota()) << line.display_name();
    reps += line.payout().mean().value();
    // A tenth of what is booked, to the cent.
    if (line.has_payout()) {
      EXPECT_NEAR(line.payout().mean().value(), 0.1 * line.bookings().mean().value(), 0.01);
    }
  }
  EXPECT_NEAR(forecast.entities(0).payout().mean().value(), reps, 0.01);
  EXPECT_GT(forecast.entities(0).payout_tail_mean().value(),
            forecast.entities(0).payout().mean().value());
  const auto& warnings = compared.result.scenarios(1).outcome().certificate().warnings();
  EXPECT_THAT(std::vector<std::string>(warnings.begin(), warnings.end()),
              ::testing::Contains(HasSubstr("1 of 4 reps is paid by no compensation plan")));

  const Compared two = Compare(simulation, Spec(), {flat, accelerated});
  ASSERT_TRUE(two.status.ok()) << two.status;
  const v1::EntityDifference& org = two.result.scenarios(1).differences(0);
  ASSERT_TRUE(org.has_payout_difference());
  EXPECT_GT(org.payout_difference().mean().value(), 0);
  EXPECT_GE(org.payout_difference().quantiles(0).value(), 0);
  EXPECT_EQ(org.tie_probability().value(), 1);  // Nothing else is sold.
}

TEST(CompareScenarios, CommonRandomNumbersMakeTheDifferenceTight) {
  FakeMetrics metrics;
  Simulation simulation(metrics.Sources(), {});
  v1::Scenario better = Named("B");
  *better.add_initiatives() = WinInitiative("coaching", 0.1, 0);
  const Compared compared = Compare(simulation, Spec(), {Named("A"), better});
  const auto& b = compared.result.scenarios(1);
  const double paired = b.differences(0).difference().mean().monte_carlo_error();
  const double single = b.outcome().forecast().entities(0).bookings().mean().monte_carlo_error();
  // Two independent runs would give sqrt(2) times a single error. Deterministic: seed fixed.
  EXPECT_LT(paired, single / 3);
  EXPECT_GT(paired, 0);
}

TEST(CompareScenarios, AQuotaChangeSellsTheSameAndCostIsReported) {
  FakeMetrics metrics;
  Simulation simulation(metrics.Sources(), {});
  v1::Scenario easier;
  easier.add_quota_changes()->set_factor(0.5);
  *easier.add_initiatives() = WinInitiative("a", 0, 0);
  *easier.mutable_initiatives(0)->mutable_cost()->mutable_one_off() = Dollars(700);
  const Compared compared = Compare(simulation, Spec(), {v1::Scenario(), easier});
  ASSERT_TRUE(compared.status.ok()) << compared.status;
  const v1::ForecastResult& base = compared.result.scenarios(0).outcome().forecast();
  const v1::ForecastResult& other = compared.result.scenarios(1).outcome().forecast();
  ASSERT_EQ(base.entities_size(), other.entities_size());
  for (int i = 0; i < base.entities_size(); ++i) {
    EXPECT_EQ(base.entities(i).bookings().SerializeAsString(),
              other.entities(i).bookings().SerializeAsString());
  }
  EXPECT_GT(other.entities(0).attain_probability().value(),
            base.entities(0).attain_probability().value());
  EXPECT_EQ(other.entities(0).quota().units(), 90'000);
  EXPECT_FALSE(base.has_initiative_cost());
  EXPECT_EQ(other.initiative_cost().units(), 700);
}

TEST(CompareScenarios, EqualScenariosTie) {
  FakeMetrics metrics;
  Simulation simulation(metrics.Sources(), {});
  const Compared compared = Compare(simulation, Spec(), {Named("A"), Named("B")});
  const auto& b = compared.result.scenarios(1);
  EXPECT_EQ(b.differences(0).tie_probability().value(), 1);
  EXPECT_EQ(b.differences(0).difference().mean().value(), 0);
  EXPECT_EQ(b.summary(), "`B` books the same as `A` in every outcome.");
}

TEST(CompareScenarios, TwoToEight) {
  FakeMetrics metrics;
  Simulation simulation(metrics.Sources(), {});
  for (const int count : {0, 1, 9}) {
    const Compared refused =
        Compare(simulation, Spec(64), std::vector<v1::Scenario>(count, Named("x")));
    EXPECT_THAT(std::string(refused.status.message()),
                HasSubstr("scenarios: has " + std::to_string(count) + " entries; want 2 to 8"));
  }
  EXPECT_TRUE(Compare(simulation, Spec(64), std::vector<v1::Scenario>(8, Named("x"))).status.ok());
}

TEST(CompareScenarios, NamesTheScenarioAtFault) {
  FakeMetrics metrics;
  Simulation simulation(metrics.Sources(), {});
  v1::Scenario bad = Named("bad");
  *bad.add_hires() = HireIntoEast("ann");
  EXPECT_THAT(std::string(Compare(simulation, Spec(), {Named("a"), bad}).status.message()),
              HasSubstr("scenarios[1].hires[0].hire_id: `ann` is the id of a rep"));
}

// A caller who does not read its result must not keep others out: the limit admits one of these
// comparisons at a time, and the second one runs while the first still writes.
TEST(CompareScenarios, GivesItsPlaceBackBeforeTheResultIsWritten) {
  FakeMetrics metrics;
  SimulationLimits limits;
  limits.deal_trials_max = 1.5 * 2 * 2'048 * CompanyBusiness().deals_per_trial;
  Simulation simulation(metrics.Sources(), limits);
  v1::CompareScenariosRequest request;
  *request.mutable_spec() = Spec();
  *request.add_scenarios() = Named("a");
  *request.add_scenarios() = Named("b");
  absl::Status during_progress;
  absl::Status during_result = absl::UnknownError("no result was written");
  const auto run_second = [&] {
    return simulation.CompareScenarios(request, {},
                                       [](const v1::CompareScenariosResponse&) { return true; });
  };
  const absl::Status status =
      simulation.CompareScenarios(request, {}, [&](const v1::CompareScenariosResponse& message) {
        (message.has_result() ? during_result : during_progress) = run_second();
        return true;
      });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_TRUE(absl::IsResourceExhausted(during_progress)) << during_progress;
  EXPECT_TRUE(during_result.ok()) << during_result;
}

TEST(CompareScenarios, CancellationEndsTheWork) {
  FakeMetrics metrics;
  Simulation simulation(metrics.Sources(), {});
  v1::CompareScenariosRequest request;
  *request.mutable_spec() = Spec(400'000);
  request.add_scenarios();
  request.add_scenarios();
  std::atomic<int> polls = 0;
  CallScope scope;
  scope.cancelled = [&polls] { return ++polls >= 10; };
  const absl::Status status = simulation.CompareScenarios(
      request, scope, [](const v1::CompareScenariosResponse&) { return true; });
  EXPECT_TRUE(absl::IsCancelled(status)) << status;
  EXPECT_LT(polls, 30);
}

}  // namespace
}  // namespace quotacast::simulation
