#include "services/eventlog/migrations.h"

#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/errors.h"
#include "base/status_macros.h"
#include "services/eventlog/sqlite_connection.h"

namespace quotacast::eventlog {
namespace {

// Inside a transaction that the caller commits or rolls back.
absl::Status MigrateInTransaction(SqliteConnection& connection) {
  QC_ASSIGN_OR_RETURN(const int64_t application_id, connection.QueryInt("PRAGMA application_id"));
  QC_ASSIGN_OR_RETURN(const int64_t version, connection.QueryInt("PRAGMA user_version"));
  QC_ASSIGN_OR_RETURN(const int64_t object_count,
                      connection.QueryInt("SELECT count(*) FROM sqlite_schema"));
  const bool is_new = application_id == 0 && version == 0 && object_count == 0;
  if (!is_new && application_id != kApplicationId) {
    return FailedPrecondition(
        "LOG_FOREIGN", absl::StrCat("event log ", connection.path(),
                                    " is a database of another program: choose another path"));
  }
  if (version > kSchemaVersion) {
    return FailedPrecondition("LOG_TOO_NEW",
                              absl::StrCat("event log ", connection.path(), " has schema version ",
                                           version, ", this program knows up to ", kSchemaVersion,
                                           ": run the newer program that wrote it"));
  }
  if (version == kSchemaVersion) return absl::OkStatus();
  for (int64_t step = version; step < kSchemaVersion; ++step) {
    QC_RETURN_IF_ERROR(connection.Execute(kMigrations[static_cast<size_t>(step)]));
  }
  QC_RETURN_IF_ERROR(connection.Execute(absl::StrCat("PRAGMA application_id = ", kApplicationId)));
  return connection.Execute(absl::StrCat("PRAGMA user_version = ", kSchemaVersion));
}

}  // namespace

absl::Status Migrate(SqliteConnection& connection) {
  // Two programs may start at once: the second waits here and then finds nothing to do.
  QC_RETURN_IF_ERROR(connection.Execute("BEGIN IMMEDIATE"));
  absl::Status status = MigrateInTransaction(connection);
  if (status.ok()) status = connection.Execute("COMMIT");
  if (connection.InTransaction()) connection.Execute("ROLLBACK").IgnoreError();
  return status;
}

}  // namespace quotacast::eventlog
