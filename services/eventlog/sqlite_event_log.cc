#include "services/eventlog/sqlite_event_log.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/clock.h"
#include "base/errors.h"
#include "base/status_macros.h"
#include "services/eventlog/bounded_wait.h"
#include "services/eventlog/event_log.h"
#include "services/eventlog/event_validation.h"
#include "services/eventlog/sqlite_reader_pool.h"
#include "services/eventlog/sqlite_writer.h"

namespace quotacast::eventlog {
namespace {

// A full queue drains in a few commits; a caller that comes back after this finds room.
constexpr absl::Duration kRetryAfterFullQueue = absl::Milliseconds(100);

absl::Status Closing(const std::string& path) {
  ErrorDetail detail;
  detail.reason = "LOG_CLOSING";
  return WithDetail(absl::UnavailableError(absl::StrCat("event log ", path, " is being closed")),
                    detail);
}

}  // namespace

absl::StatusOr<std::unique_ptr<SqliteEventLog>> SqliteEventLog::Open(
    const std::string& path, const Clock* clock, SqliteEventLogOptions options) {
  SqliteWriterOptions writer_options;
  writer_options.busy_timeout = options.busy_timeout;
  writer_options.autocheckpoint_pages = kAutocheckpointPages;
  writer_options.max_page_count = options.max_page_count;
  QC_ASSIGN_OR_RETURN(std::unique_ptr<SqliteWriter> writer,
                      SqliteWriter::Open(path, clock, writer_options));
  auto readers = std::make_unique<SqliteReaderPool>(path, options.busy_timeout);
  return absl::WrapUnique(new SqliteEventLog(path, options, std::move(writer), std::move(readers)));
}

SqliteEventLog::SqliteEventLog(std::string path, const SqliteEventLogOptions& options,
                               std::unique_ptr<SqliteWriter> writer,
                               std::unique_ptr<SqliteReaderPool> readers)
    : path_(std::move(path)),
      options_(options),
      writer_(std::move(writer)),
      readers_(std::move(readers)),
      thread_([this] { RunWriter(); }) {}

SqliteEventLog::~SqliteEventLog() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
    work_.notify_all();
    appended_.notify_all();
  }
  thread_.join();
  // Callers that were waiting have their answer but may still hold the mutex on their way out.
  std::unique_lock<std::mutex> lock(mutex_);
  idle_.wait(lock, [this] { return caller_count_ == 0; });
}

absl::StatusOr<std::vector<AppendResult>> SqliteEventLog::Append(
    std::string_view workspace, absl::Span<const Event> events,
    absl::Span<const RecordWrite> /*records*/) {
  QC_RETURN_IF_ERROR(ValidateAppend(workspace, events));
  if (events.empty()) return std::vector<AppendResult>();

  PendingAppend pending;
  pending.workspace = workspace;
  pending.events = events;
  std::unique_lock<std::mutex> lock(mutex_);
  if (stopping_) return Closing(path_);
  if (queue_.size() >= options_.max_queued_appends) {
    return Overloaded(absl::StrCat("event log ", path_, " has ", queue_.size(),
                                   " appends waiting, which is its limit: try again later"),
                      kRetryAfterFullQueue);
  }
  queue_.push_back(&pending);
  ++stats_.append_count;
  ++caller_count_;
  work_.notify_one();
  pending.done.wait(lock, [&pending] { return pending.is_done; });
  if (--caller_count_ == 0 && stopping_) idle_.notify_all();
  return std::move(pending.results);
}

void SqliteEventLog::RunWriter() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    work_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) return;
    const std::vector<PendingAppend*> group = TakeGroup();
    lock.unlock();

    // `group` belongs to this thread until Acknowledge.
    absl::Status status = writer_->Begin();
    for (PendingAppend* pending : group) {
      if (!status.ok()) break;
      pending->results = writer_->AppendBatch(pending->workspace, pending->events);
      // One batch may fail alone; when SQLite has dropped the transaction, all have failed.
      if (!writer_->InTransaction()) status = pending->results.status();
    }
    if (status.ok()) status = writer_->Commit();
    writer_->Rollback();

    lock.lock();
    Acknowledge(group, status);
  }
}

