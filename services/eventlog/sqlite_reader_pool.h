// The reading side of the SQLite event log: a pool of read-only connections, so that any number of
// threads read at once and none waits for the writer. Each answer is one statement and therefore
// one consistent snapshot (Verify needs three; see there).
#ifndef QUOTACAST_SERVICES_EVENTLOG_SQLITE_READER_POOL_H_
#define QUOTACAST_SERVICES_EVENTLOG_SQLITE_READER_POOL_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/eventlog/event_log.h"

namespace quotacast::eventlog {

// Connections kept open between calls; more are opened when more threads read, and closed after.
inline constexpr size_t kMaxIdleReaders = 4;

// All versions of one source key. The unary plus keeps the offset index out of the plan: by the id
// index this is a look-up, by the other one a scan of the whole workspace.
inline constexpr std::string_view kReadKeySql = R"sql(
SELECT "offset", source, source_key, version, effective_micros, recorded_micros, payload, is_erased
FROM event WHERE workspace = ?1 AND source = ?2 AND source_key = ?3 ORDER BY +"offset")sql";

// Thread-safe. The file must have been opened and migrated by a writer before.
class SqliteReaderPool {
 public:
  // `vfs`: as SqliteConnection::Open.
  SqliteReaderPool(std::string path, absl::Duration busy_timeout, std::string vfs = "");
  SqliteReaderPool(const SqliteReaderPool&) = delete;
  SqliteReaderPool& operator=(const SqliteReaderPool&) = delete;
  ~SqliteReaderPool();

  // As in EventLog, without the validation.
  absl::StatusOr<std::vector<StoredEvent>> Read(std::string_view workspace, int64_t after_offset,
                                                size_t max_events);
  absl::StatusOr<std::vector<StoredEvent>> ReadKey(std::string_view workspace,
                                                   std::string_view source,
                                                   std::string_view source_key);
  absl::StatusOr<int64_t> LastOffset(std::string_view workspace);
  absl::StatusOr<std::vector<std::string>> Workspaces();
  absl::StatusOr<std::vector<Conflict>> ListConflicts(std::string_view workspace,
                                                      int64_t after_number, size_t max_conflicts);
  absl::StatusOr<std::optional<Record>> GetRecord(std::string_view workspace, std::string_view kind,
                                                  std::string_view key);
  absl::StatusOr<std::vector<Record>> ListRecords(std::string_view workspace, std::string_view kind,
                                                  std::string_view after_key, size_t max_records);
  absl::StatusOr<int64_t> CountRecords(std::string_view workspace, std::string_view kind);
  absl::StatusOr<VerifiedPage> Verify(std::string_view workspace, int64_t after_offset,
                                      size_t max_events);
  absl::StatusOr<LogStats> Stats(std::string_view workspace);

  size_t IdleCountForTesting() const;

 private:
  class Reader;

  absl::StatusOr<std::unique_ptr<Reader>> Borrow();
  // Only after success: a connection that failed is dropped.
  void Return(std::unique_ptr<Reader> reader);
  // `ask(reader)` of a borrowed reader.
  template <typename Ask>
  auto With(Ask ask) -> decltype(ask(std::declval<Reader&>()));

  const std::string path_;
  const absl::Duration busy_timeout_;
  const std::string vfs_;
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<Reader>> idle_;  // Guarded by mutex_.
};

}  // namespace quotacast::eventlog

#endif  // QUOTACAST_SERVICES_EVENTLOG_SQLITE_READER_POOL_H_
