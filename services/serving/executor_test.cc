// Goal: the executor runs every admitted task once, refuses at its limit and not before, and
// drains.
// Method: tasks that block on latches hold the pool in a known state; counters check the outcome.
// Also run under the thread sanitizer.
#include "services/serving/executor.h"

#include <atomic>
#include <latch>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace quotacast::serving {
namespace {

TEST(ExecutorTest, AdmitsThreadsPlusQueueAndRefusesOneMore) {
  Executor executor({.thread_count = 2, .queue_max = 3});
  std::latch release(1);
  std::atomic<int> ran_count{0};
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(executor.TrySubmit([&] {
      release.wait();
      ++ran_count;
    })) << i;
  }
  EXPECT_FALSE(executor.TrySubmit([&] { ++ran_count; }));
  EXPECT_EQ(executor.running_count() + executor.queued_count(), 5u);
  release.count_down();
  executor.WaitUntilIdle();
  EXPECT_EQ(ran_count, 5);
  // Room again.
  EXPECT_TRUE(executor.TrySubmit([&] { ++ran_count; }));
  executor.WaitUntilIdle();
  EXPECT_EQ(ran_count, 6);
}

TEST(ExecutorTest, QueueOfLengthZeroServesOneTaskPerThread) {
  std::latch release(1);  // Outlives the executor, whose task still waits for it.
  Executor executor({.thread_count = 1, .queue_max = 0});
  EXPECT_TRUE(executor.TrySubmit([&] { release.wait(); }));
  EXPECT_FALSE(executor.TrySubmit([] {}));
  release.count_down();
}

TEST(ExecutorTest, RunsTasksInOrderOfSubmission) {
  Executor executor({.thread_count = 1, .queue_max = 100});
  std::vector<int> order;
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(executor.TrySubmit([&order, i] { order.push_back(i); }));
  }
  executor.Drain();
  ASSERT_EQ(order.size(), 50u);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(order[i], i);
}

TEST(ExecutorTest, DrainFinishesWhatWaitsAndTakesNothingNew) {
  Executor executor({.thread_count = 1, .queue_max = 8});
  std::latch release(1);
  std::latch draining(1);
  std::atomic<int> ran_count{0};
  ASSERT_TRUE(executor.TrySubmit([&] { release.wait(); }));
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(executor.TrySubmit([&] { ++ran_count; }));
  std::thread drainer([&] {
    draining.count_down();
    executor.Drain();
  });
  draining.wait();
  release.count_down();
  drainer.join();
  EXPECT_EQ(ran_count, 4);
  EXPECT_FALSE(executor.TrySubmit([&] { ++ran_count; }));
  executor.Drain();  // Again is harmless.
  EXPECT_EQ(ran_count, 4);
}

TEST(ExecutorTest, ReleasesWhatATaskHoldsBeforeItCountsAsFinished) {
  Executor executor({.thread_count = 1, .queue_max = 1});
  auto held = std::make_shared<int>(7);
  ASSERT_TRUE(executor.TrySubmit([held] {}));
  executor.WaitUntilIdle();
  EXPECT_EQ(held.use_count(), 1);
}

TEST(ExecutorTest, ManySubmittersLoseNothing) {
  Executor executor({.thread_count = 3, .queue_max = 16});
  constexpr int kSubmitterCount = 4;
  constexpr int kTasksEach = 2000;
  std::atomic<int> admitted_count{0};
  std::atomic<int> ran_count{0};
  std::vector<std::thread> submitters;
  for (int s = 0; s < kSubmitterCount; ++s) {
    submitters.emplace_back([&] {
      for (int i = 0; i < kTasksEach; ++i) {
        if (executor.TrySubmit([&ran_count] { ++ran_count; })) ++admitted_count;
      }
    });
  }
  for (std::thread& submitter : submitters) submitter.join();
  executor.WaitUntilIdle();
  EXPECT_EQ(ran_count, admitted_count);
  EXPECT_GT(ran_count, 0);
  EXPECT_EQ(executor.running_count(), 0u);
  EXPECT_EQ(executor.queued_count(), 0u);
}

TEST(ExecutorDeathTest, OptionsAtTheLimitsAreTakenAndBeyondThemAbort) {
  Executor at_the_limit({.thread_count = 1, .queue_max = kExecutorQueueMax});
  EXPECT_DEATH(Executor({.thread_count = 0}), "out of range");
  EXPECT_DEATH(Executor({.thread_count = kExecutorThreadCountMax + 1}), "out of range");
  EXPECT_DEATH(Executor({.thread_count = 1, .queue_max = kExecutorQueueMax + 1}), "out of range");
}

}  // namespace
}  // namespace quotacast::serving
