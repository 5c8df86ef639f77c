// The writing side of the SQLite event log: what happens inside one transaction. No threads; the
// queue and the group commit are sqlite_event_log's.
#ifndef QUOTACAST_SERVICES_EVENTLOG_SQLITE_WRITER_H_
#define QUOTACAST_SERVICES_EVENTLOG_SQLITE_WRITER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/clock.h"
#include "services/eventlog/event_checksum.h"
#include "services/eventlog/event_log.h"
#include "services/eventlog/sqlite_connection.h"

namespace quotacast::eventlog {

// Pages that the writing connection keeps in memory, in KiB. New ids fall anywhere in the index of
// ids; with SQLite's own 2 MB appending 200,000 of them takes 1.4 times as long, and more than this
// gains nothing there.
inline constexpr int kWriterCacheKib = 32 * 1024;

struct SqliteWriterOptions {
  absl::Duration busy_timeout;
  int64_t max_page_count = 0;  // 0: SQLite's own maximum.
  std::string vfs;             // As SqliteConnection::Open.
  std::string synchronous = "FULL";
};

// One thread at a time. `clock` must outlive it.
class SqliteWriter {
 public:
  // Opens or creates the file, migrates it and sets the durability pragmas. Errors as
  // SqliteEventLog::Open.
  static absl::StatusOr<std::unique_ptr<SqliteWriter>> Open(const std::string& path,
                                                            const Clock* clock,
                                                            const SqliteWriterOptions& options);

  // How the writes of one transaction stand to each other.
  enum class Fates {
    kShared,   // After an error of one the transaction must be rolled back.
    kSeparate  // One that fails is undone alone, and the transaction goes on with the others unless
               // InTransaction() says that SQLite has ended it. Costs a copy of each page written.
  };

  // BEGIN IMMEDIATE: from here on no other connection writes.
  absl::Status Begin(Fates fates = Fates::kSeparate);

  // The writes below act on validated arguments inside the open transaction, each wholly or, as
  // `fates` says, not at all. As the methods of EventLog.
  absl::StatusOr<std::vector<AppendResult>> AppendBatch(std::string_view workspace,
                                                        absl::Span<const Event> events,
                                                        absl::Span<const RecordWrite> records = {});
  absl::Status Restore(std::string_view workspace, absl::Span<const StoredEvent> events);
  absl::Status Rewrite(std::string_view workspace, absl::Span<const EventRewrite> rewrites);
  absl::StatusOr<int64_t> DeleteConflicts(std::string_view workspace,
                                          absl::Span<const int64_t> numbers);
  absl::StatusOr<int64_t> DeleteRecordsBefore(std::string_view workspace, std::string_view kind,
                                              absl::Time recorded_before);

  // COMMIT; after the return everything is on disk. On error the transaction is rolled back.
  absl::Status Commit();

  // Drops an open transaction; does nothing when there is none.
  void Rollback();

  // Pages in the write-ahead log after the last commit. Nothing here moves them into the file but
  // Scrub: that is SqliteCheckpointer's.
  int wal_page_count() const { return connection_->wal_page_count(); }

  // Writes the file anew and empties the write-ahead log, so that no page holds what was deleted or
  // replaced. Outside a transaction, and beside no other checkpoint. UNAVAILABLE (LOG_LOCKED) when
  // a reader of another program keeps old pages in use for longer than the busy timeout.
  absl::Status Scrub();

  bool InTransaction() const { return connection_->InTransaction(); }

  // An integer pragma of the writing connection, for tests: what is set, not what was asked for.
  absl::StatusOr<int64_t> PragmaForTesting(std::string_view name);

 private:
  // The end of a workspace's log; zeros when it is empty.
  struct Tail {
    int64_t offset = 0;
    int64_t recorded_micros = 0;
  };

  SqliteWriter(std::unique_ptr<SqliteConnection> connection, const Clock* clock)
      : connection_(std::move(connection)), clock_(clock) {}

  // What writes add to the counters of a workspace.
  struct Counts {
    int64_t event_count = 0;
    int64_t payload_bytes = 0;
    int64_t erased_event_count = 0;
    int64_t conflict_count = 0;
  };

  absl::Status PrepareStatements();
  // Runs `body`; with separate fates in a savepoint that is undone when it fails.
  template <typename Body>
  auto RunWrite(Body body) -> decltype(body());

  absl::StatusOr<Tail> ReadTail(std::string_view workspace);
  absl::StatusOr<std::vector<AppendResult>> InsertAll(std::string_view workspace,
                                                      absl::Span<const Event> events);
  // False: the id is taken and nothing was inserted.
  absl::StatusOr<bool> Insert(const StoredFields& fields);
  // What the event now in the log under this id means for `event`.
  absl::StatusOr<AppendResult> CompareWithPresent(std::string_view workspace, const Event& event);
  // Keeps a conflicting event unless it is kept already, which false says. `added_count` conflicts
  // were kept since the counters were last updated.
  absl::StatusOr<bool> KeepConflict(std::string_view workspace, const Event& event,
                                    int64_t kept_offset, int64_t now_micros, int64_t added_count);
  absl::StatusOr<int64_t> LastConflictNumber(std::string_view workspace);
  absl::Status AddToCounters(std::string_view workspace, const Counts& counts);
  absl::Status WriteRecords(std::string_view workspace, absl::Span<const RecordWrite> records,
                            const std::vector<AppendResult>& results);
  absl::Status RewriteOne(std::string_view workspace, const EventRewrite& rewrite, Counts& counts);

  const std::unique_ptr<SqliteConnection> connection_;
  const Clock* const clock_;
  Fates fates_ = Fates::kSeparate;  // Of the open transaction.
  SqliteStatement begin_;
  SqliteStatement commit_;
  SqliteStatement savepoint_;
  SqliteStatement release_;
  SqliteStatement rollback_to_;
  SqliteStatement select_tail_;
  SqliteStatement insert_;
  SqliteStatement select_by_id_;
  SqliteStatement select_by_offset_;
  SqliteStatement rewrite_;
  SqliteStatement add_to_counters_;
  SqliteStatement select_last_conflict_;
  SqliteStatement select_conflict_;
  SqliteStatement insert_conflict_;
  SqliteStatement delete_conflict_;
  SqliteStatement put_record_;
  SqliteStatement delete_record_;
  SqliteStatement delete_records_before_;
};

}  // namespace quotacast::eventlog

#endif  // QUOTACAST_SERVICES_EVENTLOG_SQLITE_WRITER_H_
