#include "services/eventlog/append_queue.h"

#include <cstddef>
#include <deque>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "base/status_macros.h"
#include "base/unshared_status.h"
#include "services/eventlog/event_log.h"
#include "services/eventlog/write_queue.h"

namespace quotacast::eventlog {

AppendQueue::AppendQueue(AppendQueueOptions options, CommitGroup commit_group)
    : options_(std::move(options)),
      commit_group_(std::move(commit_group)),
      queue_(
          {options_.log_name, options_.max_queued_appends},
          [this](std::deque<QueuedAppend*>& waiting) { return TakeGroup(waiting); },
          [this](const std::vector<QueuedAppend*>& group) { return Commit(group); }) {}

absl::StatusOr<std::vector<AppendResult>> AppendQueue::Append(
    std::string_view workspace, absl::Span<const Event> events,
    absl::Span<const RecordWrite> records) {
  QueuedAppend append;
  append.workspace = workspace;
  append.events = events;
  append.records = records;
  for (const Event& event : events) append.payload_bytes += event.payload.size();
  QC_RETURN_IF_ERROR(queue_.Wait(append));
  return std::move(append.results);
}

bool AppendQueue::Commit(const std::vector<QueuedAppend*>& group) const {
  const absl::Status status = commit_group_(group);
  if (status.ok()) return true;
  for (QueuedAppend* append : group) append->results = Unshared(status);
  return false;
}

std::vector<QueuedAppend*> AppendQueue::TakeGroup(std::deque<QueuedAppend*>& waiting) const {
  std::vector<QueuedAppend*> group;
  std::deque<QueuedAppend*> others;
  size_t event_count = 0;
  size_t payload_bytes = 0;
  bool is_full = false;
  const std::string_view workspace = waiting.front()->workspace;
  for (QueuedAppend* next : waiting) {
    const bool fits =
        group.empty() || (event_count + next->events.size() <= options_.max_group_events &&
                          payload_bytes + next->payload_bytes <= options_.max_group_payload_bytes);
    // Once a call of the workspace stays behind, the later ones do: their order is kept.
    if (next->workspace == workspace && !fits) is_full = true;
    if (is_full || next->workspace != workspace) {
      others.push_back(next);
      continue;
    }
    event_count += next->events.size();
    payload_bytes += next->payload_bytes;
    group.push_back(next);
  }
  waiting.swap(others);
  return group;
}

AppendQueueStats AppendQueue::stats() const {
  const WriteQueueStats stats = queue_.stats();
  return {stats.write_count, stats.group_count, stats.queued_write_count};
}

}  // namespace quotacast::eventlog
