// A thin owner of one SQLite connection and its prepared statements: RAII, and errors that name
// the file and say what to do. Knows nothing about events.
#ifndef QUOTACAST_SERVICES_EVENTLOG_SQLITE_CONNECTION_H_
#define QUOTACAST_SERVICES_EVENTLOG_SQLITE_CONNECTION_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

struct sqlite3;
struct sqlite3_stmt;

namespace quotacast::eventlog {

class SqliteConnection;

// One prepared statement. Must not outlive its connection. One thread at a time.
//
// Use: bind parameters (1-based), Step() until it says false, Reset() before the next use. A
// statement that is not reset holds its read snapshot open; SqliteScope resets it.
class SqliteStatement {
 public:
  SqliteStatement() = default;
  SqliteStatement(SqliteStatement&& other) noexcept;
  SqliteStatement& operator=(SqliteStatement&& other) noexcept;
  ~SqliteStatement();

  // The bytes must stay alive until Reset. A failure (out of memory) shows at the next Step.
  void BindText(int parameter, std::string_view text);
  void BindBlob(int parameter, std::string_view bytes);
  void BindInt(int parameter, int64_t value);
  void BindNull(int parameter);
  void BindOptionalInt(int parameter, std::optional<int64_t> value);  // NULL when absent.

  // True: a row is there; false: the statement has finished. Errors as SqliteConnection::Error.
  absl::StatusOr<bool> Step();

  // Values of the current row (0-based).
  bool IsNull(int column) const;
  int64_t Int(int column) const;                         // 0 for NULL.
  std::optional<int64_t> OptionalInt(int column) const;  // Absent for NULL.
  std::string Bytes(int column) const;                   // Text and blobs, zeros included.
  // The same without a copy; valid until the next Step or Reset.
  std::string_view View(int column) const;

  // Ends the execution and clears the bindings.
  void Reset();

 private:
  friend class SqliteConnection;
  SqliteStatement(const SqliteConnection* connection, sqlite3_stmt* statement)
      : connection_(connection), statement_(statement) {}
  void NoteBind(int code);

  const SqliteConnection* connection_ = nullptr;
  sqlite3_stmt* statement_ = nullptr;
  int bind_code_ = 0;  // The first failure since Reset.
};

// Resets a statement when the scope ends.
class SqliteScope {
 public:
  explicit SqliteScope(SqliteStatement& statement) : statement_(statement) {}
  SqliteScope(const SqliteScope&) = delete;
  SqliteScope& operator=(const SqliteScope&) = delete;
  ~SqliteScope() { statement_.Reset(); }

 private:
  SqliteStatement& statement_;
};

enum class SqliteCheckpointMode {
  kPassive,  // Moves what it can without waiting for anybody.
  kTruncate  // Waits for readers of old pages, moves all and empties the write-ahead log.
};

struct SqliteCheckpoint {
  bool was_hindered = false;  // By a reader, or by another checkpoint.
  int wal_page_count = 0;     // Pages in the write-ahead log; 0 after a kTruncate.
  int moved_page_count = 0;   // Of these now in the main file.
};

// One connection. Used by one thread at a time.
class SqliteConnection {
 public:
  // Opens `path`, creating the file if it is not there. `busy_timeout` is how long a statement
  // waits for another connection's lock. Errors:
  //   FAILED_PRECONDITION (LOG_CANNOT_OPEN) the folder is missing or closed to us,
  //   FAILED_PRECONDITION (LOG_READ_ONLY)   the file cannot be written.
  // SQLite reads the file with the first statement only, so a wrong file shows there.
  // `vfs`: the registered sqlite3_vfs to use; the default one when empty. For tests.
  static absl::StatusOr<std::unique_ptr<SqliteConnection>> Open(const std::string& path,
                                                                absl::Duration busy_timeout,
                                                                const std::string& vfs = "");
  SqliteConnection(const SqliteConnection&) = delete;
  SqliteConnection& operator=(const SqliteConnection&) = delete;
  ~SqliteConnection();

  // Runs one or more statements and drops their rows.
  absl::Status Execute(std::string_view sql);
  absl::StatusOr<SqliteStatement> Prepare(std::string_view sql);
  // The first column of the first row; INTERNAL when there is none.
  absl::StatusOr<int64_t> QueryInt(std::string_view sql);
  absl::StatusOr<std::string> QueryText(std::string_view sql);

  // Takes SQLite's own checkpoints, which run inside a COMMIT, off this connection, and counts the
  // pages of the write-ahead log instead.
  void CountWalPages();
  // Pages in the write-ahead log after the last COMMIT that added to it; 0 before.
  int wal_page_count() const { return wal_page_count_; }

  // Moves pages of the write-ahead log into the main file. Outside a transaction.
  absl::StatusOr<SqliteCheckpoint> Checkpoint(SqliteCheckpointMode mode);

  // Whether a transaction is open. SQLite ends it by itself after some errors (disk full).
  bool InTransaction() const;
  // Rows changed by the last INSERT, UPDATE or DELETE.
  int64_t ChangedRowCount() const;
  const std::string& path() const { return path_; }

  // The status for a SQLite result code other than OK:
  //   UNAVAILABLE (LOG_LOCKED, LOG_DISK_FULL), with the pause after which a retry makes sense;
  //   FAILED_PRECONDITION (LOG_READ_ONLY, LOG_CANNOT_OPEN, LOG_NOT_A_DATABASE);
  //   INTERNAL (LOG_CORRUPT, LOG_IO_ERROR, LOG_BROKEN) for the rest.
  // `system_errno`: errno right after the failed call, by which a quota or a limit of file sizes is
  // told from a broken disk (LOG_DISK_FULL); 0 when it is not known.
  absl::Status Error(int code, int system_errno = 0) const;

 private:
  SqliteConnection(std::string path, sqlite3* database)
      : path_(std::move(path)), database_(database) {}

  const std::string path_;
  sqlite3* const database_;
  int wal_page_count_ = 0;
};

}  // namespace quotacast::eventlog

#endif  // QUOTACAST_SERVICES_EVENTLOG_SQLITE_CONNECTION_H_
