#include "services/eventlog/sqlite_writer.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstddef>
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
#include "services/eventlog/event_checksum.h"
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
  QC_RETURN_IF_ERROR(
      connection.Execute(absl::StrCat("PRAGMA synchronous = ", options.synchronous)));
  QC_RETURN_IF_ERROR(connection.Execute(absl::StrCat("PRAGMA cache_size = -", kWriterCacheKib)));
  // Deleted notes and replaced events are overwritten. What page splits have left behind only goes
  // with Scrub.
  QC_RETURN_IF_ERROR(connection.Execute("PRAGMA secure_delete = ON"));
  connection.CountWalPages();
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
                      SqliteConnection::Open(path, options.busy_timeout, options.vfs));
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
                                recorded_micros, payload, is_erased, checksum)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
             ON CONFLICT (workspace, source, source_key, version) DO NOTHING)sql"},
      {&select_by_id_,
       R"sql(SELECT "offset", effective_micros, payload FROM event
             WHERE workspace = ?1 AND source = ?2 AND source_key = ?3 AND version = ?4)sql"},
      {&select_by_offset_,
       R"sql(SELECT effective_micros, recorded_micros, length(payload), is_erased FROM event
             WHERE workspace = ?1 AND "offset" = ?2)sql"},
      {&rewrite_,
       R"sql(UPDATE event SET source = ?3, source_key = ?4, version = ?5, payload = ?6,
                              is_erased = ?7, checksum = ?8
             WHERE workspace = ?1 AND "offset" = ?2)sql"},
      {&add_to_counters_,
       R"sql(INSERT INTO workspace VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (workspace) DO UPDATE SET
               event_count = event_count + excluded.event_count,
               payload_bytes = payload_bytes + excluded.payload_bytes,
               erased_event_count = erased_event_count + excluded.erased_event_count,
               last_conflict_number = last_conflict_number + excluded.last_conflict_number)sql"},
      {&select_last_conflict_,
       R"sql(SELECT last_conflict_number FROM workspace WHERE workspace = ?1)sql"},
      {&select_conflict_,
       R"sql(SELECT 1 FROM conflict WHERE workspace = ?1 AND source = ?2 AND source_key = ?3
               AND version = ?4 AND content_checksum = ?5 AND effective_micros IS ?6
               AND payload = ?7)sql"},
      {&insert_conflict_,
       R"sql(INSERT INTO conflict (workspace, number, kept_offset, source, source_key, version,
                                   effective_micros, recorded_micros, payload, content_checksum)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10))sql"},
      {&delete_conflict_, R"sql(DELETE FROM conflict WHERE workspace = ?1 AND number = ?2)sql"},
      {&put_record_,
       R"sql(INSERT INTO record (workspace, kind, "key", recorded_micros, value)
             VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (workspace, kind, "key") DO UPDATE SET
               recorded_micros = excluded.recorded_micros, value = excluded.value)sql"},
      {&delete_record_,
       R"sql(DELETE FROM record WHERE workspace = ?1 AND kind = ?2 AND "key" = ?3)sql"},
      {&delete_records_before_,
       R"sql(DELETE FROM record WHERE workspace = ?1 AND kind = ?2 AND recorded_micros < ?3)sql"},
  };
  for (const auto& entry : statements) {
    QC_ASSIGN_OR_RETURN(*entry.first, connection_->Prepare(entry.second));
  }
  return absl::OkStatus();
}

absl::Status SqliteWriter::Begin(Fates fates) {
  fates_ = fates;
  return RunOnce(begin_);
}

absl::Status SqliteWriter::Commit() {
  const absl::Status status = RunOnce(commit_);
  if (!status.ok()) Rollback();
  return status;
}

void SqliteWriter::Rollback() {
  // A rollback can only fail on a broken disk; the next Begin reports that.
  if (InTransaction()) connection_->Execute("ROLLBACK").IgnoreError();
}

absl::Status SqliteWriter::Scrub() {
  QC_RETURN_IF_ERROR(connection_->Execute("VACUUM"));
  QC_ASSIGN_OR_RETURN(const SqliteCheckpoint checkpoint,
                      connection_->Checkpoint(SqliteCheckpointMode::kTruncate));
  return checkpoint.was_hindered ? connection_->Error(SQLITE_BUSY) : absl::OkStatus();
}

