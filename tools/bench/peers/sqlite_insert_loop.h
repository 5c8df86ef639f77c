// A peer of the SQLite event log: the shortest program that makes the same rows durable. One
// connection, one prepared statement, one transaction per batch; no queue, no checks, no network.
#ifndef QUOTACAST_TOOLS_BENCH_PEERS_SQLITE_INSERT_LOOP_H_
#define QUOTACAST_TOOLS_BENCH_PEERS_SQLITE_INSERT_LOOP_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/bench/peers/log_row.h"

struct sqlite3;
struct sqlite3_stmt;

namespace quotacast::bench {

// Not thread-safe.
class SqliteInsertLoop {
 public:
  // Creates `path` with the table of events and its indexes as they stand in `log_path`, a log of
  // quotacastd's: the same columns, the same unique index. Write-ahead log, synchronous=FULL.
  static absl::StatusOr<std::unique_ptr<SqliteInsertLoop>> Create(const std::string& path,
                                                                  const std::string& log_path);
  SqliteInsertLoop(const SqliteInsertLoop&) = delete;
  SqliteInsertLoop& operator=(const SqliteInsertLoop&) = delete;
  ~SqliteInsertLoop();

  // Inserts the rows in transactions of `batch_rows`; a row whose id is there already is passed
  // over.
  absl::Status Insert(absl::Span<const LogRow> rows, size_t batch_rows);

  absl::StatusOr<int64_t> RowCount();

 private:
  SqliteInsertLoop() = default;
  absl::Status Run(const std::string& sql);
  absl::Status CopySchema(const std::string& log_path);
  absl::Status Prepare();
  absl::Status Error(const char* what) const;

  sqlite3* database_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
  bool has_checksum_ = false;
  int64_t last_offset_ = 0;
};

}  // namespace quotacast::bench

#endif  // QUOTACAST_TOOLS_BENCH_PEERS_SQLITE_INSERT_LOOP_H_
