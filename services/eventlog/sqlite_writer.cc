#include "services/eventlog/sqlite_writer.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/clock.h"
#include "base/errors.h"
#include "base/status_macros.h"
#include "base/string_views.h"
#include "services/eventlog/event_log.h"
#include "services/eventlog/event_validation.h"
#include "services/eventlog/migrations.h"
#include "services/eventlog/sqlite_connection.h"

namespace quotacast::eventlog {
namespace {

// Runs a statement that gives no rows.
absl::Status RunOnce(SqliteStatement& statement) {
  const SqliteScope scope(statement);
  return statement.Step().status();
}

absl::Status Configure(SqliteConnection& connection, const SqliteWriterOptions& options) {
  // After the migration, so that a foreign file is refused before anything in it changes.
  QC_ASSIGN_OR_RETURN(const std::string journal_mode,
                      connection.QueryText("PRAGMA journal_mode = WAL"));
  if (journal_mode != "wal") {
    return FailedPrecondition(
        "LOG_NO_WAL", absl::StrCat("event log ", connection.path(),
                                   " is on a file system without shared memory files (journal mode"
                                   " stays ",
                                   journal_mode, "): put it on a local disk"));
  }
  QC_RETURN_IF_ERROR(connection.Execute("PRAGMA synchronous = FULL"));
  QC_RETURN_IF_ERROR(connection.Execute(
      absl::StrCat("PRAGMA wal_autocheckpoint = ", options.autocheckpoint_pages)));
  if (options.max_page_count > 0) {
    QC_RETURN_IF_ERROR(
        connection.Execute(absl::StrCat("PRAGMA max_page_count = ", options.max_page_count)));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<SqliteWriter>> SqliteWriter::Open(
    const std::string& path, const Clock* clock, const SqliteWriterOptions& options) {
  QC_ASSIGN_OR_RETURN(std::unique_ptr<SqliteConnection> connection,
                      SqliteConnection::Open(path, options.busy_timeout));
  QC_RETURN_IF_ERROR(Migrate(*connection));
  QC_RETURN_IF_ERROR(Configure(*connection, options));
  auto writer = absl::WrapUnique(new SqliteWriter(std::move(connection), clock));
  QC_RETURN_IF_ERROR(writer->PrepareStatements());
  return writer;
}

absl::Status SqliteWriter::PrepareStatements() {
  const std::pair<SqliteStatement*, std::string_view> statements[] = {
      {&begin_, "BEGIN IMMEDIATE"},
      {&commit_, "COMMIT"},
      {&savepoint_, "SAVEPOINT batch"},
      {&release_, "RELEASE batch"},
      {&rollback_to_, "ROLLBACK TO batch"},
      {&select_tail_,
       R"sql(SELECT "offset", recorded_micros FROM event WHERE workspace = ?1
             ORDER BY "offset" DESC LIMIT 1)sql"},
      {&insert_,
       R"sql(INSERT INTO event (workspace, "offset", source, source_key, version, effective_micros,
                                recorded_micros, payload)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT (workspace, source, source_key, version) DO NOTHING)sql"},
      {&select_by_id_,
       R"sql(SELECT "offset", effective_micros, payload FROM event
             WHERE workspace = ?1 AND source = ?2 AND source_key = ?3 AND version = ?4)sql"},
  };
  for (const auto& entry : statements) {
    QC_ASSIGN_OR_RETURN(*entry.first, connection_->Prepare(entry.second));
  }
  return absl::OkStatus();
}

absl::Status SqliteWriter::Begin() { return RunOnce(begin_); }

absl::Status SqliteWriter::Commit() {
  const absl::Status status = RunOnce(commit_);
  if (!status.ok()) Rollback();
  return status;
}

void SqliteWriter::Rollback() {
  // A rollback can only fail on a broken disk; the next Begin reports that.
  if (InTransaction()) connection_->Execute("ROLLBACK").IgnoreError();
}

absl::StatusOr<std::vector<AppendResult>> SqliteWriter::AppendBatch(
    std::string_view workspace, absl::Span<const Event> events) {
  QC_RETURN_IF_ERROR(RunOnce(savepoint_));
  absl::StatusOr<std::vector<AppendResult>> results = InsertAll(workspace, events);
  // SQLite may have rolled everything back already (disk full), savepoint included.
  if (!InTransaction()) return results;
  absl::Status closed = absl::OkStatus();
  if (!results.ok()) closed = RunOnce(rollback_to_);
  if (closed.ok()) closed = RunOnce(release_);
  if (!closed.ok()) {
    // Half a batch must not ride along with the others' commit.
    Rollback();
    return closed;
  }
  return results;
}

absl::StatusOr<SqliteWriter::Tail> SqliteWriter::ReadTail(std::string_view workspace) {
  const SqliteScope scope(select_tail_);
  select_tail_.BindText(1, workspace);
  QC_ASSIGN_OR_RETURN(const bool has_event, select_tail_.Step());
  if (!has_event) return Tail{};
  return Tail{select_tail_.Int(0), select_tail_.Int(1)};
}

absl::StatusOr<std::vector<AppendResult>> SqliteWriter::InsertAll(std::string_view workspace,
                                                                  absl::Span<const Event> events) {
  QC_ASSIGN_OR_RETURN(const Tail tail, ReadTail(workspace));
  // The machine's clock may go back; the log's order does not.
  const int64_t now_micros = absl::ToUnixMicros(clock_->Now());
  const int64_t recorded_micros =
      tail.offset == 0 ? now_micros : std::max(now_micros, tail.recorded_micros);

  int64_t last_offset = tail.offset;
  std::vector<AppendResult> results;
  results.reserve(events.size());
  for (const Event& event : events) {
    const SqliteScope scope(insert_);
    insert_.BindText(1, workspace);
    insert_.BindInt(2, last_offset + 1);
    insert_.BindText(3, event.id.source);
    insert_.BindText(4, event.id.source_key);
    insert_.BindText(5, event.id.version);
    const std::optional<int64_t> effective_micros = EffectiveMicros(event);
    if (effective_micros.has_value()) {
      insert_.BindInt(6, *effective_micros);
    } else {
      insert_.BindNull(6);
    }
    insert_.BindInt(7, recorded_micros);
    insert_.BindBlob(8, event.payload);
    QC_RETURN_IF_ERROR(insert_.Step().status());
    if (connection_->ChangedRowCount() == 1) {
      ++last_offset;
      results.push_back({AppendOutcome::kAppended, last_offset});
      continue;
    }
    QC_ASSIGN_OR_RETURN(const AppendResult result, CompareWithPresent(workspace, event));
    results.push_back(result);
  }
  return results;
}

absl::StatusOr<AppendResult> SqliteWriter::CompareWithPresent(std::string_view workspace,
                                                              const Event& event) {
  const SqliteScope scope(select_by_id_);
  select_by_id_.BindText(1, workspace);
  select_by_id_.BindText(2, event.id.source);
  select_by_id_.BindText(3, event.id.source_key);
  select_by_id_.BindText(4, event.id.version);
  QC_ASSIGN_OR_RETURN(const bool is_present, select_by_id_.Step());
  if (!is_present) {
    return absl::InternalError(absl::StrCat("event log ", connection_->path(),
                                            " refused an id that it does not hold: its index is"
                                            " damaged, restore it from a backup"));
  }
  std::optional<int64_t> present_micros;
  if (!select_by_id_.IsNull(1)) present_micros = select_by_id_.Int(1);
  const bool same =
      present_micros == EffectiveMicros(event) && select_by_id_.Bytes(2) == event.payload;
  return AppendResult{same ? AppendOutcome::kDuplicate : AppendOutcome::kConflict,
                      select_by_id_.Int(0)};
}

absl::StatusOr<int64_t> SqliteWriter::PragmaForTesting(std::string_view name) {
  return connection_->QueryInt(absl::StrCat("PRAGMA ", AbslView(name)));
}

}  // namespace quotacast::eventlog
