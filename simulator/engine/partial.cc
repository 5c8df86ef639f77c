#include "simulator/engine/partial.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/errors.h"

namespace quotacast::simulator {
namespace {

absl::Status Refusal(const std::string& reason, const std::string& message) {
  ErrorDetail detail;
  detail.reason = reason;
  return WithDetail(absl::InvalidArgumentError(message), detail);
}

template <typename Integer>
void AddTo(std::vector<Integer>& sums, const std::vector<Integer>& others) {
  for (size_t i = 0; i < sums.size(); ++i) sums[i] += others[i];
}

}  // namespace

Partial EmptyPartial(const PlanShape& shape) {
  Partial partial;
  partial.plan_key = shape.plan_key;
  partial.trial_key = shape.trial_key;
  partial.draw_count = shape.draw_count;
  partial.batch_size = shape.batch_size;
  partial.series_count = shape.series_count;
  partial.period_count = shape.period_count;
  partial.moments.resize(static_cast<size_t>(shape.series_count) * shape.draw_count);
  partial.attain_counts.resize(shape.entities.size() * shape.period_count * shape.draw_count, 0);
  partial.histograms.resize(shape.histogram_count);
  if (shape.counts_drivers) {
    const size_t deals = shape.driver_deals.size();
    partial.drivers.won.resize(deals * shape.draw_count, 0);
    partial.drivers.won_and_attained.resize(deals * shape.draw_count, 0);
    partial.drivers.amount_sums.resize(deals, 0);
    partial.drivers.deal_products.resize(deals, 0);
    partial.drivers.person_products.resize(shape.person_count, 0);
  }
  return partial;
}

absl::StatusOr<Partial> Merge(Partial a, Partial b) {
  if (a.plan_key != b.plan_key || a.trial_key != b.trial_key || a.draw_count != b.draw_count ||
      a.batch_size != b.batch_size || a.moments.size() != b.moments.size() ||
      a.attain_counts.size() != b.attain_counts.size() ||
      a.histograms.size() != b.histograms.size() || a.drivers.won.size() != b.drivers.won.size() ||
      a.drivers.person_products.size() != b.drivers.person_products.size()) {
    return Refusal("PARTIAL_MISMATCH", absl::StrCat("partials belong to different plans: keys ",
                                                    a.plan_key, " and ", b.plan_key));
  }
  std::vector<BatchSamples> batches;
  batches.reserve(a.batches.size() + b.batches.size());
  std::merge(std::make_move_iterator(a.batches.begin()), std::make_move_iterator(a.batches.end()),
             std::make_move_iterator(b.batches.begin()), std::make_move_iterator(b.batches.end()),
             std::back_inserter(batches),
             [](const BatchSamples& x, const BatchSamples& y) { return x.batch < y.batch; });
  for (size_t i = 1; i < batches.size(); ++i) {
    if (batches[i].batch == batches[i - 1].batch) {
      return Refusal("PARTIAL_OVERLAP",
                     absl::StrCat("batch ", batches[i].batch, " (trials from ",
                                  batches[i].batch * a.batch_size, ") is in both partials"));
    }
  }
  a.batches = std::move(batches);
  for (size_t i = 0; i < a.moments.size(); ++i) a.moments[i].Merge(b.moments[i]);
  for (size_t i = 0; i < a.attain_counts.size(); ++i) a.attain_counts[i] += b.attain_counts[i];
  for (size_t i = 0; i < a.histograms.size(); ++i) a.histograms[i].Merge(b.histograms[i]);
  AddTo(a.drivers.won, b.drivers.won);
  AddTo(a.drivers.won_and_attained, b.drivers.won_and_attained);
  AddTo(a.drivers.amount_sums, b.drivers.amount_sums);
  AddTo(a.drivers.deal_products, b.drivers.deal_products);
  AddTo(a.drivers.person_products, b.drivers.person_products);
  a.clamped_count += b.clamped_count;
  return a;
}

std::vector<int64_t> GatherSamples(const PlanShape& shape, const Partial& partial, int series) {
  const SeriesGroup& group = shape.GroupOf(series);
  const size_t offset = static_cast<size_t>(group.first_slot + series - group.first_series) *
                        static_cast<size_t>(partial.batch_size);
  std::vector<int64_t> samples;
  samples.reserve(static_cast<size_t>(partial.trial_count()));
  for (const BatchSamples& batch : partial.batches) {
    const auto from = batch.values.begin() + static_cast<ptrdiff_t>(offset);
    samples.insert(samples.end(), from, from + partial.batch_size);
  }
  return samples;
}

}  // namespace quotacast::simulator
