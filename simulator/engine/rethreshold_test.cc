// Goal: judging trials anew gives what simulating them under the other quotas gives, to the byte.
// Method: pairs of runs of a company with a bit of everything.
#include "simulator/engine/rethreshold.h"

#include <optional>

#include "gtest/gtest.h"
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

Scenario OtherQuotas() {
  Scenario scenario;
  scenario.quota_changes.resize(3);
  scenario.quota_changes[0].factor = 0.7;
  scenario.quota_changes[1].person = 5;  // Who has none.
  scenario.quota_changes[1].quota_minor_units = 900'000;
  scenario.quota_changes[2].person = 8;  // The hire.
  scenario.quota_changes[2].period = 1;
  scenario.quota_changes[2].factor = 1.3;
  return scenario;
}

TEST(RethresholdTest, EqualsTheSimulationToTheByte) {
  const Company company = testing::MakeVariedCompany(8, 15, 4, 2);
  Scenario base;
  base.hires = {testing::HireIntoFirstTeam(company, 71)};
  Scenario other = OtherQuotas();
  other.hires = base.hires;
  other.hires[0].quota_minor_units = {3, 4};
  const SimulatedRun from = Simulate(company, base, 600);
  const SimulatedRun to = Simulate(company, other, 600);
  EXPECT_NE(from.partial.attain_counts, to.partial.attain_counts);
  const std::optional<Partial> judged = Rethreshold(from.shape, from.partial, to.shape);
  ASSERT_TRUE(judged.has_value());
  EXPECT_TRUE(*judged == to.partial);
  const std::optional<Partial> back = Rethreshold(to.shape, *judged, from.shape);
  ASSERT_TRUE(back.has_value());
  EXPECT_TRUE(*back == from.partial);
}

TEST(RethresholdTest, OnlyWhereNothingElseDiffers) {
  const Company company = testing::MakeVariedCompany(8, 15, 4, 2);
  const SimulatedRun from = Simulate(company, {}, 600);
  Scenario other;
  other.quota_changes = OtherQuotas().quota_changes;
  other.quota_changes.pop_back();
  other.absences = {{2, company.state.as_of + 5, company.state.as_of + 9}};
  EXPECT_FALSE(
      Rethreshold(from.shape, from.partial, Simulate(company, other, 600).shape).has_value());
  other.absences.clear();
  const SimulatedRun to = Simulate(company, other, 600);
  EXPECT_TRUE(Rethreshold(from.shape, from.partial, to.shape).has_value());
  // A partial of another plan.
  EXPECT_FALSE(Rethreshold(from.shape, to.partial, to.shape).has_value());
  // Histograms cannot be judged anew, and drivers are of the quota.
  PlanShape changed = to.shape;
  changed.groups[3].storage = SeriesStorage::kHistogram;
  EXPECT_FALSE(Rethreshold(from.shape, from.partial, changed).has_value());
  changed = to.shape;
  changed.counts_drivers = true;
  EXPECT_FALSE(Rethreshold(from.shape, from.partial, changed).has_value());
}

}  // namespace
}  // namespace quotacast::simulator
