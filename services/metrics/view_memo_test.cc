// Goal: what a view keeps is made once per key and type, and no copy has it. Method: counts of what
// was made, from several threads.
#include "services/metrics/view_memo.h"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace quotacast::metrics {
namespace {

TEST(ViewMemo, MakesAValueOnce) {
  const ViewMemo memo;
  std::atomic<int> made = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 100; ++round) {
        EXPECT_EQ(*memo.Get<int>("a", [&] { return 10 + made++; }), 10);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(made, 1);
  EXPECT_EQ(*memo.Get<std::string>("a", [] { return std::string("another type"); }),
            "another type");
  EXPECT_EQ(*memo.Get<int>("b", [] { return 2; }), 2);
}

TEST(ViewMemo, CopiesBeginEmpty) {
  ViewMemo memo;
  EXPECT_EQ(*memo.Get<int>("a", [] { return 1; }), 1);
  ViewMemo copy = memo;
  EXPECT_EQ(*copy.Get<int>("a", [] { return 2; }), 2);
  copy = memo;
  EXPECT_EQ(*copy.Get<int>("a", [] { return 3; }), 3);
  EXPECT_EQ(*memo.Get<int>("a", [] { return 4; }), 1);
}

TEST(ViewMemo, KeepsNoMoreThanItMay) {
  const ViewMemo memo;
  int made = 0;
  const auto ask = [&](size_t key) {
    return *memo.Get<int>(absl::StrCat(key), [&] { return ++made; });
  };
  for (size_t key = 0; key < ViewMemo::kMaxValues + 1; ++key) ask(key);
  EXPECT_EQ(ask(0), 1);
  const int before = made;
  ask(ViewMemo::kMaxValues);
  EXPECT_EQ(made, before + 1);
}

}  // namespace
}  // namespace quotacast::metrics
