// The durable event log: one SQLite file. An acknowledged event survives a crash of the program
// and of the machine (WAL with synchronous=FULL; the file must be on a local disk).
//
// One writer thread merges the Append calls that wait into one transaction (group commit), because
// the price of a commit is one flush of the disk, whatever it carries. Each call is atomic and is
// acknowledged only after the COMMIT. A group is first tried as a whole; only when one of its calls
// is refused is it done again with a savepoint for each, which costs a copy of every page written.
// Readers have connections of their own and never wait for the writer. What is committed moves from
// the write-ahead log into the main file on a thread of its own.
#ifndef QUOTACAST_SERVICES_EVENTLOG_SQLITE_EVENT_LOG_H_
#define QUOTACAST_SERVICES_EVENTLOG_SQLITE_EVENT_LOG_H_

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/clock.h"
#include "services/eventlog/event_log.h"
#include "services/eventlog/write_queue.h"

namespace quotacast::eventlog {

class SqliteCheckpointer;
class SqliteReaderPool;
class SqliteWriter;

// Calls that may wait for the writer; one more is RESOURCE_EXHAUSTED.
inline constexpr size_t kMaxQueuedAppends = 1'024;
// A transaction takes waiting calls until it has this many events (at least one call).
inline constexpr size_t kMaxGroupEvents = 20'000;
// How long a statement waits for another program's lock before it is UNAVAILABLE.
inline constexpr absl::Duration kBusyTimeout = absl::Seconds(5);
// Pages of 4096 bytes in the write-ahead log: that begin to be moved into the main file, beside the
// writer (8 MB); from which on it is started over, the last pages moved while the writer stands
// still (16 MB, 2 MB); and at which the writer waits until all are moved (160 MB). A log that is
// started over late is synced slowly, because its file still grows.
inline constexpr int kCheckpointPages = 2'000;
inline constexpr int kWalRestartPages = 4'000;
inline constexpr int kCheckpointTailPages = 500;
inline constexpr int kMaxWalPages = 40'000;

struct SqliteEventLogOptions {
  size_t max_queued_appends = kMaxQueuedAppends;
  size_t max_group_events = kMaxGroupEvents;
  absl::Duration busy_timeout = kBusyTimeout;
  // Largest size of the file in pages of 4096 bytes; beyond it Append is UNAVAILABLE
  // (LOG_DISK_FULL). 0: only the disk limits it.
  int64_t max_page_count = 0;
  // For tests only: they reach into what makes an acknowledged event durable.
  struct ForTesting {
    std::string vfs;  // A registered sqlite3_vfs; the default one when empty.
    std::string synchronous = "FULL";
    int checkpoint_pages = kCheckpointPages;
    int wal_restart_pages = kWalRestartPages;
    // False: the writing thread does the checkpoints, so that everything happens in one order.
    bool checkpoints_have_a_thread = true;
  } for_testing;
};

// What the log has done since it was opened.
struct SqliteEventLogStats {
  int64_t append_count = 0;        // Writing calls taken into the queue.
  int64_t transaction_count = 0;   // Transactions committed.
  int64_t event_count = 0;         // Events newly stored.
  size_t queued_append_count = 0;  // Calls waiting now, without those in the running transaction.
};

// Thread-safe. `clock` must outlive the log. The destructor lets the waiting Append calls finish
// and ends waits; no call may begin once it runs.
class SqliteEventLog final : public EventLog {
 public:
  // Opens or creates the log. Errors: INVALID_ARGUMENT (no file path), FAILED_PRECONDITION
  // (LOG_CANNOT_OPEN, LOG_READ_ONLY, LOG_NOT_A_DATABASE, LOG_FOREIGN, LOG_TOO_NEW, LOG_NO_WAL),
  // UNAVAILABLE (LOG_LOCKED, LOG_DISK_FULL), INTERNAL (LOG_CORRUPT, LOG_IO_ERROR, LOG_BROKEN). Each
  // message names the path and what to do.
  static absl::StatusOr<std::unique_ptr<SqliteEventLog>> Open(const std::string& path,
                                                              const Clock* clock,
                                                              SqliteEventLogOptions options = {});
  ~SqliteEventLog() override;

