#include "services/eventlog/postgres_connection.h"

#include <poll.h>
#include <postgresql/libpq-fe.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/errors.h"
#include "base/status_macros.h"
#include "base/string_views.h"

namespace quotacast::eventlog {
namespace {

// Built-in types; their numbers are part of PostgreSQL's protocol and never change.
constexpr unsigned int kBoolOid = 16;
constexpr unsigned int kByteaOid = 17;
constexpr unsigned int kInt8Oid = 20;
constexpr unsigned int kBoolArrayOid = 1000;
constexpr unsigned int kByteaArrayOid = 1001;
constexpr unsigned int kInt8ArrayOid = 1016;

// When a retry makes sense: a server restarts within seconds.
constexpr absl::Duration kRetryAfter = absl::Seconds(1);

void AppendInt32(std::string& out, size_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>((static_cast<uint32_t>(value) >> shift) & 0xff));
  }
}

void AppendInt64(std::string& out, int64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>((static_cast<uint64_t>(value) >> shift) & 0xff));
  }
}

// The binary form of a one-dimensional array up to its elements. `element_bytes` only reserves.
std::string ArrayHeader(unsigned int element_oid, size_t size, bool has_null,
                        size_t element_bytes) {
  std::string out;
  out.reserve(20 + size * 4 + element_bytes);
  AppendInt32(out, size == 0 ? 0 : 1);  // Dimensions.
  AppendInt32(out, has_null ? 1 : 0);
  AppendInt32(out, element_oid);
  if (size == 0) return out;
  AppendInt32(out, size);
  AppendInt32(out, 1);  // The first index.
  return out;
}

struct ErrorClass {
  std::string_view sqlstate_prefix;
  absl::StatusCode code;
  const char* reason;
  const char* advice;
};

// The first whose prefix fits counts.
constexpr ErrorClass kErrorClasses[] = {
    {"28", absl::StatusCode::kFailedPrecondition, "LOG_ACCESS_DENIED",
     "refuses this user: check user, password and pg_hba.conf"},
    {"3D000", absl::StatusCode::kFailedPrecondition, "LOG_CANNOT_OPEN",
     "does not exist: create the database, or name another one"},
    {"42501", absl::StatusCode::kFailedPrecondition, "LOG_ACCESS_DENIED",
     "lacks a permission: grant this user CREATE on the database, or ownership of the schema"},
    {"25006", absl::StatusCode::kFailedPrecondition, "LOG_READ_ONLY",
     "is read-only: connect to the primary, not to a standby"},
    {"55P03", absl::StatusCode::kUnavailable, "LOG_LOCKED",
     "has a lock that was not given up in time: stop what holds it, or try again"},
    {"57014", absl::StatusCode::kUnavailable, "LOG_TIMEOUT",
     "took longer over a statement than its limit allows: try again"},
    {"40", absl::StatusCode::kUnavailable, "LOG_LOCKED", "has other writers in the way: try again"},
    {"53100", absl::StatusCode::kUnavailable, "LOG_DISK_FULL",
     "cannot grow: free space on its disk and try again"},
    {"53", absl::StatusCode::kUnavailable, "LOG_UNREACHABLE",
     "is short of connections or memory: try again, or raise its limits"},
    {"57P", absl::StatusCode::kUnavailable, "LOG_UNREACHABLE",
     "is starting or stopping: try again"},
    {"25P03", absl::StatusCode::kUnavailable, "LOG_UNREACHABLE",
     "has ended a transaction that stood idle: try again"},
    {"08", absl::StatusCode::kUnavailable, "LOG_UNREACHABLE",
     "has broken the connection: try again"},
    {"XX001", absl::StatusCode::kInternal, "LOG_CORRUPT", "is damaged: restore it from a backup"},
    {"XX002", absl::StatusCode::kInternal, "LOG_CORRUPT",
     "has a damaged index: rebuild it with REINDEX, or restore a backup"},
    {"58", absl::StatusCode::kInternal, "LOG_IO_ERROR",
     "could not read or write its files: check its disk"},
    {"", absl::StatusCode::kInternal, "LOG_BROKEN", "failed"},
};

