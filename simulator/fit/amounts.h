// Final amounts of won deals: a lognormal per segment, small segments shrunk to all won deals.
#ifndef QUOTACAST_SIMULATOR_FIT_AMOUNTS_H_
#define QUOTACAST_SIMULATOR_FIT_AMOUNTS_H_

#include <cstdint>
#include <vector>

#include "absl/time/civil_time.h"
#include "simulator/fit/history.h"
#include "simulator/model/model.h"

namespace quotacast::simulator {

// Without any won deal: median 30,000.00 and log sd 0.8, the mid-market row of docs/model.md.
inline constexpr double kDefaultAmountMedianMinorUnits = 3'000'000;
inline constexpr double kDefaultAmountLogSd = 0.8;

// One distribution per segment. Its spread counts as its won deals plus kMaxAmountPriorCount deals
// of the spread found within segments; its mean is drawn to that of all won deals with the strength
// "variance within / variance between segments", at most kMaxAmountPriorCount deals: price lists
// with a factor of a hundred between products must not be averaged. A segment without won deals is
// like all won deals.
//
// Bookings are sums of amounts, so the lognormal is made to have the mean of the amounts seen. Its
// log sd is that of their logarithms, but its variance ln(1 + cv^2) no more than half again that of
// the amounts: a mixture of a few price points has far-flung logarithms and no heavy tail. Deals
// won at 0 lower the mean. `as_of` and half-life weigh deals as everywhere. The cap is four times
// the largest amount seen in any segment, and at least the 99 % quantile.
inline constexpr double kMaxAmountPriorCount = 5;
inline constexpr double kMinAmountPriorCount = 0.1;

//
// Draws are from a posterior of the normal-inverse-gamma kind: the variance of the logarithm is
// scaled inverse chi-squared with the deals that stand behind it, prior included, as degrees of
// freedom; the logarithm of the mean is normal around its estimate, with the variance of a mean of
// so many such amounts, scaled like the drawn variance. The mean of the draws' means is that of the
// estimate. A segment without won deals strays from all by as much as segments do.
struct AmountFit {
  std::vector<AmountDistribution> means;               // By segment.
  std::vector<std::vector<AmountDistribution>> draws;  // [draw][segment].
};

struct AmountOptions {
  absl::CivilDay window_start;
  double recency_half_life_days = 364;
  int draw_count = 64;
  uint64_t seed = 0;
};

AmountFit FitAmounts(const History& history, const AmountOptions& options);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_FIT_AMOUNTS_H_
