#include "simulator/engine/drivers.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/errors.h"
#include "base/status_macros.h"
#include "simulator/engine/deterministic_math.h"
#include "simulator/engine/summary_math.h"
#include "simulator/stats/draw_variance.h"
#include "simulator/stats/exact_covariance.h"
#include "simulator/stats/exact_moments.h"
#include "simulator/stats/wilson_interval.h"

namespace quotacast::simulator {
namespace {

// Probability that any deal at all is called certain when none has an effect.
constexpr double kFalseAlarm = 0.05;

// Counts of a draw's trials, by whether a deal is won and whether the organisation attains.
enum Cell { kWonAttained, kWonMissed, kOpenAttained, kOpenMissed, kCells };

// The trials of a plan's last period by draw.
struct PeriodCounts {
  std::vector<int64_t> trials;
  std::vector<int64_t> attained;
  int64_t trial_sum = 0;
  int64_t attained_sum = 0;
};

using CellCounts = std::vector<std::vector<int64_t>>;  // [draw][Cell].

CellCounts CellsOfDeal(const PeriodCounts& period, const DriverCounts& counts, size_t deal) {
  const size_t draws = period.trials.size();
  CellCounts cells(draws, std::vector<int64_t>(kCells));
  for (size_t k = 0; k < draws; ++k) {
    const int64_t won = counts.won[deal * draws + k];
    const int64_t both = counts.won_and_attained[deal * draws + k];
    cells[k][kWonAttained] = both;
    cells[k][kWonMissed] = won - both;
    cells[k][kOpenAttained] = period.attained[k] - both;
    cells[k][kOpenMissed] = period.trials[k] - won - period.attained[k] + both;
  }
  return cells;
}

// Of a ratio that is 0 or 1 in all of its cases trials cannot tell the error; it is then at least
// the width of the one-sigma Wilson interval, as for shares.
double LeastError(int64_t successes, int64_t cases) {
  if (successes != 0 && successes != cases) return 0;
  const ProportionInterval interval = WilsonInterval(successes, cases, 1);
  return interval.high - interval.low;
}

Estimate WithLeastError(const DrawVariance& variance, double least) {
  Estimate estimate = ToEstimate(variance);
  estimate.monte_carlo_se = std::max(estimate.monte_carlo_se, least);
  estimate.total_se = std::max(estimate.total_se, least);
  return estimate;
}

// The two conditional probabilities, their difference, and whether that is beyond its error.
// `excess` is the difference less that error; below 0 when it is within.
void SetAttainment(const CellCounts& cells, const PeriodCounts& period, double z, DealDriver& deal,
                   double& excess) {
  int64_t won = 0, both = 0;
  for (const std::vector<int64_t>& draw : cells) {
    won += draw[kWonAttained] + draw[kWonMissed];
    both += draw[kWonAttained];
  }
  const int64_t open = period.trial_sum - won;
  const int64_t open_attained = period.attained_sum - both;
  const double trials = static_cast<double>(period.trial_sum);
  // Influence of a trial on successes / cases is (success - ratio * case) / P(case).
  double if_won = 0, if_open = 0, won_share = 0, open_share = 0;
  if (won > 0) {
    won_share = static_cast<double>(won) / trials;
    if_won = static_cast<double>(both) / static_cast<double>(won);
    deal.attain_probability_if_won =
        WithLeastError(DecomposeInfluenceByDraw(
                           if_won, {(1 - if_won) / won_share, -if_won / won_share, 0, 0}, cells),
                       LeastError(both, won));
  }
  if (open > 0) {
    open_share = static_cast<double>(open) / trials;
    if_open = static_cast<double>(open_attained) / static_cast<double>(open);
    deal.attain_probability_if_not_won = WithLeastError(
        DecomposeInfluenceByDraw(if_open, {0, 0, (1 - if_open) / open_share, -if_open / open_share},
                                 cells),
        LeastError(open_attained, open));
  }
  if (won == 0 || open == 0) return;
  const double least = std::hypot(LeastError(both, won), LeastError(open_attained, open));
  deal.attain_probability_change =
      WithLeastError(DecomposeInfluenceByDraw(if_won - if_open,
                                              {(1 - if_won) / won_share, -if_won / won_share,
                                               -(1 - if_open) / open_share, if_open / open_share},
                                              cells),
                     least);
  // A handful of wins that happen to attain must not look like an effect: the error is also that of
  // two samples of one common P(attain) (the score test).
  const double common = static_cast<double>(period.attained_sum) / trials;
  const double score_error = std::sqrt(
      common * (1 - common) * (1 / static_cast<double>(won) + 1 / static_cast<double>(open)));
  const Estimate& change = *deal.attain_probability_change;
  excess = std::abs(change.value) - z * std::max(change.total_se, score_error);
  deal.is_change_certain = excess > 0;
}

struct RankedDeal {
  DealDriver deal;
  double excess = 0;
};

std::vector<DealDriver> RankDeals(const PlanShape& shape, const Partial& partial,
                                  const PeriodCounts& period, bool has_quota, int64_t org_sum,
                                  double org_variance, int count) {
  const DriverCounts& counts = partial.drivers;
  const size_t deals = shape.driver_deals.size();
  const size_t draws = period.trials.size();
  const double z = deals == 0 ? 0 : -NormalQuantile(kFalseAlarm / 2 / static_cast<double>(deals));
  std::vector<RankedDeal> ranked(deals);
  for (size_t i = 0; i < deals; ++i) {
    DealDriver& deal = ranked[i].deal;
    deal.key = shape.driver_deals[i];
    const std::vector<int64_t> won(counts.won.begin() + static_cast<ptrdiff_t>(i * draws),
                                   counts.won.begin() + static_cast<ptrdiff_t>((i + 1) * draws));
    deal.win_probability = ShareEstimate(won, period.trials);
    deal.variance_share = CovarianceFromSums(period.trial_sum, counts.amount_sums[i], org_sum,
                                             counts.deal_products[i]) /
                          org_variance;
    if (has_quota) {
      SetAttainment(CellsOfDeal(period, counts, i), period, z, deal, ranked[i].excess);
    }
  }
  // Equal deals stay in the order of their ids.
  std::stable_sort(ranked.begin(), ranked.end(), [](const RankedDeal& a, const RankedDeal& b) {
    if (a.deal.is_change_certain != b.deal.is_change_certain) return a.deal.is_change_certain;
    if (a.deal.is_change_certain && a.excess != b.excess) return a.excess > b.excess;
    return a.deal.variance_share > b.deal.variance_share;
  });
  std::vector<DealDriver> first;
  for (size_t i = 0; i < std::min(deals, static_cast<size_t>(count)); ++i) {
    first.push_back(std::move(ranked[i].deal));
  }
  return first;
}

std::vector<RepDriver> RankReps(const PlanShape& shape, const Partial& partial, int mark,
                                int64_t trials, int64_t org_sum, double org_variance, int count) {
  std::vector<RepDriver> ranked;
  for (int person = 0; person < shape.person_count; ++person) {
    const int entity = 1 + shape.team_count + person;
    const ExactMoments moments = PooledMoments(partial, shape.EntitySeries(entity, mark));
    ranked.push_back(
        {shape.entities[static_cast<size_t>(entity)],
         CovarianceFromSums(trials, moments.sum, org_sum,
                            partial.drivers.person_products[static_cast<size_t>(person)]) /
             org_variance});
  }
  std::stable_sort(ranked.begin(), ranked.end(), [](const RepDriver& a, const RepDriver& b) {
    return a.variance_share > b.variance_share;
  });
  ranked.resize(std::min(ranked.size(), static_cast<size_t>(count)));
  return ranked;
}

}  // namespace

absl::StatusOr<Drivers> RankDrivers(const Plan& plan, const Partial& partial, int count) {
  const PlanShape& shape = plan.shape();
  QC_RETURN_IF_ERROR(CheckBelongs(shape, partial));
  if (!shape.counts_drivers) {
    return InvalidField("options.counts_drivers", "is false; want a plan that counts drivers");
  }
  if (count < 0 || count > kMaxDrivers) {
    return InvalidField("count", absl::StrCat("is ", count, "; want 0 to ", kMaxDrivers));
  }
  const int last = shape.period_count - 1;
  const int mark = shape.mark_of_period[static_cast<size_t>(last)];
  PeriodCounts period;
  period.trials = TrialsByDraw(partial);
  period.trial_sum = partial.trial_count();
  const auto attained =
      partial.attain_counts.begin() + static_cast<ptrdiff_t>(last) * shape.draw_count;
  period.attained.assign(attained, attained + shape.draw_count);
  for (const int64_t trials : period.attained) period.attained_sum += trials;

  const ExactMoments org = PooledMoments(partial, shape.EntitySeries(0, mark));
  const double org_variance = org.Variance();
  Drivers drivers;
  if (org_variance == 0) return drivers;
  const bool has_quota = shape.quota_minor_units[static_cast<size_t>(last)].has_value();
  drivers.deals = RankDeals(shape, partial, period, has_quota, org.sum, org_variance, count);
  drivers.reps = RankReps(shape, partial, mark, period.trial_sum, org.sum, org_variance, count);
  return drivers;
}

}  // namespace quotacast::simulator
