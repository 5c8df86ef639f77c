// Goal: every task runs once whatever the threads, and stops when asked. Method: count them.
#include "simulator/exact/parallel_for.h"

#include <atomic>
#include <vector>

#include "gtest/gtest.h"

namespace quotacast::simulator {
namespace {

TEST(ParallelForTest, EveryTaskRunsOnce) {
  for (const int threads : {1, 2, 7}) {
    for (const int count : {0, 1, 3, 500}) {
      std::vector<int> runs(count, 0);
      EXPECT_TRUE(ParallelFor(threads, count, nullptr, [&](int i) { ++runs[i]; }));
      EXPECT_EQ(runs, std::vector<int>(count, 1)) << threads;
    }
  }
}

TEST(ParallelForTest, StopsWhenCancelled) {
  for (const int threads : {1, 4}) {
    std::atomic<int> looks = 0, runs = 0;
    EXPECT_FALSE(ParallelFor(
        threads, 1'000, [&] { return ++looks > 10; }, [&](int) { ++runs; }));
    EXPECT_EQ(runs, 10);
  }
}

}  // namespace
}  // namespace quotacast::simulator