absl::Status Refusal(const ErrorClass& error, std::string_view database, const std::string& cause) {
  ErrorDetail detail;
  detail.reason = error.reason;
  if (error.code == absl::StatusCode::kUnavailable) detail.retry_after = kRetryAfter;
  return WithDetail(
      absl::Status(error.code, absl::StrCat("event log ", AbslView(database), " ", error.advice,
                                            " (PostgreSQL: ", cause, ")")),
      detail);
}

// One line of what may be several.
std::string OneLine(std::string_view text) {
  std::string line(absl::StripAsciiWhitespace(AbslView(text)));
  std::replace(line.begin(), line.end(), '\n', ' ');
  return line;
}

// libpq gives a failed start only as text; asked to be verbose it writes the SQLSTATE between the
// severity, whose word depends on the language, and the message: "FATAL:  28P01: password ...".
std::string SqlstateIn(std::string_view text) {
  const auto is_code = [](std::string_view code) {
    return std::all_of(code.begin(), code.end(),
                       [](char c) { return absl::ascii_isdigit(c) || absl::ascii_isupper(c); });
  };
  for (size_t at = text.find(":  "); at != std::string_view::npos; at = text.find(":  ", at + 1)) {
    const std::string_view rest = text.substr(at + 3);
    if (rest.size() > 6 && rest.substr(5, 2) == ": " && is_code(rest.substr(0, 5))) {
      return std::string(rest.substr(0, 5));
    }
  }
  return "";
}

// The first line, without the place in PostgreSQL's sources that follows in a verbose message.
std::string FirstLine(std::string_view text) { return OneLine(text.substr(0, text.find('\n'))); }

// Goes on with a connection until it stands, fails, or `timeout` has passed; false for the last.
bool AwaitConnection(PGconn* connection, absl::Duration timeout) {
  // One wait per step of the handshake, of which there are few: each may take the whole timeout.
  const int timeout_ms = static_cast<int>(
      std::clamp<int64_t>(absl::ToInt64Milliseconds(timeout), 1, std::numeric_limits<int>::max()));
  PostgresPollingStatusType state = PGRES_POLLING_WRITING;
  while (state == PGRES_POLLING_READING || state == PGRES_POLLING_WRITING) {
    pollfd descriptor = {};
    descriptor.fd = PQsocket(connection);
    descriptor.events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT;
    const int ready = poll(&descriptor, 1, timeout_ms);
    if (ready == 0) return false;
    if (ready < 0 && errno != EINTR) return false;
    state = PQconnectPoll(connection);
  }
  return true;
}

std::string MilliText(absl::Duration duration) {
  return absl::StrCat(std::max<int64_t>(1, absl::ToInt64Milliseconds(duration)));
}

// Session settings. Plans: every statement of ours is a look-up by whole keys, row by row. While a
// young table has no statistics the planner takes a workspace for a handful of rows, and would go
// through all of it for each row that is looked up; the other ways are closed to it.
std::string SessionSql(const PostgresSessionOptions& options) {
  return absl::StrCat(
      "SET statement_timeout = ", MilliText(options.statement_timeout),
      "; SET lock_timeout = ", MilliText(options.lock_timeout),
      "; SET idle_in_transaction_session_timeout = ", MilliText(options.statement_timeout),
      "; SET client_min_messages = warning; SET jit = off"
      "; SET enable_seqscan = off; SET enable_hashjoin = off"
      "; SET enable_mergejoin = off; SET enable_material = off"
      "; SET enable_bitmapscan = off");
}

}  // namespace

