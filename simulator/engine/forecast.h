// What a simulation says: distributions with their errors, and paired differences.
#ifndef QUOTACAST_SIMULATOR_ENGINE_FORECAST_H_
#define QUOTACAST_SIMULATOR_ENGINE_FORECAST_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "simulator/engine/partial.h"

namespace quotacast::simulator {

class Plan;

// A figure with its two errors, kept apart: the Monte Carlo error shrinks with trials, the
// parameter spread (what we do not know about the model) does not.
struct Estimate {
  double value = 0;
  double monte_carlo_se = 0;  // sqrt(W / N).
  double parameter_sd = 0;    // sqrt(max(0, B - W / n)).
  double total_se = 0;        // sqrt(B / K): error of `value` as an estimate of the predictive.
};

struct QuantileValue {
  double probability = 0;  // In (0, 1).
  double value = 0;        // Minor units, or a share.
};

// Probabilities at which every distribution below is reported.
inline constexpr double kReportedQuantiles[] = {0.025, 0.05, 0.10, 0.25, 0.50,
                                                0.75,  0.90, 0.95, 0.975};

// Worst share of the trials whose mean is given, unless the caller names another.
inline constexpr double kDefaultTailShare = 0.05;

// Bookings in minor units (or a share in [0, 1]).
struct DistributionSummary {
  Estimate mean;
  double sd = 0;
  std::vector<QuantileValue> quantiles;  // kReportedQuantiles.
};

// One entity in one period.
struct EntityPeriodForecast {
  Entity entity;
  int period = 0;
  int64_t booked_minor_units = 0;              // Won before the as-of date; part of `bookings`.
  std::optional<int64_t> quota_minor_units;    // Sum of quotas below; absent if nobody has one.
  DistributionSummary bookings;                // Whole period, minor units.
  std::optional<Estimate> attain_probability;  // P(bookings >= quota); absent without a quota.
  // Mean bookings of the worst share of all trials (CVaR), minor units. Its errors are those of the
  // mean of v + min(x - v, 0) / share with v the edge of the tail (the influence function of CVaR):
  // the spread over draws is that of what each draw adds to the tail. Absent when the line keeps a
  // histogram: that does not tell the draws apart.
  std::optional<Estimate> bookings_tail_mean;
  // What the scenario's compensation plans pay for the whole period, minor units, and the mean of
  // the dearest share of all trials; both absent where they pay nobody of the line, the second also
  // where a histogram is kept.
  std::optional<DistributionSummary> payout;
  std::optional<Estimate> payout_tail_mean;
};

// P(sum of an entity's bookings from a period's start up to a day >= amount).
struct Threshold {
  Entity entity;
  int period = 0;
  std::optional<absl::CivilDay> by;  // Inclusive last day, a cut of the plan; absent: period end.
  int64_t amount_minor_units = 0;
};

// Cumulative bookings of the org from the period's start to the end of a step.
struct FanPoint {
  absl::CivilDay step_end;  // Exclusive.
  DistributionSummary bookings;
};

struct PeriodForecast {
  int period = 0;
  std::vector<EntityPeriodForecast> entities;  // PlanShape order.
  // Share of reps with a quota who reach it: a random variable, not its mean.
  std::optional<DistributionSummary> reps_at_quota_share;
  int eligible_rep_count = 0;
  std::vector<FanPoint> org_fan;
};

struct Forecast {
  int64_t trials = 0;
  int draws = 0;
  std::vector<PeriodForecast> periods;
  std::vector<Estimate> thresholds;  // One per threshold asked.
  // Inputs outside the range of the compiled tables that were clamped; 0 in healthy runs.
  int64_t clamped_count = 0;
};

// Turns integers into figures. INVALID_ARGUMENT when the partial belongs to another plan, a
// threshold names an unknown entity, period or cut, or `tail_share` is not in (0, 1].
absl::StatusOr<Forecast> Summarize(const Plan& plan, const Partial& partial,
                                   const std::vector<Threshold>& thresholds,
                                   double tail_share = kDefaultTailShare);

// B minus A of one entity in one period over the same trials and random numbers.
struct PairedDifference {
  Entity entity;
  int period = 0;
  DistributionSummary difference;  // Minor units.
  Estimate better_probability;     // P(B > A).
  Estimate tie_probability;        // P(B = A).
  // P(B attains its quota) - P(A attains its), paired; absent without quotas.
  std::optional<Estimate> attain_probability_change;
  // Payout of B minus payout of A, minor units; absent where either pays nobody of the line or
  // keeps no samples of it.
  std::optional<DistributionSummary> payout_difference;
};

// Differences for the org and every entity that keeps samples in both. The two partials must
// cover the same trials with the same seed and draws; INVALID_ARGUMENT otherwise.
absl::StatusOr<std::vector<PairedDifference>> CompareForecasts(const Plan& plan_a, const Partial& a,
                                                               const Plan& plan_b,
                                                               const Partial& b);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_ENGINE_FORECAST_H_
