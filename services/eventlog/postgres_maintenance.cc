#include "services/eventlog/postgres_maintenance.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/errors.h"
#include "base/status_macros.h"
#include "services/eventlog/event_checksum.h"
#include "services/eventlog/event_log.h"
#include "services/eventlog/event_validation.h"
#include "services/eventlog/postgres_connection.h"
#include "services/eventlog/postgres_rows.h"

namespace quotacast::eventlog {
namespace {

const char kBeginSql[] = "BEGIN ISOLATION LEVEL READ COMMITTED";

// A join and not IN: for the latter the planner may compare every event with every number.
const char kReadForRewriteSql[] = R"sql(
SELECT e."offset", e.effective_micros, e.recorded_micros, octet_length(e.payload), e.is_erased
FROM unnest($2::bigint[]) AS u ("offset")
JOIN event AS e ON e.workspace = $1 AND e."offset" = u."offset")sql";

const char kRewriteSql[] = R"sql(
UPDATE event AS e SET source = u.source, source_key = u.source_key, version = u.version,
                      payload = u.payload, is_erased = u.is_erased, checksum = u.checksum
FROM unnest($2::bigint[], $3::bytea[], $4::bytea[], $5::bytea[], $6::bytea[], $7::boolean[],
            $8::bigint[])
     AS u ("offset", source, source_key, version, payload, is_erased, checksum)
WHERE e.workspace = $1 AND e."offset" = u."offset")sql";

const char kDeleteConflictsSql[] = R"sql(
DELETE FROM conflict AS c USING unnest($2::bigint[]) AS u (number)
WHERE c.workspace = $1 AND c.number = u.number)sql";

const char kDeleteRecordsBeforeSql[] =
    "DELETE FROM record WHERE workspace = $1 AND kind = $2 AND recorded_micros < $3";

const char kDeleteWritersBeforeSql[] = "DELETE FROM writer WHERE recorded_micros < $1";

// What of a stored event a rewrite does not bring along.
struct Present {
  std::optional<int64_t> effective_micros;
  int64_t recorded_micros = 0;
  int64_t payload_bytes = 0;
  bool is_erased = false;
};

// Names the one that is there already.
absl::Status FindDuplicate(PostgresConnection& connection, std::string_view workspace,
                           absl::Span<const StoredEvent> events) {
  // Those of this transaction that did go in are found as well: what is there under another offset
  // is the duplicate.
  std::vector<const Event*> wanted;
  for (const StoredEvent& stored : events) wanted.push_back(&stored.event);
  QC_ASSIGN_OR_RETURN(const std::vector<PresentEvent> present,
                      FindPresent(connection, workspace, wanted));
  for (const PresentEvent& event : present) {
    if (event.offset != events[event.index].offset) return RestoreDuplicateId(events[event.index]);
  }
  return PostgresError(connection.name(), "XX002", "an id is refused as present and not found");
}

absl::StatusOr<int64_t> RestoreInTransaction(PostgresConnection& connection,
                                             std::string_view workspace,
                                             absl::Span<const StoredEvent> events) {
  QC_ASSIGN_OR_RETURN(WorkspaceRow row, LockWorkspaceRow(connection, workspace));
  std::optional<int64_t> last_recorded_micros;
  if (row.last_offset > 0) last_recorded_micros = row.last_recorded_micros;
  QC_RETURN_IF_ERROR(CheckRestoreOrder(row.last_offset, last_recorded_micros, events));
  std::vector<StoredFields> fields;
  for (const StoredEvent& stored : events) {
    fields.push_back(FieldsOf(workspace, stored));
    row.payload_bytes += static_cast<int64_t>(stored.event.payload.size());
    if (stored.is_erased) ++row.erased_event_count;
  }
  QC_ASSIGN_OR_RETURN(const int64_t inserted_count, InsertEvents(connection, workspace, fields));
  if (inserted_count != static_cast<int64_t>(events.size())) {
    return FindDuplicate(connection, workspace, events);
  }
  row.last_offset = fields.back().offset;
  row.last_recorded_micros = fields.back().recorded_micros;
  QC_RETURN_IF_ERROR(UpdateWorkspaceRow(connection, workspace, row));
  return row.last_offset;
}