absl::Status PostgresError(const std::string& database, std::string_view sqlstate,
                           std::string_view cause) {
  if (sqlstate.empty()) {
    return Refusal({"", absl::StatusCode::kUnavailable, "LOG_UNREACHABLE",
                    "cannot be reached: check that the server runs and listens there, then try "
                    "again"},
                   database, OneLine(cause));
  }
  for (const ErrorClass& error : kErrorClasses) {
    if (sqlstate.substr(0, error.sqlstate_prefix.size()) == error.sqlstate_prefix) {
      return Refusal(error, database, absl::StrCat(OneLine(cause), ", code ", AbslView(sqlstate)));
    }
  }
  return absl::InternalError("unreachable: the last class fits all");
}

bool IsPostgresConnectionString(std::string_view text) {
  const absl::string_view view = AbslView(text);
  return absl::StartsWith(view, "postgresql://") || absl::StartsWith(view, "postgres://") ||
         absl::StrContains(view, "=");
}

absl::StatusOr<PostgresAddress> PostgresAddress::Parse(const std::string& text) {
  char* error = nullptr;
  PQconninfoOption* const options =
      IsPostgresConnectionString(text) ? PQconninfoParse(text.c_str(), &error) : nullptr;
  // libpq's own message may quote the text, and the password with it.
  PQfreemem(error);
  if (options == nullptr) {
    return InvalidField("event-store",
                        "is not a PostgreSQL connection string: expected "
                        "postgresql://USER@HOST:PORT/DATABASE or \"host=... dbname=... user=...\"");
  }
  PostgresAddress address;
  for (const PQconninfoOption* option = options; option->keyword != nullptr; ++option) {
    if (option->val != nullptr) address.parameters_[option->keyword] = option->val;
  }
  PQconninfoFree(options);
  const auto value = [&address](const char* keyword, const char* variable,
                                const std::string& otherwise) {
    const auto found = address.parameters_.find(keyword);
    if (found != address.parameters_.end() && !found->second.empty()) return found->second;
    const char* const from_environment = std::getenv(variable);
    return from_environment == nullptr ? otherwise : std::string(from_environment);
  };
  const std::string user = value("user", "PGUSER", "");
  address.name_ =
      absl::StrCat("postgresql://", user, user.empty() ? "" : "@", value("host", "PGHOST", ""), ":",
                   value("port", "PGPORT", "5432"), "/", value("dbname", "PGDATABASE", user));
  // A peer that vanished without a word is noticed within half a minute, not after hours.
  address.parameters_.try_emplace("keepalives_idle", "10");
  address.parameters_.try_emplace("keepalives_interval", "5");
  address.parameters_.try_emplace("keepalives_count", "3");
  address.parameters_.try_emplace("tcp_user_timeout", "25000");
  address.parameters_.try_emplace("application_name", "quotacast");
  return address;
}

PostgresArguments& PostgresArguments::AddBytes(std::string_view bytes) {
  values_.emplace_back(bytes);
  types_.push_back(kByteaOid);
  return *this;
}

PostgresArguments& PostgresArguments::AddInt(int64_t value) {
  values_.emplace_back();
  AppendInt64(values_.back(), value);
  types_.push_back(kInt8Oid);
  return *this;
}

PostgresArguments& PostgresArguments::AddBytesArray(absl::Span<const std::string_view> values) {
  size_t bytes = 0;
  for (const std::string_view value : values) bytes += value.size();
  std::string out = ArrayHeader(kByteaOid, values.size(), false, bytes);
  for (const std::string_view value : values) {
    AppendInt32(out, value.size());
    out.append(value);
  }
  values_.push_back(std::move(out));
  types_.push_back(kByteaArrayOid);
  return *this;
}

PostgresArguments& PostgresArguments::AddIntArray(absl::Span<const int64_t> values) {
  std::string out = ArrayHeader(kInt8Oid, values.size(), false, values.size() * 8);
  for (const int64_t value : values) {
    AppendInt32(out, 8);
    AppendInt64(out, value);
  }
  values_.push_back(std::move(out));
  types_.push_back(kInt8ArrayOid);
  return *this;
}

