#include "services/simulation/comp_plans.h"

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/simulation/scenario_fields.h"
#include "simulator/comp/payout_plan.h"

namespace quotacast::simulation {
namespace {

// How far a share times 10,000 may be from a whole number: what writing it in binary costs.
constexpr double kRoundingError = 1e-6;

int64_t BasisPointsFrom(double share, int64_t max_basis_points, const std::string& path,
                        FieldErrors& errors) {
  const double most = static_cast<double>(max_basis_points / simulator::kBasisPoints);
  if (!CheckRange(share, 0, most, path, errors)) return 0;
  const double basis_points = share * static_cast<double>(simulator::kBasisPoints);
  const double whole = std::round(basis_points);
  if (std::abs(basis_points - whole) > kRoundingError) {
    errors.Add(path, absl::StrCat("is ", share, "; want at most four decimals"));
    return 0;
  }
  return static_cast<int64_t>(whole);
}

std::optional<int64_t> PayoutAmountFrom(bool present, const google::type::Money& money,
                                        const CurrencyUnit& currency, const std::string& path,
                                        FieldErrors& errors) {
  if (!present) return std::nullopt;
  const std::optional<int64_t> amount = MinorUnitsFrom(money, currency, path, errors);
  if (amount.has_value() && *amount > simulator::kMaxPayoutMinorUnits) {
    errors.Add(path, absl::StrCat("is ", *amount, " minor units; want at most ",
                                  simulator::kMaxPayoutMinorUnits));
  }
  return amount;
}

simulator::PayoutPlan PayoutPlanFrom(const v1::CompPlan& message, const std::string& path,
                                     const CurrencyUnit& currency, FieldErrors& errors) {
  simulator::PayoutPlan plan;
  const std::string tiers_path = FieldPath(path, "tiers");
  if (message.tiers_size() < 1 || message.tiers_size() > simulator::kMaxPayoutTiers) {
    errors.Add(tiers_path, absl::StrCat("has ", message.tiers_size(), " entries; want 1 to ",
                                        simulator::kMaxPayoutTiers));
    return plan;
  }
  for (int i = 0; i < message.tiers_size(); ++i) {
    const v1::CompTier& from = message.tiers(i);
    const std::string tier_path = ItemPath(tiers_path, i);
    simulator::PayoutTier tier;
    tier.from_attainment_basis_points =
        BasisPointsFrom(from.from_attainment(), simulator::kMaxAttainmentBasisPoints,
                        FieldPath(tier_path, "from_attainment"), errors);
    tier.rate_basis_points = BasisPointsFrom(from.rate(), simulator::kMaxRateBasisPoints,
                                             FieldPath(tier_path, "rate"), errors);
    if (i > 0 && !(from.from_attainment() > message.tiers(i - 1).from_attainment())) {
      errors.Add(FieldPath(tier_path, "from_attainment"),
                 absl::StrCat("is ", from.from_attainment(), "; want more than the tier before, ",
                              message.tiers(i - 1).from_attainment()));
    }
    plan.tiers.push_back(tier);
  }
  plan.floor_minor_units = PayoutAmountFrom(message.has_floor(), message.floor(), currency,
                                            FieldPath(path, "floor"), errors)
                               .value_or(0);
  plan.cap_minor_units =
      PayoutAmountFrom(message.has_cap(), message.cap(), currency, FieldPath(path, "cap"), errors);
  if (plan.cap_minor_units.has_value() && *plan.cap_minor_units < plan.floor_minor_units) {
    errors.Add(FieldPath(path, "cap"),
               absl::StrCat("is ", *plan.cap_minor_units,
                            " minor units; want no less than the floor, ", plan.floor_minor_units));
  }
  return plan;
}

}  // namespace

void AddCompPlans(const v1::Scenario& message, std::string_view path, const Business& business,
                  simulator::Scenario& scenario, FieldErrors& errors) {
  const std::string plans_path = FieldPath(path, "comp_plans");
  if (!Fits(message.comp_plans_size(), simulator::kMaxCompPlans, plans_path, errors)) return;
  for (int i = 0; i < message.comp_plans_size(); ++i) {
    const std::string plan_path = ItemPath(plans_path, i);
    Participants paid = ParticipantsFrom(message.comp_plans(i).audience(),
                                         FieldPath(plan_path, "audience"), business, errors);
    scenario.comp_plans.push_back(
        {std::move(paid.reps), paid.covers_hires,
         PayoutPlanFrom(message.comp_plans(i), plan_path, business.currency, errors)});
  }
}

}  // namespace quotacast::simulation