  absl::StatusOr<std::vector<AppendResult>> Append(
      std::string_view workspace, absl::Span<const Event> events,
      absl::Span<const RecordWrite> records = {}) override;
  absl::StatusOr<std::vector<StoredEvent>> Read(std::string_view workspace, int64_t after_offset,
                                                size_t max_events) const override;
  absl::StatusOr<std::vector<StoredEvent>> ReadKey(std::string_view workspace,
                                                   std::string_view source,
                                                   std::string_view source_key) const override;
  absl::StatusOr<int64_t> LastOffset(std::string_view workspace) const override;
  absl::StatusOr<int64_t> WaitForAppend(std::string_view workspace, int64_t after_offset,
                                        absl::Duration timeout) const override;
  absl::StatusOr<std::vector<std::string>> Workspaces() const override;
  absl::StatusOr<std::vector<Conflict>> ListConflicts(std::string_view workspace,
                                                      int64_t after_number,
                                                      size_t max_conflicts) const override;
  absl::StatusOr<int64_t> DeleteConflicts(std::string_view workspace,
                                          absl::Span<const int64_t> numbers) override;
  absl::StatusOr<std::optional<Record>> GetRecord(std::string_view workspace, std::string_view kind,
                                                  std::string_view key) const override;
  absl::StatusOr<std::vector<Record>> ListRecords(std::string_view workspace, std::string_view kind,
                                                  std::string_view after_key,
                                                  size_t max_records) const override;
  absl::StatusOr<int64_t> CountRecords(std::string_view workspace,
                                       std::string_view kind) const override;
  absl::StatusOr<int64_t> DeleteRecordsBefore(std::string_view workspace, std::string_view kind,
                                              absl::Time recorded_before) override;
  absl::Status Restore(std::string_view workspace, absl::Span<const StoredEvent> events) override;
  // The file is written anew while appends wait and readers go on; that needs room for a second
  // copy of it. Besides the errors of the contract: UNAVAILABLE (LOG_LOCKED) when a reader of
  // another program keeps old pages in use.
  absl::Status Rewrite(std::string_view workspace,
                       absl::Span<const EventRewrite> rewrites) override;
  absl::StatusOr<VerifiedPage> Verify(std::string_view workspace, int64_t after_offset,
                                      size_t max_events) const override;
  absl::StatusOr<LogStats> Stats(std::string_view workspace) const override;
  std::string_view StoreName() const override { return "sqlite"; }

  SqliteEventLogStats stats() const;

 private:
  // One waiting call that writes.
  struct PendingWrite : QueuedWrite {
    std::string_view workspace;
    size_t event_count = 0;  // Toward the size of a group.
    // Acts inside the open transaction, wholly or not at all. On the writer thread.
    std::function<absl::Status(SqliteWriter&)> write;
    // Ends with SqliteWriter::Scrub, in a group of its own.
    bool is_scrubbing = false;
    // Set by `write`.
    int64_t last_offset = 0;
    int64_t new_event_count = 0;
    absl::Status status = absl::UnknownError("not reached");
  };

  SqliteEventLog(std::string path, const SqliteEventLogOptions& options,
                 std::unique_ptr<SqliteWriter> writer,
                 std::unique_ptr<SqliteCheckpointer> checkpointer,
                 std::unique_ptr<SqliteReaderPool> readers);

  // Queues the write and waits until it is durable or has failed.
  absl::Status Write(PendingWrite& pending);
  // The calls at the front that go into one transaction.
  std::vector<PendingWrite*> TakeGroup(std::deque<PendingWrite*>& waiting) const;
  // On the queue's thread: one transaction for the group, and what became of its calls.
  bool CommitGroup(const std::vector<PendingWrite*>& group);
  absl::Status WriteGroup(const std::vector<PendingWrite*>& group);
  absl::Status TryGroup(const std::vector<PendingWrite*>& group, bool fates_are_shared);
  void NoteAppended(const std::vector<PendingWrite*>& group);

  const std::string path_;
  const SqliteEventLogOptions options_;
  const std::unique_ptr<SqliteWriter> writer_;              // Used by the queue's thread only.
  const std::unique_ptr<SqliteCheckpointer> checkpointer_;  // Likewise.
  const std::unique_ptr<SqliteReaderPool> readers_;

  mutable std::mutex mutex_;
  mutable std::condition_variable appended_;  // last_offsets_ has grown, or stopping_.
  mutable std::condition_variable idle_;      // waiter_count_ has fallen to 0.
  // All below guarded by mutex_.
  bool stopping_ = false;
  mutable int waiter_count_ = 0;  // Calls in WaitForAppend.
  // Last committed offset of the workspaces that this object has appended to; lets a waiter decide
  // without asking the file.
  std::map<std::string, int64_t, std::less<>> last_offsets_;
  int64_t event_count_ = 0;  // Newly stored.

  WriteQueue<PendingWrite> queue_;  // Last: its thread uses the others.
};

}  // namespace quotacast::eventlog

#endif  // QUOTACAST_SERVICES_EVENTLOG_SQLITE_EVENT_LOG_H_
