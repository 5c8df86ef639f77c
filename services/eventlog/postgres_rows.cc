#include "services/eventlog/postgres_rows.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "base/status_macros.h"
#include "services/eventlog/event_checksum.h"
#include "services/eventlog/event_log.h"
#include "services/eventlog/event_validation.h"
#include "services/eventlog/postgres_connection.h"

namespace quotacast::eventlog {
namespace {

const char kReadWorkspaceSql[] = R"sql(
SELECT last_offset, last_recorded_micros, payload_bytes, erased_event_count, last_conflict_number
FROM workspace WHERE workspace = $1)sql";

const char kLockWorkspaceSql[] = R"sql(
SELECT last_offset, last_recorded_micros, payload_bytes, erased_event_count, last_conflict_number
FROM workspace WHERE workspace = $1 FOR UPDATE)sql";

const char kInsertWorkspaceSql[] = R"sql(
INSERT INTO workspace (workspace, last_offset, last_recorded_micros, payload_bytes,
                       erased_event_count, last_conflict_number)
VALUES ($1, 0, 0, 0, 0, 0) ON CONFLICT DO NOTHING)sql";

const char kUpdateWorkspaceSql[] = R"sql(
UPDATE workspace SET last_offset = $2, last_recorded_micros = $3, payload_bytes = $4,
                     erased_event_count = $5, last_conflict_number = $6
WHERE workspace = $1)sql";

const char kUpdateWorkspaceAndWriterSql[] = R"sql(
WITH updated AS (
  UPDATE workspace SET last_offset = $2, last_recorded_micros = $3, payload_bytes = $4,
                       erased_event_count = $5, last_conflict_number = $6
  WHERE workspace = $1
)
INSERT INTO writer (workspace, writer_id, last_transaction, recorded_micros)
VALUES ($1, $7, $8, $9)
ON CONFLICT (workspace, writer_id)
DO UPDATE SET last_transaction = excluded.last_transaction,
              recorded_micros = excluded.recorded_micros)sql";

const char kInsertEventsSql[] = R"sql(
INSERT INTO event (workspace, "offset", source, source_key, version, effective_micros,
                   recorded_micros, payload, is_erased, checksum)
SELECT $1, u.* FROM unnest($2::bigint[], $3::bytea[], $4::bytea[], $5::bytea[], $6::bigint[],
                           $7::bigint[], $8::bytea[], $9::boolean[], $10::bigint[]) AS u
ON CONFLICT DO NOTHING)sql";

const char kFindPresentSql[] = R"sql(
SELECT u.i, e."offset",
       e.payload = u.payload AND e.effective_micros IS NOT DISTINCT FROM u.effective_micros
FROM unnest($2::bigint[], $3::bytea[], $4::bytea[], $5::bytea[], $6::bigint[], $7::bytea[])
     AS u (i, source, source_key, version, effective_micros, payload)
JOIN event AS e ON e.workspace = $1 AND e.source = u.source AND e.source_key = u.source_key
               AND e.version = u.version)sql";

absl::StatusOr<std::optional<WorkspaceRow>> SelectWorkspace(PostgresConnection& connection,
                                                            std::string_view workspace,
                                                            const char* sql) {
  QC_ASSIGN_OR_RETURN(const PostgresResult rows,
                      connection.Run(sql, PostgresArguments().AddBytes(workspace)));
  if (rows.row_count() == 0) return std::nullopt;
  WorkspaceRow row;
  row.last_offset = rows.Int(0, 0);
  row.last_recorded_micros = rows.Int(0, 1);
  row.payload_bytes = rows.Int(0, 2);
  row.erased_event_count = rows.Int(0, 3);
  row.last_conflict_number = rows.Int(0, 4);
  return row;
}

PostgresArguments RowArguments(std::string_view workspace, const WorkspaceRow& row) {
  PostgresArguments arguments;
  arguments.AddBytes(workspace)
      .AddInt(row.last_offset)
      .AddInt(row.last_recorded_micros)
      .AddInt(row.payload_bytes)
      .AddInt(row.erased_event_count)
      .AddInt(row.last_conflict_number);
  return arguments;
}

absl::StatusOr<int64_t> InsertSome(PostgresConnection& connection, std::string_view workspace,
                                   absl::Span<const StoredFields> events) {
  std::vector<int64_t> offsets;
  std::vector<std::string_view> sources;
  std::vector<std::string_view> source_keys;
  std::vector<std::string_view> versions;
  std::vector<std::optional<int64_t>> effective_micros;
  std::vector<int64_t> recorded_micros;
  std::vector<std::string_view> payloads;
  std::vector<bool> erasures;
  std::vector<int64_t> checksums;
  for (const StoredFields& event : events) {
    offsets.push_back(event.offset);
    sources.push_back(event.source);
    source_keys.push_back(event.source_key);
    versions.push_back(event.version);
    effective_micros.push_back(event.effective_micros);
    recorded_micros.push_back(event.recorded_micros);
    payloads.push_back(event.payload);
    erasures.push_back(event.is_erased);
    checksums.push_back(EventChecksum(event));
  }
  QC_ASSIGN_OR_RETURN(const PostgresResult inserted,
                      connection.Run(kInsertEventsSql, PostgresArguments()
                                                           .AddBytes(workspace)
                                                           .AddIntArray(offsets)
                                                           .AddBytesArray(sources)
                                                           .AddBytesArray(source_keys)
                                                           .AddBytesArray(versions)
                                                           .AddOptionalIntArray(effective_micros)
                                                           .AddIntArray(recorded_micros)
                                                           .AddBytesArray(payloads)
                                                           .AddBoolArray(erasures)
                                                           .AddIntArray(checksums)));
  return inserted.affected_row_count();
}

