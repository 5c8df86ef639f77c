#include "services/eventlog/sqlite_connection.h"

#include <sqlite3.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/errors.h"
#include "base/status_macros.h"

namespace quotacast::eventlog {
namespace {

// When a retry after a lock or a full disk makes sense.
constexpr absl::Duration kRetryAfter = absl::Seconds(1);

absl::Status Refusal(absl::StatusCode code, const char* reason, const std::string& message) {
  ErrorDetail detail;
  detail.reason = reason;
  if (code == absl::StatusCode::kUnavailable) detail.retry_after = kRetryAfter;
  return WithDetail(absl::Status(code, message), detail);
}

// SQLite knows one kind of full disk only; a quota or a limit of file sizes is an I/O error to it.
bool IsForWantOfRoom(int code, int system_errno) {
  return (code & 0xff) == SQLITE_IOERR &&
         (system_errno == EDQUOT || system_errno == EFBIG || system_errno == ENOSPC);
}

// `cause` is SQLite's own wording, `system_errno` the system's reason behind it, if it has one.
absl::Status StorageError(int code, const std::string& path, const std::string& cause,
                          int system_errno) {
  if (IsForWantOfRoom(code, system_errno)) code = SQLITE_FULL;
  const std::string because = absl::StrCat(" (SQLite: ", cause, ", code ", code, ")");
  const std::string file = absl::StrCat("event log ", path);
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Refusal(absl::StatusCode::kUnavailable, "LOG_LOCKED",
                     absl::StrCat(file,
                                  " is locked by another program: stop whatever else has it"
                                  " open and try again",
                                  because));
    case SQLITE_FULL:
      return Refusal(absl::StatusCode::kUnavailable, "LOG_DISK_FULL",
                     absl::StrCat(file,
                                  " cannot grow: free space on its disk or raise its limit"
                                  " and try again",
                                  because));
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return Refusal(absl::StatusCode::kFailedPrecondition, "LOG_READ_ONLY",
                     absl::StrCat(file,
                                  " cannot be written: give this user write permission on"
                                  " the file and its folder",
                                  because));
    case SQLITE_CANTOPEN:
      return Refusal(absl::StatusCode::kFailedPrecondition, "LOG_CANNOT_OPEN",
                     absl::StrCat(file,
                                  " cannot be opened: check that its folder exists and that"
                                  " this user may write there",
                                  because));
    case SQLITE_NOTADB:
      return Refusal(absl::StatusCode::kFailedPrecondition, "LOG_NOT_A_DATABASE",
                     absl::StrCat(file,
                                  " is not an event log: choose another path or restore the"
                                  " file from a backup",
                                  because));
    case SQLITE_CORRUPT:
      return Refusal(absl::StatusCode::kInternal, "LOG_CORRUPT",
                     absl::StrCat(file, " is damaged: restore it from a backup", because));
    case SQLITE_IOERR:
      return Refusal(absl::StatusCode::kInternal, "LOG_IO_ERROR",
                     absl::StrCat(file, " could not be read or written: check its disk", because));
    default:
      return Refusal(absl::StatusCode::kInternal, "LOG_BROKEN",
                     absl::StrCat(file, " failed", because));
  }
}

}  // namespace

SqliteStatement::SqliteStatement(SqliteStatement&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)),
      statement_(std::exchange(other.statement_, nullptr)),
      bind_code_(std::exchange(other.bind_code_, SQLITE_OK)) {}

SqliteStatement& SqliteStatement::operator=(SqliteStatement&& other) noexcept {
  std::swap(connection_, other.connection_);
  std::swap(statement_, other.statement_);
  std::swap(bind_code_, other.bind_code_);
  return *this;
}

SqliteStatement::~SqliteStatement() { sqlite3_finalize(statement_); }

void SqliteStatement::NoteBind(int code) {
  if (bind_code_ == SQLITE_OK) bind_code_ = code;
}

void SqliteStatement::BindText(int parameter, std::string_view text) {
  // SQLite reads a null pointer as NULL, and an empty view may have one.
  NoteBind(sqlite3_bind_text64(statement_, parameter, text.empty() ? "" : text.data(), text.size(),
                               SQLITE_STATIC, SQLITE_UTF8));
}

void SqliteStatement::BindBlob(int parameter, std::string_view bytes) {
  NoteBind(sqlite3_bind_blob64(statement_, parameter, bytes.empty() ? "" : bytes.data(),
                               bytes.size(), SQLITE_STATIC));
}

void SqliteStatement::BindInt(int parameter, int64_t value) {
  NoteBind(sqlite3_bind_int64(statement_, parameter, value));
}

void SqliteStatement::BindNull(int parameter) {
  NoteBind(sqlite3_bind_null(statement_, parameter));
}

void SqliteStatement::BindOptionalInt(int parameter, std::optional<int64_t> value) {
  if (value.has_value()) {
    BindInt(parameter, *value);
  } else {
    BindNull(parameter);
  }
}

absl::StatusOr<bool> SqliteStatement::Step() {
  if (bind_code_ != SQLITE_OK) return connection_->Error(bind_code_);
  // SQLite does not keep the system's reason for a failed write, but leaves it in errno.
  errno = 0;
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return connection_->Error(code, errno);
}

