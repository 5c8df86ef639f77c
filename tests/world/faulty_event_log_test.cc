// Goal: the faults of the simulated store are the ones a test asks for. Method: one fault at a
// time on an event log in memory, looked at from behind.
#include "tests/world/faulty_event_log.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/fake_clock.h"
#include "gtest/gtest.h"
#include "services/eventlog/event_log.h"
#include "services/eventlog/in_memory_event_log.h"

namespace quotacast::tests {
namespace {

class FaultyEventLogTest : public ::testing::Test {
 protected:
  FaultyEventLogTest()
      : clock_(absl::FromCivil(absl::CivilDay(2026, 1, 5), absl::UTCTimeZone())),
        store_(&clock_),
        log_(store_, clock_, [this](StoreOperation) { return plan_; }) {}

  absl::Status Append(const std::string& version) {
    const std::vector<eventlog::Event> events = {{{"crm", "rep/R1", version}, {}, "content"}};
    return log_.Append("default", events, {}).status();
  }

  FakeClock clock_;
  eventlog::InMemoryEventLog store_;
  StorePlan plan_;
  FaultyEventLog log_;
};

TEST_F(FaultyEventLogTest, WithoutFaultItIsTheStore) {
  EXPECT_TRUE(Append("1").ok());
  EXPECT_EQ(*log_.LastOffset("default"), 1);
  EXPECT_EQ(log_.Read("default", 0, 10)->size(), 1u);
}

TEST_F(FaultyEventLogTest, AnErrorBeforeHasNoEffectAndOneAfterHas) {
  plan_.fault = StoreFault::kErrorBefore;
  EXPECT_TRUE(absl::IsUnavailable(Append("1")));
  EXPECT_EQ(*store_.LastOffset("default"), 0);
  plan_.fault = StoreFault::kErrorAfter;
  EXPECT_TRUE(absl::IsUnavailable(Append("1")));
  EXPECT_EQ(*store_.LastOffset("default"), 1);
}

TEST_F(FaultyEventLogTest, AfterACrashNothingHappensAnyMore) {
  plan_.fault = StoreFault::kCrashAfter;
  EXPECT_TRUE(absl::IsUnavailable(Append("1")));
  EXPECT_TRUE(log_.crashed());
  plan_.fault = StoreFault::kNone;
  EXPECT_TRUE(absl::IsUnavailable(Append("2")));
  EXPECT_EQ(*store_.LastOffset("default"), 1);
}

TEST_F(FaultyEventLogTest, ACrashBeforeHasNoEffect) {
  plan_.fault = StoreFault::kCrashBefore;
  EXPECT_TRUE(absl::IsUnavailable(Append("1")));
  EXPECT_TRUE(log_.crashed());
  EXPECT_EQ(*store_.LastOffset("default"), 0);
}

TEST_F(FaultyEventLogTest, LatencyPassesOnTheClock) {
  const absl::Time start = clock_.Now();
  plan_.latency = absl::Seconds(3);
  EXPECT_TRUE(Append("1").ok());
  EXPECT_EQ(clock_.Now() - start, absl::Seconds(3));
}

TEST_F(FaultyEventLogTest, WaitingTakesTheClocksTimeOnly) {
  const absl::Time start = clock_.Now();
  EXPECT_EQ(*log_.WaitForAppend("default", 0, absl::Hours(1)), 0);
  EXPECT_EQ(clock_.Now() - start, absl::Hours(1));
}

}  // namespace
}  // namespace quotacast::tests