template <typename Body>
auto SqliteWriter::RunWrite(Body body) -> decltype(body()) {
  if (fates_ == Fates::kShared) return body();
  QC_RETURN_IF_ERROR(RunOnce(savepoint_));
  auto result = body();
  // SQLite may have rolled everything back already (disk full), savepoint included.
  if (!InTransaction()) return result;
  absl::Status closed = absl::OkStatus();
  if (!result.ok()) closed = RunOnce(rollback_to_);
  if (closed.ok()) closed = RunOnce(release_);
  if (!closed.ok()) {
    // Half a batch must not ride along with the others' commit.
    Rollback();
    return closed;
  }
  return result;
}

absl::StatusOr<std::vector<AppendResult>> SqliteWriter::AppendBatch(
    std::string_view workspace, absl::Span<const Event> events,
    absl::Span<const RecordWrite> records) {
  return RunWrite([&]() -> absl::StatusOr<std::vector<AppendResult>> {
    std::vector<AppendResult> results;
    if (!events.empty()) {
      QC_ASSIGN_OR_RETURN(results, InsertAll(workspace, events));
    }
    QC_RETURN_IF_ERROR(WriteRecords(workspace, records, results));
    return results;
  });
}

absl::StatusOr<SqliteWriter::Tail> SqliteWriter::ReadTail(std::string_view workspace) {
  const SqliteScope scope(select_tail_);
  select_tail_.BindText(1, workspace);
  QC_ASSIGN_OR_RETURN(const bool has_event, select_tail_.Step());
  if (!has_event) return Tail{};
  return Tail{select_tail_.Int(0), select_tail_.Int(1)};
}

absl::StatusOr<bool> SqliteWriter::Insert(const StoredFields& fields) {
  const SqliteScope scope(insert_);
  insert_.BindText(1, fields.workspace);
  insert_.BindInt(2, fields.offset);
  insert_.BindText(3, fields.source);
  insert_.BindText(4, fields.source_key);
  insert_.BindText(5, fields.version);
  insert_.BindOptionalInt(6, fields.effective_micros);
  insert_.BindInt(7, fields.recorded_micros);
  insert_.BindBlob(8, fields.payload);
  insert_.BindInt(9, fields.is_erased ? 1 : 0);
  insert_.BindInt(10, EventChecksum(fields));
  QC_RETURN_IF_ERROR(insert_.Step().status());
  return connection_->ChangedRowCount() == 1;
}

absl::StatusOr<std::vector<AppendResult>> SqliteWriter::InsertAll(std::string_view workspace,
                                                                  absl::Span<const Event> events) {
  QC_ASSIGN_OR_RETURN(const Tail tail, ReadTail(workspace));
  const int64_t now_micros = absl::ToUnixMicros(clock_->Now());
  StoredFields fields;
  fields.workspace = workspace;
  fields.offset = tail.offset + 1;
  // The machine's clock may go back; the log's order does not.
  fields.recorded_micros =
      tail.offset == 0 ? now_micros : std::max(now_micros, tail.recorded_micros);

  Counts counts;
  std::vector<AppendResult> results;
  results.reserve(events.size());
  for (const Event& event : events) {
    fields.source = event.id.source;
    fields.source_key = event.id.source_key;
    fields.version = event.id.version;
    fields.effective_micros = EffectiveMicros(event);
    fields.payload = event.payload;
    QC_ASSIGN_OR_RETURN(const bool is_new, Insert(fields));
    if (is_new) {
      results.push_back({AppendOutcome::kAppended, fields.offset});
      ++fields.offset;
      ++counts.event_count;
      counts.payload_bytes += static_cast<int64_t>(event.payload.size());
      continue;
    }
    QC_ASSIGN_OR_RETURN(const AppendResult result, CompareWithPresent(workspace, event));
    results.push_back(result);
    if (result.outcome != AppendOutcome::kConflict) continue;
    QC_ASSIGN_OR_RETURN(const bool is_kept, KeepConflict(workspace, event, result.offset,
                                                         now_micros, counts.conflict_count));
    if (is_kept) ++counts.conflict_count;
  }
  QC_RETURN_IF_ERROR(AddToCounters(workspace, counts));
  return results;
}

