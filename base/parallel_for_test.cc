// Goal: every task runs once whatever the threads, and stops when asked. Method: count them.
#include "base/parallel_for.h"

#include <atomic>
#include <cstddef>
#include <vector>

#include "gtest/gtest.h"

namespace quotacast {
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

TEST(ParallelPartsTest, PartsAreAllOnce) {
  for (const size_t count : {0, 1, 9, 10, 19, 20, 57, 1'000}) {
    std::vector<int> visits(count, 0);
    std::atomic<int> parts = 0;
    ParallelParts(count, 10, [&](size_t begin, size_t end) {
      ++parts;
      for (size_t i = begin; i < end; ++i) ++visits[i];
    });
    EXPECT_EQ(visits, std::vector<int>(count, 1)) << count;
    EXPECT_EQ(parts, count < 20 ? 1 : static_cast<int>(count / 10)) << count;
  }
}

TEST(ParallelPartsTest, ResultsAreInOrderOfTheParts) {
  const auto sizes =
      ParallelResults<size_t>(1'000, 10, [](size_t begin, size_t end) { return end - begin; });
  EXPECT_EQ(sizes.size(), 100u);
  size_t next = 0;
  for (const auto& [begin, size] : sizes) {
    EXPECT_EQ(begin, next);
    next += size;
  }
  EXPECT_EQ(next, 1'000u);
}

}  // namespace
}  // namespace quotacast