absl::StatusOr<std::map<int64_t, Present>> ReadForRewrite(PostgresConnection& connection,
                                                          std::string_view workspace,
                                                          absl::Span<const EventRewrite> rewrites) {
  std::vector<int64_t> offsets;
  for (const EventRewrite& rewrite : rewrites) offsets.push_back(rewrite.offset);
  QC_ASSIGN_OR_RETURN(const PostgresResult rows,
                      connection.Run(kReadForRewriteSql,
                                     PostgresArguments().AddBytes(workspace).AddIntArray(offsets)));
  std::map<int64_t, Present> present;
  for (int i = 0; i < rows.row_count(); ++i) {
    Present& event = present[rows.Int(i, 0)];
    if (!rows.IsNull(i, 1)) event.effective_micros = rows.Int(i, 1);
    event.recorded_micros = rows.Int(i, 2);
    event.payload_bytes = rows.Int(i, 3);
    event.is_erased = rows.Int(i, 4) != 0;
  }
  return present;
}

constexpr char kUniqueViolation[] = "23505";

// The rewritten events with what stays of the old ones. Of several rewrites of one event the last
// counts.
std::vector<StoredFields> RewrittenFields(std::string_view workspace,
                                          absl::Span<const EventRewrite> rewrites,
                                          const std::map<int64_t, Present>& presents) {
  std::map<int64_t, StoredFields> rewritten;
  for (const EventRewrite& rewrite : rewrites) {
    const Present& present = presents.at(rewrite.offset);
    StoredFields& fields = rewritten[rewrite.offset];
    fields.workspace = workspace;
    fields.offset = rewrite.offset;
    fields.source = rewrite.id.source;
    fields.source_key = rewrite.id.source_key;
    fields.version = rewrite.id.version;
    fields.effective_micros = present.effective_micros;
    fields.recorded_micros = present.recorded_micros;
    fields.is_erased = rewrite.is_erased;
    fields.payload = rewrite.payload;
  }
  std::vector<StoredFields> list;
  for (const auto& [offset, fields] : rewritten) list.push_back(fields);
  return list;
}

absl::Status RewriteSome(PostgresConnection& connection, std::string_view workspace,
                         absl::Span<const StoredFields> events) {
  std::vector<int64_t> offsets;
  std::vector<std::string_view> sources;
  std::vector<std::string_view> source_keys;
  std::vector<std::string_view> versions;
  std::vector<std::string_view> payloads;
  std::vector<bool> erasures;
  std::vector<int64_t> checksums;
  for (const StoredFields& event : events) {
    offsets.push_back(event.offset);
    sources.push_back(event.source);
    source_keys.push_back(event.source_key);
    versions.push_back(event.version);
    payloads.push_back(event.payload);
    erasures.push_back(event.is_erased);
    checksums.push_back(EventChecksum(event));
  }
  return connection
      .Run(kRewriteSql, PostgresArguments()
                            .AddBytes(workspace)
                            .AddIntArray(offsets)
                            .AddBytesArray(sources)
                            .AddBytesArray(source_keys)
                            .AddBytesArray(versions)
                            .AddBytesArray(payloads)
                            .AddBoolArray(erasures)
                            .AddIntArray(checksums))
      .status();
}

// All at once, in statements of limited size.
absl::Status RewriteTogether(PostgresConnection& connection, std::string_view workspace,
                             absl::Span<const StoredFields> events) {
  for (size_t begin = 0; begin < events.size();) {
    const size_t end = StatementEnd(begin, events.size(),
                                    [&events](size_t i) { return events[i].payload.size(); });
    QC_RETURN_IF_ERROR(RewriteSome(connection, workspace, events.subspan(begin, end - begin)));
    begin = end;
  }
  return absl::OkStatus();
}

// One after the other: finds out which one's id is taken, and passes where one takes the id that
// another has just given up.
absl::Status RewriteOneByOne(PostgresConnection& connection, std::string_view workspace,
                             absl::Span<const EventRewrite> rewrites,
                             const std::map<int64_t, Present>& presents) {
  for (const EventRewrite& rewrite : rewrites) {
    const absl::Status status =
        RewriteSome(connection, workspace,
                    RewrittenFields(workspace, absl::MakeConstSpan(&rewrite, 1), presents));
    if (connection.last_sqlstate() == kUniqueViolation) return EventIdTaken(rewrite);
    QC_RETURN_IF_ERROR(status);
  }
  return absl::OkStatus();
}

