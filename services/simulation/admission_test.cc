// Goal: work is admitted up to the named maximum and not beyond, and places come back.
// Method: tickets taken and dropped around the limit; the statuses are read as a client would.

#include "services/simulation/admission.h"

#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/errors.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace quotacast::simulation {
namespace {

using ::testing::HasSubstr;

TEST(Admission, AdmitsUpToTheMaximumAndTakesPlacesBack) {
  Admission admission(100, 10);
  {
    auto first = admission.Admit(60, 6);
    ASSERT_TRUE(first.ok());
    auto second = admission.Admit(40, 4);
    ASSERT_TRUE(second.ok());
    EXPECT_EQ(admission.deal_trials_running(), 100);
    const Admission::Ticket moved = *std::move(first);
    EXPECT_EQ(admission.deal_trials_running(), 100);
  }
  EXPECT_EQ(admission.deal_trials_running(), 0);
}

TEST(Admission, OneMoreIsToldWhenToComeBack) {
  Admission admission(100, 10);
  const auto running = admission.Admit(80, 8);
  ASSERT_TRUE(running.ok());
  const auto refused = admission.Admit(21, 2);
  EXPECT_TRUE(absl::IsResourceExhausted(refused.status()));
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("costs about 21 deal-trials"));
  const auto detail = GetDetail(refused.status());
  ASSERT_TRUE(detail.has_value());
  EXPECT_EQ(detail->reason, "OVERLOADED");
  EXPECT_EQ(detail->retry_after, absl::Seconds(8));
  EXPECT_TRUE(admission.Admit(20, 2).ok());
}

TEST(Admission, WhatNeverFitsIsTheCallersToChange) {
  Admission admission(100, 10);
  EXPECT_TRUE(admission.Admit(100, 10).ok());
  const auto refused = admission.Admit(400, 40);
  EXPECT_TRUE(absl::IsInvalidArgument(refused.status()));
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("spec.trial_count: 40 trials"));
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("at most 10 trials fit"));
}

}  // namespace
}  // namespace quotacast::simulation
