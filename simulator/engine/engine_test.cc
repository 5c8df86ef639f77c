// Goal: the engine's door: layouts, refusals, cancellation, and inputs at the edge of sense.
// Method: degenerate companies whose every trial is known.
#include "simulator/engine/engine.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "base/errors.h"
#include "gtest/gtest.h"
#include "simulator/engine/partial.h"
#include "simulator/model/model.h"
#include "simulator/testing/companies.h"

namespace quotacast::simulator {
namespace {

using testing::Company;
using testing::CompanyOptions;
using testing::MakeCompany;

EngineOptions Trials(int64_t trials) {
  EngineOptions options;
  options.trials = trials;
  return options;
}

std::unique_ptr<Plan> MustCompile(const Company& company, const EngineOptions& options,
                                  const Scenario& scenario = {}) {
  auto plan = Compile(company.model, company.state, scenario, options, nullptr);
  EXPECT_TRUE(plan.ok()) << plan.status();
  return *std::move(plan);
}

Forecast MustForecast(const Plan& plan) {
  auto partial = plan.SimulateRange(0, plan.layout().trials, nullptr);
  EXPECT_TRUE(partial.ok()) << partial.status();
  auto forecast = Summarize(plan, *partial, {});
  EXPECT_TRUE(forecast.ok()) << forecast.status();
  return *std::move(forecast);
}

TEST(EngineTest, LayoutsCoverTheRequestAndEveryDraw) {
  for (const int draws : {1, 3, 64, 256}) {
    for (const int64_t requested : {1, 100, 4'096, 10'000, 100'000, 10'000'000}) {
      const TrialLayout layout = TrialsFor(requested, draws);
      EXPECT_GE(layout.trials, requested);
      EXPECT_EQ(layout.trials % (static_cast<int64_t>(draws) * layout.batch_size), 0);
      EXPECT_GE(layout.batch_size, 4);
      EXPECT_LE(layout.batch_size, 256);
      EXPECT_EQ(layout.batch_size & (layout.batch_size - 1), 0);
      // No more than a twentieth is added unless the smallest batch needs it.
      if (layout.batch_size > 4) {
        EXPECT_LE(layout.trials, requested + requested / 20);
      }
    }
  }
  EXPECT_EQ(TrialsFor(10'000, 64).trials, 10'240);
  EXPECT_EQ(TrialsFor(10'000, 64).batch_size, 32);
  EXPECT_EQ(TrialsFor(4'096, 64).trials, 4'096);
  EXPECT_EQ(TrialsFor(1, 64).trials, 256);
}

TEST(EngineTest, BadOptionsAreNamed) {
  const Company company = testing::MakeVariedCompany(3, 5, 2, 2);
  const std::vector<std::pair<std::string, std::function<void(EngineOptions&)>>> cases = {
      {"options.trials", [](auto& o) { o.trials = 0; }},
      {"options.trials", [](auto& o) { o.trials = kMaxTrials + 1; }},
      {"options.step_days", [](auto& o) { o.step_days = 2; }},
      {"options.period_count", [](auto& o) { o.period_count = 0; }},
      {"options.period_count", [](auto& o) { o.period_count = 3; }},
      {"options.cut_days[0]", [&](auto& o) { o.cut_days = {company.state.as_of}; }},
      {"options.cut_days[1]",
       [&](auto& o) {
         o.cut_days = {company.state.as_of + 1, company.state.periods[0].end};
       }},
  };
  for (const auto& [field, breakage] : cases) {
    EngineOptions options;
    breakage(options);
    const auto plan = Compile(company.model, company.state, {}, options, nullptr);
    ASSERT_EQ(plan.status().code(), absl::StatusCode::kInvalidArgument) << field;
    const auto detail = GetDetail(plan.status());
    ASSERT_TRUE(detail.has_value() && !detail->field_violations.empty());
    EXPECT_EQ(detail->field_violations[0].field, field);
  }
}

TEST(EngineTest, AHireIntoATeamTheModelDoesNotKnowIsRefused) {
  const Company company = testing::MakeVariedCompany(3, 5, 2, 2);
  Scenario scenario;
  scenario.hires = {testing::HireIntoFirstTeam(company, 9)};
  scenario.hires[0].team = 0;  // The region: no leaf.
  const auto plan = Compile(company.model, company.state, scenario, Trials(64), nullptr);
  ASSERT_EQ(plan.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(GetDetail(plan.status())->field_violations[0].field, "hires[0].team");
}

TEST(EngineTest, RangesAreChecked) {
  const Company company = testing::MakeVariedCompany(3, 5, 2, 1);
  const auto plan = MustCompile(company, Trials(1'000));
  const int batch = plan->layout().batch_size;
  const int64_t trials = plan->layout().trials;
  EXPECT_TRUE(plan->SimulateRange(trials, 0, nullptr).ok());
  for (const auto& [first, count] : std::vector<std::pair<int64_t, int64_t>>{
           {1, batch}, {0, batch + 1}, {-batch, batch}, {0, trials + batch}, {trials, batch}}) {
    EXPECT_EQ(plan->SimulateRange(first, count, nullptr).status().code(),
              absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(SimulateParallel(*plan, first, count, 2, nullptr, nullptr).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
  for (const int threads : {0, kMaxThreads + 1}) {
    EXPECT_EQ(SimulateParallel(*plan, 0, trials, threads, nullptr, nullptr).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
}

TEST(EngineTest, CancellationStopsEveryStage) {
  const Company company = testing::MakeVariedCompany(6, 30, 16, 1);
  const auto at_once = [] { return true; };
  EXPECT_EQ(Compile(company.model, company.state, {}, Trials(512), at_once).status().code(),
            absl::StatusCode::kCancelled);
  const auto plan = MustCompile(company, Trials(4'096));
  EXPECT_EQ(plan->SimulateRange(0, 4'096, at_once).status().code(), absl::StatusCode::kCancelled);
  // After the tenth look, on several threads.
  std::atomic<int> looks{0};
  const auto later = [&] { return ++looks > 10; };
  EXPECT_EQ(SimulateParallel(*plan, 0, 4'096, 3, later, nullptr).status().code(),
            absl::StatusCode::kCancelled);
  EXPECT_LE(looks, 10 + 3 * 2);  // Nobody goes on working after it.
}

// The bound on the work between two looks is what keeps a cancel prompt: a million deal-trials,
// some tens of milliseconds. One batch here is 256 trials of 40,000 deals, ten times that, once
// spread over people and once all in one person's hands.
TEST(EngineTest, LongBatchesLookAtTheCancelCheckInside) {
  for (const int reps : {1, 100}) {
    CompanyOptions options;
    options.rep_count = reps;
    options.open_deals_per_rep = 40'000 / reps;
    const Company company = MakeCompany(options);
    const auto plan = MustCompile(company, Trials(256));
    ASSERT_EQ(plan->layout().batch_size, 256);
    int looks = 0;
    const auto count = [&] {
      ++looks;
      return false;
    };
    ASSERT_TRUE(plan->SimulateRange(0, 256, count).ok());
    EXPECT_GE(looks, 10);
    const int all_looks = looks;
    looks = 0;
    const auto fifth = [&] { return ++looks == 5; };
    EXPECT_EQ(plan->SimulateRange(0, 256, fifth).status().code(), absl::StatusCode::kCancelled);
    EXPECT_LT(looks, all_looks);
  }
}

TEST(EngineTest, ProgressReachesTheEnd) {
  const Company company = testing::MakeVariedCompany(4, 10, 8, 1);
  const auto plan = MustCompile(company, Trials(2'048));
  std::vector<int64_t> reports;
  ASSERT_TRUE(SimulateParallel(*plan, 0, 2'048, 2, nullptr, [&](int64_t done) {
                reports.push_back(done);
              }).ok());
  ASSERT_FALSE(reports.empty());
  for (size_t i = 1; i < reports.size(); ++i) EXPECT_GT(reports[i], reports[i - 1]);
  EXPECT_EQ(reports.back(), 2'048);
}

TEST(EngineTest, NothingOpenAndNothingCreatedBooksNothing) {
  const Company company = MakeCompany({});  // Quota 0: reached by doing nothing.
  const Forecast forecast = MustForecast(*MustCompile(company, Trials(100)));
  ASSERT_EQ(forecast.periods.size(), 1u);
  for (const EntityPeriodForecast& line : forecast.periods[0].entities) {
    EXPECT_EQ(line.bookings.mean.value, 0);
    EXPECT_EQ(line.bookings.sd, 0);
    ASSERT_TRUE(line.attain_probability.has_value());
    EXPECT_EQ(line.attain_probability->value, 1);
  }
  EXPECT_EQ(forecast.clamped_count, 0);
}

TEST(EngineTest, CertainDealsAreWonInEveryTrial) {
  CompanyOptions options;
  options.rep_count = 3;
  options.stage_count = 4;
  options.open_deals_per_rep = 8;
  options.advance_probability = 1;
  options.market_sd = 0.3;
  options.rep_variance = 0.2;
  options.rep_sd = 0.4;
  options.period_weeks = 60;
  Company company = MakeCompany(options);
  for (StageCell& cell : company.model.draws[0].cells) {
    cell.entry_day_exit_share = 1;
    cell.first_week_exit_share = 1;
    cell.ages[0].exit_rate_per_day = 1'000;
  }
  const auto plan = MustCompile(company, Trials(4'096));
  const auto partial = plan->SimulateRange(0, 4'096, nullptr);
  ASSERT_TRUE(partial.ok());
  for (const int64_t won : GatherSamples(plan->shape(), *partial, plan->shape().OrgSeries(0))) {
    ASSERT_EQ(won, 3 * 8 * 100);  // All in the first week.
  }
}

TEST(EngineTest, HopelessDealsAreNeverWon) {
  CompanyOptions options;
  options.open_deals_per_rep = 50;
  options.creation_rate_per_day = 1;
  options.advance_probability = 0;
  options.market_sd = 0.3;
  const Company company = MakeCompany(options);
  const Forecast forecast = MustForecast(*MustCompile(company, Trials(4'096)));
  EXPECT_EQ(forecast.periods[0].entities[0].bookings.mean.value, 0);
}

TEST(EngineTest, ALeaverCreatesNothingMoreButKeepsOpenDeals) {
  CompanyOptions options;
  options.creation_rate_per_day = 0.5;
  options.open_deals_per_rep = 5;
  Company company = MakeCompany(options);
  company.state.reps[0].end_date = company.state.as_of + 1;
  const auto plan = MustCompile(company, Trials(1'024));
  const auto partial = plan->SimulateRange(0, 1'024, nullptr);
  ASSERT_TRUE(partial.ok());
  int64_t most = 0;
  for (const int64_t won : GatherSamples(plan->shape(), *partial, plan->shape().OrgSeries(12))) {
    most = std::max(most, won);
  }
  EXPECT_EQ(most, 500);  // Five deals of 100 and no more.
}

TEST(EngineTest, ShiftsBeyondTheTablesAreClampedAndCounted) {
  CompanyOptions options;
  options.open_deals_per_rep = 1;
  Company company = MakeCompany(options);
  company.model.rep_effects[0].mean = 4;
  const Forecast forecast = MustForecast(*MustCompile(company, Trials(256)));
  EXPECT_EQ(forecast.clamped_count, forecast.trials);
}

TEST(EngineTest, HiresAddPipelineAndQuota) {
  const Company company = testing::MakeVariedCompany(5, 10, 4, 2);
  Scenario scenario;
  scenario.hires = {testing::HireIntoFirstTeam(company, 77)};
  EngineOptions options = Trials(2'048);
  options.period_count = 2;
  const auto base = MustCompile(company, options);
  const auto with_hire = MustCompile(company, options, scenario);
  ASSERT_EQ(with_hire->shape().entities.size(), base->shape().entities.size() + 1);
  EXPECT_TRUE(with_hire->shape().entities.back().is_hire);
  EXPECT_EQ(*with_hire->shape().quota_minor_units[0],
            *base->shape().quota_minor_units[0] + 500'000);
  const Forecast before = MustForecast(*base);
  const Forecast after = MustForecast(*with_hire);
  EXPECT_GT(after.periods[1].entities[0].bookings.mean.value,
            before.periods[1].entities[0].bookings.mean.value);
  EXPECT_EQ(after.periods[1].eligible_rep_count, before.periods[1].eligible_rep_count + 1);
}

}  // namespace
}  // namespace quotacast::simulator