absl::Status SqliteWriter::AddToCounters(std::string_view workspace, const Counts& counts) {
  const SqliteScope scope(add_to_counters_);
  add_to_counters_.BindText(1, workspace);
  add_to_counters_.BindInt(2, counts.event_count);
  add_to_counters_.BindInt(3, counts.payload_bytes);
  add_to_counters_.BindInt(4, counts.erased_event_count);
  add_to_counters_.BindInt(5, counts.conflict_count);
  return add_to_counters_.Step().status();
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
  const bool same = select_by_id_.OptionalInt(1) == EffectiveMicros(event) &&
                    select_by_id_.View(2) == event.payload;
  return AppendResult{same ? AppendOutcome::kDuplicate : AppendOutcome::kConflict,
                      select_by_id_.Int(0)};
}

absl::StatusOr<int64_t> SqliteWriter::LastConflictNumber(std::string_view workspace) {
  const SqliteScope scope(select_last_conflict_);
  select_last_conflict_.BindText(1, workspace);
  QC_ASSIGN_OR_RETURN(const bool is_present, select_last_conflict_.Step());
  return is_present ? select_last_conflict_.Int(0) : 0;
}

absl::StatusOr<bool> SqliteWriter::KeepConflict(std::string_view workspace, const Event& event,
                                                int64_t kept_offset, int64_t now_micros,
                                                int64_t added_count) {
  const uint32_t content_checksum = ContentChecksum(event);
  {
    const SqliteScope scope(select_conflict_);
    select_conflict_.BindText(1, workspace);
    select_conflict_.BindText(2, event.id.source);
    select_conflict_.BindText(3, event.id.source_key);
    select_conflict_.BindText(4, event.id.version);
    select_conflict_.BindInt(5, content_checksum);
    select_conflict_.BindOptionalInt(6, EffectiveMicros(event));
    select_conflict_.BindBlob(7, event.payload);
    QC_ASSIGN_OR_RETURN(const bool is_present, select_conflict_.Step());
    if (is_present) return false;
  }
  QC_ASSIGN_OR_RETURN(const int64_t last_number, LastConflictNumber(workspace));
  const SqliteScope scope(insert_conflict_);
  insert_conflict_.BindText(1, workspace);
  insert_conflict_.BindInt(2, last_number + added_count + 1);
  insert_conflict_.BindInt(3, kept_offset);
  insert_conflict_.BindText(4, event.id.source);
  insert_conflict_.BindText(5, event.id.source_key);
  insert_conflict_.BindText(6, event.id.version);
  insert_conflict_.BindOptionalInt(7, EffectiveMicros(event));
  insert_conflict_.BindInt(8, now_micros);
  insert_conflict_.BindBlob(9, event.payload);
  insert_conflict_.BindInt(10, content_checksum);
  QC_RETURN_IF_ERROR(insert_conflict_.Step().status());
  return true;
}

absl::Status SqliteWriter::WriteRecords(std::string_view workspace,
                                        absl::Span<const RecordWrite> records,
                                        const std::vector<AppendResult>& results) {
  const int64_t now_micros = absl::ToUnixMicros(clock_->Now());
  for (size_t i = 0; i < records.size(); ++i) {
    const RecordWrite& write = records[i];
    SqliteStatement& statement = write.value ? put_record_ : delete_record_;
    const SqliteScope scope(statement);
    statement.BindText(1, workspace);
    statement.BindText(2, write.kind);
    statement.BindText(3, write.key);
    std::string value;
    if (write.value) {
      value = write.value(results);
      QC_RETURN_IF_ERROR(ValidateRecordValue(value, i));
      statement.BindInt(4, now_micros);
      statement.BindBlob(5, value);
    }
    QC_RETURN_IF_ERROR(statement.Step().status());
  }
  return absl::OkStatus();
}

absl::Status SqliteWriter::Restore(std::string_view workspace,
                                   absl::Span<const StoredEvent> events) {
  return RunWrite([&]() -> absl::Status {
    QC_ASSIGN_OR_RETURN(const Tail tail, ReadTail(workspace));
    std::optional<int64_t> last_recorded_micros;
    if (tail.offset > 0) last_recorded_micros = tail.recorded_micros;
    QC_RETURN_IF_ERROR(CheckRestoreOrder(tail.offset, last_recorded_micros, events));
    Counts counts;
    for (const StoredEvent& stored : events) {
      QC_ASSIGN_OR_RETURN(const bool is_new, Insert(FieldsOf(workspace, stored)));
      if (!is_new) return RestoreDuplicateId(stored);
      ++counts.event_count;
      counts.payload_bytes += static_cast<int64_t>(stored.event.payload.size());
      if (stored.is_erased) ++counts.erased_event_count;
    }
    return AddToCounters(workspace, counts);
  });
}