PostgresArguments& PostgresArguments::AddOptionalIntArray(
    absl::Span<const std::optional<int64_t>> values) {
  const bool has_null = std::any_of(values.begin(), values.end(),
                                    [](const auto& value) { return !value.has_value(); });
  std::string out = ArrayHeader(kInt8Oid, values.size(), has_null, values.size() * 8);
  for (const std::optional<int64_t>& value : values) {
    if (!value.has_value()) {
      AppendInt32(out, static_cast<size_t>(-1));
      continue;
    }
    AppendInt32(out, 8);
    AppendInt64(out, *value);
  }
  values_.push_back(std::move(out));
  types_.push_back(kInt8ArrayOid);
  return *this;
}

PostgresArguments& PostgresArguments::AddBoolArray(const std::vector<bool>& values) {
  std::string out = ArrayHeader(kBoolOid, values.size(), false, values.size());
  for (const bool value : values) {
    AppendInt32(out, 1);
    out.push_back(value ? 1 : 0);
  }
  values_.push_back(std::move(out));
  types_.push_back(kBoolArrayOid);
  return *this;
}

PostgresResult::PostgresResult(PostgresResult&& other) noexcept
    : result_(std::exchange(other.result_, nullptr)) {}

PostgresResult& PostgresResult::operator=(PostgresResult&& other) noexcept {
  std::swap(result_, other.result_);
  return *this;
}

PostgresResult::~PostgresResult() { PQclear(result_); }

int PostgresResult::row_count() const { return PQntuples(result_); }

bool PostgresResult::IsNull(int row, int column) const {
  return PQgetisnull(result_, row, column) != 0;
}

int64_t PostgresResult::Int(int row, int column) const {
  // bool has one byte, int four, bigint eight: in network order, with sign.
  const std::string_view bytes = Bytes(row, column);
  if (bytes.empty()) return 0;
  uint64_t value = (static_cast<unsigned char>(bytes[0]) & 0x80) != 0 ? ~uint64_t{0} : 0;
  for (const char byte : bytes) value = (value << 8) | static_cast<unsigned char>(byte);
  return static_cast<int64_t>(value);
}

std::string_view PostgresResult::Bytes(int row, int column) const {
  return {PQgetvalue(result_, row, column), static_cast<size_t>(PQgetlength(result_, row, column))};
}

int64_t PostgresResult::affected_row_count() const {
  return std::strtoll(PQcmdTuples(result_), nullptr, 10);
}

absl::StatusOr<std::unique_ptr<PostgresConnection>> PostgresConnection::Open(
    const PostgresAddress& address, const PostgresSessionOptions& options) {
  std::vector<const char*> keywords;
  std::vector<const char*> values;
  for (const auto& [keyword, value] : address.parameters()) {
    keywords.push_back(keyword.c_str());
    values.push_back(value.c_str());
  }
  keywords.push_back(nullptr);
  values.push_back(nullptr);
  PGconn* const raw = PQconnectStartParams(keywords.data(), values.data(), /*expand_dbname=*/0);
  if (raw == nullptr) return PostgresError(address.name(), "53200", "out of memory");
  auto connection = absl::WrapUnique(new PostgresConnection(address.name(), raw));
  PQsetErrorVerbosity(raw, PQERRORS_VERBOSE);
  // Without this libpq prints the server's remarks to standard error.
  PQsetNoticeProcessor(
      raw, [](void*, const char*) {}, nullptr);
  const bool in_time =
      PQstatus(raw) == CONNECTION_BAD || AwaitConnection(raw, options.connect_timeout);
  if (!in_time) {
    return PostgresError(
        address.name(), "",
        absl::StrCat("no answer within ", absl::FormatDuration(options.connect_timeout)));
  }
  if (PQstatus(raw) != CONNECTION_OK) {
    const char* const message = PQerrorMessage(raw);
    // A server that asks for a password that nobody gave is no server that cannot be reached.
    const std::string sqlstate =
        PQconnectionNeedsPassword(raw) != 0 ? "28P01" : SqlstateIn(message);
    return PostgresError(address.name(), sqlstate, FirstLine(message));
  }
  PQsetErrorVerbosity(raw, PQERRORS_DEFAULT);
  QC_RETURN_IF_ERROR(connection->Execute(SessionSql(options)));
  return connection;
}

