// Goal: entries are built once, when they are needed, by whichever thread comes first, and an
// edited list is nobody else's. Method: builders that count; many threads at once.
#include "services/metrics/lazy_value.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace quotacast::metrics {
namespace {

TEST(LazyList, KnowsItsSizeWithoutBuilding) {
  int build_count = 0;
  const LazyList<int> list(3, [&] {
    ++build_count;
    return std::vector<int>{7, 8, 9};
  });
  const LazyList<int> copy = list;
  EXPECT_EQ(list.size(), 3u);
  EXPECT_FALSE(list.empty());
  EXPECT_EQ(build_count, 0);
  EXPECT_EQ(copy[1], 8);
  EXPECT_EQ(list.at(2), 9);
  int sum = 0;
  for (const int entry : list) sum += entry;
  EXPECT_EQ(sum, 24);
  EXPECT_TRUE(list == copy);
  EXPECT_EQ(build_count, 1);
}

TEST(LazyList, IsEmptyWithoutABuilder) {
  const LazyList<int> list;
  EXPECT_TRUE(list.empty());
  EXPECT_TRUE(list->empty());
  EXPECT_TRUE(list == LazyList<int>());
}

TEST(LazyList, BuildsOnceForManyThreads) {
  std::atomic<int> build_count = 0;
  const LazyList<int64_t> list(1'000, [&] {
    ++build_count;
    return std::vector<int64_t>(1'000, 2);
  });
  std::atomic<int64_t> sum = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([list, &sum] {
      int64_t own = 0;
      for (const int64_t entry : list) own += entry;
      sum += own;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(sum, 8 * 2'000);
  EXPECT_EQ(build_count, 1);
}

TEST(LazyList, AnEditedListIsItsOwn) {
  LazyList<int> list(2, [] { return std::vector<int>{1, 2}; });
  const LazyList<int> before = list;
  list.Edit().push_back(3);
  EXPECT_EQ(list.size(), 3u);
  EXPECT_EQ(before.size(), 2u);
  LazyList<int> unshared(1, [] { return std::vector<int>{1}; });
  unshared.Edit().push_back(2);
  EXPECT_EQ(unshared.size(), 2u);
  LazyList<int> alone;
  alone.Edit().push_back(5);
  alone.Edit().push_back(6);
  EXPECT_EQ(alone.size(), 2u);
  EXPECT_EQ(alone[0], 5);
}

// A few entries are made alone, most of them with all others, and what was built is read.
TEST(LazyList, GivesSomeEntries) {
  int build_count = 0, some_count = 0;
  const LazyList<int> list(
      10,
      [&] {
        ++build_count;
        return std::vector<int>{0, 1, 4, 9, 16, 25, 36, 49, 64, 81};
      },
      [&](std::span<const uint32_t> positions) {
        ++some_count;
        std::vector<int> some;
        for (const uint32_t position : positions) {
          some.push_back(static_cast<int>(position * position));
        }
        return some;
      });
  const std::vector<uint32_t> two = {7, 3}, three = {9, 0, 9};
  EXPECT_EQ(list.At(two), (std::vector<int>{49, 9}));
  EXPECT_EQ(some_count, 1);
  EXPECT_EQ(build_count, 0);
  EXPECT_EQ(list.At(three), (std::vector<int>{81, 0, 81}));
  EXPECT_EQ(some_count, 1);
  EXPECT_EQ(build_count, 1);
  EXPECT_EQ(list.At(two), (std::vector<int>{49, 9}));
  EXPECT_EQ(some_count, 1);
  EXPECT_EQ(LazyList<int>(std::vector<int>{5, 6}).At(std::vector<uint32_t>{1}),
            std::vector<int>{6});
  LazyList<int> edited = list;
  edited.Edit()[7] = 50;
  EXPECT_EQ(edited.At(two), (std::vector<int>{50, 9}));
}

TEST(LazyList, CanLearnItsSizeLater) {
  int build_count = 0;
  const LazyList<int> list(LazyValue<size_t>([&] { return size_t{2}; }), [&] {
    ++build_count;
    return std::vector<int>{4, 5};
  });
  EXPECT_EQ(list.size(), 2u);
  EXPECT_EQ(build_count, 0);
  EXPECT_EQ(LazyList<int>(std::vector<int>{4, 5}), list);
}

TEST(LazyValue, IsMadeOnceAndLetsGoOfWhatItWasMadeFrom) {
  const auto source = std::make_shared<int>(3);
  const LazyValue<int> value([source] { return ++*source; });
  const LazyValue<int> copy = value;
  EXPECT_EQ(source.use_count(), 2);
  EXPECT_EQ(*copy, 4);
  EXPECT_EQ(value + 0, 4);
  EXPECT_EQ(*source, 4);
  EXPECT_EQ(source.use_count(), 1);
  EXPECT_TRUE(value == LazyValue<int>(4));
  EXPECT_EQ(*LazyValue<int>(), 0);
}

}  // namespace
}  // namespace quotacast::metrics
