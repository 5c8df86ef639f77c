// Goal: the wait ends when the condition holds or the time is up, for any duration. Method: one
// thread waits (also for ever), another fulfils the condition.
#include "services/eventlog/bounded_wait.h"

#include <condition_variable>
#include <mutex>
#include <thread>

#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace quotacast::eventlog {
namespace {

TEST(BoundedWaitTest, EndsWithoutTheConditionWhenTheTimeIsUp) {
  std::mutex mutex;
  std::condition_variable condition;
  std::unique_lock<std::mutex> lock(mutex);
  for (const absl::Duration timeout : {-absl::InfiniteDuration(), -absl::Seconds(1),
                                       absl::ZeroDuration(), absl::Milliseconds(1)}) {
    EXPECT_FALSE(BoundedWait(condition, lock, timeout, [] { return false; }));
    EXPECT_TRUE(lock.owns_lock());
  }
}

TEST(BoundedWaitTest, EndsWhenTheConditionHolds) {
  for (const absl::Duration timeout :
       {absl::Minutes(10), absl::Hours(24 * 365 * 1000), absl::InfiniteDuration()}) {
    std::mutex mutex;
    std::condition_variable condition;
    bool done = false;
    std::thread waker([&] {
      std::lock_guard<std::mutex> lock(mutex);
      done = true;
      condition.notify_all();
    });
    {
      std::unique_lock<std::mutex> lock(mutex);
      EXPECT_TRUE(BoundedWait(condition, lock, timeout, [&done] { return done; }));
    }
    waker.join();
  }
}

}  // namespace
}  // namespace quotacast::eventlog
