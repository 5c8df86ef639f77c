// The durable event log on PostgreSQL: for several processes and machines. An acknowledged event
// survives a crash of either program and of the database's machine.
//
// Any number of processes may write one log: offsets are given out under a lock on the workspace's
// row, so the feed stays total and contiguous per workspace, in the order of the commits. Within a
// process one thread merges the Append calls that wait for one workspace into one transaction
// (group commit). Readers have connections of their own and never wait for writers.
#ifndef QUOTACAST_SERVICES_EVENTLOG_POSTGRES_EVENT_LOG_H_
#define QUOTACAST_SERVICES_EVENTLOG_POSTGRES_EVENT_LOG_H_

#include <cstddef>
#include <cstdint>
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
#include "services/eventlog/append_queue.h"
#include "services/eventlog/event_log.h"
#include "services/eventlog/postgres_offset_poller.h"
#include "services/eventlog/postgres_pool.h"
#include "services/eventlog/postgres_writer.h"

namespace quotacast::eventlog {

// Calls to Append that may wait for the writer; one more is RESOURCE_EXHAUSTED.
inline constexpr size_t kMaxQueuedPostgresAppends = 1'024;
// A transaction takes waiting calls until it has this much (at least one call).
inline constexpr size_t kMaxPostgresGroupEvents = 20'000;
inline constexpr size_t kMaxPostgresGroupPayloadBytes = 64 << 20;
// After this long without a write a writer's row may go: nobody waits that long for a COMMIT.
inline constexpr absl::Duration kWriterMemory = absl::Hours(7 * 24);

struct PostgresEventLogOptions {
  size_t max_queued_appends = kMaxQueuedPostgresAppends;
  size_t max_group_events = kMaxPostgresGroupEvents;
  PostgresSessionOptions session;
};

// What the log has done since it was opened.
struct PostgresEventLogStats {
  int64_t append_count = 0;        // Calls taken into the queue.
  int64_t transaction_count = 0;   // Groups committed.
  int64_t event_count = 0;         // Events newly stored.
  int64_t retry_count = 0;         // Transactions and queries that were tried again.
  size_t queued_append_count = 0;  // Calls waiting now, without those in the running transaction.
};

// Thread-safe. `clock` must outlive the log. The destructor lets the waiting Append calls finish
// and ends waits; no call may begin once it runs.
class PostgresEventLog final : public EventLog {
 public:
  // Opens the log in `schema` of the database at `connection_string` (see PostgresAddress::Parse),
  // creating and migrating it. Errors: INVALID_ARGUMENT (field "event-store" or "schema"),
  // FAILED_PRECONDITION (LOG_CANNOT_OPEN, LOG_ACCESS_DENIED, LOG_READ_ONLY, LOG_FOREIGN,
  // LOG_TOO_NEW, LOG_FSYNC_OFF, LOG_TORN_PAGES), UNAVAILABLE (LOG_UNREACHABLE, LOG_LOCKED,
  // LOG_TIMEOUT, LOG_DISK_FULL), INTERNAL (LOG_CORRUPT, LOG_IO_ERROR, LOG_BROKEN). Each message
  // names the database, without a password, and what to do.
  static absl::StatusOr<std::unique_ptr<PostgresEventLog>> Open(
      const std::string& connection_string, const std::string& schema, const Clock* clock,
      PostgresEventLogOptions options = {});
  ~PostgresEventLog() override;

  // Beside the errors of the interface: when the connection breaks during a COMMIT and the database
  // cannot be asked any more, UNAVAILABLE; the batch may or may not be in the log. Send it again.
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
  // A connection that breaks during the COMMIT is UNAVAILABLE; LastOffset tells whether the events
  // are there.
  absl::Status Restore(std::string_view workspace, absl::Span<const StoredEvent> events) override;
  // Old row versions are vacuumed away before the return. PostgreSQL overwrites freed space only as
  // it is used again, and the write-ahead log and backups keep their copies until they expire:
  // docs/operations.md.
  absl::Status Rewrite(std::string_view workspace,
                       absl::Span<const EventRewrite> rewrites) override;
  absl::StatusOr<VerifiedPage> Verify(std::string_view workspace, int64_t after_offset,
                                      size_t max_events) const override;
  absl::StatusOr<LogStats> Stats(std::string_view workspace) const override;
  std::string_view StoreName() const override { return "postgresql"; }

  PostgresEventLogStats stats() const;

 private:
  PostgresEventLog(std::unique_ptr<PostgresPool> pool, const Clock* clock, std::string writer_id,
                   const PostgresEventLogOptions& options);

  // On the queue's thread.
  absl::Status CommitGroup(absl::Span<QueuedAppend* const> group);

  const std::unique_ptr<PostgresPool> pool_;
  PostgresWriter writer_;  // Used by the queue's thread only.
  mutable std::mutex mutex_;
  int64_t event_count_ = 0;  // Guarded by mutex_.
  int64_t retry_count_ = 0;  // Of the writer; guarded by mutex_.
  // Before the queue, whose thread tells it of appends.
  mutable PostgresOffsetPoller poller_;
  AppendQueue queue_;
};

}  // namespace quotacast::eventlog

#endif  // QUOTACAST_SERVICES_EVENTLOG_POSTGRES_EVENT_LOG_H_
