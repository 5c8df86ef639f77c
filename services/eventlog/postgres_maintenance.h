// The rare writes of the PostgreSQL event log: restore, erasure, and clearing away. Each function
// runs in transactions of its own on the caller's connection. As in EventLog, without the
// validation.
#ifndef QUOTACAST_SERVICES_EVENTLOG_POSTGRES_MAINTENANCE_H_
#define QUOTACAST_SERVICES_EVENTLOG_POSTGRES_MAINTENANCE_H_

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "services/eventlog/event_log.h"
#include "services/eventlog/postgres_connection.h"

namespace quotacast::eventlog {

// All in this struct so that their names do not collide with those of other stores.
struct PostgresMaintenance {
  // Returns the new last offset.
  static absl::StatusOr<int64_t> Restore(PostgresConnection& connection, std::string_view workspace,
                                         absl::Span<const StoredEvent> events);
  // Leaves the old row versions, which nobody can read any more, to Vacuum. Harmless when it runs
  // twice.
  static absl::Status Rewrite(PostgresConnection& connection, std::string_view workspace,
                              absl::Span<const EventRewrite> rewrites);
  // Frees what Rewrite and deletions left behind. The space is reused, but PostgreSQL overwrites it
  // only when it is; docs/operations.md says how to have it overwritten at once.
  static absl::Status Vacuum(PostgresConnection& connection);
  static absl::StatusOr<int64_t> DeleteConflicts(PostgresConnection& connection,
                                                 std::string_view workspace,
                                                 absl::Span<const int64_t> numbers);
  static absl::StatusOr<int64_t> DeleteRecordsBefore(PostgresConnection& connection,
                                                     std::string_view workspace,
                                                     std::string_view kind,
                                                     absl::Time recorded_before);
  // Forgets writers that have not written since; see the table writer.
  static absl::Status DeleteWritersBefore(PostgresConnection& connection,
                                          absl::Time recorded_before);
};

}  // namespace quotacast::eventlog

#endif  // QUOTACAST_SERVICES_EVENTLOG_POSTGRES_MAINTENANCE_H_
