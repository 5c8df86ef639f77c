// What a compensation plan pays for a person's bookings against a quota: rates that change at
// shares of the quota, between a floor and a cap. Integers throughout: the same bookings pay the
// same cent everywhere.
//
//   PayoutPlan plan;
//   plan.tiers = {{0, 1'000}, {10'000, 1'500}};       // 10 % up to quota, 15 % beyond.
//   plan.cap_minor_units = 5'000'000;
//   int64_t paid = PayoutFor(plan, bookings, quota);  // Per trial, or per amount of a law.
#ifndef QUOTACAST_SIMULATOR_COMP_PAYOUT_PLAN_H_
#define QUOTACAST_SIMULATOR_COMP_PAYOUT_PLAN_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"

namespace quotacast::simulator {

inline constexpr int64_t kBasisPoints = 10'000;  // Of one.
// Named limits; ValidatePayoutPlan refuses one more.
inline constexpr int kMaxPayoutTiers = 16;
inline constexpr int64_t kMaxAttainmentBasisPoints = 100 * kBasisPoints;
inline constexpr int64_t kMaxRateBasisPoints = 10 * kBasisPoints;
inline constexpr int64_t kMaxPayoutMinorUnits = 10'000'000'000'000;

// Bookings from this share of the quota up to the next tier pay at this rate. A tier pays for its
// own bookings only: reaching one never changes what those below it paid.
struct PayoutTier {
  int64_t from_attainment_basis_points = 0;  // Of the quota, >= 0.
  int64_t rate_basis_points = 0;             // Of bookings, >= 0.
};

struct PayoutPlan {
  // Ascending, each start once. Bookings below the first start pay nothing; a rate that rises at
  // 10,000 is an accelerator.
  std::vector<PayoutTier> tiers;
  int64_t floor_minor_units = 0;           // Paid at least, >= 0.
  std::optional<int64_t> cap_minor_units;  // Paid at most, >= the floor.
};

// INVALID_ARGUMENT (INVALID_FIELD) with the fields at fault, by path
// ("tiers[1].rate_basis_points").
absl::Status ValidatePayoutPlan(const PayoutPlan& plan);

// What a valid plan pays, rounded down to a minor unit once, at the end. `quota` >= 0: at a quota
// of 0 every booking is beyond all tiers, and pays at the last rate. Bookings below 0 pay the
// floor. Amounts up to 10^15 minor units either way. Never falls when bookings rise.
int64_t PayoutFor(const PayoutPlan& plan, int64_t bookings_minor_units, int64_t quota_minor_units);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_COMP_PAYOUT_PLAN_H_
