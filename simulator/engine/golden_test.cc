// Goal: the bytes of a forecast never change unnoticed. Method: a checksum over all integers of a
// fixed company, 2 periods, initiatives and hires.
//
// The number may change only together with kEngineId: certificates promise that the same engine id
// gives the same bytes for ever, on any compiler and any x86-64 machine.
#include <cstdint>

#include "absl/time/civil_time.h"
#include "gtest/gtest.h"
#include "simulator/engine/engine.h"
#include "simulator/engine/fingerprint.h"
#include "simulator/engine/partial.h"
#include "simulator/model/model.h"
#include "simulator/testing/companies.h"

namespace quotacast::simulator {
namespace {

uint64_t ChecksumOf(const Partial& partial) {
  Fingerprint print;
  for (const BatchSamples& batch : partial.batches) {
    print.Add(batch.batch);
    for (const int64_t value : batch.values) print.Add(value);
  }
  for (const ExactMoments& moments : partial.moments) {
    print.Add(moments.count);
    print.Add(moments.sum);
    print.Add(static_cast<uint64_t>(moments.squares));
    print.Add(static_cast<uint64_t>(moments.squares >> 64));
  }
  for (const int64_t count : partial.attain_counts) print.Add(count);
  print.Add(partial.clamped_count);
  return print.value();
}

// Leads, customers, amounts by draw and the levers on them; departures at random with backfill.
TEST(GoldenTest, BytesOfAForecastWithLeadsAndCustomers) {
  testing::Company company = testing::MakeVariedCompany(10, 25, 8, 2);
  for (AmountDistribution& amount : company.model.amounts) amount.log_median = 12.4;
  testing::AddLeadsAndCustomers(company);
  Scenario scenario;
  Initiative initiative = testing::InitiativeForAll(company, 1);
  initiative.lead_volume = initiative.lead_work = initiative.lead_response = Effect{0.1, 0.05};
  initiative.churn = initiative.selling_time = Effect{-0.1, 0.05};
  scenario.initiatives = {initiative};
  scenario.attrition.emplace();
  scenario.attrition->backfill_weeks = 4;
  EngineOptions options;
  options.trials = 1'000;
  options.seed = 2'017;
  options.period_count = 2;
  const auto plan = Compile(company.model, company.state, scenario, options, nullptr);
  ASSERT_TRUE(plan.ok()) << plan.status();
  const auto partial = (*plan)->SimulateRange(0, (*plan)->layout().trials, nullptr);
  ASSERT_TRUE(partial.ok());
  EXPECT_EQ(ChecksumOf(*partial), 16421937773094223850u);
}

TEST(GoldenTest, BytesOfAFixedForecast) {
  testing::Company company = testing::MakeVariedCompany(10, 25, 8, 2);
  // The company's amounts come from libm's logarithm; take that out of the promise.
  for (AmountDistribution& amount : company.model.amounts) amount.log_median = 12.4;
  for (ParameterDraw& draw : company.model.draws) {
    for (StageCell& cell : draw.cells) EXPECT_EQ(cell.ages.size(), 3u);
  }
  Scenario scenario;
  for (uint64_t j = 1; j <= 3; ++j) {
    Initiative initiative = testing::InitiativeForAll(company, j);
    initiative.reps.resize(4 + 2 * j);
    initiative.win = Effect{0.1, 0.05};
    if (j > 1) initiative.cycle = Effect{0.1, 0.02};
    if (j > 2) initiative.creation = Effect{0.2, 0.1};
    initiative.start = company.state.as_of + static_cast<int>(10 * j);
    scenario.initiatives.push_back(initiative);
  }
  scenario.initiatives[1].end = company.state.as_of + 90;
  scenario.initiatives[2].covers_hires = true;
  scenario.hires = {testing::HireIntoFirstTeam(company, 501)};
  EngineOptions options;
  options.trials = 1'000;
  options.seed = 2'017;
  options.period_count = 2;
  options.cut_days = {absl::CivilDay(2017, 12, 1)};
  const auto plan = Compile(company.model, company.state, scenario, options, nullptr);
  ASSERT_TRUE(plan.ok()) << plan.status();
  const auto partial = (*plan)->SimulateRange(0, (*plan)->layout().trials, nullptr);
  ASSERT_TRUE(partial.ok());
  EXPECT_EQ(kEngineId, "scalar/2");
  EXPECT_EQ(ChecksumOf(*partial), 1758940328223941837u);
}

}  // namespace
}  // namespace quotacast::simulator
