// Goal: figures say what the integers say. Method: forecasts recomputed from the samples by other
// means; companies with known outcomes; comparisons of a plan with itself.
#include "simulator/engine/forecast.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "base/errors.h"
#include "gtest/gtest.h"
#include "simulator/engine/engine.h"
#include "simulator/engine/partial.h"
#include "simulator/model/model.h"
#include "simulator/testing/companies.h"

namespace quotacast::simulator {
namespace {

using testing::Company;

struct Simulated {
  std::unique_ptr<Plan> plan;
  Partial partial;
};

Simulated Simulate(const Company& company, const Scenario& scenario, const EngineOptions& options) {
  auto plan = Compile(company.model, company.state, scenario, options, nullptr);
  EXPECT_TRUE(plan.ok()) << plan.status();
  auto partial = (*plan)->SimulateRange(0, (*plan)->layout().trials, nullptr);
  EXPECT_TRUE(partial.ok()) << partial.status();
  return {*std::move(plan), *std::move(partial)};
}

EngineOptions Options() {
  EngineOptions options;
  options.trials = 2'048;
  options.seed = 3;
  options.period_count = 2;
  options.cut_days = {absl::CivilDay(2017, 11, 20)};
  return options;
}

std::string FieldOf(const absl::Status& status) {
  const auto detail = GetDetail(status);
  if (!detail.has_value() || detail->field_violations.empty()) return "";
  return detail->field_violations[0].field;
}

TEST(ForecastTest, LinesAreTheSamplesPlusWhatIsBooked) {
  const Company company = testing::MakeVariedCompany(6, 20, 8, 2);
  const Simulated run = Simulate(company, {}, Options());
  const PlanShape& shape = run.plan->shape();
  const auto forecast = Summarize(*run.plan, run.partial, {});
  ASSERT_TRUE(forecast.ok());
  EXPECT_EQ(forecast->trials, 2'048);
  EXPECT_EQ(forecast->draws, 8);
  ASSERT_EQ(forecast->periods.size(), 2u);
  for (const PeriodForecast& period : forecast->periods) {
    ASSERT_EQ(period.entities.size(), shape.entities.size());
    for (size_t e = 0; e < shape.entities.size(); ++e) {
      const EntityPeriodForecast& line = period.entities[e];
      EXPECT_TRUE(line.entity == shape.entities[e]);
      std::vector<int64_t> samples = GatherSamples(
          shape, run.partial,
          shape.EntitySeries(static_cast<int>(e), shape.mark_of_period[period.period]));
      double sum = 0, reached = 0;
      for (int64_t& sample : samples) {
        sample += line.booked_minor_units;
        sum += static_cast<double>(sample);
        reached += sample >= line.quota_minor_units.value_or(0) ? 1 : 0;
      }
      EXPECT_NEAR(line.bookings.mean.value, sum / 2'048, 1e-6);
      std::sort(samples.begin(), samples.end());
      ASSERT_EQ(line.bookings.quantiles.size(), std::size(kReportedQuantiles));
      // The median is the 1,024th smallest.
      EXPECT_EQ(line.bookings.quantiles[4].value, static_cast<double>(samples[1'023]));
      EXPECT_EQ(line.attain_probability.has_value(), line.quota_minor_units.has_value());
      if (line.attain_probability.has_value()) {
        EXPECT_NEAR(line.attain_probability->value, reached / 2'048, 1e-12);
      }
      EXPECT_GT(line.bookings.mean.total_se, 0);
      // The worst 5 % are 102 trials and 4 tenths of the next.
      double worst = 0.4 * static_cast<double>(samples[102]);
      for (size_t i = 0; i < 102; ++i) worst += static_cast<double>(samples[i]);
      ASSERT_TRUE(line.bookings_tail_mean.has_value());
      EXPECT_NEAR(line.bookings_tail_mean->value, worst / 102.4, 1e-6);
      EXPECT_LE(line.bookings_tail_mean->value, line.bookings.quantiles[1].value);
    }
  }
}

TEST(ForecastTest, TeamsAndOrgAddUpAndTheFanEndsAtThePeriod) {
  const Company company = testing::MakeVariedCompany(6, 20, 8, 2);
  const Simulated run = Simulate(company, {}, Options());
  const auto forecast = Summarize(*run.plan, run.partial, {});
  ASSERT_TRUE(forecast.ok());
  for (const PeriodForecast& period : forecast->periods) {
    double reps = 0;
    int64_t booked = 0;
    for (const EntityPeriodForecast& line : period.entities) {
      if (line.entity.level != Level::kRep) continue;
      reps += line.bookings.mean.value;
      booked += line.booked_minor_units;
    }
    // Entity 1 is the region above both leaf teams.
    for (const size_t e : {0u, 1u}) {
      EXPECT_NEAR(period.entities[e].bookings.mean.value, reps, 1e-3);
      EXPECT_EQ(period.entities[e].booked_minor_units, booked);
    }
    ASSERT_FALSE(period.org_fan.empty());
    EXPECT_EQ(period.org_fan.back().step_end, company.state.periods[period.period].end);
    EXPECT_EQ(period.org_fan.back().bookings.mean.value, period.entities[0].bookings.mean.value);
    for (size_t i = 1; i < period.org_fan.size(); ++i) {
      EXPECT_GE(period.org_fan[i].bookings.quantiles[2].value,
                period.org_fan[i - 1].bookings.quantiles[2].value);
    }
  }
}

TEST(ForecastTest, ShareAtQuotaIsADistribution) {
  const Company company = testing::MakeVariedCompany(6, 20, 8, 2);
  const Simulated run = Simulate(company, {}, Options());
  const auto forecast = Summarize(*run.plan, run.partial, {});
  ASSERT_TRUE(forecast.ok());
  const PeriodForecast& period = forecast->periods[0];
  EXPECT_EQ(period.eligible_rep_count, 5);  // Rep 5 has no quota.
  ASSERT_TRUE(period.reps_at_quota_share.has_value());
  double mean = 0;
  for (const EntityPeriodForecast& line : period.entities) {
    if (line.entity.level == Level::kRep && line.attain_probability.has_value()) {
      mean += line.attain_probability->value / 5;
    }
  }
  EXPECT_NEAR(period.reps_at_quota_share->mean.value, mean, 1e-12);
  EXPECT_GT(period.reps_at_quota_share->sd, 0);
  EXPECT_LE(period.reps_at_quota_share->quantiles.back().value, 1);
}

TEST(ForecastTest, NobodyWithAQuotaLeavesAttainmentOut) {
  Company company = testing::MakeVariedCompany(3, 5, 2, 2);
  for (RepState& rep : company.state.reps) rep.quota_minor_units.assign(2, std::nullopt);
  const Simulated run = Simulate(company, {}, Options());
  const auto forecast = Summarize(*run.plan, run.partial, {});
  ASSERT_TRUE(forecast.ok());
  EXPECT_FALSE(forecast->periods[0].reps_at_quota_share.has_value());
  EXPECT_FALSE(forecast->periods[0].entities[0].attain_probability.has_value());
}

TEST(ForecastTest, ParameterSpreadIsToldApart) {
  // Two draws that differ a lot: the spread between them is no Monte Carlo error.
  testing::CompanyOptions options;
  options.open_deals_per_rep = 20;
  options.draw_count = 2;
  Company company = testing::MakeCompany(options);
  company.model.draws[1].cells[0].ages[0].advance_probability = 0.9;
  EngineOptions engine;
  engine.trials = 8'192;
  const Simulated run = Simulate(company, {}, engine);
  const auto forecast = Summarize(*run.plan, run.partial, {});
  ASSERT_TRUE(forecast.ok());
  const Estimate& mean = forecast->periods[0].entities[0].bookings.mean;
  // Means 20 * 100 * q * .5 and .9, q = 1 - .7^13: two values d apart have sd d / sqrt 2.
  const double apart = 2'000 * (1 - std::pow(0.7, 13)) * 0.4;
  EXPECT_NEAR(mean.parameter_sd, apart / std::sqrt(2.0), 20);
  EXPECT_NEAR(mean.total_se, apart / 2, 15);
  EXPECT_LT(mean.monte_carlo_se, 4);
}

TEST(ForecastTest, ThresholdsMatchCountingAtEveryLevel) {
  const Company company = testing::MakeVariedCompany(6, 20, 8, 2);
  const Simulated run = Simulate(company, {}, Options());
  const PlanShape& shape = run.plan->shape();
  const absl::CivilDay cut(2017, 11, 20);
  std::vector<Threshold> thresholds;
  for (const int e : {0, 1, 2, 5}) {
    thresholds.push_back({shape.entities[e], 0, cut, 900'000});
    thresholds.push_back({shape.entities[e], 1, std::nullopt, 700'000});
  }
  // A threshold at the quota and the period's end is attainment itself.
  thresholds.push_back({shape.entities[0], 0, std::nullopt, *shape.quota_minor_units[0]});
  const auto forecast = Summarize(*run.plan, run.partial, thresholds);
  ASSERT_TRUE(forecast.ok()) << forecast.status();
  ASSERT_EQ(forecast->thresholds.size(), thresholds.size());
  for (size_t i = 0; i + 1 < thresholds.size(); ++i) {
    const int e = std::vector<int>{0, 1, 2, 5}[i / 2];
    const int mark = i % 2 == 0 ? 0 : shape.mark_of_period[1];
    const int64_t booked = shape.booked_minor_units[e * 2 + thresholds[i].period];
    double reached = 0;
    for (const int64_t won : GatherSamples(shape, run.partial, shape.EntitySeries(e, mark))) {
      reached += won + booked >= thresholds[i].amount_minor_units ? 1 : 0;
    }
    EXPECT_NEAR(forecast->thresholds[i].value, reached / 2'048, 1e-12) << i;
  }
  EXPECT_EQ(forecast->thresholds.back().value,
            forecast->periods[0].entities[0].attain_probability->value);
}

TEST(ForecastTest, UnknownThresholdsAreNamed) {
  const Company company = testing::MakeVariedCompany(6, 20, 8, 2);
  const Simulated run = Simulate(company, {}, Options());
  const auto field = [&](const Threshold& threshold) {
    return FieldOf(Summarize(*run.plan, run.partial, {{}, threshold}).status());
  };
  const Entity org;
  EXPECT_EQ(field({{Level::kRep, "nobody", false}, 0, std::nullopt, 1}), "thresholds[1].entity");
  EXPECT_EQ(field({org, 2, std::nullopt, 1}), "thresholds[1].period");
  EXPECT_EQ(field({org, 0, absl::CivilDay(2017, 11, 21), 1}), "thresholds[1].by");
  // A week's end is a step of the org's fan but no cut for a rep.
  const absl::CivilDay week_end = company.state.as_of + 7;
  EXPECT_EQ(field({org, 0, week_end, 1}), "");
  EXPECT_EQ(field({{Level::kRep, "rep0", false}, 0, week_end, 1}), "thresholds[1].by");
}

TEST(ForecastTest, TailSharesAreSharesAboveZero) {
  const Company company = testing::MakeVariedCompany(3, 5, 2, 2);
  const Simulated run = Simulate(company, {}, Options());
  for (const double share : {0.0, -0.1, 1.01, std::nan("")}) {
    EXPECT_EQ(FieldOf(Summarize(*run.plan, run.partial, {}, share).status()), "tail_share");
  }
  // All trials are the worst 100 %.
  const auto whole = Summarize(*run.plan, run.partial, {}, 1);
  ASSERT_TRUE(whole.ok());
  const EntityPeriodForecast& org = whole->periods[0].entities[0];
  EXPECT_NEAR(org.bookings_tail_mean->value, org.bookings.mean.value, 1e-6);
  EXPECT_NEAR(org.bookings_tail_mean->total_se, org.bookings.mean.total_se, 1e-6);
}

TEST(ForecastTest, PartialsOfOtherPlansAreRefused) {
  const Company company = testing::MakeVariedCompany(3, 5, 2, 2);
  const Simulated a = Simulate(company, {}, Options());
  EngineOptions other = Options();
  other.seed = 4;
  const Simulated b = Simulate(company, {}, other);
  EXPECT_EQ(GetDetail(Summarize(*a.plan, b.partial, {}).status())->reason, "PARTIAL_MISMATCH");
  EXPECT_EQ(GetDetail(Summarize(*a.plan, EmptyPartial(a.plan->shape()), {}).status())->reason,
            "PARTIAL_MISMATCH");
  EXPECT_EQ(GetDetail(CompareForecasts(*a.plan, a.partial, *b.plan, b.partial).status())->reason,
            "PARTIAL_MISMATCH");
}

TEST(ForecastTest, APlanComparedWithItselfTies) {
  const Company company = testing::MakeVariedCompany(4, 10, 4, 2);
  const Simulated a = Simulate(company, {}, Options());
  const auto pairs = CompareForecasts(*a.plan, a.partial, *a.plan, a.partial);
  ASSERT_TRUE(pairs.ok());
  ASSERT_EQ(pairs->size(), 2 * a.plan->shape().entities.size());
  for (const PairedDifference& pair : *pairs) {
    EXPECT_EQ(pair.tie_probability.value, 1);
    EXPECT_EQ(pair.better_probability.value, 0);
    EXPECT_EQ(pair.difference.sd, 0);
  }
}

TEST(ForecastTest, ComparisonsShareTheirChance) {
  const Company company = testing::MakeVariedCompany(10, 30, 4, 2);
  Scenario scenario;
  scenario.initiatives = {testing::InitiativeForAll(company, 5)};
  scenario.initiatives[0].win = Effect{0.1, 0};
  scenario.hires = {testing::HireIntoFirstTeam(company, 6)};
  const Simulated a = Simulate(company, {}, Options());
  const Simulated b = Simulate(company, scenario, Options());
  const auto pairs = CompareForecasts(*a.plan, a.partial, *b.plan, b.partial);
  const auto base = Summarize(*a.plan, a.partial, {});
  const auto better = Summarize(*b.plan, b.partial, {});
  ASSERT_TRUE(pairs.ok() && base.ok() && better.ok());
  // The hire has no counterpart in the base.
  EXPECT_EQ(pairs->size(), 2 * a.plan->shape().entities.size());
  const PairedDifference& org = pairs->front();
  EXPECT_EQ(org.entity.level, Level::kOrg);
  EXPECT_NEAR(org.difference.mean.value,
              better->periods[0].entities[0].bookings.mean.value -
                  base->periods[0].entities[0].bookings.mean.value,
              1e-3);
  EXPECT_GT(org.better_probability.value, 0.5);
  ASSERT_TRUE(org.attain_probability_change.has_value());
  EXPECT_NEAR(org.attain_probability_change->value,
              better->periods[0].entities[0].attain_probability->value -
                  base->periods[0].entities[0].attain_probability->value,
              1e-12);
  // Far less noise than two independent runs would leave (their variances would add up).
  EXPECT_LT(org.difference.sd, base->periods[0].entities[0].bookings.sd);
}

// 1,000 reps in 20,224 trials are more samples than are kept: their lines come from histograms.
TEST(ForecastTest, ManyRepsAreSummarisedFromHistograms) {
  testing::CompanyOptions options;
  options.rep_count = 1'000;
  options.open_deals_per_rep = 3;
  options.weekly_exit_share = 0.1;
  options.deal_amount = 12'345;
  options.quota = 20'000;
  const Company company = testing::MakeCompany(options);
  EngineOptions engine;
  engine.trials = 20'000;
  Scenario paying;
  CompPlan& comp_plan = paying.comp_plans.emplace_back();
  for (int r = 0; r < 1'000; ++r) comp_plan.reps.push_back(r);
  comp_plan.payout.tiers = {{0, 1'000}};
  const Simulated run = Simulate(company, paying, engine);
  const PlanShape& shape = run.plan->shape();
  EXPECT_EQ(shape.groups[5].storage, SeriesStorage::kHistogram);
  EXPECT_EQ(shape.groups[4].storage, SeriesStorage::kSamples);
  EXPECT_EQ(shape.groups[3].storage, SeriesStorage::kHistogram);
  EXPECT_EQ(shape.groups[0].storage, SeriesStorage::kSamples);
  const Threshold threshold = {shape.entities[2], 0, std::nullopt, 20'000};
  const auto forecast = Summarize(*run.plan, run.partial, {threshold});
  ASSERT_TRUE(forecast.ok()) << forecast.status();
  const EntityPeriodForecast& rep = forecast->periods[0].entities[2];
  const double win = 0.5 * (1 - std::pow(0.9, 13));
  const double none = std::pow(1 - win, 3), one = 3 * win * (1 - win) * (1 - win);
  EXPECT_NEAR(rep.attain_probability->value, 1 - none - one, 0.016);
  EXPECT_NEAR(forecast->thresholds[0].value, rep.attain_probability->value, 1e-12);
  EXPECT_GT(forecast->thresholds[0].monte_carlo_se, 0);
  // The median is one deal, known to 1/256.
  EXPECT_NEAR(rep.bookings.quantiles[4].value, 12'345, 12'345.0 / 256 + 1);
  // A histogram does not tell the draws apart: no mean of the worst.
  EXPECT_FALSE(rep.bookings_tail_mean.has_value());
  // Payouts of people are known as well as their bookings, those of the org by every trial.
  ASSERT_TRUE(rep.payout.has_value());
  EXPECT_NEAR(rep.payout->quantiles[4].value, 1'234, 1'234.0 / 256 + 1);
  EXPECT_FALSE(rep.payout_tail_mean.has_value());
  EXPECT_TRUE(forecast->periods[0].entities[0].payout_tail_mean.has_value());
  EXPECT_TRUE(forecast->periods[0].entities[0].bookings_tail_mean.has_value());
  const auto pairs = CompareForecasts(*run.plan, run.partial, *run.plan, run.partial);
  ASSERT_TRUE(pairs.ok());
  EXPECT_EQ(pairs->size(), 2u);  // The org and its team keep samples, reps do not.
}

}  // namespace
}  // namespace quotacast::simulator
