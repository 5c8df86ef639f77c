// Goal: the system clock tells the machine's time. Method: bracket it by the C library's.
#include "base/clock.h"

#include <ctime>

#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace quotacast {
namespace {

TEST(SystemClockTest, AgreesWithTheMachine) {
  const SystemClock clock;
  const absl::Time before = absl::FromTimeT(std::time(nullptr));
  const absl::Time now = clock.Now();
  const absl::Time after = absl::FromTimeT(std::time(nullptr)) + absl::Seconds(2);
  EXPECT_GE(now, before);
  EXPECT_LT(now, after);
}

}  // namespace
}  // namespace quotacast
