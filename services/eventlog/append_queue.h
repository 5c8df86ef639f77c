// The queue of Append calls before a store whose transactions hold the events of one workspace
// each. Knows no store.
#ifndef QUOTACAST_SERVICES_EVENTLOG_APPEND_QUEUE_H_
#define QUOTACAST_SERVICES_EVENTLOG_APPEND_QUEUE_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "services/eventlog/event_log.h"
#include "services/eventlog/write_queue.h"

namespace quotacast::eventlog {

// One call, as the store sees it.
struct QueuedAppend : QueuedWrite {
  std::string_view workspace;
  absl::Span<const Event> events;
  absl::Span<const RecordWrite> records;
  size_t payload_bytes = 0;
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

  // Blocks until the call's group is committed. Errors: as WriteQueue::Wait, and those of the
  // store.
  absl::StatusOr<std::vector<AppendResult>> Append(std::string_view workspace,
                                                   absl::Span<const Event> events,
                                                   absl::Span<const RecordWrite> records);

  AppendQueueStats stats() const;

 private:
  // The oldest call and those for the same workspace behind it.
  std::vector<QueuedAppend*> TakeGroup(std::deque<QueuedAppend*>& waiting) const;
  bool Commit(const std::vector<QueuedAppend*>& group) const;

  const AppendQueueOptions options_;
  const CommitGroup commit_group_;
  WriteQueue<QueuedAppend> queue_;  // Last: its thread uses the others.
};

}  // namespace quotacast::eventlog

#endif  // QUOTACAST_SERVICES_EVENTLOG_APPEND_QUEUE_H_
