// Goal: calls that wait for one workspace share a group, within its limits and in order; calls for
// other workspaces are not mixed in; a full queue refuses; a call can fail alone or with its group;
// closing lets everybody finish. Method: a store that stands still until the test lets it go on;
// threads are met through stats(), never by sleeping.
#include "services/eventlog/append_queue.h"

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/errors.h"
#include "gtest/gtest.h"
#include "services/eventlog/event_log.h"

namespace quotacast::eventlog {
namespace {

Event MakeEvent(const std::string& key, size_t payload_bytes = 1) {
  return {{"crm", key, "1"}, absl::UnixEpoch(), std::string(payload_bytes, 'p')};
}

class AppendQueueTest : public ::testing::Test {
 protected:
  ~AppendQueueTest() override {
    for (std::thread& thread : threads_) thread.join();
  }

  void Start(size_t max_queued_appends, size_t max_group_events,
             size_t max_group_payload_bytes = 1 << 20) {
    AppendQueueOptions options;
    options.log_name = "the log";
    options.max_queued_appends = max_queued_appends;
    options.max_group_events = max_group_events;
    options.max_group_payload_bytes = max_group_payload_bytes;
    queue_ = std::make_unique<AppendQueue>(
        options, [this](absl::Span<QueuedAppend* const> group) { return Commit(group); });
  }

  // Waits for the gate, then notes the group as "workspace:key,key".
  absl::Status Commit(absl::Span<QueuedAppend* const> group) {
    std::unique_lock<std::mutex> lock(mutex_);
    opened_.wait(lock, [this] { return is_open_; });
    std::string text = absl::StrCat(std::string(group[0]->workspace), ":");
    for (QueuedAppend* append : group) {
      for (const Event& event : append->events) absl::StrAppend(&text, event.id.source_key, ",");
      append->results = std::vector<AppendResult>(append->events.size());
      if (append->events[0].id.source_key == "alone") append->results = absl::NotFoundError("one");
    }
    groups_.push_back(text);
    return commit_status_;
  }

  void Open() {
    const std::lock_guard<std::mutex> lock(mutex_);
    is_open_ = true;
    opened_.notify_all();
  }

  // Appends on a thread of its own and returns once the call waits: `queued` calls then do.
  void AppendInBackground(
      const std::string& workspace, std::vector<Event> events, size_t queued,
      std::function<void(absl::Status)> check = [](const absl::Status& status) {
        EXPECT_TRUE(status.ok()) << status;
      }) {
    const int64_t appends_before = queue_->stats().append_count;
    threads_.emplace_back([this, workspace, events = std::move(events), check] {
      check(queue_->Append(workspace, events, {}).status());
    });
    while (queue_->stats().append_count == appends_before ||
           queue_->stats().queued_append_count != queued) {
      std::this_thread::yield();
    }
  }

  void JoinAll() {
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

  std::unique_ptr<AppendQueue> queue_;
  std::mutex mutex_;
  std::condition_variable opened_;
  bool is_open_ = false;
  absl::Status commit_status_;
  std::vector<std::string> groups_;
  std::vector<std::thread> threads_;
};

TEST_F(AppendQueueTest, CallsForOneWorkspaceShareAGroupAndKeepTheirOrder) {
  Start(10, 100);
  AppendInBackground("w", {MakeEvent("a")}, 0);  // Taken by the thread, which stands still.
  AppendInBackground("w", {MakeEvent("b")}, 1);
  AppendInBackground("v", {MakeEvent("c")}, 2);
  AppendInBackground("w", {MakeEvent("d"), MakeEvent("e")}, 3);
  Open();
  JoinAll();
  EXPECT_EQ(groups_, (std::vector<std::string>{"w:a,", "w:b,d,e,", "v:c,"}));
  EXPECT_EQ(queue_->stats().group_count, 3);
  EXPECT_EQ(queue_->stats().append_count, 4);
}

TEST_F(AppendQueueTest, AGroupEndsBeforeItsLimitsAndNobodyOvertakes) {
  Start(10, 2);
  AppendInBackground("w", {MakeEvent("large1"), MakeEvent("large2"), MakeEvent("large3")}, 0);
  AppendInBackground("w", {MakeEvent("a")}, 1);
  AppendInBackground("w", {MakeEvent("b"), MakeEvent("c")}, 2);
  AppendInBackground("w", {MakeEvent("d")}, 3);
  Open();
  JoinAll();
  EXPECT_EQ(groups_,
            (std::vector<std::string>{"w:large1,large2,large3,", "w:a,", "w:b,c,", "w:d,"}));
}

TEST_F(AppendQueueTest, PayloadBytesLimitAGroupToo) {
  Start(10, 100, 10);
  AppendInBackground("w", {MakeEvent("a", 11)}, 0);
  AppendInBackground("w", {MakeEvent("b", 5)}, 1);
  AppendInBackground("w", {MakeEvent("c", 5)}, 2);
  AppendInBackground("w", {MakeEvent("d", 1)}, 3);
  Open();
  JoinAll();
  EXPECT_EQ(groups_, (std::vector<std::string>{"w:a,", "w:b,c,", "w:d,"}));
}

TEST_F(AppendQueueTest, AFullQueueRefusesWithARetryHint) {
  Start(2, 100);
  AppendInBackground("w", {MakeEvent("a")}, 0);
  AppendInBackground("w", {MakeEvent("b")}, 1);
  AppendInBackground("w", {MakeEvent("c")}, 2);
  const absl::Status status = queue_->Append("w", {MakeEvent("d")}, {}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
  ASSERT_TRUE(GetDetail(status).has_value());
  EXPECT_EQ(GetDetail(status)->reason, "OVERLOADED");
  EXPECT_GT(GetDetail(status)->retry_after, absl::ZeroDuration());
  Open();
  JoinAll();
}

TEST_F(AppendQueueTest, ACallFailsAloneOrWithItsGroup) {
  Start(10, 100);
  AppendInBackground("w", {MakeEvent("a")}, 0);
  AppendInBackground("w", {MakeEvent("alone")}, 1, [](const absl::Status& status) {
    EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  });
  AppendInBackground("w", {MakeEvent("c")}, 2);
  Open();
  JoinAll();
  commit_status_ = absl::UnavailableError("all");
  EXPECT_EQ(queue_->Append("w", {MakeEvent("alone")}, {}).status(), commit_status_);
  EXPECT_EQ(queue_->stats().group_count, 2);
}

TEST_F(AppendQueueTest, TheDestructorFinishesWhatWaits) {
  Start(10, 100);
  AppendInBackground("w", {MakeEvent("a")}, 0);
  AppendInBackground("w", {MakeEvent("b")}, 1);
  std::thread closer([this] { queue_.reset(); });
  Open();
  closer.join();
  JoinAll();
  EXPECT_EQ(groups_.size(), 2u);
}

}  // namespace
}  // namespace quotacast::eventlog
