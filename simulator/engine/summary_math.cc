#include "simulator/engine/summary_math.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/errors.h"
#include "simulator/stats/quantiles.h"
#include "simulator/stats/tail_mean.h"

namespace quotacast::simulator {

Estimate ToEstimate(const DrawVariance& variance) {
  return {variance.mean, variance.monte_carlo_se, variance.parameter_sd, variance.total_se};
}

std::vector<int64_t> TrialsByDraw(const Partial& partial) {
  std::vector<int64_t> trials(partial.draw_count, 0);
  for (const BatchSamples& batch : partial.batches) {
    trials[batch.batch % partial.draw_count] += partial.batch_size;
  }
  return trials;
}

int DrawOfSample(const Partial& partial, int64_t i) {
  return static_cast<int>(partial.batches[static_cast<size_t>(i / partial.batch_size)].batch %
                          partial.draw_count);
}

std::vector<ExactMoments> MomentsByDraw(const Partial& partial,
                                        const std::vector<int64_t>& samples) {
  std::vector<ExactMoments> moments(partial.draw_count);
  for (size_t i = 0; i < samples.size(); ++i) {
    moments[DrawOfSample(partial, static_cast<int64_t>(i))].Add(samples[i]);
  }
  return moments;
}

ExactMoments PooledMoments(const Partial& partial, int series) {
  ExactMoments pooled;
  for (int draw = 0; draw < partial.draw_count; ++draw) {
    pooled.Merge(partial.moments[static_cast<size_t>(series) * partial.draw_count + draw]);
  }
  return pooled;
}

Estimate ShareEstimate(const std::vector<int64_t>& successes, const std::vector<int64_t>& trials) {
  return ToEstimate(DecomposeShareByDraw(successes, trials));
}

DistributionSummary SummarizeSamples(const std::vector<ExactMoments>& moments,
                                     std::vector<int64_t>& samples, int64_t offset,
                                     double divisor) {
  const DrawVariance variance = DecomposeByDraw(moments);
  DistributionSummary summary;
  summary.mean = {(variance.mean + static_cast<double>(offset)) / divisor,
                  variance.monte_carlo_se / divisor, variance.parameter_sd / divisor,
                  variance.total_se / divisor};
  summary.sd = variance.sd / divisor;
  const std::vector<double> probabilities(std::begin(kReportedQuantiles),
                                          std::end(kReportedQuantiles));
  const std::vector<int64_t> values = OrderStatistics(samples, probabilities);
  for (size_t i = 0; i < probabilities.size(); ++i) {
    summary.quantiles.push_back(
        {probabilities[i], static_cast<double>(values[i] + offset) / divisor});
  }
  return summary;
}

Estimate TailMeanEstimate(const Partial& partial, std::vector<int64_t> samples, double share,
                          Tail tail) {
  std::vector<int64_t> reordered = samples;
  // An amount that occurred, so a whole number; below 2^53.
  const double edge = MeanOfTail(reordered, share, tail).edge;
  const int64_t at_edge = static_cast<int64_t>(edge);
  for (int64_t& sample : samples) {
    sample = tail == Tail::kLower ? std::min<int64_t>(sample - at_edge, 0)
                                  : std::max<int64_t>(sample - at_edge, 0);
  }
  const DrawVariance beyond = DecomposeByDraw(MomentsByDraw(partial, samples));
  return {edge + beyond.mean / share, beyond.monte_carlo_se / share, beyond.parameter_sd / share,
          beyond.total_se / share};
}

absl::Status CheckBelongs(const PlanShape& shape, const Partial& partial) {
  if (partial.plan_key == shape.plan_key && partial.trial_key == shape.trial_key &&
      partial.series_count == shape.series_count && !partial.batches.empty()) {
    return absl::OkStatus();
  }
  ErrorDetail detail;
  detail.reason = "PARTIAL_MISMATCH";
  return WithDetail(
      absl::InvalidArgumentError(
          partial.batches.empty() ? std::string("the partial covers no trial")
                                  : absl::StrCat("the partial belongs to plan ", partial.plan_key,
                                                 ", not to plan ", shape.plan_key)),
      detail);
}

}  // namespace quotacast::simulator
