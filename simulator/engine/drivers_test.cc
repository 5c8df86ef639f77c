// Goal: drivers say what the trials say, which is what theory says. Method: independent deals
// against exact laws (O1, O2), z-scores over 40 runs of 12 deals; a company with every factor on,
// counted again from the samples of people who own one deal each; order, threads and splits.
#include "simulator/engine/drivers.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/errors.h"
#include "gtest/gtest.h"
#include "simulator/engine/engine.h"
#include "simulator/engine/partial.h"
#include "simulator/model/model.h"
#include "simulator/testing/closed_forms.h"
#include "simulator/testing/companies.h"

namespace quotacast::simulator {
namespace {

using testing::Company;
using testing::CompanyOptions;
using testing::ZScores;

struct Simulated {
  std::unique_ptr<Plan> plan;
  Partial partial;
};

EngineOptions Counting(int64_t trials, uint64_t seed, int period_count) {
  EngineOptions options;
  options.trials = trials;
  options.seed = seed;
  options.period_count = period_count;
  options.counts_drivers = true;
  return options;
}

Simulated Simulate(const Company& company, const EngineOptions& options,
                   const Scenario& scenario = {}) {
  auto plan = Compile(company.model, company.state, scenario, options, nullptr);
  EXPECT_TRUE(plan.ok()) << plan.status();
  auto partial = (*plan)->SimulateRange(0, (*plan)->layout().trials, nullptr);
  EXPECT_TRUE(partial.ok()) << partial.status();
  return {*std::move(plan), *std::move(partial)};
}

Drivers MustRank(const Simulated& run, int count) {
  auto drivers = RankDrivers(*run.plan, run.partial, count);
  EXPECT_TRUE(drivers.ok()) << drivers.status();
  return *std::move(drivers);
}

// P(sum of independent amounts >= wanted), by the recursion f(x) <- (1 - p) f(x) + p f(x - a).
double Reaches(const std::vector<std::pair<double, int>>& deals, int wanted) {
  std::vector<double> law = {1};
  for (const auto& [p, amount] : deals) {
    std::vector<double> next(law.size() + static_cast<size_t>(amount), 0);
    for (size_t x = 0; x < law.size(); ++x) {
      next[x] += (1 - p) * law[x];
      next[x + static_cast<size_t>(amount)] += p * law[x];
    }
    law = next;
  }
  double sum = 0;
  for (size_t x = static_cast<size_t>(std::max(0, wanted)); x < law.size(); ++x) sum += law[x];
  return sum;
}

// One stage, four segments, no factor: deal i is won in the second period with probability
// p_g s^13 (1 - s^13), s = 1 - h, whatever the others do. Its wins in the first count for nothing.
// All cells of a run share the trials' attainment, so the root mean square of their z-scores is
// taken over 40 runs; 480 cells of a correct engine stay in [.87, 1.13] in all but 1 of 1,000 sets
// of seeds if they were independent in twelves of two, and below 4.6 in all but 1 of 500.
TEST(DriversTest, IndependentDealsHaveClosedForms) {
  CompanyOptions options;
  options.segment_count = 4;
  options.open_deals_per_rep = 12;
  options.weekly_exit_share = 0.06;
  options.deal_amount = 1;
  options.period_count = 2;
  Company company = testing::MakeCompany(options);
  const double chances[4] = {0.25, 0.6, 0.8, 0.95};
  for (int g = 0; g < 4; ++g) {
    StageCell& cell = company.model.draws[0].cells[g];
    cell.entry_advance_probability = chances[g];
    cell.ages[0].advance_probability = chances[g];
  }
  constexpr int kQuota = 21;
  company.state.reps[0].quota_minor_units = {1'000, kQuota};
  const double stays = std::pow(1 - 0.06, 13);
  std::vector<std::pair<double, int>> deals;
  double variance = 0;
  for (int i = 0; i < 12; ++i) {
    OpenDeal& deal = company.state.open_deals[i];
    deal.amount_minor_units = 1 + 5 * i % 13;
    const double p = chances[deal.segment] * stays * (1 - stays);
    const int amount = static_cast<int>(*deal.amount_minor_units);
    deals.emplace_back(p, amount);
    variance += amount * amount * p * (1 - p);
  }
  EXPECT_GT(Reaches(deals, kQuota), 0.1);
  EXPECT_LT(Reaches(deals, kQuota), 0.9);
  ZScores wins, if_won, if_not, changes;
  std::vector<double> shares(12, 0), share_squares(12, 0);
  constexpr int kRuns = 40;
  for (uint64_t seed = 1; seed <= kRuns; ++seed) {
    const Simulated run = Simulate(company, Counting(4'096, seed, 2));
    const Drivers drivers = MustRank(run, 100);
    ASSERT_EQ(drivers.deals.size(), 12u);
    for (const DealDriver& driver : drivers.deals) {
      size_t i = 0;
      while (company.state.open_deals[i].key != driver.key) ++i;
      std::vector<std::pair<double, int>> others = deals;
      others.erase(others.begin() + static_cast<ptrdiff_t>(i));
      const double with = Reaches(others, kQuota - deals[i].second);
      const double without = Reaches(others, kQuota);
      const double p = deals[i].first;
      const auto score = [](const Estimate& estimate, double exact, ZScores& scores) {
        scores.Add(estimate.value, exact, estimate.monte_carlo_se);
      };
      score(driver.win_probability, p, wins);
      ASSERT_TRUE(driver.attain_probability_change.has_value());
      score(*driver.attain_probability_if_won, with, if_won);
      score(*driver.attain_probability_if_not_won, without, if_not);
      score(*driver.attain_probability_change, with - without, changes);
      shares[i] += driver.variance_share / kRuns;
      share_squares[i] += driver.variance_share * driver.variance_share / kRuns;
    }
  }
  for (const ZScores* scores : {&wins, &if_won, &if_not, &changes}) {
    EXPECT_EQ(scores->count(), 480);
    EXPECT_GT(scores->Sd(), 0.87);
    EXPECT_LT(scores->Sd(), 1.13);
    EXPECT_LT(scores->Max(), 4.6);
  }
  for (size_t i = 0; i < 12; ++i) {
    const auto [p, amount] = deals[i];
    const double se = std::sqrt((share_squares[i] - shares[i] * shares[i]) / (kRuns - 1));
    EXPECT_NEAR(shares[i], amount * amount * p * (1 - p) / variance, 4.6 * se) << i;
    EXPECT_LT(se, 0.005);
  }
}

// Standard errors of successes / cases by the textbook, from 0 and 1 per trial: the residuals
// (success - ratio * case) / P(case), within and between draws.
Estimate RatioByHand(const std::vector<int>& draws, int draw_count, const std::vector<bool>& cases,
                     const std::vector<bool>& successes) {
  double case_sum = 0, success_sum = 0;
  const double trials = static_cast<double>(draws.size());
  for (size_t t = 0; t < draws.size(); ++t) {
    case_sum += cases[t] ? 1 : 0;
    success_sum += cases[t] && successes[t] ? 1 : 0;
  }
  Estimate estimate;
  estimate.value = success_sum / case_sum;
  std::vector<std::vector<double>> residuals(static_cast<size_t>(draw_count));
  for (size_t t = 0; t < draws.size(); ++t) {
    const double residual =
        cases[t] ? ((successes[t] ? 1 : 0) - estimate.value) * trials / case_sum : 0;
    residuals[static_cast<size_t>(draws[t])].push_back(residual);
  }
  double within = 0, between = 0;
  for (const std::vector<double>& draw : residuals) {
    double mean = 0, squares = 0;
    for (const double x : draw) mean += x / static_cast<double>(draw.size());
    for (const double x : draw) squares += (x - mean) * (x - mean);
    within += squares / static_cast<double>(draw.size() - 1) / draw_count;
    between += mean * mean / (draw_count - 1);  // The residuals average 0.
  }
  estimate.monte_carlo_se = std::sqrt(within / trials);
  estimate.parameter_sd = std::sqrt(std::max(0.0, between - within * draw_count / trials));
  estimate.total_se = std::sqrt(between / draw_count);
  return estimate;
}

void ExpectSame(const Estimate& estimate, const Estimate& by_hand) {
  EXPECT_NEAR(estimate.value, by_hand.value, 1e-12);
  EXPECT_NEAR(estimate.monte_carlo_se, by_hand.monte_carlo_se, 1e-12);
  EXPECT_NEAR(estimate.parameter_sd, by_hand.parameter_sd, 1e-10);
  EXPECT_NEAR(estimate.total_se, by_hand.total_se, 1e-12);
}

// Market, team and rep factors, eight draws, deals with and without an amount; nobody creates
// anything, so a person's samples show when the person's only deal is won and what it books.
TEST(DriversTest, CountsAreThoseOfTheSamples) {
  Company company = testing::MakeVariedCompany(20, 1, 8, 2);
  for (ParameterDraw& draw : company.model.draws) {
    std::fill(draw.creation_rate_per_day.begin(), draw.creation_rate_per_day.end(), 0);
  }
  for (size_t r = 0; r < 20; ++r) {
    company.state.reps[r].quota_minor_units.assign(2, 40'000);
    company.state.reps[r].booked_minor_units = {r == 3 ? 100'000 : 0, 0};
    if (r % 3 == 0) company.state.open_deals[r].amount_minor_units = std::nullopt;
  }
  for (const int period_count : {1, 2}) {
    const Simulated run = Simulate(company, Counting(2'048, 5, period_count));
    const PlanShape& shape = run.plan->shape();
    ASSERT_EQ(shape.driver_deals.size(), 20u);
    EXPECT_EQ(shape.uncounted_deal_count, 0);
    const int last = period_count - 1;
    const int mark = shape.mark_of_period[static_cast<size_t>(last)];
    const std::vector<int64_t> org = GatherSamples(shape, run.partial, shape.EntitySeries(0, mark));
    std::vector<int> draws;
    std::vector<bool> attains;
    for (size_t t = 0; t < org.size(); ++t) {
      draws.push_back(static_cast<int>(t) / shape.batch_size % shape.draw_count);
      attains.push_back(org[t] + shape.booked_minor_units[static_cast<size_t>(last)] >=
                        *shape.quota_minor_units[static_cast<size_t>(last)]);
    }
    const auto attained = std::count(attains.begin(), attains.end(), true);
    EXPECT_GT(attained, 200);
    EXPECT_LT(attained, 1'848);
    const double org_variance = testing::Covariance(org, org);
    const Drivers drivers = MustRank(run, kMaxDrivers);
    ASSERT_EQ(drivers.deals.size(), 20u);
    ASSERT_EQ(drivers.reps.size(), 20u);
    for (const DealDriver& driver : drivers.deals) {
      size_t r = 0;
      while (company.state.open_deals[r].key != driver.key) ++r;
      const int entity = 1 + shape.team_count + static_cast<int>(r);
      const std::vector<int64_t> own =
          GatherSamples(shape, run.partial, shape.EntitySeries(entity, mark));
      std::vector<bool> won, not_won, all(own.size(), true);
      for (const int64_t amount : own) {
        won.push_back(amount > 0);
        not_won.push_back(amount == 0);
      }
      ExpectSame(driver.win_probability, RatioByHand(draws, 8, all, won));
      ASSERT_TRUE(driver.attain_probability_if_won.has_value());
      ExpectSame(*driver.attain_probability_if_won, RatioByHand(draws, 8, won, attains));
      ExpectSame(*driver.attain_probability_if_not_won, RatioByHand(draws, 8, not_won, attains));
      EXPECT_NEAR(
          driver.attain_probability_change->value,
          driver.attain_probability_if_won->value - driver.attain_probability_if_not_won->value,
          1e-15);
      const double share = testing::Covariance(own, org) / org_variance;
      EXPECT_NEAR(driver.variance_share, share, 1e-9);
      const auto rep = std::find_if(drivers.reps.begin(), drivers.reps.end(), [&](const auto& d) {
        return d.entity.key == company.state.reps[r].key;
      });
      ASSERT_NE(rep, drivers.reps.end());
      EXPECT_NEAR(rep->variance_share, share, 1e-9);
    }
  }
}

TEST(DriversTest, PeopleAddUpToTheWhole) {
  const Company company = testing::MakeVariedCompany(9, 20, 4, 2);
  Scenario scenario;
  scenario.hires = {testing::HireIntoFirstTeam(company, 77)};
  const Drivers drivers = MustRank(Simulate(company, Counting(1'024, 6, 2), scenario), 100);
  ASSERT_EQ(drivers.reps.size(), 10u);
  double sum = 0;
  for (size_t i = 0; i < drivers.reps.size(); ++i) {
    sum += drivers.reps[i].variance_share;
    if (i > 0) {
      EXPECT_LE(drivers.reps[i].variance_share, drivers.reps[i - 1].variance_share);
    }
  }
  EXPECT_NEAR(sum, 1, 1e-12);
  EXPECT_TRUE(std::any_of(drivers.reps.begin(), drivers.reps.end(),
                          [](const RepDriver& rep) { return rep.entity.is_hire; }));
  EXPECT_EQ(MustRank(Simulate(company, Counting(1'024, 6, 2), scenario), 3).reps.size(), 3u);
}

TEST(DriversTest, SameBytesWhateverTheOrderThreadsAndSplit) {
  Company company = testing::MakeVariedCompany(9, 20, 8, 2);
  const Simulated run = Simulate(company, Counting(2'048, 7, 2));
  for (const int threads : {1, 2, 3}) {
    const auto parallel = SimulateParallel(*run.plan, 0, 2'048, threads, nullptr, nullptr);
    ASSERT_TRUE(parallel.ok());
    EXPECT_TRUE(*parallel == run.partial) << threads;
  }
  const int64_t half = 1'024;
  const auto merged = Merge(*run.plan->SimulateRange(half, half, nullptr),
                            *run.plan->SimulateRange(0, half, nullptr));
  ASSERT_TRUE(merged.ok());
  EXPECT_TRUE(*merged == run.partial);
  std::reverse(company.state.open_deals.begin(), company.state.open_deals.end());
  const Simulated reversed = Simulate(company, Counting(2'048, 7, 2));
  EXPECT_TRUE(reversed.partial == run.partial);
  EXPECT_TRUE(reversed.plan->shape() == run.plan->shape());
}

TEST(DriversTest, CountingChangesNothingElse) {
  const Company company = testing::MakeVariedCompany(9, 20, 8, 2);
  EngineOptions options = Counting(2'048, 7, 2);
  Simulated counting = Simulate(company, options);
  options.counts_drivers = false;
  Simulated plain = Simulate(company, options);
  EXPECT_TRUE(plain.partial.drivers == DriverCounts());
  EXPECT_FALSE(counting.partial.drivers == DriverCounts());
  // They do not merge: one would be counted in part.
  EXPECT_NE(counting.partial.plan_key, plain.partial.plan_key);
  // But they are pairs.
  EXPECT_TRUE(CompareForecasts(*plain.plan, plain.partial, *counting.plan, counting.partial).ok());
  counting.partial.drivers = {};
  counting.partial.plan_key = plain.partial.plan_key;
  EXPECT_TRUE(counting.partial == plain.partial);
}

// Three deals that matter, in the order of what they do to P(attain), before 300 that book nothing
// and of which none may look as if it did: 20 runs, each with a false alarm of 5 %, so that more
// than 4 of them come with probability .003 (the seeds are fixed).
TEST(DriversTest, MustWinDealsComeFirstAndNoiseDoesNot) {
  CompanyOptions options;
  options.open_deals_per_rep = 323;
  options.weekly_exit_share = 0.2;
  options.deal_amount = 10;
  Company company = testing::MakeCompany(options);
  for (size_t i = 0; i < 300; ++i) company.state.open_deals[i].amount_minor_units = 0;
  company.state.open_deals[300].amount_minor_units = 40;
  company.state.open_deals[301].amount_minor_units = 80;
  company.state.open_deals[302].amount_minor_units = 60;
  company.state.reps[0].quota_minor_units = {190};
  int false_alarms = 0;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    const Drivers drivers = MustRank(Simulate(company, Counting(4'096, seed, 1)), kMaxDrivers);
    ASSERT_EQ(drivers.deals.size(), 323u);
    EXPECT_EQ(drivers.deals[0].key, company.state.open_deals[301].key);
    EXPECT_EQ(drivers.deals[1].key, company.state.open_deals[302].key);
    EXPECT_EQ(drivers.deals[2].key, company.state.open_deals[300].key);
    for (size_t i = 0; i < 3; ++i) {
      EXPECT_TRUE(drivers.deals[i].is_change_certain);
      EXPECT_GT(drivers.deals[i].attain_probability_change->value, 0.2);
    }
    bool is_noise_certain = false;
    for (const DealDriver& deal : drivers.deals) {
      size_t i = 0;
      while (company.state.open_deals[i].key != deal.key) ++i;
      if (i >= 300) continue;
      is_noise_certain = is_noise_certain || deal.is_change_certain;
      EXPECT_EQ(deal.variance_share, 0);
    }
    false_alarms += is_noise_certain ? 1 : 0;
  }
  EXPECT_LE(false_alarms, 4);
}

// Ten trials, say, of one deal that is nearly never won: that all of them attain proves nothing.
TEST(DriversTest, AHandfulOfWinsIsNotCertain) {
  CompanyOptions options;
  options.open_deals_per_rep = 40;
  options.weekly_exit_share = 0.999;
  options.deal_amount = 10;
  Company company = testing::MakeCompany(options);
  for (size_t i = 20; i < 40; ++i) company.state.open_deals[i].amount_minor_units = 0;
  company.model.segments.push_back("rare");
  company.model.amounts.push_back(company.model.amounts[0]);
  ParameterDraw& draw = company.model.draws[0];
  draw.cells.push_back(draw.cells[0]);
  draw.cells[1].ages[0].advance_probability = 0.001;
  draw.creation_rate_per_day = {0, 0};
  draw.team_creation_rate_per_day = {0, 0};
  for (size_t i = 20; i < 40; ++i) company.state.open_deals[i].segment = 1;
  company.state.reps[0].quota_minor_units = {100};
  int certain = 0, few = 0;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    for (const DealDriver& deal : MustRank(Simulate(company, Counting(2'048, seed, 1)), 40).deals) {
      if (deal.win_probability.value > 0.1) continue;
      certain += deal.is_change_certain ? 1 : 0;
      if (deal.win_probability.value == 0) {
        EXPECT_FALSE(deal.attain_probability_if_won.has_value());
        EXPECT_FALSE(deal.attain_probability_change.has_value());
        EXPECT_FALSE(deal.is_change_certain);
      } else {
        ++few;
        EXPECT_GT(deal.attain_probability_if_won->total_se, 0);
      }
    }
  }
  // Expected wins 2 in 2,048 trials: 86 % of 400 cells have some.
  EXPECT_GT(few, 300);
  EXPECT_EQ(certain, 0);
}

TEST(DriversTest, CertaintyLeavesOneSideOpen) {
  CompanyOptions options;
  options.segment_count = 2;
  options.open_deals_per_rep = 6;
  options.weekly_exit_share = 0.999;
  options.quota = 300;
  Company company = testing::MakeCompany(options);
  company.model.draws[0].cells[1].ages[0].advance_probability = 1;
  for (const DealDriver& deal : MustRank(Simulate(company, Counting(1'024, 9, 1)), 6).deals) {
    const bool is_certain = deal.win_probability.value == 1;
    EXPECT_EQ(deal.attain_probability_if_not_won.has_value(), !is_certain);
    EXPECT_EQ(deal.attain_probability_change.has_value(), !is_certain);
    EXPECT_TRUE(deal.attain_probability_if_won.has_value());
    EXPECT_EQ(deal.variance_share == 0, is_certain);
  }
}

TEST(DriversTest, WithoutQuotasByVarianceAlone) {
  Company company = testing::MakeVariedCompany(5, 10, 4, 1);
  for (RepState& rep : company.state.reps) rep.quota_minor_units.assign(1, std::nullopt);
  const Drivers drivers = MustRank(Simulate(company, Counting(1'024, 10, 1)), 100);
  ASSERT_EQ(drivers.deals.size(), 50u);
  for (size_t i = 0; i < drivers.deals.size(); ++i) {
    EXPECT_FALSE(drivers.deals[i].attain_probability_if_won.has_value());
    EXPECT_FALSE(drivers.deals[i].attain_probability_if_not_won.has_value());
    if (i > 0) {
      EXPECT_LE(drivers.deals[i].variance_share, drivers.deals[i - 1].variance_share);
    }
  }
}

TEST(DriversTest, WhatDoesNotVaryHasNoDrivers) {
  CompanyOptions options;
  options.open_deals_per_rep = 3;
  options.weekly_exit_share = 0.999;
  options.advance_probability = 1;
  const Drivers drivers =
      MustRank(Simulate(testing::MakeCompany(options), Counting(256, 11, 1)), 10);
  EXPECT_TRUE(drivers.deals.empty());
  EXPECT_TRUE(drivers.reps.empty());
}

TEST(DriversTest, TheSmallestDealsBeyondTheLimitAreLeftOut) {
  CompanyOptions options;
  options.open_deals_per_rep = kMaxDriverDeals + 1;
  Company company = testing::MakeCompany(options);
  company.state.open_deals[4'321].amount_minor_units = 99;
  const auto shape_of = [&company] {
    return Compile(company.model, company.state, {}, Counting(256, 12, 1), nullptr)
        .value()
        ->shape();
  };
  PlanShape shape = shape_of();
  EXPECT_EQ(shape.driver_deals.size(), static_cast<size_t>(kMaxDriverDeals));
  EXPECT_EQ(shape.uncounted_deal_count, 1);
  EXPECT_EQ(std::count(shape.driver_deals.begin(), shape.driver_deals.end(),
                       company.state.open_deals[4'321].key),
            0);
  company.state.open_deals.erase(company.state.open_deals.begin() + 4'321);
  shape = shape_of();
  EXPECT_EQ(shape.driver_deals.size(), static_cast<size_t>(kMaxDriverDeals));
  EXPECT_EQ(shape.uncounted_deal_count, 0);
}

TEST(DriversTest, Refuses) {
  const Company company = testing::MakeVariedCompany(3, 5, 2, 1);
  EngineOptions options = Counting(256, 13, 1);
  const Simulated counting = Simulate(company, options);
  const auto field = [](const absl::StatusOr<Drivers>& drivers) {
    const auto detail = GetDetail(drivers.status());
    return detail.has_value() && !detail->field_violations.empty()
               ? detail->field_violations[0].field
               : "";
  };
  EXPECT_EQ(field(RankDrivers(*counting.plan, counting.partial, -1)), "count");
  EXPECT_EQ(field(RankDrivers(*counting.plan, counting.partial, kMaxDrivers + 1)), "count");
  EXPECT_TRUE(RankDrivers(*counting.plan, counting.partial, kMaxDrivers).ok());
  EXPECT_TRUE(MustRank(counting, 0).deals.empty());
  options.counts_drivers = false;
  const Simulated plain = Simulate(company, options);
  EXPECT_EQ(field(RankDrivers(*plain.plan, plain.partial, 1)), "options.counts_drivers");
  EXPECT_EQ(GetDetail(RankDrivers(*counting.plan, plain.partial, 1).status())->reason,
            "PARTIAL_MISMATCH");
  EXPECT_EQ(GetDetail(Merge(plain.partial, counting.partial).status())->reason, "PARTIAL_MISMATCH");
}

}  // namespace
}  // namespace quotacast::simulator
