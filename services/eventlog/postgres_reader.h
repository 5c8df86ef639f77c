// The reading side of the PostgreSQL event log. Each answer is one statement and therefore one
// consistent snapshot, unless it says otherwise. As in EventLog, without the validation.
#ifndef QUOTACAST_SERVICES_EVENTLOG_POSTGRES_READER_H_
#define QUOTACAST_SERVICES_EVENTLOG_POSTGRES_READER_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/eventlog/event_log.h"
#include "services/eventlog/postgres_connection.h"

namespace quotacast::eventlog {

// Functions over one connection, all in this struct so that their names do not collide with those
// of other stores.
struct PostgresReader {
  static absl::StatusOr<std::vector<StoredEvent>> Read(PostgresConnection& connection,
                                                       std::string_view workspace,
                                                       int64_t after_offset, size_t max_events);
  static absl::StatusOr<std::vector<StoredEvent>> ReadKey(PostgresConnection& connection,
                                                          std::string_view workspace,
                                                          std::string_view source,
                                                          std::string_view source_key);
  // Of those of the workspaces that have events.
  static absl::StatusOr<std::map<std::string, int64_t>> LastOffsets(
      PostgresConnection& connection, const std::vector<std::string>& workspaces);
  static absl::StatusOr<std::vector<std::string>> Workspaces(PostgresConnection& connection);
  static absl::StatusOr<std::vector<Conflict>> ListConflicts(PostgresConnection& connection,
                                                             std::string_view workspace,
                                                             int64_t after_number,
                                                             size_t max_conflicts);
  static absl::StatusOr<std::optional<Record>> GetRecord(PostgresConnection& connection,
                                                         std::string_view workspace,
                                                         std::string_view kind,
                                                         std::string_view key);
  static absl::StatusOr<std::vector<Record>> ListRecords(PostgresConnection& connection,
                                                         std::string_view workspace,
                                                         std::string_view kind,
                                                         std::string_view after_key,
                                                         size_t max_records);
  static absl::StatusOr<int64_t> CountRecords(PostgresConnection& connection,
                                              std::string_view workspace, std::string_view kind);
  // Three statements; appends between them do no harm.
  static absl::StatusOr<VerifiedPage> Verify(PostgresConnection& connection,
                                             std::string_view workspace, int64_t after_offset,
                                             size_t max_events);
  // Three statements.
  static absl::StatusOr<LogStats> Stats(PostgresConnection& connection, std::string_view workspace);
};

}  // namespace quotacast::eventlog

#endif  // QUOTACAST_SERVICES_EVENTLOG_POSTGRES_READER_H_
