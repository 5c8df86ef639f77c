#include "services/eventlog/append_queue.h"

#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/errors.h"
#include "base/unshared_status.h"
#include "services/eventlog/event_log.h"

namespace quotacast::eventlog {
namespace {

// A full queue drains in a few commits; a caller that comes back after this finds room.
constexpr absl::Duration kRetryAfterFullQueue = absl::Milliseconds(100);

absl::Status Closing(const std::string& log_name) {
  ErrorDetail detail;
  detail.reason = "LOG_CLOSING";
  return WithDetail(
      absl::UnavailableError(absl::StrCat("event log ", log_name, " is being closed")), detail);
}

}  // namespace

AppendQueue::AppendQueue(AppendQueueOptions options, CommitGroup commit_group)
    : options_(std::move(options)),
      commit_group_(std::move(commit_group)),
      thread_([this] { Run(); }) {}

AppendQueue::~AppendQueue() {
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

absl::StatusOr<std::vector<AppendResult>> AppendQueue::Append(
    std::string_view workspace, absl::Span<const Event> events,
    absl::Span<const RecordWrite> records) {
  Waiting waiting;
  waiting.workspace = workspace;
  waiting.events = events;
  waiting.records = records;
  for (const Event& event : events) waiting.payload_bytes += event.payload.size();
  std::unique_lock<std::mutex> lock(mutex_);
  if (stopping_) return Closing(options_.log_name);
  if (queue_.size() >= options_.max_queued_appends) {
    return Overloaded(absl::StrCat("event log ", options_.log_name, " has ", queue_.size(),
                                   " appends waiting, which is its limit: try again later"),
                      kRetryAfterFullQueue);
  }
  queue_.push_back(&waiting);
  ++stats_.append_count;
  ++caller_count_;
  work_.notify_one();
  waiting.done.wait(lock, [&waiting] { return waiting.is_done; });
  if (--caller_count_ == 0 && stopping_) idle_.notify_all();
  return std::move(waiting.results);
}

void AppendQueue::Run() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    work_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) return;
    const std::vector<Waiting*> group = TakeGroup();
    lock.unlock();

    // `group` belongs to this thread until its calls are done.
    const std::vector<QueuedAppend*> appends(group.begin(), group.end());
    const absl::Status status = commit_group_(appends);

    lock.lock();
    if (status.ok()) ++stats_.group_count;
    for (Waiting* waiting : group) {
      if (!status.ok()) waiting->results = Unshared(status);
      waiting->is_done = true;
      // Under the lock: the caller, and `waiting` with it, may be gone once it is released.
      waiting->done.notify_one();
    }
  }
}

std::vector<AppendQueue::Waiting*> AppendQueue::TakeGroup() {
  std::vector<Waiting*> group;
  std::deque<Waiting*> others;
  size_t event_count = 0;
  size_t payload_bytes = 0;
  bool is_full = false;
  const std::string_view workspace = queue_.front()->workspace;
  for (Waiting* next : queue_) {
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
  queue_.swap(others);
  return group;
}

AppendQueueStats AppendQueue::stats() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  AppendQueueStats stats = stats_;
  stats.queued_append_count = queue_.size();
  return stats;
}

}  // namespace quotacast::eventlog
