// Goal: a waiter wakes for its own process's and for other processes' appends, times out, and all
// waiters of a process together cost one query at a time. Method: a database that is a map under a
// mutex; threads meet through the counted queries, never by sleeping.
#include "services/eventlog/postgres_offset_poller.h"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace quotacast::eventlog {
namespace {

class FakeDatabase {
 public:
  PostgresOffsetPoller::Query query() {
    return [this](const std::vector<std::string>& workspaces)
               -> absl::StatusOr<std::map<std::string, int64_t>> {
      const std::lock_guard<std::mutex> lock(mutex_);
      ++query_count_;
      last_workspaces_ = workspaces;
      if (is_down_) return absl::UnavailableError("down");
      return offsets_;
    };
  }
  void Set(const std::string& workspace, int64_t offset) {
    const std::lock_guard<std::mutex> lock(mutex_);
    offsets_[workspace] = offset;
  }
  void SetDown(bool is_down) {
    const std::lock_guard<std::mutex> lock(mutex_);
    is_down_ = is_down;
  }
  int query_count() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return query_count_;
  }
  std::vector<std::string> last_workspaces() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return last_workspaces_;
  }
  void AwaitQueries(int count) {
    while (query_count() < count) std::this_thread::yield();
  }

 private:
  std::mutex mutex_;
  std::map<std::string, int64_t> offsets_;
  std::vector<std::string> last_workspaces_;
  int query_count_ = 0;
  bool is_down_ = false;
};

TEST(PostgresOffsetPollerTest, AsksNothingWhileNobodyWaits) {
  FakeDatabase database;
  PostgresOffsetPoller poller(database.query());
  poller.Note("w", 3);
  EXPECT_TRUE(poller.Wait("w", 2, absl::InfiniteDuration()));
  EXPECT_TRUE(poller.Wait("w", 3, absl::ZeroDuration()));
  EXPECT_LE(database.query_count(), 2);
}

TEST(PostgresOffsetPollerTest, WakesForAnotherProcess) {
  FakeDatabase database;
  PostgresOffsetPoller poller(database.query());
  std::thread waiter([&poller] { EXPECT_TRUE(poller.Wait("w", 0, absl::InfiniteDuration())); });
  database.AwaitQueries(2);
  database.Set("w", 1);
  waiter.join();
}

TEST(PostgresOffsetPollerTest, WakesForItsOwnProcessWithoutTheDatabase) {
  FakeDatabase database;
  database.SetDown(true);
  PostgresOffsetPoller poller(database.query());
  std::thread waiter([&poller] { EXPECT_TRUE(poller.Wait("w", 0, absl::InfiniteDuration())); });
  database.AwaitQueries(1);
  poller.Note("w", 1);
  waiter.join();
}

TEST(PostgresOffsetPollerTest, GoesOnAfterTheDatabaseWasDown) {
  FakeDatabase database;
  database.SetDown(true);
  PostgresOffsetPoller poller(database.query());
  std::thread waiter([&poller] { EXPECT_TRUE(poller.Wait("w", 0, absl::InfiniteDuration())); });
  database.AwaitQueries(1);
  database.Set("w", 1);
  database.SetDown(false);
  waiter.join();
}

TEST(PostgresOffsetPollerTest, ManyWaitersShareOneQuery) {
  FakeDatabase database;
  PostgresOffsetPoller poller(database.query());
  std::vector<std::thread> waiters;
  for (int i = 0; i < 20; ++i) {
    const std::string workspace = i % 2 == 0 ? "even" : "odd";
    waiters.emplace_back(
        [&poller, workspace] { EXPECT_TRUE(poller.Wait(workspace, 0, absl::InfiniteDuration())); });
  }
  while (database.last_workspaces() != std::vector<std::string>{"even", "odd"}) {
    std::this_thread::yield();
  }
  database.Set("even", 1);
  database.Set("odd", 1);
  for (std::thread& waiter : waiters) waiter.join();
}

TEST(PostgresOffsetPollerTest, TimesOutAndEndsWaitsAtItsEnd) {
  FakeDatabase database;
  auto poller = std::make_unique<PostgresOffsetPoller>(database.query());
  EXPECT_TRUE(poller->Wait("w", 0, absl::Milliseconds(1)));
  std::thread waiter(
      [poller = poller.get()] { EXPECT_FALSE(poller->Wait("v", 0, absl::InfiniteDuration())); });
  while (database.last_workspaces() != std::vector<std::string>{"v"}) std::this_thread::yield();
  poller.reset();
  waiter.join();
}

}  // namespace
}  // namespace quotacast::eventlog
