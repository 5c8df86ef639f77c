#include "services/eventlog/postgres_reader.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "services/eventlog/event_checksum.h"
#include "services/eventlog/event_log.h"
#include "services/eventlog/event_validation.h"
#include "services/eventlog/page_verifier.h"
#include "services/eventlog/postgres_connection.h"
#include "services/eventlog/postgres_rows.h"

namespace quotacast::eventlog {
namespace {

const char kReadSql[] = R"sql(
SELECT "offset", source, source_key, version, effective_micros, recorded_micros, payload, is_erased,
       checksum
FROM event WHERE workspace = $1 AND "offset" > $2 ORDER BY "offset" LIMIT $3)sql";

// The sum keeps the offset index out of the plan: by the id index this is a look-up, by the other
// one a scan of the whole workspace.
const char kReadKeySql[] = R"sql(
SELECT "offset", source, source_key, version, effective_micros, recorded_micros, payload, is_erased,
       checksum
FROM event WHERE workspace = $1 AND source = $2 AND source_key = $3 ORDER BY "offset" + 0)sql";

const char kLastOffsetsSql[] = R"sql(
SELECT w.workspace, w.last_offset FROM unnest($1::bytea[]) AS u (workspace)
JOIN workspace AS w ON w.workspace = u.workspace WHERE w.last_offset > 0)sql";

const char kWorkspacesSql[] =
    "SELECT workspace FROM workspace WHERE last_offset > 0 ORDER BY workspace";

const char kListConflictsSql[] = R"sql(
SELECT number, kept_offset, recorded_micros, source, source_key, version, effective_micros, payload
FROM conflict WHERE workspace = $1 AND number > $2 ORDER BY number LIMIT $3)sql";

const char kGetRecordSql[] = R"sql(
SELECT kind, key, value, recorded_micros FROM record
WHERE workspace = $1 AND kind = $2 AND key = $3)sql";

const char kListRecordsSql[] = R"sql(
SELECT kind, key, value, recorded_micros FROM record
WHERE workspace = $1 AND kind = $2 AND key > $3 ORDER BY key LIMIT $4)sql";

const char kCountRecordsSql[] = "SELECT count(*) FROM record WHERE workspace = $1 AND kind = $2";

const char kCountConflictsSql[] = "SELECT count(*) FROM conflict WHERE workspace = $1";

const char kRecordedMicrosSql[] =
    R"sql(SELECT recorded_micros FROM event WHERE workspace = $1 AND "offset" = $2)sql";

// A number for LIMIT.
int64_t Limit(size_t count) {
  return static_cast<int64_t>(
      std::min(count, static_cast<size_t>(std::numeric_limits<int64_t>::max())));
}

std::optional<int64_t> OptionalInt(const PostgresResult& rows, int row, int column) {
  if (rows.IsNull(row, column)) return std::nullopt;
  return rows.Int(row, column);
}

std::string Text(const PostgresResult& rows, int row, int column) {
  return std::string(rows.Bytes(row, column));
}

std::vector<StoredEvent> StoredEvents(const PostgresResult& rows) {
  std::vector<StoredEvent> events(static_cast<size_t>(rows.row_count()));
  for (int i = 0; i < rows.row_count(); ++i) {
    StoredEvent& stored = events[static_cast<size_t>(i)];
    stored.offset = rows.Int(i, 0);
    stored.event.id = {Text(rows, i, 1), Text(rows, i, 2), Text(rows, i, 3)};
    stored.event.effective_time = EffectiveTime(OptionalInt(rows, i, 4));
    stored.recorded_time = absl::FromUnixMicros(rows.Int(i, 5));
    stored.event.payload = Text(rows, i, 6);
    stored.is_erased = rows.Int(i, 7) != 0;
  }
  return events;
}

std::vector<Record> Records(const PostgresResult& rows) {
  std::vector<Record> records;
  for (int i = 0; i < rows.row_count(); ++i) {
    records.push_back({Text(rows, i, 0), Text(rows, i, 1), Text(rows, i, 2),
                       absl::FromUnixMicros(rows.Int(i, 3))});
  }
  return records;
}