std::vector<SqliteEventLog::PendingAppend*> SqliteEventLog::TakeGroup() {
  std::vector<PendingAppend*> group;
  size_t event_count = 0;
  while (!queue_.empty()) {
    PendingAppend* const next = queue_.front();
    if (!group.empty() && event_count + next->events.size() > options_.max_group_events) break;
    event_count += next->events.size();
    group.push_back(next);
    queue_.pop_front();
  }
  return group;
}

void SqliteEventLog::Acknowledge(const std::vector<PendingAppend*>& group,
                                 const absl::Status& commit_status) {
  if (commit_status.ok()) ++stats_.transaction_count;
  for (PendingAppend* pending : group) {
    if (!commit_status.ok()) {
      // A batch that failed for a reason of its own keeps it.
      if (pending->results.ok() || pending->results.status().code() == absl::StatusCode::kUnknown) {
        pending->results = commit_status;
      }
    } else if (pending->results.ok()) {
      int64_t& last_offset = last_offsets_[std::string(pending->workspace)];
      for (const AppendResult& result : *pending->results) {
        last_offset = std::max(last_offset, result.offset);
        if (result.outcome == AppendOutcome::kAppended) ++stats_.event_count;
      }
    }
    pending->is_done = true;
    // Under the lock: the caller, and `pending` with it, may be gone once it is released.
    pending->done.notify_one();
  }
  appended_.notify_all();
}

absl::StatusOr<std::vector<StoredEvent>> SqliteEventLog::Read(std::string_view workspace,
                                                              int64_t after_offset,
                                                              size_t max_events) const {
  QC_RETURN_IF_ERROR(ValidateWorkspace(workspace));
  return readers_->Read(workspace, after_offset, max_events);
}

absl::StatusOr<std::vector<StoredEvent>> SqliteEventLog::ReadKey(
    std::string_view workspace, std::string_view source, std::string_view source_key) const {
  QC_RETURN_IF_ERROR(ValidateWorkspace(workspace));
  return readers_->ReadKey(workspace, source, source_key);
}

absl::StatusOr<int64_t> SqliteEventLog::LastOffset(std::string_view workspace) const {
  QC_RETURN_IF_ERROR(ValidateWorkspace(workspace));
  return readers_->LastOffset(workspace);
}

absl::StatusOr<int64_t> SqliteEventLog::WaitForAppend(std::string_view workspace,
                                                      int64_t after_offset,
                                                      absl::Duration timeout) const {
  QC_ASSIGN_OR_RETURN(const int64_t offset_at_start, LastOffset(workspace));
  if (offset_at_start > after_offset || timeout <= absl::ZeroDuration()) return offset_at_start;
  {
    std::unique_lock<std::mutex> lock(mutex_);
    ++caller_count_;
    BoundedWait(appended_, lock, timeout, [this, workspace, after_offset] {
      const auto last = last_offsets_.find(workspace);
      return stopping_ || (last != last_offsets_.end() && last->second > after_offset);
    });
    const bool is_closing = stopping_;
    if (--caller_count_ == 0 && stopping_) idle_.notify_all();
    // From here on the log may be gone.
    if (is_closing) return offset_at_start;
  }
  return LastOffset(workspace);
}

absl::StatusOr<std::vector<std::string>> SqliteEventLog::Workspaces() const {
  return readers_->Workspaces();
}

SqliteEventLogStats SqliteEventLog::stats() const {
  std::lock_guard<std::mutex> lock(mutex_);
  SqliteEventLogStats stats = stats_;
  stats.queued_append_count = queue_.size();
  return stats;
}

}  // namespace quotacast::eventlog
