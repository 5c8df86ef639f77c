// Goal: what must not matter does not change a byte, and what helps never hurts. Method: pairs of
// runs whose integers must be equal exactly, or ordered trial by trial.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "gtest/gtest.h"
#include "simulator/engine/blueprint.h"
#include "simulator/engine/engine.h"
#include "simulator/engine/partial.h"
#include "simulator/model/model.h"
#include "simulator/testing/companies.h"

namespace quotacast::simulator {
namespace {

using testing::Company;
using testing::MakeVariedCompany;

struct Simulated {
  std::unique_ptr<Plan> plan;
  Partial partial;

  const PlanShape& shape() const { return plan->shape(); }
  int EntityOf(Level level, const std::string& key) const {
    for (size_t e = 0; e < shape().entities.size(); ++e) {
      if (shape().entities[e].level == level && shape().entities[e].key == key) {
        return static_cast<int>(e);
      }
    }
    ADD_FAILURE() << "no line " << key;
    return 0;
  }
  // All samples of a line, mark after mark.
  std::vector<int64_t> SamplesOf(Level level, const std::string& key) const {
    std::vector<int64_t> all;
    for (int mark = 0; mark < shape().mark_count(); ++mark) {
      const std::vector<int64_t> samples =
          GatherSamples(shape(), partial, shape().EntitySeries(EntityOf(level, key), mark));
      all.insert(all.end(), samples.begin(), samples.end());
    }
    return all;
  }
};

EngineOptions Options(int period_count) {
  EngineOptions options;
  options.trials = 600;
  options.seed = 77;
  options.period_count = period_count;
  options.cut_days = {absl::CivilDay(2017, 11, 9)};
  return options;
}

Simulated Simulate(const Company& company, const Scenario& scenario, int period_count) {
  auto plan = Compile(company.model, company.state, scenario, Options(period_count), nullptr);
  EXPECT_TRUE(plan.ok()) << plan.status();
  auto partial = (*plan)->SimulateRange(0, (*plan)->layout().trials, nullptr);
  EXPECT_TRUE(partial.ok()) << partial.status();
  return {*std::move(plan), *std::move(partial)};
}

// Everything but the name of the plan.
void ExpectSameIntegers(const Simulated& a, const Simulated& b) {
  Partial renamed = b.partial;
  renamed.plan_key = a.partial.plan_key;
  renamed.trial_key = a.partial.trial_key;
  EXPECT_TRUE(renamed == a.partial);
}

TEST(MetamorphicOracleTest, ThreadsAndSplitsDoNotMatter) {
  const Company company = MakeVariedCompany(12, 20, 8, 2);
  const Simulated whole = Simulate(company, {}, 2);
  const Plan& plan = *whole.plan;
  const int64_t trials = plan.layout().trials;
  ASSERT_GE(trials / plan.layout().batch_size, 16);
  for (const int threads : {1, 2, 5}) {
    const auto parallel = SimulateParallel(plan, 0, trials, threads, nullptr, nullptr);
    ASSERT_TRUE(parallel.ok());
    EXPECT_TRUE(*parallel == whole.partial) << threads;
  }
  // Uneven pieces, merged in the wrong order.
  const int batch = plan.layout().batch_size;
  std::vector<Partial> pieces;
  int64_t first = 0;
  for (int64_t batches = 1; first < trials; ++batches) {
    const int64_t count = std::min<int64_t>(batches * batch, trials - first);
    const auto piece = plan.SimulateRange(first, count, nullptr);
    ASSERT_TRUE(piece.ok());
    pieces.push_back(*piece);
    first += count;
  }
  std::reverse(pieces.begin(), pieces.end());
  Partial merged = EmptyPartial(plan.shape());
  for (Partial& piece : pieces) {
    auto sum = Merge(std::move(merged), std::move(piece));
    ASSERT_TRUE(sum.ok()) << sum.status();
    merged = *std::move(sum);
  }
  EXPECT_TRUE(merged == whole.partial);
}

// Tables too large to keep are rebuilt where they are used; nothing else changes. Daily steps over
// 25 segments make some 190 MB of them.
TEST(MetamorphicOracleTest, RebuiltTablesDoNotMatter) {
  testing::CompanyOptions options;
  options.segment_count = 25;
  options.stage_count = 2;
  options.draw_count = 32;
  options.rep_count = 2;
  options.open_deals_per_rep = 1'000;
  options.max_age_days = 120;
  Company company = testing::MakeCompany(options);
  company.model.age_bin_edges_days = {120};
  for (ParameterDraw& draw : company.model.draws) {
    for (StageCell& cell : draw.cells) cell.ages.push_back(cell.ages[0]);
  }
  EngineOptions engine;
  engine.trials = 128;
  engine.step_days = 1;
  const auto blueprint = DrawBlueprint(company.model, company.state, {}, engine);
  ASSERT_TRUE(blueprint.ok());
  ASSERT_FALSE(blueprint->KeepsTables());
  const auto plan = Compile(company.model, company.state, {}, engine, nullptr);
  ASSERT_TRUE(plan.ok());
  const auto whole = (*plan)->SimulateRange(0, 128, nullptr);
  const auto parallel = SimulateParallel(**plan, 0, 128, 2, nullptr, nullptr);
  ASSERT_TRUE(whole.ok() && parallel.ok());
  EXPECT_TRUE(*whole == *parallel);
}

TEST(MetamorphicOracleTest, OrderOfOpenDealsDoesNotMatter) {
  Company company = MakeVariedCompany(12, 20, 4, 2);
  const Simulated before = Simulate(company, {}, 2);
  std::reverse(company.state.open_deals.begin(), company.state.open_deals.end());
  std::rotate(company.state.open_deals.begin(), company.state.open_deals.begin() + 77,
              company.state.open_deals.end());
  const Simulated after = Simulate(company, {}, 2);
  EXPECT_TRUE(before.partial == after.partial);
}

TEST(MetamorphicOracleTest, OrderOfRepsAndTeamsDoesNotMatter) {
  const Company company = MakeVariedCompany(8, 15, 4, 2);
  const Simulated before = Simulate(company, {}, 2);
  // Reps in reverse, leaf teams swapped, in state, model and draws.
  Company permuted = company;
  const int reps = 8, segments = 2;
  for (int r = 0; r < reps; ++r) {
    const int from = reps - 1 - r;
    permuted.state.reps[r] = company.state.reps[from];
    permuted.model.reps[r] = company.model.reps[from];
    permuted.model.rep_effects[r] = company.model.rep_effects[from];
    for (size_t k = 0; k < company.model.draws.size(); ++k) {
      for (int g = 0; g < segments; ++g) {
        permuted.model.draws[k].creation_rate_per_day[r * segments + g] =
            company.model.draws[k].creation_rate_per_day[from * segments + g];
      }
    }
  }
  for (OpenDeal& deal : permuted.state.open_deals) deal.rep = reps - 1 - deal.rep;
  std::swap(permuted.state.teams[1], permuted.state.teams[2]);
  for (RepState& rep : permuted.state.reps) rep.team = 3 - rep.team;
  const Simulated after = Simulate(permuted, {}, 2);
  EXPECT_EQ(before.SamplesOf(Level::kOrg, ""), after.SamplesOf(Level::kOrg, ""));
  for (const TeamState& team : company.state.teams) {
    EXPECT_EQ(before.SamplesOf(Level::kTeam, team.key), after.SamplesOf(Level::kTeam, team.key));
  }
  for (const RepState& rep : company.state.reps) {
    EXPECT_EQ(before.SamplesOf(Level::kRep, rep.key), after.SamplesOf(Level::kRep, rep.key));
  }
}

TEST(MetamorphicOracleTest, NamesOfTeamsDoNotMatter) {
  Company company = MakeVariedCompany(8, 15, 4, 2);
  const Simulated before = Simulate(company, {}, 2);
  for (TeamState& team : company.state.teams) team.key = "renamed " + team.key;
  for (std::string& team : company.model.teams) team = "renamed " + team;
  const Simulated after = Simulate(company, {}, 2);
  ExpectSameIntegers(before, after);
  EXPECT_NE(before.partial.plan_key, after.partial.plan_key);
}

TEST(MetamorphicOracleTest, AnInitiativeWithoutEffectDoesNotMatter) {
  const Company company = MakeVariedCompany(8, 15, 4, 2);
  const Simulated before = Simulate(company, {}, 2);
  Scenario scenario;
  Initiative initiative = testing::InitiativeForAll(company, 5);
  initiative.win = Effect{0, 0};
  initiative.cycle = Effect{0, 0};
  initiative.creation = Effect{0, 0};
  scenario.initiatives = {initiative};
  scenario.initiatives.push_back(initiative);
  scenario.initiatives[1].id = 6;
  const Simulated after = Simulate(company, scenario, 2);
  ExpectSameIntegers(before, after);
}

TEST(MetamorphicOracleTest, AnotherRepAndAnotherDealLeaveOthersAlone) {
  const Company company = MakeVariedCompany(8, 15, 4, 2);
  const Simulated before = Simulate(company, {}, 2);
  Company grown = company;
  // The newcomer has a wider posterior than anybody: shared tables would show it.
  RepState rep = company.state.reps[0];
  rep.key = "newcomer";
  rep.id = 4242;
  grown.state.reps.push_back(rep);
  grown.model.reps.push_back("newcomer");
  grown.model.rep_effects.push_back({0.4, 0.05});
  for (ParameterDraw& draw : grown.model.draws) {
    draw.creation_rate_per_day.push_back(0.1);
    draw.creation_rate_per_day.push_back(0.02);
  }
  OpenDeal deal = company.state.open_deals[0];
  deal.id = 99;
  deal.rep = 8;
  deal.age_days = 3;
  grown.state.open_deals.insert(grown.state.open_deals.begin(), deal);
  deal.id = 100;
  deal.rep = 7;
  grown.state.open_deals.insert(grown.state.open_deals.begin() + 20, deal);
  Scenario scenario;
  scenario.hires = {testing::HireIntoFirstTeam(company, 31)};
  const Simulated after = Simulate(grown, scenario, 2);
  for (int r = 0; r < 7; ++r) {
    const std::string& key = company.state.reps[r].key;
    EXPECT_EQ(before.SamplesOf(Level::kRep, key), after.SamplesOf(Level::kRep, key)) << key;
  }
  // Rep 7 owns one deal more and nothing else: never less, and at most the deal's amount more.
  const std::vector<int64_t> x = before.SamplesOf(Level::kRep, company.state.reps[7].key);
  const std::vector<int64_t> y = after.SamplesOf(Level::kRep, company.state.reps[7].key);
  bool differs = false;
  for (size_t i = 0; i < x.size(); ++i) {
    ASSERT_TRUE(y[i] == x[i] || y[i] == x[i] + *deal.amount_minor_units);
    differs = differs || y[i] != x[i];
  }
  EXPECT_TRUE(differs);
}

TEST(MetamorphicOracleTest, MorePeriodsLeaveTheFirstAlone) {
  const Company company = MakeVariedCompany(8, 15, 4, 3);
  const Simulated one = Simulate(company, {}, 1);
  const Simulated three = Simulate(company, {}, 3);
  for (int mark = 0; mark < one.shape().mark_count(); ++mark) {
    for (size_t e = 0; e < one.shape().entities.size(); ++e) {
      const int entity = static_cast<int>(e);
      EXPECT_EQ(
          GatherSamples(one.shape(), one.partial, one.shape().EntitySeries(entity, mark)),
          GatherSamples(three.shape(), three.partial, three.shape().EntitySeries(entity, mark)));
    }
  }
}

TEST(MetamorphicOracleTest, ALateInitiativeLeavesEarlierPeriodsAlone) {
  const Company company = MakeVariedCompany(8, 15, 4, 2);
  const Simulated before = Simulate(company, {}, 2);
  Scenario scenario;
  Initiative initiative = testing::InitiativeForAll(company, 5);
  initiative.win = Effect{0.2, 0.1};
  initiative.cycle = Effect{0.2, 0.1};
  initiative.creation = Effect{0.2, 0.1};
  initiative.start = company.state.periods[1].start;
  scenario.initiatives = {initiative};
  const Simulated after = Simulate(company, scenario, 2);
  int changed = 0;
  for (int mark = 0; mark < before.shape().mark_count(); ++mark) {
    for (size_t e = 0; e < before.shape().entities.size(); ++e) {
      const int series = before.shape().EntitySeries(static_cast<int>(e), mark);
      const bool same = GatherSamples(before.shape(), before.partial, series) ==
                        GatherSamples(after.shape(), after.partial, series);
      const bool first_period = before.shape().period_of_step[before.shape().mark_steps[mark]] == 0;
      EXPECT_TRUE(same || !first_period) << e;
      changed += same ? 0 : 1;
    }
  }
  EXPECT_GT(changed, 5);
}

// Open deals only, worth 1 each: with a better win rate every trial has at least as many
// cumulative wins at every mark. (A win pulled forward may leave a later period, so periods alone
// are not monotone.)
TEST(MetamorphicOracleTest, ABetterWinRateNeverLosesAnOpenDeal) {
  Company company = MakeVariedCompany(10, 40, 4, 3);
  for (OpenDeal& deal : company.state.open_deals) deal.amount_minor_units = 1;
  for (ParameterDraw& draw : company.model.draws) {
    std::fill(draw.creation_rate_per_day.begin(), draw.creation_rate_per_day.end(), 0);
  }
  const Simulated before = Simulate(company, {}, 3);
  Scenario scenario;
  scenario.initiatives = {testing::InitiativeForAll(company, 5)};
  scenario.initiatives[0].win = Effect{0.15, 0};
  const Simulated after = Simulate(company, scenario, 3);
  int64_t gained = 0;
  for (size_t e = 0; e < before.shape().entities.size(); ++e) {
    const int entity = static_cast<int>(e);
    std::vector<int64_t> base(before.partial.trial_count(), 0), better = base;
    for (int period = 0; period < 3; ++period) {
      const int series = before.shape().EntitySeries(entity, before.shape().mark_of_period[period]);
      const std::vector<int64_t> x = GatherSamples(before.shape(), before.partial, series);
      const std::vector<int64_t> y = GatherSamples(after.shape(), after.partial, series);
      for (size_t i = 0; i < x.size(); ++i) {
        base[i] += x[i];
        better[i] += y[i];
        ASSERT_GE(better[i], base[i]) << "trial " << i << " period " << period;
        gained += better[i] - base[i];
      }
    }
  }
  EXPECT_GT(gained, 0);
}

}  // namespace
}  // namespace quotacast::simulator
