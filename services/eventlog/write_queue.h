// The queue of writing calls before a store with one writing thread (group commit): the price of a
// commit is one flush of the disk, whatever it carries, so the calls that wait share one. Knows no
// store and no event: which calls go together, and what becomes of them, is the store's.
#ifndef QUOTACAST_SERVICES_EVENTLOG_WRITE_QUEUE_H_
#define QUOTACAST_SERVICES_EVENTLOG_WRITE_QUEUE_H_

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/errors.h"

namespace quotacast::eventlog {

// A full queue drains in a few commits; a caller that comes back after this finds room.
inline constexpr absl::Duration kRetryAfterFullQueue = absl::Milliseconds(100);

struct WriteQueueOptions {
  std::string log_name;          // For messages.
  size_t max_queued_writes = 0;  // One more that waits is RESOURCE_EXHAUSTED.
};

struct WriteQueueStats {
  int64_t write_count = 0;  // Calls taken into the queue.
  int64_t group_count = 0;  // Groups committed.
  size_t queued_write_count = 0;
};

template <typename Write>
class WriteQueue;

// One call, which lives on its caller's stack until it is done. A store derives from it what it
// writes and what the call returns.
class QueuedWrite {
 private:
  template <typename Write>
  friend class WriteQueue;

  bool is_done_ = false;  // Guarded by the queue's mutex.
  std::condition_variable done_;
};

// `Write` derives from QueuedWrite. Thread-safe. The destructor lets the waiting calls finish; no
// call may begin once it runs.
template <typename Write>
class WriteQueue {
 public:
  // Takes the next group, one call at least, off the queue, whose front has waited longest. Called
  // under the queue's lock: quick.
  using TakeGroup = std::function<std::vector<Write*>(std::deque<Write*>& waiting)>;
  // Makes a group durable and says in each call what became of it. False when nothing of the group
  // was kept. Called by one thread only, the queue's own.
  using CommitGroup = std::function<bool(const std::vector<Write*>& group)>;

  WriteQueue(WriteQueueOptions options, TakeGroup take_group, CommitGroup commit_group)
      : options_(std::move(options)),
        take_group_(std::move(take_group)),
        commit_group_(std::move(commit_group)),
        thread_([this] { Run(); }) {}
  WriteQueue(const WriteQueue&) = delete;
  WriteQueue& operator=(const WriteQueue&) = delete;

  ~WriteQueue() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      stopping_ = true;
      work_.notify_all();
    }
    thread_.join();
    // Callers that were waiting have their answer but may still hold the mutex on their way out.
    std::unique_lock<std::mutex> lock(mutex_);
    idle_.wait(lock, [this] { return caller_count_ == 0; });
  }

  // Blocks until the call's group was committed or has failed; `write` then tells. Errors, with
  // which the call did not get in: RESOURCE_EXHAUSTED (OVERLOADED), UNAVAILABLE (LOG_CLOSING).
  absl::Status Wait(Write& write) {
    std::unique_lock<std::mutex> lock(mutex_);
    if (stopping_) return Closing();
    if (queue_.size() >= options_.max_queued_writes) {
      return Overloaded(absl::StrCat("event log ", options_.log_name, " has ", queue_.size(),
                                     " appends waiting, which is its limit: try again later"),
                        kRetryAfterFullQueue);
    }
    queue_.push_back(&write);
    ++stats_.write_count;
    ++caller_count_;
    work_.notify_one();
    write.done_.wait(lock, [&write] { return write.is_done_; });
    if (--caller_count_ == 0 && stopping_) idle_.notify_all();
    return absl::OkStatus();
  }

  WriteQueueStats stats() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    WriteQueueStats stats = stats_;
    stats.queued_write_count = queue_.size();
    return stats;
  }

 private:
  absl::Status Closing() const {
    ErrorDetail detail;
    detail.reason = "LOG_CLOSING";
    return WithDetail(
        absl::UnavailableError(absl::StrCat("event log ", options_.log_name, " is being closed")),
        detail);
  }

  // The queue's thread: commits group after group until it is told to stop and nothing waits.
  void Run() {
    std::unique_lock<std::mutex> lock(mutex_);
    while (true) {
      work_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      const std::vector<Write*> group = take_group_(queue_);
      lock.unlock();
      // `group` belongs to this thread until its calls are done.
      const bool is_committed = commit_group_(group);
      lock.lock();
      if (is_committed) ++stats_.group_count;
      for (Write* write : group) {
        write->is_done_ = true;
        // Under the lock: the caller, and `write` with it, may be gone once it is released.
        write->done_.notify_one();
      }
    }
  }

  const WriteQueueOptions options_;
  const TakeGroup take_group_;
  const CommitGroup commit_group_;
  mutable std::mutex mutex_;
  std::condition_variable work_;  // The queue has grown, or stopping_.
  std::condition_variable idle_;  // caller_count_ has fallen to 0.
  // All below guarded by mutex_.
  std::deque<Write*> queue_;
  bool stopping_ = false;
  int caller_count_ = 0;  // Calls inside Wait.
  WriteQueueStats stats_;

  std::thread thread_;  // Last, so that it starts when everything else is there.
};

}  // namespace quotacast::eventlog

#endif  // QUOTACAST_SERVICES_EVENTLOG_WRITE_QUEUE_H_
