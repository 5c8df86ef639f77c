#include "simulator/fit/origin_estimates.h"

#include <cmath>
#include <cstddef>
#include <numeric>
#include <string>

#include "absl/strings/str_cat.h"
#include "simulator/fit/customers.h"
#include "simulator/fit/outlook.h"

namespace quotacast::simulator {
namespace {

constexpr double kDaysPerWeek = 7;

// What customers lead to by kMaxCustomerAgeDays, by segment of the win.
struct FollowUpWords {
  const char* share;   // Parameter.
  const char* factor;  // Parameter.
  const char* plural;
};

void AddFollowUps(const FollowUpWords& words, const PipelineModel& model,
                  std::vector<double> ParameterDraw::*rates, const std::vector<double>& counts,
                  EstimateCollector& collector) {
  for (size_t g = 0; g < model.segments.size(); ++g) {
    collector.AddDrawn({.parameter = words.share,
                        .segment = model.segments[g],
                        .sample_count = counts[g],
                        .sample_unit = words.plural,
                        .unit = "share"},
                       [&](const ParameterDraw& draw) {
                         return FollowUpShare(draw.*rates, g, model.customer_age_edges_days);
                       });
  }
}

void AddFactor(const FollowUpWords& words, const AmountRevision& amount, double pair_count,
               EstimateCollector& collector) {
  collector.AddPoint({.parameter = words.factor,
                      .sample_count = pair_count >= kMinFollowUpPairs ? pair_count : 0,
                      .sample_unit = absl::StrCat("won ", words.plural),
                      .unit = "factor",
                      .note = absl::StrCat("amount over that of the win; sd of its logarithm ",
                                           std::round(1000 * amount.log_sd) / 1000)},
                     std::exp(amount.log_mean + amount.log_sd * amount.log_sd / 2));
}

}  // namespace

void AddLeads(const PipelineModel& model, const std::vector<int>& team_of_rep,
              const EstimateCounts& counts, EstimateCollector& collector) {
  if (model.draws[0].lead_cells.empty()) return;
  const size_t segments = model.segments.size();
  std::vector<double> by_team(model.teams.size(), 0.0);
  for (size_t r = 0; r < team_of_rep.size(); ++r) {
    by_team[static_cast<size_t>(team_of_rep[r])] += counts.rep_leads[r];
  }
  for (size_t t = 0; t < model.teams.size(); ++t) {
    collector.AddDrawn({.parameter = "leads_per_week",
                        .entity = model.teams[t],
                        .sample_count = by_team[t],
                        .sample_unit = "leads",
                        .unit = "per week"},
                       [&](const ParameterDraw& draw) {
                         return RatePerWeek(draw.team_lead_rate_per_day, t, segments);
                       });
  }
  const auto outlook = [&](const ParameterDraw& draw, size_t g) {
    return OutlookOf(draw.lead_cells[g], model.age_bin_edges_days);
  };
  for (size_t g = 0; g < segments; ++g) {
    collector.AddDrawn({.parameter = "lead_conversion",
                        .segment = model.segments[g],
                        .sample_count = counts.lead_ends[g],
                        .sample_unit = "leads that ended",
                        .unit = "share"},
                       [&](const ParameterDraw& draw) { return outlook(draw, g).advanced; });
  }
  for (size_t g = 0; g < segments; ++g) {
    collector.AddDrawn({.parameter = "lead_days",
                        .segment = model.segments[g],
                        .sample_count = counts.lead_ends[g],
                        .sample_unit = "leads that ended",
                        .unit = "days"},
                       [&](const ParameterDraw& draw) {
                         return kDaysPerWeek * outlook(draw, g).median_weeks_to_advance;
                       });
  }
}

void AddCustomers(const PipelineModel& model, const EstimateCounts& counts,
                  EstimateCollector& collector) {
  const FollowUpWords renewals = {"renewal_share", "renewal_amount_factor", "renewals"};
  const FollowUpWords expansions = {"expansion_share", "expansion_amount_factor", "expansions"};
  if (!model.renewal_segments.empty()) {
    AddFollowUps(renewals, model, &ParameterDraw::renewal_rate_per_day, counts.renewals, collector);
    AddFactor(renewals, model.renewal_amount, counts.renewal_pair_count, collector);
  }
  if (!model.expansion_segments.empty()) {
    AddFollowUps(expansions, model, &ParameterDraw::expansion_rate_per_day, counts.expansions,
                 collector);
    AddFactor(expansions, model.expansion_amount, counts.expansion_pair_count, collector);
  }
  if (!model.renewal_segments.empty()) {
    collector.AddDrawn(
        {.parameter = "churn_per_year",
         .sample_count = std::accumulate(counts.renewals.begin(), counts.renewals.end(), 0.0),
         .sample_unit = "renewals",
         .unit = "per customer and year"},
        [](const ParameterDraw& draw) { return draw.churn_per_year; });
  }
}

}  // namespace quotacast::simulator
