// Goal: an armed watchdog fires once its limit has passed, a disarmed one never, and ExitHard
// leaves with its message and code even though a thread hangs.
// Method: latches; a death test.
#include "services/serving/watchdog.h"

#include <atomic>
#include <latch>

#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace quotacast::serving {
namespace {

TEST(WatchdogTest, FiresAfterTheLimit) {
  std::latch fired(1);
  Watchdog watchdog(absl::Milliseconds(1), [&] { fired.count_down(); });
  fired.wait();  // Hangs, and the test times out, when it does not fire.
}

TEST(WatchdogTest, IsSilentOnceDisarmed) {
  std::atomic<bool> fired{false};
  {
    const Watchdog watchdog(absl::Hours(1), [&] { fired = true; });
  }
  EXPECT_FALSE(fired);
}

TEST(WatchdogDeathTest, EndsAProcessThatHangs) {
  EXPECT_EXIT(
      {
        const Watchdog watchdog(absl::Milliseconds(1),
                                [] { ExitHard("shutdown hangs: leaving hard"); });
        std::latch never(1);
        never.wait();
      },
      testing::ExitedWithCode(kWatchdogExitCode), "shutdown hangs: leaving hard");
}

}  // namespace
}  // namespace quotacast::serving
