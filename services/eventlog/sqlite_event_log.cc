#include "services/eventlog/sqlite_event_log.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/clock.h"
#include "base/status_macros.h"
#include "base/unshared_status.h"
#include "services/eventlog/bounded_wait.h"
#include "services/eventlog/event_log.h"
#include "services/eventlog/event_validation.h"
#include "services/eventlog/sqlite_checkpointer.h"
#include "services/eventlog/sqlite_reader_pool.h"
#include "services/eventlog/sqlite_writer.h"
#include "services/eventlog/write_queue.h"

namespace quotacast::eventlog {

absl::StatusOr<std::unique_ptr<SqliteEventLog>> SqliteEventLog::Open(
    const std::string& path, const Clock* clock, SqliteEventLogOptions options) {
  SqliteWriterOptions writer_options;
  writer_options.busy_timeout = options.busy_timeout;
  writer_options.max_page_count = options.max_page_count;
  writer_options.vfs = options.for_testing.vfs;
  writer_options.synchronous = options.for_testing.synchronous;
  QC_ASSIGN_OR_RETURN(std::unique_ptr<SqliteWriter> writer,
                      SqliteWriter::Open(path, clock, writer_options));
  SqliteCheckpointerOptions checkpointer_options;
  checkpointer_options.busy_timeout = options.busy_timeout;
  checkpointer_options.trigger_pages = options.for_testing.checkpoint_pages;
  checkpointer_options.restart_pages = options.for_testing.wal_restart_pages;
  checkpointer_options.tail_pages = kCheckpointTailPages;
  checkpointer_options.max_wal_pages = kMaxWalPages;
  checkpointer_options.vfs = options.for_testing.vfs;
  checkpointer_options.synchronous = options.for_testing.synchronous;
  checkpointer_options.has_thread = options.for_testing.checkpoints_have_a_thread;
  QC_ASSIGN_OR_RETURN(std::unique_ptr<SqliteCheckpointer> checkpointer,
                      SqliteCheckpointer::Open(path, checkpointer_options));
  auto readers =
      std::make_unique<SqliteReaderPool>(path, options.busy_timeout, options.for_testing.vfs);
  return absl::WrapUnique(new SqliteEventLog(path, options, std::move(writer),
                                             std::move(checkpointer), std::move(readers)));
}

SqliteEventLog::SqliteEventLog(std::string path, const SqliteEventLogOptions& options,
                               std::unique_ptr<SqliteWriter> writer,
                               std::unique_ptr<SqliteCheckpointer> checkpointer,
                               std::unique_ptr<SqliteReaderPool> readers)
    : path_(std::move(path)),
      options_(options),
      writer_(std::move(writer)),
      checkpointer_(std::move(checkpointer)),
      readers_(std::move(readers)),
      queue_(
          {path_, options_.max_queued_appends},
          [this](std::deque<PendingWrite*>& waiting) { return TakeGroup(waiting); },
          [this](const std::vector<PendingWrite*>& group) { return CommitGroup(group); }) {}

SqliteEventLog::~SqliteEventLog() {
  // Waiters leave; the queue, which goes first, then lets the writing calls finish.
  std::unique_lock<std::mutex> lock(mutex_);
  stopping_ = true;
  appended_.notify_all();
  idle_.wait(lock, [this] { return waiter_count_ == 0; });
}

absl::Status SqliteEventLog::Write(PendingWrite& pending) {
  QC_RETURN_IF_ERROR(queue_.Wait(pending));
  return pending.status;
}

absl::StatusOr<std::vector<AppendResult>> SqliteEventLog::Append(
    std::string_view workspace, absl::Span<const Event> events,
    absl::Span<const RecordWrite> records) {
  QC_RETURN_IF_ERROR(ValidateAppend(workspace, events));
  QC_RETURN_IF_ERROR(ValidateRecords(records));
  std::vector<AppendResult> results;
  if (events.empty() && records.empty()) return results;

  PendingWrite pending;
  pending.workspace = workspace;
  pending.event_count = events.size();
  pending.write = [&](SqliteWriter& writer) -> absl::Status {
    QC_ASSIGN_OR_RETURN(results, writer.AppendBatch(workspace, events, records));
    pending.last_offset = 0;
    pending.new_event_count = 0;
    for (const AppendResult& result : results) {
      pending.last_offset = std::max(pending.last_offset, result.offset);
      if (result.outcome == AppendOutcome::kAppended) ++pending.new_event_count;
    }
    return absl::OkStatus();
  };
  QC_RETURN_IF_ERROR(Write(pending));
  return results;
}

absl::Status SqliteEventLog::Restore(std::string_view workspace,
                                     absl::Span<const StoredEvent> events) {
  QC_RETURN_IF_ERROR(ValidateRestore(workspace, events));
  if (events.empty()) return absl::OkStatus();
  PendingWrite pending;
  pending.workspace = workspace;
  pending.event_count = events.size();
  pending.last_offset = events.back().offset;
  pending.new_event_count = static_cast<int64_t>(events.size());
  pending.write = [&](SqliteWriter& writer) { return writer.Restore(workspace, events); };
  return Write(pending);
}

absl::Status SqliteEventLog::Rewrite(std::string_view workspace,
                                     absl::Span<const EventRewrite> rewrites) {
  QC_RETURN_IF_ERROR(ValidateRewrite(workspace, rewrites));
  if (rewrites.empty()) return absl::OkStatus();
  PendingWrite pending;
  pending.workspace = workspace;
  pending.event_count = rewrites.size();
  pending.is_scrubbing = true;
  pending.write = [&](SqliteWriter& writer) { return writer.Rewrite(workspace, rewrites); };
  return Write(pending);
}

absl::StatusOr<int64_t> SqliteEventLog::DeleteConflicts(std::string_view workspace,
                                                        absl::Span<const int64_t> numbers) {
  QC_RETURN_IF_ERROR(ValidateWorkspace(workspace));
  int64_t count = 0;
  if (numbers.empty()) return count;
  PendingWrite pending;
  pending.workspace = workspace;
  pending.event_count = numbers.size();
  pending.write = [&](SqliteWriter& writer) -> absl::Status {
    QC_ASSIGN_OR_RETURN(count, writer.DeleteConflicts(workspace, numbers));
    return absl::OkStatus();
  };
  QC_RETURN_IF_ERROR(Write(pending));
  return count;
}

absl::StatusOr<int64_t> SqliteEventLog::DeleteRecordsBefore(std::string_view workspace,
                                                            std::string_view kind,
                                                            absl::Time recorded_before) {
  QC_RETURN_IF_ERROR(ValidateWorkspace(workspace));
  int64_t count = 0;
  PendingWrite pending;
  pending.workspace = workspace;
  pending.write = [&](SqliteWriter& writer) -> absl::Status {
    QC_ASSIGN_OR_RETURN(count, writer.DeleteRecordsBefore(workspace, kind, recorded_before));
    return absl::OkStatus();
  };
  QC_RETURN_IF_ERROR(Write(pending));
  return count;
}

std::vector<SqliteEventLog::PendingWrite*> SqliteEventLog::TakeGroup(
    std::deque<PendingWrite*>& waiting) const {
  std::vector<PendingWrite*> group;
  size_t event_count = 0;
  while (!waiting.empty()) {
    PendingWrite* const next = waiting.front();
    if (!group.empty() &&
        (next->is_scrubbing || event_count + next->event_count > options_.max_group_events)) {
      break;
    }
    event_count += next->event_count;
    group.push_back(next);
    waiting.pop_front();
    if (next->is_scrubbing) break;
  }
  return group;
}

bool SqliteEventLog::CommitGroup(const std::vector<PendingWrite*>& group) {
  checkpointer_->BeforeWrite();
  const absl::Status status = WriteGroup(group);
  if (status.ok()) {
    NoteAppended(group);
    checkpointer_->NoteCommit(writer_->wal_page_count());
    return true;
  }
  for (PendingWrite* pending : group) {
    // A write that failed for a reason of its own keeps it.
    if (pending->status.ok() || absl::IsUnknown(pending->status)) {
      pending->status = Unshared(status);
    }
  }
  return false;
}

absl::Status SqliteEventLog::WriteGroup(const std::vector<PendingWrite*>& group) {
  absl::Status status = TryGroup(group, /*fates_are_shared=*/true);
  const bool is_one_refused =
      std::any_of(group.begin(), group.end(), [](const PendingWrite* pending) {
        return !pending->status.ok() && !absl::IsUnknown(pending->status);
      });
  if (is_one_refused && group.size() > 1) status = TryGroup(group, /*fates_are_shared=*/false);
  if (status.ok() && group[0]->is_scrubbing) {
    const std::unique_lock<std::mutex> no_checkpoint = checkpointer_->Exclude();
    group[0]->status = writer_->Scrub();
  }
  return status;
}

absl::Status SqliteEventLog::TryGroup(const std::vector<PendingWrite*>& group,
                                      bool fates_are_shared) {
  for (PendingWrite* pending : group) pending->status = absl::UnknownError("not reached");
  absl::Status status = writer_->Begin(fates_are_shared ? SqliteWriter::Fates::kShared
                                                        : SqliteWriter::Fates::kSeparate);
  for (PendingWrite* pending : group) {
    if (!status.ok()) break;
    pending->status = pending->write(*writer_);
    // With separate fates one may fail alone, unless SQLite has dropped the transaction.
    if (fates_are_shared || !writer_->InTransaction()) status = Unshared(pending->status);
  }
  if (status.ok()) status = writer_->Commit();
  writer_->Rollback();
  return status;
}

void SqliteEventLog::NoteAppended(const std::vector<PendingWrite*>& group) {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (const PendingWrite* pending : group) {
    if (!pending->status.ok() || pending->last_offset == 0) continue;
    int64_t& last_offset = last_offsets_[std::string(pending->workspace)];
    last_offset = std::max(last_offset, pending->last_offset);
    event_count_ += pending->new_event_count;
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
  absl::StatusOr<int64_t> offset = LastOffset(workspace);
  std::unique_lock<std::mutex> lock(mutex_);
  ++waiter_count_;
  // In slices, after each of which the file is asked: SQLite tells nobody of another process's
  // commit, and the question costs microseconds.
  while (offset.ok() && *offset <= after_offset && timeout > absl::ZeroDuration() && !stopping_) {
    const absl::Duration slice = std::min(timeout, kForeignAppendPoll);
    timeout -= slice;
    BoundedWait(appended_, lock, slice, [this, workspace, after_offset] {
      const auto last = last_offsets_.find(workspace);
      return stopping_ || (last != last_offsets_.end() && last->second > after_offset);
    });
    if (stopping_) break;
    lock.unlock();
    offset = LastOffset(workspace);
    lock.lock();
  }
  // Under the lock: the log may be gone once it is released.
  if (--waiter_count_ == 0 && stopping_) idle_.notify_all();
  return offset;
}

absl::StatusOr<std::vector<std::string>> SqliteEventLog::Workspaces() const {
  return readers_->Workspaces();
}

absl::StatusOr<std::vector<Conflict>> SqliteEventLog::ListConflicts(std::string_view workspace,
                                                                    int64_t after_number,
                                                                    size_t max_conflicts) const {
  QC_RETURN_IF_ERROR(ValidateWorkspace(workspace));
  return readers_->ListConflicts(workspace, after_number, max_conflicts);
}

absl::StatusOr<std::optional<Record>> SqliteEventLog::GetRecord(std::string_view workspace,
                                                                std::string_view kind,
                                                                std::string_view key) const {
  QC_RETURN_IF_ERROR(ValidateWorkspace(workspace));
  return readers_->GetRecord(workspace, kind, key);
}

absl::StatusOr<std::vector<Record>> SqliteEventLog::ListRecords(std::string_view workspace,
                                                                std::string_view kind,
                                                                std::string_view after_key,
                                                                size_t max_records) const {
  QC_RETURN_IF_ERROR(ValidateWorkspace(workspace));
  return readers_->ListRecords(workspace, kind, after_key, max_records);
}

absl::StatusOr<int64_t> SqliteEventLog::CountRecords(std::string_view workspace,
                                                     std::string_view kind) const {
  QC_RETURN_IF_ERROR(ValidateWorkspace(workspace));
  return readers_->CountRecords(workspace, kind);
}

absl::StatusOr<VerifiedPage> SqliteEventLog::Verify(std::string_view workspace,
                                                    int64_t after_offset, size_t max_events) const {
  QC_RETURN_IF_ERROR(ValidateWorkspace(workspace));
  return readers_->Verify(workspace, after_offset, max_events);
}

absl::StatusOr<LogStats> SqliteEventLog::Stats(std::string_view workspace) const {
  QC_RETURN_IF_ERROR(ValidateWorkspace(workspace));
  return readers_->Stats(workspace);
}

SqliteEventLogStats SqliteEventLog::stats() const {
  const WriteQueueStats queue_stats = queue_.stats();
  SqliteEventLogStats stats;
  stats.append_count = queue_stats.write_count;
  stats.transaction_count = queue_stats.group_count;
  stats.queued_append_count = queue_stats.queued_write_count;
  const std::lock_guard<std::mutex> lock(mutex_);
  stats.event_count = event_count_;
  return stats;
}

}  // namespace quotacast::eventlog