absl::Status FindSome(PostgresConnection& connection, std::string_view workspace,
                      absl::Span<const Event* const> events, size_t first_index,
                      std::vector<PresentEvent>& present) {
  std::vector<int64_t> indexes;
  std::vector<std::string_view> sources;
  std::vector<std::string_view> source_keys;
  std::vector<std::string_view> versions;
  std::vector<std::optional<int64_t>> effective_micros;
  std::vector<std::string_view> payloads;
  for (const Event* event : events) {
    indexes.push_back(static_cast<int64_t>(first_index + indexes.size()));
    sources.push_back(event->id.source);
    source_keys.push_back(event->id.source_key);
    versions.push_back(event->id.version);
    effective_micros.push_back(EffectiveMicros(*event));
    payloads.push_back(event->payload);
  }
  QC_ASSIGN_OR_RETURN(const PostgresResult rows,
                      connection.Run(kFindPresentSql, PostgresArguments()
                                                          .AddBytes(workspace)
                                                          .AddIntArray(indexes)
                                                          .AddBytesArray(sources)
                                                          .AddBytesArray(source_keys)
                                                          .AddBytesArray(versions)
                                                          .AddOptionalIntArray(effective_micros)
                                                          .AddBytesArray(payloads)));
  for (int i = 0; i < rows.row_count(); ++i) {
    present.push_back({static_cast<size_t>(rows.Int(i, 0)), rows.Int(i, 1), rows.Int(i, 2) != 0});
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<WorkspaceRow> ReadWorkspaceRow(PostgresConnection& connection,
                                              std::string_view workspace) {
  QC_ASSIGN_OR_RETURN(const std::optional<WorkspaceRow> row,
                      SelectWorkspace(connection, workspace, kReadWorkspaceSql));
  return row.value_or(WorkspaceRow());
}

absl::StatusOr<WorkspaceRow> LockWorkspaceRow(PostgresConnection& connection,
                                              std::string_view workspace) {
  QC_ASSIGN_OR_RETURN(const std::optional<WorkspaceRow> row,
                      SelectWorkspace(connection, workspace, kLockWorkspaceSql));
  if (row.has_value()) return *row;
  QC_RETURN_IF_ERROR(
      connection.Run(kInsertWorkspaceSql, PostgresArguments().AddBytes(workspace)).status());
  // Again, because another process may have made the row meanwhile, and written.
  QC_ASSIGN_OR_RETURN(const std::optional<WorkspaceRow> made,
                      SelectWorkspace(connection, workspace, kLockWorkspaceSql));
  if (made.has_value()) return *made;
  return PostgresError(connection.name(), "XX000", "the row of the workspace has vanished");
}

absl::Status UpdateWorkspaceRow(PostgresConnection& connection, std::string_view workspace,
                                const WorkspaceRow& row, const TransactionName& name) {
  PostgresArguments arguments = RowArguments(workspace, row);
  arguments.AddBytes(name.writer_id).AddInt(name.transaction).AddInt(name.now_micros);
  return connection.Run(kUpdateWorkspaceAndWriterSql, arguments).status();
}

absl::Status UpdateWorkspaceRow(PostgresConnection& connection, std::string_view workspace,
                                const WorkspaceRow& row) {
  return connection.Run(kUpdateWorkspaceSql, RowArguments(workspace, row)).status();
}

absl::StatusOr<int64_t> InsertEvents(PostgresConnection& connection, std::string_view workspace,
                                     absl::Span<const StoredFields> events) {
  int64_t count = 0;
  for (size_t begin = 0; begin < events.size();) {
    const size_t end = StatementEnd(begin, events.size(),
                                    [&events](size_t i) { return events[i].payload.size(); });
    QC_ASSIGN_OR_RETURN(const int64_t inserted_count,
                        InsertSome(connection, workspace, events.subspan(begin, end - begin)));
    count += inserted_count;
    begin = end;
  }
  return count;
}

absl::StatusOr<std::vector<PresentEvent>> FindPresent(PostgresConnection& connection,
                                                      std::string_view workspace,
                                                      absl::Span<const Event* const> events) {
  std::vector<PresentEvent> present;
  for (size_t begin = 0; begin < events.size();) {
    const size_t end = StatementEnd(begin, events.size(),
                                    [&events](size_t i) { return events[i]->payload.size(); });
    QC_RETURN_IF_ERROR(
        FindSome(connection, workspace, events.subspan(begin, end - begin), begin, present));
    begin = end;
  }
  return present;
}

}  // namespace quotacast::eventlog
