// Goal: a workspace writes as much as it may and no more. Method: each limit at its maximum and one
// beyond, on a clock that is moved.
#include "services/ingestion/workspace_limits.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/errors.h"
#include "base/fake_clock.h"
#include "gtest/gtest.h"
#include "services/eventlog/event_log.h"
#include "services/eventlog/in_memory_event_log.h"

namespace quotacast::ingestion {
namespace {

class WorkspaceLimitsTest : public testing::Test {
 protected:
  FakeClock clock_{absl::FromUnixSeconds(1'500'000'000)};
  eventlog::InMemoryEventLog memory_{&clock_};
  eventlog::EventLog& log_ = memory_;
};

std::optional<absl::Duration> RetryAfter(const absl::Status& status) {
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
  const ErrorDetail detail = GetDetail(status).value_or(ErrorDetail());
  EXPECT_EQ(detail.reason, "WORKSPACE_LIMIT");
  return detail.retry_after;
}

TEST_F(WorkspaceLimitsTest, TheRateHoldsAtItsMaximum) {
  WorkspaceLimits limits(log_, clock_, {.events_per_second = 100});
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(limits.Reserve("w", 1).ok()) << i;
  const auto retry_after = RetryAfter(limits.Reserve("w", 1).status());
  ASSERT_TRUE(retry_after.has_value());
  EXPECT_NEAR(absl::ToDoubleMilliseconds(*retry_after), 10, 0.01);
  EXPECT_TRUE(limits.Reserve("v", 100).ok());  // Another workspace.
  clock_.Advance(*retry_after);
  EXPECT_TRUE(limits.Reserve("w", 1).ok());
  EXPECT_FALSE(limits.Reserve("w", 1).ok());
  clock_.Advance(absl::Hours(1));  // What was not used is not saved up.
  EXPECT_TRUE(limits.Reserve("w", 100).ok());
  EXPECT_FALSE(limits.Reserve("w", 1).ok());
}

TEST_F(WorkspaceLimitsTest, ALargeBatchHoldsUpTheNext) {
  WorkspaceLimits limits(log_, clock_, {.events_per_second = 100});
  EXPECT_TRUE(limits.Reserve("w", 300).ok());
  const auto retry_after = RetryAfter(limits.Reserve("w", 300).status());
  ASSERT_TRUE(retry_after.has_value());
  EXPECT_NEAR(absl::ToDoubleSeconds(*retry_after), 3, 0.01);
  clock_.Advance(*retry_after);
  EXPECT_TRUE(limits.Reserve("w", 300).ok());
}

TEST_F(WorkspaceLimitsTest, TheTotalHoldsAtItsMaximum) {
  const std::vector<eventlog::Event> events = {{{"s", "a", "1"}, std::nullopt, ""},
                                               {{"s", "b", "1"}, std::nullopt, ""}};
  ASSERT_TRUE(log_.Append("w", events).ok());
  WorkspaceLimits limits(log_, clock_, {.events_max = 5});
  EXPECT_EQ(RetryAfter(limits.Reserve("w", 4).status()), std::nullopt);
  {
    const auto reservation = limits.Reserve("w", 3);
    ASSERT_TRUE(reservation.ok());
    EXPECT_FALSE(limits.Reserve("w", 1).ok());  // What is on its way counts.
    EXPECT_TRUE(limits.Reserve("w", 0).ok());
  }
  EXPECT_TRUE(limits.Reserve("w", 3).ok());
}

TEST_F(WorkspaceLimitsTest, ZeroIsNoLimit) {
  WorkspaceLimits limits(log_, clock_, {});
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(limits.Reserve("w", 1'000'000'000).ok());
}

}  // namespace
}  // namespace quotacast::ingestion
