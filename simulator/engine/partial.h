// What trials leave behind: integers only, so that merging is addition and order cannot matter.
#ifndef QUOTACAST_SIMULATOR_ENGINE_PARTIAL_H_
#define QUOTACAST_SIMULATOR_ENGINE_PARTIAL_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "simulator/stats/exact_moments.h"
#include "simulator/stats/log_linear_histogram.h"

namespace quotacast::simulator {

// The kinds of line in a forecast.
enum class Level { kOrg = 0, kTeam = 1, kRep = 2 };

// A line of the forecast: the org, a team (with all below it), a rep or a hire.
struct Entity {
  Level level = Level::kOrg;
  std::string key;  // "" for the org.
  bool is_hire = false;
  bool operator==(const Entity&) const = default;
};

// How a series keeps its distribution: every trial, or a histogram when there are too many.
enum class SeriesStorage { kSamples, kHistogram };

// A series is one number per trial. All bookings are what the trial won, from the start of the
// period, without what was booked before the as-of date.
//   group 0: the org up to each step                      [step]
//   group 1: number of people at quota                    [period]
//   group 2: each team up to each mark                    [team][mark]
//   group 3: each rep, then each hire, up to each mark    [person][mark]
// and of plans with compensation plans
//   group 4: payout of the org, then of each team         [line][period]
//   group 5: payout of each rep, then of each hire        [person][period]
// Payouts are of whole periods, what was booked before the as-of date included; who is not paid by
// a plan gets 0 and adds nothing.
// A mark is a step that ends a period or at a cut day.
struct SeriesGroup {
  int first_series = 0;
  int series_count = 0;
  SeriesStorage storage = SeriesStorage::kSamples;
  int first_slot = 0;  // Among the sampled series, or among the histograms.
  bool operator==(const SeriesGroup&) const = default;
};

// The axes of a Partial. `entities`: the org, then teams in state order, then reps in state
// order, then hires in scenario order.
struct PlanShape {
  std::vector<Entity> entities;
  int period_count = 0;
  int draw_count = 0;
  int batch_size = 0;
  // Ends (exclusive first day after) of the steps, ascending. Steps never span a period end.
  std::vector<absl::CivilDay> step_ends;
  std::vector<int> period_of_step;
  // Steps at which every entity's sum is kept, ascending; the mark that ends each period.
  std::vector<int> mark_steps;
  std::vector<int> mark_of_period;
  // [entity * period_count + period]: the quota (sum of the quotas below; absent if nobody has
  // one) and what was won in the period before the as-of date.
  std::vector<std::optional<int64_t>> quota_minor_units;
  std::vector<int64_t> booked_minor_units;
  std::vector<int> eligible_rep_count;  // [period]: people with a quota.
  int team_count = 0;
  int person_count = 0;
  std::vector<SeriesGroup> groups;  // Those above.
  // Whether a plan pays anybody of the line in the period, [entity * period_count + period]; empty
  // without compensation plans.
  std::vector<bool> is_paid;
  int series_count = 0;
  int sampled_series_count = 0;
  int histogram_count = 0;
  // Whether partials count drivers: open deals, by their keys in the order of their ids, and all
  // people. There are at most kMaxDriverDeals deals, those of the largest amounts.
  bool counts_drivers = false;
  std::vector<std::string> driver_deals;
  int64_t uncounted_deal_count = 0;  // Open deals left out for being more than that.
  // Identifies (model, state, scenario, options): partials with different keys do not merge.
  uint64_t plan_key = 0;
  // The same without quotas: plans with equal keys book the same in every trial.
  uint64_t bookings_key = 0;
  // Identifies (model, seed, trials, steps): plans with different keys share no trials and
  // cannot be compared pairwise.
  uint64_t trial_key = 0;
  bool operator==(const PlanShape&) const = default;

  int mark_count() const { return static_cast<int>(mark_steps.size()); }
  int OrgSeries(int step) const { return step; }
  int AtQuotaSeries(int period) const { return groups[1].first_series + period; }
  // `entity` is a position in `entities`.
  int EntitySeries(int entity, int mark) const {
    return entity == 0 ? mark_steps[mark]
                       : groups[2].first_series + (entity - 1) * mark_count() + mark;
  }
  bool pays() const { return !is_paid.empty(); }
  // Of plans with compensation plans only.
  int PayoutSeries(int entity, int period) const {
    const int first_person = 1 + team_count;
    return entity < first_person
               ? groups[4].first_series + entity * period_count + period
               : groups[5].first_series + (entity - first_person) * period_count + period;
  }
  const SeriesGroup& GroupOf(int series) const {
    int group = static_cast<int>(groups.size()) - 1;
    while (group > 0 && series < groups[group].first_series) --group;
    return groups[group];
  }
};

// The sampled series of one batch of trials.
struct BatchSamples {
  int64_t batch = 0;            // Trials [batch * batch_size, (batch + 1) * batch_size).
  std::vector<int64_t> values;  // [sampled series][trial of the batch].
  bool operator==(const BatchSamples&) const = default;
};

// Open deals that a plan counts as drivers; the others are the smallest.
inline constexpr int kMaxDriverDeals = 16'384;

// How open deals and people went together with the organisation's last period. All empty unless
// the plan counts drivers.
struct DriverCounts {
  std::vector<uint32_t> won;               // Trials that win it, [deal * draw_count + draw].
  std::vector<uint32_t> won_and_attained;  // Those in which the org reaches its quota as well.
  // Sums over trials: what the deal books, and that times what the org wins; [deal].
  std::vector<__int128> amount_sums;
  std::vector<__int128> deal_products;
  std::vector<__int128> person_products;  // What the person wins times what the org wins; [person].
  bool operator==(const DriverCounts&) const = default;
};

// Integers of some batches of trials of one plan. A value: copyable, comparable, not thread-safe.
// Equal plans and trials give equal partials whatever the split, order or threads.
struct Partial {
  uint64_t plan_key = 0;
  uint64_t trial_key = 0;
  int draw_count = 0;
  int batch_size = 0;
  int series_count = 0;
  int period_count = 0;
  // One per batch covered, ascending; present even when no series keeps samples.
  std::vector<BatchSamples> batches;
  std::vector<ExactMoments> moments;           // [series * draw_count + draw].
  std::vector<int64_t> attain_counts;          // [(entity * period_count + period) * draws + draw].
  std::vector<LogLinearHistogram> histograms;  // [histogram slot].
  DriverCounts drivers;
  // Inputs outside the range of the compiled tables that were clamped.
  int64_t clamped_count = 0;
  bool operator==(const Partial&) const = default;

  int64_t trial_count() const { return static_cast<int64_t>(batches.size()) * batch_size; }
};

// A partial that covers no trial of the plan.
Partial EmptyPartial(const PlanShape& shape);

// Both together. INVALID_ARGUMENT (PARTIAL_MISMATCH) for partials of different plans and
// (PARTIAL_OVERLAP) when a trial is in both. Commutative and associative, exactly.
absl::StatusOr<Partial> Merge(Partial a, Partial b);

// All trials of one sampled series in trial order. The series must keep samples.
std::vector<int64_t> GatherSamples(const PlanShape& shape, const Partial& partial, int series);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_ENGINE_PARTIAL_H_
