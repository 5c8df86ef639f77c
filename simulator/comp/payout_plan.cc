#include "simulator/comp/payout_plan.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/errors.h"

namespace quotacast::simulator {

absl::Status ValidatePayoutPlan(const PayoutPlan& plan) {
  std::vector<FieldViolation> violations;
  const auto check = [&](bool sound, const std::string& field, int64_t value,
                         const std::string& want) {
    if (!sound) violations.push_back({field, absl::StrCat("is ", value, "; want ", want)});
  };
  const int64_t tiers = static_cast<int64_t>(plan.tiers.size());
  check(tiers >= 1 && tiers <= kMaxPayoutTiers, "tiers", tiers,
        absl::StrCat("1 to ", kMaxPayoutTiers, " tiers"));
  if (!violations.empty()) return InvalidFields(std::move(violations));
  int64_t previous = -1;
  for (size_t i = 0; i < plan.tiers.size(); ++i) {
    const PayoutTier& tier = plan.tiers[i];
    const std::string path = absl::StrCat("tiers[", i, "]");
    check(tier.from_attainment_basis_points > previous &&
              tier.from_attainment_basis_points <= kMaxAttainmentBasisPoints,
          path + ".from_attainment_basis_points", tier.from_attainment_basis_points,
          absl::StrCat("more than ", previous, ", at most ", kMaxAttainmentBasisPoints));
    check(tier.rate_basis_points >= 0 && tier.rate_basis_points <= kMaxRateBasisPoints,
          path + ".rate_basis_points", tier.rate_basis_points,
          absl::StrCat("0 to ", kMaxRateBasisPoints));
    previous = std::max(previous, tier.from_attainment_basis_points);
  }
  check(plan.floor_minor_units >= 0 && plan.floor_minor_units <= kMaxPayoutMinorUnits,
        "floor_minor_units", plan.floor_minor_units, absl::StrCat("0 to ", kMaxPayoutMinorUnits));
  if (plan.cap_minor_units.has_value()) {
    check(*plan.cap_minor_units >= plan.floor_minor_units &&
              *plan.cap_minor_units <= kMaxPayoutMinorUnits,
          "cap_minor_units", *plan.cap_minor_units,
          absl::StrCat("no less than the floor, at most ", kMaxPayoutMinorUnits));
  }
  if (violations.empty()) return absl::OkStatus();
  return InvalidFields(std::move(violations));
}

int64_t PayoutFor(const PayoutPlan& plan, int64_t bookings_minor_units, int64_t quota_minor_units) {
  // In 10^-8 of a minor unit: bookings and the edges of tiers in basis points, times rates.
  using Wide = __int128;
  const Wide bookings = static_cast<Wide>(bookings_minor_units) * kBasisPoints;
  Wide earned = 0;
  for (size_t i = 0; i < plan.tiers.size(); ++i) {
    const Wide from =
        static_cast<Wide>(quota_minor_units) * plan.tiers[i].from_attainment_basis_points;
    Wide to = bookings;
    if (i + 1 < plan.tiers.size()) {
      to = std::min(to, static_cast<Wide>(quota_minor_units) *
                            plan.tiers[i + 1].from_attainment_basis_points);
    }
    if (to > from) earned += (to - from) * plan.tiers[i].rate_basis_points;
  }
  Wide paid = earned / (static_cast<Wide>(kBasisPoints) * kBasisPoints);
  paid = std::max<Wide>(paid, plan.floor_minor_units);
  if (plan.cap_minor_units.has_value()) paid = std::min<Wide>(paid, *plan.cap_minor_units);
  return static_cast<int64_t>(paid);
}

}  // namespace quotacast::simulator
