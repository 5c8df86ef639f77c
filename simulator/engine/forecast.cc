#include "simulator/engine/forecast.h"

#include <cmath>
#include <cstddef>
#include <iterator>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/errors.h"
#include "base/status_macros.h"
#include "simulator/engine/deterministic_math.h"
#include "simulator/engine/engine.h"
#include "simulator/engine/summary_math.h"

namespace quotacast::simulator {
namespace {

// One partial with its axes.
struct Results {
  const PlanShape& shape;
  const Partial& partial;
  std::vector<int64_t> trials_by_draw;

  std::vector<ExactMoments> Moments(int series) const {
    const auto from = partial.moments.begin() + static_cast<ptrdiff_t>(series) * shape.draw_count;
    return std::vector<ExactMoments>(from, from + shape.draw_count);
  }
  bool IsSampled(int series) const {
    return shape.GroupOf(series).storage == SeriesStorage::kSamples;
  }
  const LogLinearHistogram& Histogram(int series) const {
    const SeriesGroup& group = shape.GroupOf(series);
    return partial.histograms[group.first_slot + series - group.first_series];
  }
};

// A series as a distribution of (value + offset) / divisor.
DistributionSummary SummarizeSeries(const Results& results, int series, int64_t offset,
                                    double divisor) {
  const std::vector<ExactMoments> moments = results.Moments(series);
  std::vector<int64_t> samples;
  if (results.IsSampled(series)) samples = GatherSamples(results.shape, results.partial, series);
  DistributionSummary summary = SummarizeSamples(moments, samples, offset, divisor);
  if (results.IsSampled(series)) return summary;
  for (QuantileValue& quantile : summary.quantiles) {
    quantile.value =
        (results.Histogram(series).Quantile(quantile.probability) + static_cast<double>(offset)) /
        divisor;
  }
  return summary;
}

// Mean of the worst `share` of a series plus `offset`; nothing without samples.
std::optional<Estimate> SeriesTailMean(const Results& results, int series, int64_t offset,
                                       double share, Tail tail) {
  if (!results.IsSampled(series)) return std::nullopt;
  Estimate estimate = TailMeanEstimate(
      results.partial, GatherSamples(results.shape, results.partial, series), share, tail);
  estimate.value += static_cast<double>(offset);
  return estimate;
}

// P(value >= wanted). Without samples the share comes from the histogram; how it differs between
// draws is then judged from each draw's mean and sd as if bookings were normal.
Estimate AtLeast(const Results& results, int series, int64_t wanted) {
  const int draws = results.shape.draw_count;
  if (results.IsSampled(series)) {
    const std::vector<int64_t> samples = GatherSamples(results.shape, results.partial, series);
    std::vector<int64_t> successes(draws, 0);
    for (size_t i = 0; i < samples.size(); ++i) {
      if (samples[i] >= wanted) {
        ++successes[DrawOfSample(results.partial, static_cast<int64_t>(i))];
      }
    }
    return ShareEstimate(successes, results.trials_by_draw);
  }
  std::vector<int64_t> successes;
  for (const ExactMoments& moments : results.Moments(series)) {
    const double sd = std::sqrt(moments.Variance());
    const double distance = moments.Mean() - static_cast<double>(wanted);
    const double share = sd > 0 ? NormalCdf(distance / sd) : (distance >= 0 ? 1 : 0);
    successes.push_back(static_cast<int64_t>(share * static_cast<double>(moments.count) + 0.5));
  }
  Estimate estimate = ShareEstimate(successes, results.trials_by_draw);
  estimate.value = results.Histogram(series).ShareAtLeast(wanted);
  return estimate;
}

EntityPeriodForecast SummarizeEntity(const Results& results, int entity, int period,
                                     double tail_share) {
  const PlanShape& shape = results.shape;
  const size_t cell = static_cast<size_t>(entity) * shape.period_count + period;
  EntityPeriodForecast forecast;
  forecast.entity = shape.entities[entity];
  forecast.period = period;
  forecast.booked_minor_units = shape.booked_minor_units[cell];
  forecast.quota_minor_units = shape.quota_minor_units[cell];
  const int series = shape.EntitySeries(entity, shape.mark_of_period[period]);
  forecast.bookings = SummarizeSeries(results, series, forecast.booked_minor_units, 1);
  forecast.bookings_tail_mean =
      SeriesTailMean(results, series, forecast.booked_minor_units, tail_share, Tail::kLower);
  if (shape.pays() && shape.is_paid[cell]) {
    const int payout = shape.PayoutSeries(entity, period);
    forecast.payout = SummarizeSeries(results, payout, 0, 1);
    forecast.payout_tail_mean = SeriesTailMean(results, payout, 0, tail_share, Tail::kUpper);
  }
  if (forecast.quota_minor_units.has_value()) {
    const auto from =
        results.partial.attain_counts.begin() + static_cast<ptrdiff_t>(cell) * shape.draw_count;
    forecast.attain_probability =
        ShareEstimate(std::vector<int64_t>(from, from + shape.draw_count), results.trials_by_draw);
  }
  return forecast;
}

PeriodForecast SummarizePeriod(const Results& results, int period, double tail_share) {
  const PlanShape& shape = results.shape;
  PeriodForecast forecast;
  forecast.period = period;
  for (int entity = 0; entity < static_cast<int>(shape.entities.size()); ++entity) {
    forecast.entities.push_back(SummarizeEntity(results, entity, period, tail_share));
  }
  forecast.eligible_rep_count = shape.eligible_rep_count[period];
  if (forecast.eligible_rep_count > 0) {
    forecast.reps_at_quota_share = SummarizeSeries(
        results, shape.AtQuotaSeries(period), 0, static_cast<double>(forecast.eligible_rep_count));
  }
  for (int step = 0; step < static_cast<int>(shape.step_ends.size()); ++step) {
    if (shape.period_of_step[step] != period) continue;
    forecast.org_fan.push_back(
        {shape.step_ends[step],
         SummarizeSeries(results, shape.OrgSeries(step), shape.booked_minor_units[period], 1)});
  }
  return forecast;
}

// The series that holds an entity's sum up to the end of `by`; -1 when there is none.
int SeriesUpTo(const PlanShape& shape, int entity, int period,
               const std::optional<absl::CivilDay>& by) {
  if (!by.has_value()) return shape.EntitySeries(entity, shape.mark_of_period[period]);
  const auto ends_there = [&](int step) {
    return shape.period_of_step[step] == period && shape.step_ends[step] == *by + 1;
  };
  if (entity == 0) {
    for (int step = 0; step < static_cast<int>(shape.step_ends.size()); ++step) {
      if (ends_there(step)) return shape.OrgSeries(step);
    }
    return -1;
  }
  for (int mark = 0; mark < shape.mark_count(); ++mark) {
    if (ends_there(shape.mark_steps[mark])) return shape.EntitySeries(entity, mark);
  }
  return -1;
}

absl::StatusOr<Estimate> EvaluateThreshold(const Results& results, const Threshold& threshold,
                                           const std::string& field) {
  const PlanShape& shape = results.shape;
  if (threshold.period < 0 || threshold.period >= shape.period_count) {
    return InvalidField(field + ".period", absl::StrCat("is ", threshold.period, "; want 0 to ",
                                                        shape.period_count - 1));
  }
  int entity = -1;
  for (int e = 0; e < static_cast<int>(shape.entities.size()); ++e) {
    if (shape.entities[e] == threshold.entity) entity = e;
  }
  if (entity == -1) {
    return InvalidField(field + ".entity",
                        absl::StrCat("is ", threshold.entity.key, "; no such line in the plan"));
  }
  const int series = SeriesUpTo(shape, entity, threshold.period, threshold.by);
  if (series == -1) {
    return InvalidField(field + ".by",
                        absl::StrCat("is ", absl::FormatCivilTime(*threshold.by),
                                     "; want a cut day of the plan inside the period"));
  }
  const int64_t booked =
      shape.booked_minor_units[static_cast<size_t>(entity) * shape.period_count + threshold.period];
  return AtLeast(results, series, threshold.amount_minor_units - booked);
}

}  // namespace

absl::StatusOr<Forecast> Summarize(const Plan& plan, const Partial& partial,
                                   const std::vector<Threshold>& thresholds, double tail_share) {
  QC_RETURN_IF_ERROR(CheckBelongs(plan.shape(), partial));
  if (!(tail_share > 0 && tail_share <= 1)) {
    return InvalidField("tail_share",
                        absl::StrCat("is ", tail_share, "; want a share above 0, at most 1"));
  }
  const Results results = {plan.shape(), partial, TrialsByDraw(partial)};
  Forecast forecast;
  forecast.trials = partial.trial_count();
  forecast.draws = partial.draw_count;
  forecast.clamped_count = partial.clamped_count;
  for (size_t i = 0; i < thresholds.size(); ++i) {
    QC_ASSIGN_OR_RETURN(Estimate estimate, EvaluateThreshold(results, thresholds[i],
                                                             absl::StrCat("thresholds[", i, "]")));
    forecast.thresholds.push_back(estimate);
  }
  for (int period = 0; period < plan.shape().period_count; ++period) {
    forecast.periods.push_back(SummarizePeriod(results, period, tail_share));
  }
  return forecast;
}

}  // namespace quotacast::simulator