PostgresConnection::~PostgresConnection() { PQfinish(connection_); }

absl::StatusOr<PostgresResult> PostgresConnection::Check(pg_result* raw) {
  PostgresResult result(raw);
  last_sqlstate_.clear();
  const ExecStatusType status = PQresultStatus(raw);
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY) {
    return result;
  }
  const char* const sqlstate = raw == nullptr ? nullptr : PQresultErrorField(raw, PG_DIAG_SQLSTATE);
  if (sqlstate != nullptr) last_sqlstate_ = sqlstate;
  // The primary message only: DETAIL may quote values of rows.
  const char* const primary =
      raw == nullptr ? nullptr : PQresultErrorField(raw, PG_DIAG_MESSAGE_PRIMARY);
  return PostgresError(name_, last_sqlstate_,
                       primary != nullptr ? primary : PQerrorMessage(connection_));
}

absl::Status PostgresConnection::Execute(const std::string& sql) {
  return Check(PQexec(connection_, sql.c_str())).status();
}

absl::StatusOr<std::string> PostgresConnection::QueryText(const std::string& sql) {
  QC_ASSIGN_OR_RETURN(const PostgresResult result, Check(PQexec(connection_, sql.c_str())));
  if (result.row_count() == 0) return PostgresError(name_, "XX000", "no row: " + sql);
  return std::string(result.Bytes(0, 0));
}

absl::StatusOr<PostgresResult> PostgresConnection::Run(const std::string& sql,
                                                       const PostgresArguments& arguments) {
  auto prepared = prepared_.find(sql);
  if (prepared == prepared_.end()) {
    const std::string name = absl::StrCat("s", prepared_.size());
    QC_RETURN_IF_ERROR(
        Check(PQprepare(connection_, name.c_str(), sql.c_str(),
                        static_cast<int>(arguments.types_.size()), arguments.types_.data()))
            .status());
    prepared = prepared_.emplace(sql, name).first;
  }
  std::vector<const char*> values;
  std::vector<int> lengths;
  const std::vector<int> formats(arguments.values_.size(), 1);
  for (const std::string& value : arguments.values_) {
    values.push_back(value.data());
    lengths.push_back(static_cast<int>(value.size()));
  }
  return Check(PQexecPrepared(connection_, prepared->second.c_str(),
                              static_cast<int>(values.size()), values.data(), lengths.data(),
                              formats.data(), /*resultFormat=*/1));
}

absl::Status PostgresConnection::Commit() {
  QC_ASSIGN_OR_RETURN(const PostgresResult result, Check(PQexec(connection_, "COMMIT")));
  // A transaction in which a statement failed is rolled back by COMMIT, and that is no error.
  if (std::string_view(PQcmdStatus(result.result_)) == "COMMIT") return absl::OkStatus();
  return PostgresError(name_, "25P02", "COMMIT rolled back");
}

bool PostgresConnection::InTransaction() const {
  const PGTransactionStatusType status = PQtransactionStatus(connection_);
  return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

bool PostgresConnection::Rollback() {
  // It can only fail with the connection, and that ends the transaction, too.
  if (InTransaction()) Execute("ROLLBACK").IgnoreError();
  return !IsLost();
}

bool PostgresConnection::IsLost() const { return PQstatus(connection_) != CONNECTION_OK; }

bool PostgresConnection::IsRetryable() const {
  return last_sqlstate_ == "40001" || last_sqlstate_ == "40P01";
}

}  // namespace quotacast::eventlog
