#include "simulator/engine/rethreshold.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "simulator/stats/exact_moments.h"

namespace quotacast::simulator {
namespace {

size_t SlotOf(const PlanShape& shape, int series) {
  const SeriesGroup& group = shape.GroupOf(series);
  return static_cast<size_t>(group.first_slot + series - group.first_series);
}

// Judges one batch in one period.
void JudgeBatch(const PlanShape& shape, int draw, int period, BatchSamples& batch,
                Partial& partial) {
  const size_t lanes = static_cast<size_t>(shape.batch_size);
  std::vector<int64_t> at_quota(lanes, 0);
  for (size_t entity = 0; entity < shape.entities.size(); ++entity) {
    const size_t cell = entity * shape.period_count + period;
    if (!shape.quota_minor_units[cell].has_value()) continue;
    const int64_t wanted = *shape.quota_minor_units[cell] - shape.booked_minor_units[cell];
    const int series = shape.EntitySeries(static_cast<int>(entity), shape.mark_of_period[period]);
    const int64_t* won = &batch.values[SlotOf(shape, series) * lanes];
    const bool is_person = shape.entities[entity].level == Level::kRep;
    int64_t attained = 0;
    for (size_t lane = 0; lane < lanes; ++lane) {
      const int64_t reached = won[lane] >= wanted ? 1 : 0;
      attained += reached;
      if (is_person) at_quota[lane] += reached;
    }
    partial.attain_counts[cell * shape.draw_count + draw] += attained;
  }
  const int series = shape.AtQuotaSeries(period);
  std::copy(at_quota.begin(), at_quota.end(), &batch.values[SlotOf(shape, series) * lanes]);
  ExactMoments& moments = partial.moments[static_cast<size_t>(series) * shape.draw_count + draw];
  for (const int64_t count : at_quota) moments.Add(count);
}

}  // namespace

std::optional<Partial> Rethreshold(const PlanShape& from, const Partial& partial,
                                   const PlanShape& to) {
  const bool all_sampled = std::all_of(
      to.groups.begin(), to.groups.end(),
      [](const SeriesGroup& group) { return group.storage == SeriesStorage::kSamples; });
  if (from.bookings_key != to.bookings_key || partial.plan_key != from.plan_key || !all_sampled ||
      to.counts_drivers) {
    return std::nullopt;
  }
  Partial judged = partial;
  judged.plan_key = to.plan_key;
  std::fill(judged.attain_counts.begin(), judged.attain_counts.end(), 0);
  for (int period = 0; period < to.period_count; ++period) {
    const auto first =
        judged.moments.begin() + static_cast<ptrdiff_t>(to.AtQuotaSeries(period)) * to.draw_count;
    std::fill(first, first + to.draw_count, ExactMoments());
    for (BatchSamples& batch : judged.batches) {
      JudgeBatch(to, static_cast<int>(batch.batch % to.draw_count), period, batch, judged);
    }
  }
  return judged;
}

}  // namespace quotacast::simulator
