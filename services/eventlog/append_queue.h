// The queue of Append calls before a store with one writing thread (group commit): the price of a
// commit is one flush of the disk, whatever it carries, so the calls that wait share one. Knows no
// store.
#ifndef QUOTACAST_SERVICES_EVENTLOG_APPEND_QUEUE_H_
#define QUOTACAST_SERVICES_EVENTLOG_APPEND_QUEUE_H_

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "services/eventlog/event_log.h"

namespace quotacast::eventlog {

// One call, as the store sees it.
struct QueuedAppend {
  std::string_view workspace;
  absl::Span<const Event> events;
  absl::Span<const RecordWrite> records;
  // What the call returns, unless the whole group fails. Set by the store; a call that fails alone
  // has its own error here and leaves nothing in the transaction.
  absl::StatusOr<std::vector<AppendResult>> results;
};

struct AppendQueueOptions {
  std::string log_name;           // For messages.
  size_t max_queued_appends = 0;  // One more that waits is RESOURCE_EXHAUSTED.
  size_t max_group_events = 0;    // A group ends before it has more (but has one call at least).
  size_t max_group_payload_bytes = 0;  // Likewise.
};

struct AppendQueueStats {
  int64_t append_count = 0;  // Calls taken into the queue.
  int64_t group_count = 0;   // Groups committed.
  size_t queued_append_count = 0;
};

// Thread-safe. The destructor lets the waiting calls finish.
class AppendQueue {
 public:
  // Makes a group of calls for one workspace durable, in order; on error nothing of it is kept and
  // each call fails with that error. Called by one thread only, the queue's own.
  using CommitGroup = std::function<absl::Status(absl::Span<QueuedAppend* const>)>;

  AppendQueue(AppendQueueOptions options, CommitGroup commit_group);
  AppendQueue(const AppendQueue&) = delete;
  AppendQueue& operator=(const AppendQueue&) = delete;
  ~AppendQueue();

  // Blocks until the call's group is committed. Errors: RESOURCE_EXHAUSTED (OVERLOADED),
  // UNAVAILABLE (LOG_CLOSING), and those of the store.
  absl::StatusOr<std::vector<AppendResult>> Append(std::string_view workspace,
                                                   absl::Span<const Event> events,
                                                   absl::Span<const RecordWrite> records);

  AppendQueueStats stats() const;

 private:
  // Lives on its caller's stack until it is done.
  struct Waiting : QueuedAppend {
    size_t payload_bytes = 0;
    bool is_done = false;
    std::condition_variable done;
  };

  void Run();
  // Takes the next group off the queue: the oldest call and those for the same workspace behind
  // it. mutex_ must be held.
  std::vector<Waiting*> TakeGroup();

  const AppendQueueOptions options_;
  const CommitGroup commit_group_;
  mutable std::mutex mutex_;
  std::condition_variable work_;  // The queue has grown, or stopping_.
  std::condition_variable idle_;  // caller_count_ has fallen to 0.
  // All below guarded by mutex_.
  std::deque<Waiting*> queue_;
  bool stopping_ = false;
  int caller_count_ = 0;  // Calls inside Append.
  AppendQueueStats stats_;

  std::thread thread_;  // Last, so that it starts when everything else is there.
};

}  // namespace quotacast::eventlog

#endif  // QUOTACAST_SERVICES_EVENTLOG_APPEND_QUEUE_H_