absl::Status WriteRewrites(PostgresConnection& connection, std::string_view workspace,
                           absl::Span<const EventRewrite> rewrites,
                           const std::map<int64_t, Present>& presents) {
  QC_RETURN_IF_ERROR(connection.Execute("SAVEPOINT rewrites"));
  const absl::Status status =
      RewriteTogether(connection, workspace, RewrittenFields(workspace, rewrites, presents));
  if (connection.last_sqlstate() != kUniqueViolation) return status;
  QC_RETURN_IF_ERROR(connection.Execute("ROLLBACK TO rewrites"));
  return RewriteOneByOne(connection, workspace, rewrites, presents);
}

absl::Status RewriteInTransaction(PostgresConnection& connection, std::string_view workspace,
                                  absl::Span<const EventRewrite> rewrites) {
  QC_ASSIGN_OR_RETURN(WorkspaceRow row, LockWorkspaceRow(connection, workspace));
  using Presents = std::map<int64_t, Present>;
  QC_ASSIGN_OR_RETURN(Presents presents, ReadForRewrite(connection, workspace, rewrites));
  for (const EventRewrite& rewrite : rewrites) {
    if (presents.count(rewrite.offset) == 0) return EventNotFound(workspace, rewrite.offset);
  }
  QC_RETURN_IF_ERROR(WriteRewrites(connection, workspace, rewrites, presents));
  for (const EventRewrite& rewrite : rewrites) {
    Present& present = presents[rewrite.offset];
    const int64_t payload_bytes = static_cast<int64_t>(rewrite.payload.size());
    row.payload_bytes += payload_bytes - present.payload_bytes;
    row.erased_event_count += (rewrite.is_erased ? 1 : 0) - (present.is_erased ? 1 : 0);
    present.payload_bytes = payload_bytes;
    present.is_erased = rewrite.is_erased;
  }
  return UpdateWorkspaceRow(connection, workspace, row);
}

}  // namespace

absl::StatusOr<int64_t> PostgresMaintenance::Restore(PostgresConnection& connection,
                                                     std::string_view workspace,
                                                     absl::Span<const StoredEvent> events) {
  QC_RETURN_IF_ERROR(connection.Execute(kBeginSql));
  QC_ASSIGN_OR_RETURN(const int64_t last_offset,
                      RestoreInTransaction(connection, workspace, events));
  QC_RETURN_IF_ERROR(connection.Commit());
  return last_offset;
}

absl::Status PostgresMaintenance::Rewrite(PostgresConnection& connection,
                                          std::string_view workspace,
                                          absl::Span<const EventRewrite> rewrites) {
  QC_RETURN_IF_ERROR(connection.Execute(kBeginSql));
  QC_RETURN_IF_ERROR(RewriteInTransaction(connection, workspace, rewrites));
  return connection.Commit();
}

absl::Status PostgresMaintenance::Vacuum(PostgresConnection& connection) {
  // It takes as long as the tables are large.
  QC_RETURN_IF_ERROR(connection.Execute("SET statement_timeout = 0"));
  return connection.Execute("VACUUM event, conflict, record");
}

absl::StatusOr<int64_t> PostgresMaintenance::DeleteConflicts(PostgresConnection& connection,
                                                             std::string_view workspace,
                                                             absl::Span<const int64_t> numbers) {
  QC_ASSIGN_OR_RETURN(const PostgresResult deleted,
                      connection.Run(kDeleteConflictsSql,
                                     PostgresArguments().AddBytes(workspace).AddIntArray(numbers)));
  return deleted.affected_row_count();
}

absl::StatusOr<int64_t> PostgresMaintenance::DeleteRecordsBefore(PostgresConnection& connection,
                                                                 std::string_view workspace,
                                                                 std::string_view kind,
                                                                 absl::Time recorded_before) {
  // Rounded up: a record is kept to the microsecond, and one within the last one is before.
  int64_t before_micros = absl::ToUnixMicros(recorded_before);
  if (absl::FromUnixMicros(before_micros) < recorded_before &&
      recorded_before != absl::InfiniteFuture()) {
    ++before_micros;
  }
  QC_ASSIGN_OR_RETURN(
      const PostgresResult deleted,
      connection.Run(kDeleteRecordsBeforeSql,
                     PostgresArguments().AddBytes(workspace).AddBytes(kind).AddInt(before_micros)));
  return deleted.affected_row_count();
}

absl::Status PostgresMaintenance::DeleteWritersBefore(PostgresConnection& connection,
                                                      absl::Time recorded_before) {
  return connection
      .Run(kDeleteWritersBeforeSql, PostgresArguments().AddInt(absl::ToUnixMicros(recorded_before)))
      .status();
}

}  // namespace quotacast::eventlog