absl::StatusOr<std::optional<int64_t>> RecordedMicros(PostgresConnection& connection,
                                                      std::string_view workspace, int64_t offset) {
  QC_ASSIGN_OR_RETURN(
      const PostgresResult rows,
      connection.Run(kRecordedMicrosSql, PostgresArguments().AddBytes(workspace).AddInt(offset)));
  if (rows.row_count() == 0) return std::nullopt;
  return rows.Int(0, 0);
}

}  // namespace

absl::StatusOr<std::vector<StoredEvent>> PostgresReader::Read(PostgresConnection& connection,
                                                              std::string_view workspace,
                                                              int64_t after_offset,
                                                              size_t max_events) {
  QC_ASSIGN_OR_RETURN(
      const PostgresResult rows,
      connection.Run(
          kReadSql,
          PostgresArguments().AddBytes(workspace).AddInt(after_offset).AddInt(Limit(max_events))));
  return StoredEvents(rows);
}

absl::StatusOr<std::vector<StoredEvent>> PostgresReader::ReadKey(PostgresConnection& connection,
                                                                 std::string_view workspace,
                                                                 std::string_view source,
                                                                 std::string_view source_key) {
  QC_ASSIGN_OR_RETURN(
      const PostgresResult rows,
      connection.Run(kReadKeySql, PostgresArguments().AddBytes(workspace).AddBytes(source).AddBytes(
                                      source_key)));
  return StoredEvents(rows);
}

absl::StatusOr<std::map<std::string, int64_t>> PostgresReader::LastOffsets(
    PostgresConnection& connection, const std::vector<std::string>& workspaces) {
  const std::vector<std::string_view> names(workspaces.begin(), workspaces.end());
  QC_ASSIGN_OR_RETURN(const PostgresResult rows,
                      connection.Run(kLastOffsetsSql, PostgresArguments().AddBytesArray(names)));
  std::map<std::string, int64_t> offsets;
  for (int i = 0; i < rows.row_count(); ++i) offsets[Text(rows, i, 0)] = rows.Int(i, 1);
  return offsets;
}

absl::StatusOr<std::vector<std::string>> PostgresReader::Workspaces(
    PostgresConnection& connection) {
  QC_ASSIGN_OR_RETURN(const PostgresResult rows,
                      connection.Run(kWorkspacesSql, PostgresArguments()));
  std::vector<std::string> names;
  for (int i = 0; i < rows.row_count(); ++i) names.push_back(Text(rows, i, 0));
  return names;
}

absl::StatusOr<std::vector<Conflict>> PostgresReader::ListConflicts(PostgresConnection& connection,
                                                                    std::string_view workspace,
                                                                    int64_t after_number,
                                                                    size_t max_conflicts) {
  QC_ASSIGN_OR_RETURN(const PostgresResult rows,
                      connection.Run(kListConflictsSql, PostgresArguments()
                                                            .AddBytes(workspace)
                                                            .AddInt(after_number)
                                                            .AddInt(Limit(max_conflicts))));
  std::vector<Conflict> conflicts(static_cast<size_t>(rows.row_count()));
  for (int i = 0; i < rows.row_count(); ++i) {
    Conflict& conflict = conflicts[static_cast<size_t>(i)];
    conflict.number = rows.Int(i, 0);
    conflict.kept_offset = rows.Int(i, 1);
    conflict.recorded_time = absl::FromUnixMicros(rows.Int(i, 2));
    conflict.event.id = {Text(rows, i, 3), Text(rows, i, 4), Text(rows, i, 5)};
    conflict.event.effective_time = EffectiveTime(OptionalInt(rows, i, 6));
    conflict.event.payload = Text(rows, i, 7);
  }
  return conflicts;
}

