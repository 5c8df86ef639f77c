// CompareForecasts of forecast.h: differences trial by trial.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/errors.h"
#include "base/status_macros.h"
#include "simulator/engine/engine.h"
#include "simulator/engine/forecast.h"
#include "simulator/engine/summary_math.h"

namespace quotacast::simulator {
namespace {

absl::Status CheckPaired(const Plan& plan_a, const Partial& a, const Plan& plan_b,
                         const Partial& b) {
  QC_RETURN_IF_ERROR(CheckBelongs(plan_a.shape(), a));
  QC_RETURN_IF_ERROR(CheckBelongs(plan_b.shape(), b));
  const bool same_batches =
      a.batches.size() == b.batches.size() &&
      std::equal(a.batches.begin(), a.batches.end(), b.batches.begin(),
                 [](const BatchSamples& x, const BatchSamples& y) { return x.batch == y.batch; });
  if (a.trial_key == b.trial_key && same_batches) return absl::OkStatus();
  ErrorDetail detail;
  detail.reason = "PARTIAL_MISMATCH";
  return WithDetail(
      absl::InvalidArgumentError(absl::StrCat(
          "the forecasts are not pairs: they need the same model, seed, steps and trials (trial "
          "keys ",
          a.trial_key, " and ", b.trial_key, ", trials ", a.trial_count(), " and ", b.trial_count(),
          ")")),
      detail);
}

// The difference of an indicator: -1, 0 or 1 in each trial.
Estimate DifferenceEstimate(const Partial& partial, const std::vector<int64_t>& differences) {
  return ToEstimate(DecomposeByDraw(MomentsByDraw(partial, differences)));
}

// Payouts of line `y` of plan b less those of line `x` of plan a, where both pay and keep samples.
std::optional<DistributionSummary> PairPayouts(const PlanShape& shape_a, const Partial& a, int x,
                                               const PlanShape& shape_b, const Partial& b, int y,
                                               int period) {
  const auto pays = [period](const PlanShape& shape, int entity) {
    if (!shape.pays()) return false;
    const size_t cell = static_cast<size_t>(entity) * shape.period_count + period;
    return shape.is_paid[cell] &&
           shape.GroupOf(shape.PayoutSeries(entity, period)).storage == SeriesStorage::kSamples;
  };
  if (!pays(shape_a, x) || !pays(shape_b, y)) return std::nullopt;
  const std::vector<int64_t> from = GatherSamples(shape_a, a, shape_a.PayoutSeries(x, period));
  std::vector<int64_t> differences = GatherSamples(shape_b, b, shape_b.PayoutSeries(y, period));
  for (size_t i = 0; i < from.size(); ++i) differences[i] -= from[i];
  const std::vector<ExactMoments> moments = MomentsByDraw(a, differences);
  return SummarizeSamples(moments, differences, 0, 1);
}

// Line `x` of plan a and line `y` of plan b in one period.
PairedDifference Pair(const PlanShape& shape_a, const Partial& a, int x, const PlanShape& shape_b,
                      const Partial& b, int y, int period) {
  const size_t cell_a = static_cast<size_t>(x) * shape_a.period_count + period;
  const size_t cell_b = static_cast<size_t>(y) * shape_b.period_count + period;
  std::vector<int64_t> from =
      GatherSamples(shape_a, a, shape_a.EntitySeries(x, shape_a.mark_of_period[period]));
  std::vector<int64_t> to =
      GatherSamples(shape_b, b, shape_b.EntitySeries(y, shape_b.mark_of_period[period]));
  for (int64_t& value : from) value += shape_a.booked_minor_units[cell_a];
  for (int64_t& value : to) value += shape_b.booked_minor_units[cell_b];

  const int draws = a.draw_count;
  std::vector<int64_t> differences(from.size()), better(draws, 0), ties(draws, 0);
  for (size_t i = 0; i < from.size(); ++i) {
    differences[i] = to[i] - from[i];
    const int draw = DrawOfSample(a, static_cast<int64_t>(i));
    better[draw] += differences[i] > 0 ? 1 : 0;
    ties[draw] += differences[i] == 0 ? 1 : 0;
  }
  PairedDifference pair;
  pair.entity = shape_b.entities[y];
  pair.period = period;
  const std::vector<int64_t> trials = TrialsByDraw(a);
  pair.better_probability = ShareEstimate(better, trials);
  pair.tie_probability = ShareEstimate(ties, trials);
  const auto& quota_a = shape_a.quota_minor_units[cell_a];
  const auto& quota_b = shape_b.quota_minor_units[cell_b];
  if (quota_a.has_value() && quota_b.has_value()) {
    std::vector<int64_t> changes(from.size());
    for (size_t i = 0; i < from.size(); ++i) {
      changes[i] = (to[i] >= *quota_b ? 1 : 0) - (from[i] >= *quota_a ? 1 : 0);
    }
    pair.attain_probability_change = DifferenceEstimate(a, changes);
  }
  const std::vector<ExactMoments> moments = MomentsByDraw(a, differences);
  pair.difference = SummarizeSamples(moments, differences, 0, 1);
  pair.payout_difference = PairPayouts(shape_a, a, x, shape_b, b, y, period);
  return pair;
}

}  // namespace

absl::StatusOr<std::vector<PairedDifference>> CompareForecasts(const Plan& plan_a, const Partial& a,
                                                               const Plan& plan_b,
                                                               const Partial& b) {
  QC_RETURN_IF_ERROR(CheckPaired(plan_a, a, plan_b, b));
  const PlanShape& shape_a = plan_a.shape();
  const PlanShape& shape_b = plan_b.shape();
  const auto sampled = [](const PlanShape& shape, int entity) {
    return shape.GroupOf(shape.EntitySeries(entity, 0)).storage == SeriesStorage::kSamples;
  };
  std::vector<PairedDifference> pairs;
  for (int period = 0; period < shape_a.period_count; ++period) {
    for (int y = 0; y < static_cast<int>(shape_b.entities.size()); ++y) {
      const auto found =
          std::find(shape_a.entities.begin(), shape_a.entities.end(), shape_b.entities[y]);
      if (found == shape_a.entities.end()) continue;
      const int x = static_cast<int>(found - shape_a.entities.begin());
      if (!sampled(shape_a, x) || !sampled(shape_b, y)) continue;
      pairs.push_back(Pair(shape_a, a, x, shape_b, b, y, period));
    }
  }
  return pairs;
}

}  // namespace quotacast::simulator
