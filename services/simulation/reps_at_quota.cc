#include "services/simulation/reps_at_quota.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "simulator/stats/draw_variance.h"

namespace quotacast::simulation {

int64_t PeopleNeeded(double share, int eligible_count) {
  // 0.6 of 5 is 3, although 0.6 * 5 in binary is a little more.
  return static_cast<int64_t>(std::ceil(share * eligible_count - 1e-9));
}

std::optional<simulator::Estimate> RepsAtQuotaProbability(const simulator::PlanShape& shape,
                                                          const simulator::Partial& partial,
                                                          int period, double share) {
  const int eligible = shape.eligible_rep_count[period];
  if (eligible == 0) return std::nullopt;
  const int64_t needed = PeopleNeeded(share, eligible);
  const simulator::SeriesGroup& group = shape.groups[1];
  const size_t slot = static_cast<size_t>(group.first_slot + period);
  simulator::Estimate estimate;

  if (group.storage == simulator::SeriesStorage::kHistogram) {
    const double trials = static_cast<double>(std::max<int64_t>(1, partial.trial_count()));
    estimate.value = partial.histograms[slot].ShareAtLeast(needed);
    // At least one trial's worth: a share of 0 or 1 is not a proof.
    estimate.monte_carlo_se =
        std::max(std::sqrt(estimate.value * (1 - estimate.value) / trials), 1 / (1 + trials));
    estimate.total_se = estimate.monte_carlo_se;
    return estimate;
  }

  std::vector<int64_t> successes(static_cast<size_t>(partial.draw_count), 0);
  std::vector<int64_t> trials(static_cast<size_t>(partial.draw_count), 0);
  const size_t batch_size = static_cast<size_t>(partial.batch_size);
  for (const simulator::BatchSamples& batch : partial.batches) {
    const size_t draw = static_cast<size_t>(batch.batch % partial.draw_count);
    const auto first = batch.values.begin() + static_cast<std::ptrdiff_t>(slot * batch_size);
    successes[draw] += std::count_if(first, first + static_cast<std::ptrdiff_t>(batch_size),
                                     [needed](int64_t people) { return people >= needed; });
    trials[draw] += partial.batch_size;
  }
  const simulator::DrawVariance split = simulator::DecomposeShareByDraw(successes, trials);
  estimate.value = split.mean;
  estimate.monte_carlo_se = split.monte_carlo_se;
  estimate.parameter_sd = split.parameter_sd;
  estimate.total_se = split.total_se;
  return estimate;
}

}  // namespace quotacast::simulation
