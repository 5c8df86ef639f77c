// Goal: the fake clock moves when told, and only then, also from several threads. Method: set,
// advance, read.
#include "base/fake_clock.h"

#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace quotacast {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'500'000'000);

TEST(FakeClockTest, StandsStillUntilTold) {
  FakeClock clock(kStart);
  EXPECT_EQ(clock.Now(), kStart);
  EXPECT_EQ(clock.Now(), kStart);
  clock.Advance(absl::Hours(2));
  EXPECT_EQ(clock.Now(), kStart + absl::Hours(2));
  clock.Set(kStart - absl::Hours(1));
  EXPECT_EQ(clock.Now(), kStart - absl::Hours(1));
}

TEST(FakeClockTest, LosesNoAdvanceAmongThreads) {
  FakeClock clock(kStart);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&clock] {
      for (int j = 0; j < 1000; ++j) clock.Advance(absl::Microseconds(1));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(clock.Now(), kStart + absl::Microseconds(4000));
}

}  // namespace
}  // namespace quotacast
