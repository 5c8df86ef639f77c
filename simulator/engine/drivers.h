// What the organisation's last period depends on: people by the variance they carry, open deals by
// what their winning does to P(attain).
#ifndef QUOTACAST_SIMULATOR_ENGINE_DRIVERS_H_
#define QUOTACAST_SIMULATOR_ENGINE_DRIVERS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "simulator/engine/engine.h"
#include "simulator/engine/forecast.h"
#include "simulator/engine/partial.h"

namespace quotacast::simulator {

// Named limit of RankDrivers.
inline constexpr int kMaxDrivers = 1'000;

// An open deal. What is said of winning is association, not cause: deals share their owner's,
// team's and market's luck, so a won deal also tells that the others go well.
struct DealDriver {
  std::string key;
  Estimate win_probability;  // P(won in the last period).
  // Covariance of what it books in the period with the organisation's bookings, over their
  // variance. Those of independent deals and of new pipeline add up to 1.
  double variance_share = 0;
  // P(attain) of the organisation in the trials that win the deal, and in the others: ratios, with
  // errors to first order. Absent without quotas, and where there are no such trials.
  std::optional<Estimate> attain_probability_if_won;
  std::optional<Estimate> attain_probability_if_not_won;
  // The first minus the second, with the error of the difference; absent unless both are there.
  std::optional<Estimate> attain_probability_change;
  // Whether the change is beyond its error, at 5 % false alarms among all deals together.
  bool is_change_certain = false;
};

// A rep or a hire.
struct RepDriver {
  Entity entity;
  // Covariance of the person's bookings of the period with the organisation's, over their
  // variance; those of all people add up to 1, less the share of what teams book after reps have
  // left at random.
  double variance_share = 0;
};

struct Drivers {
  // First those whose change of P(attain) is beyond its error, by how far (the change less its
  // error at the level above); then the others by variance share.
  std::vector<DealDriver> deals;
  std::vector<RepDriver> reps;  // By variance share, largest first.
};

// The first `count` in 0..kMaxDrivers of each, of the period that the plan ends with. Empty when
// the organisation's bookings do not vary: then nothing drives them. INVALID_ARGUMENT when the plan
// was compiled without EngineOptions::counts_drivers or the partial belongs to another plan. Reads
// integers only, so the same bytes whatever the threads.
absl::StatusOr<Drivers> RankDrivers(const Plan& plan, const Partial& partial, int count);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_ENGINE_DRIVERS_H_
