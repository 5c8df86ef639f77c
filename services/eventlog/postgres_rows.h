// The rows of the PostgreSQL event log: statements that several of its parts share. Each runs on
// the caller's connection, in the caller's transaction.
#ifndef QUOTACAST_SERVICES_EVENTLOG_POSTGRES_ROWS_H_
#define QUOTACAST_SERVICES_EVENTLOG_POSTGRES_ROWS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "services/eventlog/event_checksum.h"
#include "services/eventlog/event_log.h"
#include "services/eventlog/postgres_connection.h"

namespace quotacast::eventlog {

// A statement carries payloads up to this many bytes, and one event at least.
inline constexpr size_t kMaxStatementPayloadBytes = 16 << 20;

// The end of the part of [begin, size) that goes into one statement; `payload_size` says how much
// each takes.
template <typename PayloadSize>
size_t StatementEnd(size_t begin, size_t size, PayloadSize payload_size) {
  size_t bytes = payload_size(begin);
  size_t end = begin + 1;
  while (end < size && bytes + payload_size(end) <= kMaxStatementPayloadBytes) {
    bytes += payload_size(end++);
  }
  return end;
}

// The end of a workspace's log, and its counters. All zero when it is empty.
struct WorkspaceRow {
  int64_t last_offset = 0;
  int64_t last_recorded_micros = 0;
  int64_t payload_bytes = 0;
  int64_t erased_event_count = 0;
  int64_t last_conflict_number = 0;
};

// The row of the workspace, without a lock; zeros when there is none.
absl::StatusOr<WorkspaceRow> ReadWorkspaceRow(PostgresConnection& connection,
                                              std::string_view workspace);

// Locks the row until the end of the transaction, making it when there is none: from here on no
// other transaction writes events of the workspace.
absl::StatusOr<WorkspaceRow> LockWorkspaceRow(PostgresConnection& connection,
                                              std::string_view workspace);

// Which transaction of which process this is; see the table writer.
struct TransactionName {
  std::string_view writer_id;
  int64_t transaction = 0;
  int64_t now_micros = 0;
};

// Writes the row, which must be locked, and that `name` was its writer's last transaction.
absl::Status UpdateWorkspaceRow(PostgresConnection& connection, std::string_view workspace,
                                const WorkspaceRow& row, const TransactionName& name);
// Writes the row alone.
absl::Status UpdateWorkspaceRow(PostgresConnection& connection, std::string_view workspace,
                                const WorkspaceRow& row);

// Inserts the events, whose workspace must be locked, in one statement per
// kMaxStatementPayloadBytes. Returns how many went in; one whose id is taken does not.
absl::StatusOr<int64_t> InsertEvents(PostgresConnection& connection, std::string_view workspace,
                                     absl::Span<const StoredFields> events);

// Of the events given, those whose id is in the log.
struct PresentEvent {
  size_t index = 0;  // In what was given.
  int64_t offset = 0;
  bool is_same = false;  // Effective time and payload are, too.
};
absl::StatusOr<std::vector<PresentEvent>> FindPresent(PostgresConnection& connection,
                                                      std::string_view workspace,
                                                      absl::Span<const Event* const> events);

}  // namespace quotacast::eventlog

#endif  // QUOTACAST_SERVICES_EVENTLOG_POSTGRES_ROWS_H_
