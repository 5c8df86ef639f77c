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
#include "services/eventlog/event_log.h"
#include "services/eventlog/sqlite_connection.h"

namespace quotacast::eventlog {

struct SqliteWriterOptions {
  absl::Duration busy_timeout;
  int autocheckpoint_pages = 0;
  int64_t max_page_count = 0;  // 0: SQLite's own maximum.
};

// One thread at a time. `clock` must outlive it.
class SqliteWriter {
 public:
  // Opens or creates the file, migrates it and sets the durability pragmas. Errors as
  // SqliteEventLog::Open.
  static absl::StatusOr<std::unique_ptr<SqliteWriter>> Open(const std::string& path,
                                                            const Clock* clock,
                                                            const SqliteWriterOptions& options);

  // BEGIN IMMEDIATE: from here on no other connection writes.
  absl::Status Begin();

  // Appends one validated batch inside the open transaction, wholly or not at all. After an error
  // the transaction goes on with the other batches unless InTransaction() says that SQLite has
  // ended it.
  absl::StatusOr<std::vector<AppendResult>> AppendBatch(std::string_view workspace,
                                                        absl::Span<const Event> events);

  // COMMIT; after the return everything is on disk. On error the transaction is rolled back.
  absl::Status Commit();

  // Drops an open transaction; does nothing when there is none.
  void Rollback();

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

  absl::Status PrepareStatements();
  absl::StatusOr<Tail> ReadTail(std::string_view workspace);
  absl::StatusOr<std::vector<AppendResult>> InsertAll(std::string_view workspace,
                                                      absl::Span<const Event> events);
  // What the event now in the log under this id means for `event`.
  absl::StatusOr<AppendResult> CompareWithPresent(std::string_view workspace, const Event& event);

  const std::unique_ptr<SqliteConnection> connection_;
  const Clock* const clock_;
  SqliteStatement begin_;
  SqliteStatement commit_;
  SqliteStatement savepoint_;
  SqliteStatement release_;
  SqliteStatement rollback_to_;
  SqliteStatement select_tail_;
  SqliteStatement insert_;
  SqliteStatement select_by_id_;
};

}  // namespace quotacast::eventlog

#endif  // QUOTACAST_SERVICES_EVENTLOG_SQLITE_WRITER_H_
