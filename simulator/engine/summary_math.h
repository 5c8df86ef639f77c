// What Summarize and CompareForecasts share. Internal to the engine.
#ifndef QUOTACAST_SIMULATOR_ENGINE_SUMMARY_MATH_H_
#define QUOTACAST_SIMULATOR_ENGINE_SUMMARY_MATH_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "simulator/engine/forecast.h"
#include "simulator/engine/partial.h"
#include "simulator/stats/draw_variance.h"
#include "simulator/stats/exact_moments.h"
#include "simulator/stats/tail_mean.h"

namespace quotacast::simulator {

Estimate ToEstimate(const DrawVariance& variance);

// Trials of the partial under each draw.
std::vector<int64_t> TrialsByDraw(const Partial& partial);

// The draw of trial number `i` of GatherSamples.
int DrawOfSample(const Partial& partial, int64_t i);

// Moments by draw of samples in GatherSamples order.
std::vector<ExactMoments> MomentsByDraw(const Partial& partial,
                                        const std::vector<int64_t>& samples);

// Moments of a series over all draws.
ExactMoments PooledMoments(const Partial& partial, int series);

// P(indicator) by draw; `successes` per draw.
Estimate ShareEstimate(const std::vector<int64_t>& successes, const std::vector<int64_t>& trials);

// Mean, sd and the reported quantiles of `samples` (reordered), whose moments by draw are given;
// everything is then shifted by `offset` and divided by `divisor`.
DistributionSummary SummarizeSamples(const std::vector<ExactMoments>& moments,
                                     std::vector<int64_t>& samples, int64_t offset, double divisor);

// Mean of the worst `share` in (0, 1] of `samples` in GatherSamples order (CVaR), with the errors
// of the mean of its influence function, edge + (distance beyond the edge) / share.
Estimate TailMeanEstimate(const Partial& partial, std::vector<int64_t> samples, double share,
                          Tail tail);

// INVALID_ARGUMENT (PARTIAL_MISMATCH) unless the partial is of a plan with this shape and not
// empty.
absl::Status CheckBelongs(const PlanShape& shape, const Partial& partial);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_ENGINE_SUMMARY_MATH_H_
