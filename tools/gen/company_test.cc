// Goal: the synthetic company is what it says: reproducible, in proportion to its truth, and its
// export shows nothing from after the last day. Method: make companies, count, compare.

#include "tools/gen/company.h"

#include <cmath>
#include <string>

#include "absl/status/status.h"
#include "gtest/gtest.h"

namespace quotacast::gen {
namespace {

TEST(CompanyTest, SameSeedSameCompanyOtherSeedOther) {
  const auto a = MakeCompany({});
  const auto b = MakeCompany({});
  CompanyOptions other;
  other.seed = 8;
  const auto c = MakeCompany(other);
  ASSERT_TRUE(a.ok() && b.ok() && c.ok());
  ASSERT_EQ(a->deals.size(), b->deals.size());
  for (size_t i = 0; i < a->deals.size(); ++i) {
    ASSERT_EQ(a->deals[i].closed, b->deals[i].closed);
    ASSERT_EQ(a->deals[i].booked_amount, b->deals[i].booked_amount);
  }
  EXPECT_NE(Bookings(*a, a->options.start, a->options.last_day),
            Bookings(*c, c->options.start, c->options.last_day));
}

// Created deals and win share per segment against the truth. Tolerance: 5 standard deviations of
// a Poisson count and of a binomial share, the latter widened by 0.04 for the factors that shift
// all wins together; false alarms below 1e-6 for the counts.
TEST(CompanyTest, FollowsItsTruth) {
  CompanyOptions options;
  options.rep_count = 200;
  const auto company = MakeCompany(options);
  ASSERT_TRUE(company.ok());
  for (size_t s = 0; s < company->segments.size(); ++s) {
    const SegmentTruth& truth = company->segments[s];
    double created = 0, won = 0, expected = 0;
    for (const Deal& deal : company->deals) {
      // Reps who never change state: no ramp, no leaving.
      const Rep& rep = company->reps[deal.rep];
      if (rep.start.has_value() || rep.end.has_value()) continue;
      if (deal.segment != static_cast<int>(s)) continue;
      ++created;
      won += deal.won;
    }
    int steady_reps = 0;
    for (const Rep& rep : company->reps) {
      steady_reps += !rep.start.has_value() && !rep.end.has_value();
    }
    const int weeks = (options.last_day + 190 - options.start) / 7;
    expected = truth.creation_per_week * steady_reps * weeks;
    EXPECT_NEAR(created, expected, 5 * std::sqrt(expected)) << truth.id;
    double p = 1;
    for (double advance : truth.advance_probability) p *= advance;
    EXPECT_NEAR(won / created, p, 5 * std::sqrt(p * (1 - p) / created) + 0.04) << truth.id;
  }
}

TEST(CompanyTest, DealsMoveForwardInTime) {
  const auto company = MakeCompany({});
  ASSERT_TRUE(company.ok());
  for (const Deal& deal : company->deals) {
    ASSERT_FALSE(deal.entered.empty());
    EXPECT_EQ(deal.entered.front(), deal.created);
    for (size_t i = 1; i < deal.entered.size(); ++i) {
      EXPECT_GE(deal.entered[i], deal.entered[i - 1]);
    }
    EXPECT_GE(deal.closed, deal.entered.back());
    if (deal.won) {
      EXPECT_EQ(deal.entered.size(), static_cast<size_t>(kStageCount));
      EXPECT_GT(deal.booked_amount, 0);
    }
  }
}

TEST(CompanyTest, QuotasCoverTheNextQuarter) {
  const auto company = MakeCompany({});
  ASSERT_TRUE(company.ok());
  int next = 0;
  for (const Quota& quota : company->quotas) {
    EXPECT_GT(quota.amount, 0);
    next += quota.period == "2026Q4";
  }
  EXPECT_GE(next, 18);  // 24 reps, some ramping, some gone.
  EXPECT_LE(next, 24);
}

TEST(CompanyTest, RefusesOptionsOutOfRange) {
  CompanyOptions none;
  none.rep_count = 0;
  EXPECT_EQ(MakeCompany(none).status().code(), absl::StatusCode::kInvalidArgument);
  CompanyOptions most;
  most.rep_count = kMaxReps + 1;
  EXPECT_EQ(MakeCompany(most).status().code(), absl::StatusCode::kInvalidArgument);
  CompanyOptions short_history;
  short_history.last_day = short_history.start + 179;
  EXPECT_EQ(MakeCompany(short_history).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace quotacast::gen