absl::Status SqliteWriter::RewriteOne(std::string_view workspace, const EventRewrite& rewrite,
                                      Counts& counts) {
  StoredFields fields;
  {
    const SqliteScope scope(select_by_offset_);
    select_by_offset_.BindText(1, workspace);
    select_by_offset_.BindInt(2, rewrite.offset);
    QC_ASSIGN_OR_RETURN(const bool is_present, select_by_offset_.Step());
    if (!is_present) return EventNotFound(workspace, rewrite.offset);
    fields.effective_micros = select_by_offset_.OptionalInt(0);
    fields.recorded_micros = select_by_offset_.Int(1);
    counts.payload_bytes += static_cast<int64_t>(rewrite.payload.size()) - select_by_offset_.Int(2);
    counts.erased_event_count += (rewrite.is_erased ? 1 : 0) - select_by_offset_.Int(3);
  }
  {
    const SqliteScope scope(select_by_id_);
    select_by_id_.BindText(1, workspace);
    select_by_id_.BindText(2, rewrite.id.source);
    select_by_id_.BindText(3, rewrite.id.source_key);
    select_by_id_.BindText(4, rewrite.id.version);
    QC_ASSIGN_OR_RETURN(const bool is_present, select_by_id_.Step());
    if (is_present && select_by_id_.Int(0) != rewrite.offset) return EventIdTaken(rewrite);
  }
  fields.workspace = workspace;
  fields.offset = rewrite.offset;
  fields.source = rewrite.id.source;
  fields.source_key = rewrite.id.source_key;
  fields.version = rewrite.id.version;
  fields.is_erased = rewrite.is_erased;
  fields.payload = rewrite.payload;
  const SqliteScope scope(rewrite_);
  rewrite_.BindText(1, workspace);
  rewrite_.BindInt(2, fields.offset);
  rewrite_.BindText(3, fields.source);
  rewrite_.BindText(4, fields.source_key);
  rewrite_.BindText(5, fields.version);
  rewrite_.BindBlob(6, fields.payload);
  rewrite_.BindInt(7, fields.is_erased ? 1 : 0);
  rewrite_.BindInt(8, EventChecksum(fields));
  return rewrite_.Step().status();
}

absl::Status SqliteWriter::Rewrite(std::string_view workspace,
                                   absl::Span<const EventRewrite> rewrites) {
  return RunWrite([&]() -> absl::Status {
    Counts counts;
    for (const EventRewrite& rewrite : rewrites) {
      QC_RETURN_IF_ERROR(RewriteOne(workspace, rewrite, counts));
    }
    return AddToCounters(workspace, counts);
  });
}

absl::StatusOr<int64_t> SqliteWriter::DeleteConflicts(std::string_view workspace,
                                                      absl::Span<const int64_t> numbers) {
  return RunWrite([&]() -> absl::StatusOr<int64_t> {
    int64_t count = 0;
    for (const int64_t number : numbers) {
      const SqliteScope scope(delete_conflict_);
      delete_conflict_.BindText(1, workspace);
      delete_conflict_.BindInt(2, number);
      QC_RETURN_IF_ERROR(delete_conflict_.Step().status());
      count += connection_->ChangedRowCount();
    }
    return count;
  });
}

absl::StatusOr<int64_t> SqliteWriter::DeleteRecordsBefore(std::string_view workspace,
                                                          std::string_view kind,
                                                          absl::Time recorded_before) {
  return RunWrite([&]() -> absl::StatusOr<int64_t> {
    const SqliteScope scope(delete_records_before_);
    delete_records_before_.BindText(1, workspace);
    delete_records_before_.BindText(2, kind);
    // Rounded up: recorded times are whole microseconds.
    delete_records_before_.BindInt(
        3, absl::ToUnixMicros(recorded_before + absl::Microseconds(1) - absl::Nanoseconds(1)));
    QC_RETURN_IF_ERROR(delete_records_before_.Step().status());
    return connection_->ChangedRowCount();
  });
}

absl::StatusOr<int64_t> SqliteWriter::PragmaForTesting(std::string_view name) {
  return connection_->QueryInt(absl::StrCat("PRAGMA ", AbslView(name)));
}

}  // namespace quotacast::eventlog
