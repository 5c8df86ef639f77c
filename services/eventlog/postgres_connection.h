// A thin owner of one PostgreSQL connection: RAII over libpq, binary parameters and results, and
// errors that name the database and say what to do. Knows nothing about events.
//
// No message of this file carries a password: a database is named by host, port, name and user.
#ifndef QUOTACAST_SERVICES_EVENTLOG_POSTGRES_CONNECTION_H_
#define QUOTACAST_SERVICES_EVENTLOG_POSTGRES_CONNECTION_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"

struct pg_conn;
struct pg_result;

namespace quotacast::eventlog {

// Whether a --event-store says PostgreSQL: "postgresql://...", "postgres://...", or libpq's
// "key=value ..." form.
bool IsPostgresConnectionString(std::string_view text);

// Where a database is and how to name it in messages.
class PostgresAddress {
 public:
  // Reads a connection string of either form; what it leaves out comes from libpq's environment
  // variables (PGHOST, PGPASSWORD, PGPASSFILE ...) and defaults. INVALID_ARGUMENT (field
  // "event-store") when it is neither; the message does not repeat the text, which may hold a
  // password.
  static absl::StatusOr<PostgresAddress> Parse(const std::string& text);

  // "postgresql://user@host:port/name", never with the password.
  const std::string& name() const { return name_; }
  // Keywords of libpq and their values.
  const std::map<std::string, std::string>& parameters() const { return parameters_; }

 private:
  std::string name_;
  std::map<std::string, std::string> parameters_;
};

// The arguments of one statement, $1 first, in binary form.
class PostgresArguments {
 public:
  PostgresArguments& AddBytes(std::string_view bytes);
  PostgresArguments& AddInt(int64_t value);
  // bytea[] and bigint[], for unnest.
  PostgresArguments& AddBytesArray(absl::Span<const std::string_view> values);
  PostgresArguments& AddIntArray(absl::Span<const int64_t> values);
  PostgresArguments& AddOptionalIntArray(absl::Span<const std::optional<int64_t>> values);
  PostgresArguments& AddBoolArray(const std::vector<bool>& values);

 private:
  friend class PostgresConnection;
  std::vector<std::string> values_;
  std::vector<unsigned int> types_;  // Oids.
};

// The rows of one statement, in binary form. Rows and columns count from 0. A bytea or bigint, or
// boolean as Int, is read as what it is; no conversion takes place.
class PostgresResult {
 public:
  PostgresResult(PostgresResult&& other) noexcept;
  PostgresResult& operator=(PostgresResult&& other) noexcept;
  ~PostgresResult();

  int row_count() const;
  bool IsNull(int row, int column) const;
  int64_t Int(int row, int column) const;
  // Valid as long as the result.
  std::string_view Bytes(int row, int column) const;
  // Rows inserted, updated or deleted.
  int64_t affected_row_count() const;

 private:
  friend class PostgresConnection;
  explicit PostgresResult(pg_result* result) : result_(result) {}
  pg_result* result_ = nullptr;
};

struct PostgresSessionOptions {
  absl::Duration connect_timeout = absl::Seconds(5);
  // How long the server may work on one statement, and wait for one lock, before it gives up.
  absl::Duration statement_timeout = absl::Seconds(60);
  absl::Duration lock_timeout = absl::Seconds(10);
};

// One connection. Used by one thread at a time.
class PostgresConnection {
 public:
  // Connects. Errors:
  //   UNAVAILABLE (LOG_UNREACHABLE)              no server answers, or it starts or stops just now,
  //   FAILED_PRECONDITION (LOG_ACCESS_DENIED)    the password or the user is refused,
  //   FAILED_PRECONDITION (LOG_CANNOT_OPEN)      there is no such database.
  static absl::StatusOr<std::unique_ptr<PostgresConnection>> Open(
      const PostgresAddress& address, const PostgresSessionOptions& options);
  PostgresConnection(const PostgresConnection&) = delete;
  PostgresConnection& operator=(const PostgresConnection&) = delete;
  ~PostgresConnection();

  // Runs one or more statements without arguments and gives the last one's result, in text form:
  // for what has no rows. See QueryText.
  absl::Status Execute(const std::string& sql);
  // The first column of the first row as text; INTERNAL when there is none.
  absl::StatusOr<std::string> QueryText(const std::string& sql);
  // Runs one statement with arguments; it is prepared when this connection first sees its text,
  // which must therefore be one of a few constants.
  absl::StatusOr<PostgresResult> Run(const std::string& sql, const PostgresArguments& arguments);

  // Ends the open transaction. On error nothing of it is kept, unless IsLost(): then nobody knows.
  absl::Status Commit();
  // Whether a transaction is open, sound or failed.
  bool InTransaction() const;
  // Drops an open transaction; does nothing when there is none. False when the connection is lost.
  bool Rollback();
  // The connection is gone: what was sent last may or may not have happened.
  bool IsLost() const;
  // The SQLSTATE of the last error, "" when it had none (a lost connection).
  const std::string& last_sqlstate() const { return last_sqlstate_; }
  // The last error was a conflict with another transaction; the same transaction sent again may
  // pass (serialization failure, deadlock).
  bool IsRetryable() const;

  const std::string& name() const { return name_; }

 private:
  PostgresConnection(std::string name, pg_conn* connection)
      : name_(std::move(name)), connection_(connection) {}

  // Takes the result; OK when it is one of success.
  absl::StatusOr<PostgresResult> Check(pg_result* result);

  const std::string name_;
  pg_conn* const connection_;
  std::map<std::string, std::string> prepared_;  // Text to the name it has on the server.
  std::string last_sqlstate_;
};

// The status for an error with this SQLSTATE (table in the source); `cause` is PostgreSQL's own
// wording. "" stands for a lost connection.
absl::Status PostgresError(const std::string& database, std::string_view sqlstate,
                           std::string_view cause);

}  // namespace quotacast::eventlog

#endif  // QUOTACAST_SERVICES_EVENTLOG_POSTGRES_CONNECTION_H_