absl::StatusOr<std::optional<Record>> PostgresReader::GetRecord(PostgresConnection& connection,
                                                                std::string_view workspace,
                                                                std::string_view kind,
                                                                std::string_view key) {
  QC_ASSIGN_OR_RETURN(
      const PostgresResult rows,
      connection.Run(kGetRecordSql,
                     PostgresArguments().AddBytes(workspace).AddBytes(kind).AddBytes(key)));
  if (rows.row_count() == 0) return std::nullopt;
  return Records(rows)[0];
}

absl::StatusOr<std::vector<Record>> PostgresReader::ListRecords(PostgresConnection& connection,
                                                                std::string_view workspace,
                                                                std::string_view kind,
                                                                std::string_view after_key,
                                                                size_t max_records) {
  QC_ASSIGN_OR_RETURN(
      const PostgresResult rows,
      connection.Run(
          kListRecordsSql,
          PostgresArguments().AddBytes(workspace).AddBytes(kind).AddBytes(after_key).AddInt(
              Limit(max_records))));
  return Records(rows);
}

absl::StatusOr<int64_t> PostgresReader::CountRecords(PostgresConnection& connection,
                                                     std::string_view workspace,
                                                     std::string_view kind) {
  QC_ASSIGN_OR_RETURN(
      const PostgresResult rows,
      connection.Run(kCountRecordsSql, PostgresArguments().AddBytes(workspace).AddBytes(kind)));
  return rows.Int(0, 0);
}

absl::StatusOr<VerifiedPage> PostgresReader::Verify(PostgresConnection& connection,
                                                    std::string_view workspace,
                                                    int64_t after_offset, size_t max_events) {
  // Before the events: what is appended meanwhile is not missed at the end.
  QC_ASSIGN_OR_RETURN(const WorkspaceRow row, ReadWorkspaceRow(connection, workspace));
  QC_ASSIGN_OR_RETURN(const std::optional<int64_t> previous_recorded_micros,
                      RecordedMicros(connection, workspace, after_offset));
  QC_ASSIGN_OR_RETURN(
      const PostgresResult rows,
      connection.Run(
          kReadSql,
          PostgresArguments().AddBytes(workspace).AddInt(after_offset).AddInt(Limit(max_events))));
  PageVerifier verifier(after_offset, previous_recorded_micros);
  for (int i = 0; i < rows.row_count(); ++i) {
    StoredFields fields;
    fields.workspace = workspace;
    fields.offset = rows.Int(i, 0);
    fields.source = rows.Bytes(i, 1);
    fields.source_key = rows.Bytes(i, 2);
    fields.version = rows.Bytes(i, 3);
    fields.effective_micros = OptionalInt(rows, i, 4);
    fields.recorded_micros = rows.Int(i, 5);
    fields.payload = rows.Bytes(i, 6);
    fields.is_erased = rows.Int(i, 7) != 0;
    verifier.Check(fields, static_cast<uint32_t>(rows.Int(i, 8)));
  }
  if (static_cast<size_t>(rows.row_count()) < max_events) verifier.CheckEnd(row.last_offset);
  return verifier.page();
}

absl::StatusOr<LogStats> PostgresReader::Stats(PostgresConnection& connection,
                                               std::string_view workspace) {
  QC_ASSIGN_OR_RETURN(const WorkspaceRow row, ReadWorkspaceRow(connection, workspace));
  QC_ASSIGN_OR_RETURN(const PostgresResult conflict_count,
                      connection.Run(kCountConflictsSql, PostgresArguments().AddBytes(workspace)));
  LogStats stats;
  stats.event_count = row.last_offset;
  stats.payload_bytes = row.payload_bytes;
  stats.erased_event_count = row.erased_event_count;
  stats.conflict_count = conflict_count.Int(0, 0);
  if (row.last_offset == 0) return stats;
  stats.last_recorded_time = absl::FromUnixMicros(row.last_recorded_micros);
  QC_ASSIGN_OR_RETURN(const std::optional<int64_t> first_recorded_micros,
                      RecordedMicros(connection, workspace, 1));
  if (first_recorded_micros.has_value()) {
    stats.first_recorded_time = absl::FromUnixMicros(*first_recorded_micros);
  }
  return stats;
}

}  // namespace quotacast::eventlog
