#include "simulator/fit/revisions.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "simulator/fit/exposure.h"
#include "simulator/fit/posterior.h"

namespace quotacast::simulator {
namespace {

// Weighted moments of x = ln(final / stated).
struct Moments {
  double weight = 0;
  double weight_squared = 0;
  double sum = 0;
  double squares = 0;
  double ratios = 0;

  void Add(double x, double w) {
    weight += w;
    weight_squared += w * w;
    sum += w * x;
    squares += w * x * x;
    ratios += w * std::exp(x);
  }
  // Kish's effective number.
  double count() const { return weight_squared > 0 ? weight * weight / weight_squared : 0; }
  double variance() const {
    if (weight <= 0) return 0;
    const double mean = sum / weight;
    return std::max(0.0, squares / weight - mean * mean);
  }
  // ln of the mean ratio.
  double log_ratio() const { return weight > 0 ? std::log(ratios / weight) : 0; }
};

// The amount stated at the end of `day`; 0 when there was none.
int64_t StatedOn(const HistoryDeal& deal, absl::CivilDay day) {
  int64_t amount = 0;
  for (const AmountStatement& statement : deal.stated_amounts) {
    if (statement.said > day) break;
    amount = statement.minor_units;
  }
  return amount;
}

// Mean drawn to `prior` with this sd, given its sampling variance.
double Shrunk(const Moments& moments, double variance, double prior, double prior_sd) {
  if (moments.count() <= 0) return prior;
  const double noise = variance / moments.count();
  const double share = prior_sd * prior_sd / (prior_sd * prior_sd + noise);
  return prior + share * (moments.log_ratio() - prior);
}

double ShrunkVariance(const Moments& moments, double prior) {
  const double n = moments.count();
  return (n * moments.variance() + kRevisionPriorCount * prior) / (n + kRevisionPriorCount);
}

}  // namespace

RevisionFit FitRevisions(const History& history, absl::CivilDay window_start,
                         double recency_half_life_days) {
  // In order of id: sums of doubles must not depend on the order the deals arrive in.
  std::vector<const HistoryDeal*> won;
  for (const HistoryDeal& deal : history.deals) {
    if (deal.end != DealEnd::kWon || deal.end_day < window_start) continue;
    if (deal.won_amount_minor_units.value_or(0) > 0) won.push_back(&deal);
  }
  std::sort(won.begin(), won.end(),
            [](const HistoryDeal* a, const HistoryDeal* b) { return a->id < b->id; });
  RevisionFit fit;
  fit.deal_counts.assign(history.stages.size(), 0.0);
  std::vector<Moments> stages(history.stages.size());
  // A deal counts once among all stages, however many it passed.
  Moments all;
  int deal_count = 0;
  double deal_weight_squared = 0;
  bool any_change = false;
  for (const HistoryDeal* deal : won) {
    const double weight = RecencyWeight(deal->end_day, history.as_of, recency_half_life_days);
    std::vector<std::pair<size_t, double>> found;
    for (size_t v = 0; v < deal->visits.size(); ++v) {
      const StageVisit& visit = deal->visits[v];
      const absl::CivilDay left =
          v + 1 < deal->visits.size() ? deal->visits[v + 1].entered : deal->end_day;
      if (left <= visit.entered) continue;
      const int64_t stated = StatedOn(*deal, visit.entered + (left - visit.entered - 1) / 2);
      if (stated <= 0) continue;
      const double x = std::log(static_cast<double>(*deal->won_amount_minor_units) /
                                static_cast<double>(stated));
      if (std::abs(x) > std::log(kMaxRevisionFactor)) continue;
      any_change = any_change || *deal->won_amount_minor_units != stated;
      found.emplace_back(visit.stage, x);
    }
    if (found.empty()) continue;
    ++deal_count;
    deal_weight_squared += weight * weight;
    std::vector<bool> counted(history.stages.size(), false);
    for (const auto& [stage, x] : found) {
      stages[stage].Add(x, weight);
      all.Add(x, weight / static_cast<double>(found.size()));
      if (!counted[stage]) ++fit.deal_counts[stage];
      counted[stage] = true;
    }
  }
  if (deal_count < kMinRevisedDeals || !any_change) return fit;
  // Stays of one deal go together: deals are what the means rest on.
  all.weight_squared = deal_weight_squared;
  const double variance = ShrunkVariance(all, 0);
  const double level = Shrunk(all, all.variance(), 0, kRevisionMeanSd);
  for (const Moments& stage : stages) {
    const double stage_variance = ShrunkVariance(stage, variance);
    const double log_ratio = Shrunk(stage, stage_variance, level, kRevisionStageSd);
    fit.revisions.push_back(
        {Quantise(log_ratio - stage_variance / 2), Quantise(std::sqrt(stage_variance))});
  }
  return fit;
}

}  // namespace quotacast::simulator