bool SqliteStatement::IsNull(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

int64_t SqliteStatement::Int(int column) const { return sqlite3_column_int64(statement_, column); }

std::optional<int64_t> SqliteStatement::OptionalInt(int column) const {
  if (IsNull(column)) return std::nullopt;
  return Int(column);
}

std::string_view SqliteStatement::View(int column) const {
  // The pointer must be asked for before the length.
  const void* bytes = sqlite3_column_blob(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  return size == 0 ? std::string_view()
                   : std::string_view(static_cast<const char*>(bytes), static_cast<size_t>(size));
}

std::string SqliteStatement::Bytes(int column) const { return std::string(View(column)); }

void SqliteStatement::Reset() {
  // Repeats the error of the last Step, which the caller has seen.
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  bind_code_ = SQLITE_OK;
}

absl::StatusOr<std::unique_ptr<SqliteConnection>> SqliteConnection::Open(
    const std::string& path, absl::Duration busy_timeout, const std::string& vfs) {
  // SQLite gives these two a meaning of its own: a nameless file and memory.
  if (path.empty() || path == ":memory:") {
    return InvalidField("path", absl::StrCat("\"", path, "\" is not the path of a file"));
  }
  sqlite3* database = nullptr;
  // Each connection belongs to one thread at a time, so SQLite need not lock it.
  const int code = sqlite3_open_v2(path.c_str(), &database,
                                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                                   vfs.empty() ? nullptr : vfs.c_str());
  if (code != SQLITE_OK) {
    const absl::Status status = StorageError(
        code, path, database == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(database),
        /*system_errno=*/0);
    sqlite3_close(database);
    return status;
  }
  auto connection = absl::WrapUnique(new SqliteConnection(path, database));
  sqlite3_extended_result_codes(database, 1);
  sqlite3_busy_timeout(
      database, static_cast<int>(std::clamp<int64_t>(absl::ToInt64Milliseconds(busy_timeout), 0,
                                                     std::numeric_limits<int>::max())));
  if (sqlite3_db_readonly(database, "main") != 0) return connection->Error(SQLITE_READONLY);
  return connection;
}

SqliteConnection::~SqliteConnection() { sqlite3_close_v2(database_); }

absl::Status SqliteConnection::Execute(std::string_view sql) {
  const std::string text(sql);
  errno = 0;
  const int code = sqlite3_exec(database_, text.c_str(), nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? absl::OkStatus() : Error(code, errno);
}

absl::StatusOr<SqliteStatement> SqliteConnection::Prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(database_, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return Error(code);
  return SqliteStatement(this, statement);
}

absl::StatusOr<int64_t> SqliteConnection::QueryInt(std::string_view sql) {
  QC_ASSIGN_OR_RETURN(SqliteStatement statement, Prepare(sql));
  QC_ASSIGN_OR_RETURN(const bool has_row, statement.Step());
  if (!has_row) return Error(SQLITE_INTERNAL);
  return statement.Int(0);
}

absl::StatusOr<std::string> SqliteConnection::QueryText(std::string_view sql) {
  QC_ASSIGN_OR_RETURN(SqliteStatement statement, Prepare(sql));
  QC_ASSIGN_OR_RETURN(const bool has_row, statement.Step());
  if (!has_row) return Error(SQLITE_INTERNAL);
  return statement.Bytes(0);
}

void SqliteConnection::CountWalPages() {
  sqlite3_wal_hook(
      database_,
      [](void* count, sqlite3*, const char*, int page_count) {
        *static_cast<int*>(count) = page_count;
        return SQLITE_OK;
      },
      &wal_page_count_);
}

absl::StatusOr<SqliteCheckpoint> SqliteConnection::Checkpoint(SqliteCheckpointMode mode) {
  QC_ASSIGN_OR_RETURN(SqliteStatement statement, Prepare(mode == SqliteCheckpointMode::kPassive
                                                             ? "PRAGMA wal_checkpoint(PASSIVE)"
                                                             : "PRAGMA wal_checkpoint(TRUNCATE)"));
  QC_ASSIGN_OR_RETURN(const bool has_row, statement.Step());
  if (!has_row) return Error(SQLITE_INTERNAL);
  SqliteCheckpoint checkpoint;
  checkpoint.was_hindered = statement.Int(0) != 0;
  checkpoint.wal_page_count = static_cast<int>(statement.Int(1));
  checkpoint.moved_page_count = static_cast<int>(statement.Int(2));
  if (mode == SqliteCheckpointMode::kTruncate && !checkpoint.was_hindered) wal_page_count_ = 0;
  return checkpoint;
}

bool SqliteConnection::InTransaction() const { return sqlite3_get_autocommit(database_) == 0; }

int64_t SqliteConnection::ChangedRowCount() const { return sqlite3_changes64(database_); }

absl::Status SqliteConnection::Error(int code, int system_errno) const {
  // The connection's message is about its last call, which need not be the one with this code.
  const bool is_last = sqlite3_extended_errcode(database_) == code;
  return StorageError(code, path_, is_last ? sqlite3_errmsg(database_) : sqlite3_errstr(code),
                      system_errno);
}

}  // namespace quotacast::eventlog
