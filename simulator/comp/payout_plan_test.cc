// Goal: plans pay what they say. Method: payouts by hand at every kink; the expected payout on
// normal bookings against the sum of E (X - K)^+ in closed form (O12), on 200,000 equally likely
// quantiles of the normal law, whose mean of a function with kinks is off by less than 1e-6 of s.
#include "simulator/comp/payout_plan.h"

#include <cmath>
#include <cstdint>

#include "absl/status/status.h"
#include "base/errors.h"
#include "gtest/gtest.h"
#include "simulator/engine/deterministic_math.h"

namespace quotacast::simulator {
namespace {

PayoutPlan ThreeTiers() {
  PayoutPlan plan;
  // Nothing below half of the quota, 8 % to the quota, 12 % to 150 %, 10 % beyond.
  plan.tiers = {{5'000, 800}, {10'000, 1'200}, {15'000, 1'000}};
  return plan;
}

TEST(PayoutPlanTest, ByHand) {
  PayoutPlan plan = ThreeTiers();
  ASSERT_TRUE(ValidatePayoutPlan(plan).ok());
  const int64_t quota = 100'000;
  EXPECT_EQ(PayoutFor(plan, -7, quota), 0);
  EXPECT_EQ(PayoutFor(plan, 0, quota), 0);
  EXPECT_EQ(PayoutFor(plan, 50'000, quota), 0);
  EXPECT_EQ(PayoutFor(plan, 60'000, quota), 800);
  EXPECT_EQ(PayoutFor(plan, 100'000, quota), 4'000);
  EXPECT_EQ(PayoutFor(plan, 120'000, quota), 4'000 + 2'400);
  EXPECT_EQ(PayoutFor(plan, 200'000, quota), 4'000 + 6'000 + 5'000);
  plan.floor_minor_units = 900;
  plan.cap_minor_units = 10'000;
  EXPECT_EQ(PayoutFor(plan, -7, quota), 900);
  EXPECT_EQ(PayoutFor(plan, 60'000, quota), 900);
  EXPECT_EQ(PayoutFor(plan, 100'000, quota), 4'000);
  EXPECT_EQ(PayoutFor(plan, 150'000, quota), 10'000);
  EXPECT_EQ(PayoutFor(plan, 150'001, quota), 10'000);
  // A quota of nothing: all at the last rate.
  plan = ThreeTiers();
  EXPECT_EQ(PayoutFor(plan, 1'000, 0), 100);
}

// Rounded down once: three tiers of a third of a cent each are one cent, not none.
TEST(PayoutPlanTest, RoundsOnce) {
  PayoutPlan plan;
  plan.tiers = {{0, 3'333}, {3'333, 3'333}, {6'666, 3'334}};
  EXPECT_EQ(PayoutFor(plan, 3, 3), 1);
  EXPECT_EQ(PayoutFor(plan, 2, 3), 0);
  // Edges between minor units: quota 3 at 33.33 % is .9999.
  plan.tiers = {{3'333, 10'000}};
  EXPECT_EQ(PayoutFor(plan, 1, 3), 0);
  EXPECT_EQ(PayoutFor(plan, 2, 3), 1);
}

TEST(PayoutPlanTest, LargeAmountsDoNotOverflow) {
  PayoutPlan plan;
  plan.tiers = {{0, kMaxRateBasisPoints}, {kMaxAttainmentBasisPoints, kMaxRateBasisPoints}};
  const int64_t most = 100'000'000'000'000;
  EXPECT_EQ(PayoutFor(plan, most, 1), 10 * most);
  EXPECT_EQ(PayoutFor(plan, most, most), 10 * most);
}

TEST(PayoutPlanTest, NeverFallsWhenBookingsRise) {
  PayoutPlan plan = ThreeTiers();
  plan.floor_minor_units = 13;
  plan.cap_minor_units = 91;
  int64_t previous = 0;
  for (int64_t bookings = -5; bookings < 1'500; ++bookings) {
    const int64_t paid = PayoutFor(plan, bookings, 777);
    EXPECT_GE(paid, previous);
    EXPECT_LE(paid - previous, bookings == -5 ? 13 : 1);
    previous = paid;
  }
  EXPECT_EQ(previous, 91);
}

TEST(PayoutPlanTest, ExpectedPayoutOnNormalBookings) {
  const double mean = 9.5e9, sd = 3e9;
  const int64_t quota = 10'000'000'000;
  PayoutPlan plan = ThreeTiers();
  constexpr int kQuantiles = 200'000;
  // Where the payout reaches the cap: 4e8 + .12 (x - 1e10) = 7e8.
  plan.cap_minor_units = 700'000'000;
  double paid = 0;
  for (int i = 0; i < kQuantiles; ++i) {
    const double x = mean + sd * NormalQuantile((i + 0.5) / kQuantiles);
    paid += static_cast<double>(PayoutFor(plan, static_cast<int64_t>(std::llround(x)), quota)) /
            kQuantiles;
  }
  const auto above = [&](double k) {
    const double d = (mean - k) / sd;
    return (mean - k) * NormalCdf(d) + sd * NormalDensity(d);
  };
  const double exact = 0.08 * above(5e9) + 0.04 * above(1e10) - 0.12 * above(1.25e10);
  EXPECT_NEAR(paid, exact, 1e-6 * sd);
}

TEST(PayoutPlanTest, Refuses) {
  const auto refuses = [](const PayoutPlan& plan, const char* field) {
    const absl::Status status = ValidatePayoutPlan(plan);
    ASSERT_FALSE(status.ok()) << field;
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(GetDetail(status)->field_violations[0].field, field);
  };
  PayoutPlan plan;
  refuses(plan, "tiers");
  for (int i = 0; i <= kMaxPayoutTiers; ++i) plan.tiers.push_back({i * 100, 10});
  refuses(plan, "tiers");
  plan.tiers.pop_back();
  EXPECT_TRUE(ValidatePayoutPlan(plan).ok());
  plan = ThreeTiers();
  plan.tiers[1].from_attainment_basis_points = 5'000;
  refuses(plan, "tiers[1].from_attainment_basis_points");
  plan = ThreeTiers();
  plan.tiers[2].from_attainment_basis_points = kMaxAttainmentBasisPoints + 1;
  refuses(plan, "tiers[2].from_attainment_basis_points");
  plan = ThreeTiers();
  plan.tiers[0].rate_basis_points = -1;
  refuses(plan, "tiers[0].rate_basis_points");
  plan.tiers[0].rate_basis_points = kMaxRateBasisPoints + 1;
  refuses(plan, "tiers[0].rate_basis_points");
  plan = ThreeTiers();
  plan.floor_minor_units = -1;
  refuses(plan, "floor_minor_units");
  plan.floor_minor_units = 10;
  plan.cap_minor_units = 9;
  refuses(plan, "cap_minor_units");
  plan.cap_minor_units = kMaxPayoutMinorUnits + 1;
  refuses(plan, "cap_minor_units");
}

}  // namespace
}  // namespace quotacast::simulator
