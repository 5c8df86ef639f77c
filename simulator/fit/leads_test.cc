// Goal: the fit tells leads, created deals and follow-ups apart and finds what was planted of each.
// Method: generated companies with fixed seeds; each statistical bound states its false-alarm rate.
#include "simulator/fit/leads.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "gtest/gtest.h"
#include "simulator/fit/customers.h"
#include "simulator/fit/fit.h"
#include "simulator/fit/history.h"
#include "simulator/fit/interval_coverage.h"
#include "simulator/fit/origins.h"
#include "simulator/fit/outlook.h"
#include "simulator/fit/planted_history.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {
namespace {

FittedPipeline Fit(const History& history, int draws = 64) {
  EXPECT_TRUE(ValidateHistory(history).ok()) << ValidateHistory(history);
  FitOptions options;
  options.draw_count = draws;
  options.recency_half_life_days = std::numeric_limits<double>::infinity();
  absl::StatusOr<FittedPipeline> fitted = FitPipeline(history, options);
  EXPECT_TRUE(fitted.ok()) << fitted.status();
  return *fitted;
}

// Leads leave for good within a month or so, one in four as a deal; a third of wins is renewed.
PlantedPipeline Company() {
  PlantedPipeline pipeline;
  pipeline.stage_count = 2;
  pipeline.cells = {{0.03, 0.05, 1, 0.6}, {0.04, 0.06, 1, 0.6}};
  pipeline.creation_rate_per_day = 0.08;
  pipeline.lead_rate_per_day = 0.2;
  pipeline.lead = {0.1, 0.08, 1, 0.25};
  pipeline.renewal = {0.35, 300, 320, 0.05, 0.1};
  pipeline.expansion = {0.2, 30, 200, -0.5, 0.3};
  return pipeline;
}

std::vector<double> Draws(const PipelineModel& model,
                          const std::function<double(const ParameterDraw&)>& of) {
  std::vector<double> values;
  for (const ParameterDraw& draw : model.draws) values.push_back(of(draw));
  return values;
}

double Mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

// 100 reps over two and a half years: 18,000 leads, 7,000 created deals, some 2,000 wins that were
// watched for a year. Relative sds: created 1.2 %, leads .8 %, conversion (sd .0033) 1.3 %,
// renewals 4 %, expansions 5 %; of the level of creation another 3 % or so. Bounds are five sds.
TEST(FitPipeline, FindsWhatLeadsAndCustomersWerePlantedWith) {
  PlantedPipeline pipeline = Company();
  pipeline.rep_count = 100;
  pipeline.day_count = 913;
  const PipelineModel model = Fit(PlantHistory(pipeline, 3)).model;
  ASSERT_EQ(model.draws[0].lead_cells.size(), 1u);
  const double reps = pipeline.rep_count;
  const auto total = [&](const std::vector<double>& rates) {
    double sum = 0;
    for (const double rate : rates) sum += rate / reps;
    return sum;
  };
  EXPECT_NEAR(Mean(Draws(model, [&](const auto& d) { return total(d.creation_rate_per_day); })),
              0.08, 0.08 * 0.15);
  EXPECT_NEAR(Mean(Draws(model, [&](const auto& d) { return total(d.lead_rate_per_day); })), 0.2,
              0.2 * 0.15);
  const double conversion = PlantedAdvanceProbability(pipeline.lead);
  const auto of_lead = [&](const ParameterDraw& draw) {
    return OutlookOf(draw.lead_cells[0], model.age_bin_edges_days);
  };
  EXPECT_NEAR(Mean(Draws(model, [&](const auto& d) { return of_lead(d).advanced; })), conversion,
              0.017);
  // A tenth on the day they come, then 8 % a day: half are gone after ln(.9 / .5) / .08 = 7.3 days.
  // On 7-day steps that can be told to a day or so.
  EXPECT_NEAR(7 * Mean(Draws(model, [&](const auto& d) { return of_lead(d).median_weeks; })), 7.3,
              1.5);
  EXPECT_EQ(model.renewal_segments, std::vector<int>{0});
  EXPECT_EQ(model.expansion_segments, std::vector<int>{0});
  const auto share = [&](std::vector<double> ParameterDraw::*rates) {
    return Mean(Draws(model, [&](const auto& d) {
      return FollowUpShare(d.*rates, 0, model.customer_age_edges_days);
    }));
  };
  EXPECT_NEAR(share(&ParameterDraw::renewal_rate_per_day), 0.35, 0.07);
  EXPECT_NEAR(share(&ParameterDraw::expansion_rate_per_day), 0.2, 0.05);
  // Means of the factors: e^{.05 + .005} and e^{-.5 + .045}; some hundreds of pairs.
  EXPECT_NEAR(model.renewal_amount.log_mean, 0.05, 0.05);
  EXPECT_NEAR(model.renewal_amount.log_sd, 0.1, 0.03);
  EXPECT_NEAR(model.expansion_amount.log_mean, -0.5, 0.15);
  EXPECT_NEAR(model.expansion_amount.log_sd, 0.3, 0.06);
  // Of 35 % that renew the win rate wins: nobody else stays.
  const double win = 0.6 * 0.6;
  const double churn = -std::log(0.35 * win) / (310 / 365.25);
  EXPECT_NEAR(Mean(Draws(model, [](const auto& d) { return d.churn_per_year; })) / churn, 1, 0.12);
}

// 150 companies of 8 reps over two years: some 1,100 leads, 60 renewals each. Slack for what widens
// intervals (the weak priors) is 6 points.
TEST(FitPipeline, IntervalsOfLeadsAndCustomersCover) {
  IntervalCoverage conversion;
  IntervalCoverage renewals;
  IntervalCoverage expansions;
  IntervalCoverage amounts;
  const PlantedPipeline pipeline = [] {
    PlantedPipeline planted = Company();
    planted.rep_count = 8;
    return planted;
  }();
  const double truth = PlantedAdvanceProbability(pipeline.lead);
  // The mean of wins that follow none, and of those that do: not lognormal, and not compared.
  PlantedPipeline plain = pipeline;
  plain.renewal.share = plain.expansion.share = 0;
  for (uint64_t company = 0; company < 150; ++company) {
    const PipelineModel model = Fit(PlantHistory(pipeline, 100 + company)).model;
    conversion.Count(Draws(model,
                           [&](const auto& d) {
                             return OutlookOf(d.lead_cells[0], model.age_bin_edges_days).advanced;
                           }),
                     truth);
    const auto share = [&](std::vector<double> ParameterDraw::*rates) {
      return Draws(model, [&, rates](const auto& d) {
        return FollowUpShare(d.*rates, 0, model.customer_age_edges_days);
      });
    };
    renewals.Count(share(&ParameterDraw::renewal_rate_per_day), 0.35);
    expansions.Count(share(&ParameterDraw::expansion_rate_per_day), 0.2);
    const PipelineModel other = Fit(PlantHistory(plain, 100 + company)).model;
    amounts.Count(Draws(other,
                        [](const auto& d) {
                          return d.amounts[0].log_median +
                                 0.5 * d.amounts[0].log_sd * d.amounts[0].log_sd;
                        }),
                  plain.amount_log_median + 0.5 * plain.amount_log_sd * plain.amount_log_sd);
  }
  ExpectCovers(conversion, 0.06, "conversion");
  ExpectCovers(renewals, 0.06, "renewals");
  ExpectCovers(expansions, 0.06, "expansions");
  ExpectCovers(amounts, 0.06, "amounts");
}

TEST(FitPipeline, LeadsThatWereRecordedLateCountAsCreated) {
  PlantedPipeline pipeline = Company();
  pipeline.rep_count = 20;
  History history = PlantHistory(pipeline, 8);
  const FittedPipeline told = Fit(history);
  // Leads of the first year are missing.
  const absl::CivilDay from = pipeline.first_day + 365;
  history.leads.erase(std::remove_if(history.leads.begin(), history.leads.end(),
                                     [&](const HistoryLead& lead) { return lead.created < from; }),
                      history.leads.end());
  const FittedPipeline late = Fit(history);
  EXPECT_TRUE(late.model.draws[0].lead_cells.empty());
  EXPECT_TRUE(late.model.draws[0].lead_rate_per_day.empty());
  const auto per_week = [](const FittedPipeline& fitted, std::string& note) {
    for (const ParameterEstimate& estimate : fitted.estimates) {
      if (estimate.parameter != "creation_per_week") continue;
      note = estimate.note;
      return estimate.value;
    }
    return 0.0;
  };
  std::string told_note;
  std::string late_note;
  const double alone = per_week(told, told_note);
  const double together = per_week(late, late_note);
  // Leads bring a quarter of .2 a day on top of .08: 1.6 times as much. Some 1,200 deals.
  EXPECT_NEAR(together / alone, 1.6, 0.25);
  EXPECT_EQ(told_note, "");
  EXPECT_NE(late_note, "");
}

TEST(FitPipeline, HasAnEstimateOfEverythingLeadsAndCustomersDo) {
  PlantedPipeline pipeline = Company();
  pipeline.segment_count = 2;
  pipeline.cells.insert(pipeline.cells.end(), pipeline.cells.begin(), pipeline.cells.end());
  const FittedPipeline fitted = Fit(PlantHistory(pipeline, 4), 8);
  const auto count = [&](const std::string& parameter) {
    return std::count_if(fitted.estimates.begin(), fitted.estimates.end(),
                         [&](const auto& estimate) { return estimate.parameter == parameter; });
  };
  EXPECT_EQ(count("leads_per_week"), pipeline.team_count);
  for (const char* of_segment : {"lead_conversion", "lead_days", "renewal_share", "expansion_share",
                                 "never_closing_share"}) {
    EXPECT_EQ(count(of_segment), 2) << of_segment;
  }
  for (const char* of_all :
       {"renewal_amount_factor", "expansion_amount_factor", "churn_per_year"}) {
    EXPECT_EQ(count(of_all), 1) << of_all;
  }
  // Without leads and customers there is none of them.
  pipeline.lead_rate_per_day = pipeline.renewal.share = pipeline.expansion.share = 0;
  for (const ParameterEstimate& estimate : Fit(PlantHistory(pipeline, 4), 8).estimates) {
    EXPECT_EQ(estimate.parameter.find("lead"), std::string::npos);
    EXPECT_EQ(estimate.parameter.find("renewal"), std::string::npos);
    EXPECT_EQ(estimate.parameter.find("churn"), std::string::npos);
  }
}

// Deals and leads in another order; positions of predecessors move along.
TEST(FitPipeline, DoesNotDependOnTheOrderOfDealsAndLeads) {
  const History history = PlantHistory(Company(), 6);
  History turned = history;
  std::reverse(turned.leads.begin(), turned.leads.end());
  std::reverse(turned.deals.begin(), turned.deals.end());
  const int last = static_cast<int>(turned.deals.size()) - 1;
  for (HistoryDeal& deal : turned.deals) {
    if (deal.predecessor >= 0) deal.predecessor = last - deal.predecessor;
  }
  const PipelineModel a = Fit(history, 8).model;
  const PipelineModel b = Fit(turned, 8).model;
  for (size_t k = 0; k < a.draws.size(); ++k) {
    EXPECT_EQ(a.draws[k].lead_rate_per_day, b.draws[k].lead_rate_per_day);
    EXPECT_EQ(a.draws[k].creation_rate_per_day, b.draws[k].creation_rate_per_day);
    EXPECT_EQ(a.draws[k].renewal_rate_per_day, b.draws[k].renewal_rate_per_day);
    EXPECT_EQ(a.draws[k].expansion_rate_per_day, b.draws[k].expansion_rate_per_day);
    EXPECT_EQ(a.draws[k].churn_per_year, b.draws[k].churn_per_year);
    EXPECT_EQ(a.draws[k].amounts[0].log_median, b.draws[k].amounts[0].log_median);
    EXPECT_EQ(a.draws[k].lead_cells[0].ages[0].exit_rate_per_day,
              b.draws[k].lead_cells[0].ages[0].exit_rate_per_day);
  }
  EXPECT_EQ(a.renewal_amount.log_mean, b.renewal_amount.log_mean);
}

}  // namespace
}  // namespace quotacast::simulator
