// The schema of the SQLite event log, as plain SQL steps that are applied at start.
#ifndef QUOTACAST_SERVICES_EVENTLOG_MIGRATIONS_H_
#define QUOTACAST_SERVICES_EVENTLOG_MIGRATIONS_H_

#include <cstdint>
#include <iterator>
#include <string_view>

#include "absl/status/status.h"
#include "services/eventlog/sqlite_connection.h"

namespace quotacast::eventlog {

// PRAGMA application_id of our files ("QCLG"), so that another program's database is refused
// instead of being extended.
inline constexpr int64_t kApplicationId = 0x51434c47;

// kMigrations[i] leads from version i to i + 1; PRAGMA user_version holds the version. A released
// step is never edited: a change is a new step at the end.
inline constexpr std::string_view kMigrations[] = {
    // 1: the log. Keeps its rowid on purpose: in a WITHOUT ROWID table the payload lies in the
    // key's
    // B-tree and each comparison reads all of it. Beside one event of a megabyte every insert then
    // takes half a millisecond, while at 200 bytes the gain is 4 %.
    R"sql(
CREATE TABLE event (
  workspace        TEXT    NOT NULL,
  "offset"         INTEGER NOT NULL CHECK ("offset" > 0),
  source           TEXT    NOT NULL,
  source_key       TEXT    NOT NULL,
  version          TEXT    NOT NULL,
  effective_micros INTEGER,            -- Microseconds since 1970-01-01 UTC; NULL: not said.
  recorded_micros  INTEGER NOT NULL,   -- Likewise.
  payload          BLOB    NOT NULL,
  PRIMARY KEY (workspace, "offset")
) STRICT;
CREATE UNIQUE INDEX event_by_id ON event (workspace, source, source_key, version);
)sql",
    // 2: checksums, erasure, conflicts, records, and counters so that nobody has to scan for them.
    // The checksum stays NULL in rows of version 1. A number of a conflict is never given twice,
    // so the last one is kept with the counters.
    R"sql(
ALTER TABLE event ADD COLUMN is_erased INTEGER NOT NULL DEFAULT 0 CHECK (is_erased IN (0, 1));
ALTER TABLE event ADD COLUMN checksum INTEGER;  -- CRC-32, 0 to 4294967295; NULL: none was kept.
CREATE TABLE workspace (
  workspace            TEXT    NOT NULL PRIMARY KEY,
  event_count          INTEGER NOT NULL,
  payload_bytes        INTEGER NOT NULL,
  erased_event_count   INTEGER NOT NULL,
  last_conflict_number INTEGER NOT NULL
) STRICT;
INSERT INTO workspace SELECT workspace, count(*), sum(length(payload)), 0, 0
FROM event GROUP BY workspace;
CREATE TABLE conflict (
  workspace        TEXT    NOT NULL,
  number           INTEGER NOT NULL CHECK (number > 0),
  kept_offset      INTEGER NOT NULL,
  source           TEXT    NOT NULL,
  source_key       TEXT    NOT NULL,
  version          TEXT    NOT NULL,
  effective_micros INTEGER,
  recorded_micros  INTEGER NOT NULL,
  payload          BLOB    NOT NULL,
  content_checksum INTEGER NOT NULL,   -- CRC-32 of the content: equal content is found by it.
  PRIMARY KEY (workspace, number)
) STRICT;
CREATE INDEX conflict_by_content
ON conflict (workspace, source, source_key, version, content_checksum);
CREATE TABLE record (
  workspace        TEXT    NOT NULL,
  kind             TEXT    NOT NULL,
  "key"            TEXT    NOT NULL,
  recorded_micros  INTEGER NOT NULL,
  value            BLOB    NOT NULL,
  PRIMARY KEY (workspace, kind, "key")
) STRICT;
CREATE INDEX record_by_time ON record (workspace, kind, recorded_micros);
)sql",
};

// The version that this program reads and writes.
inline constexpr int64_t kSchemaVersion = std::size(kMigrations);

// Brings the file to kSchemaVersion in one transaction; nothing changes on error. Errors:
//   FAILED_PRECONDITION (LOG_TOO_NEW)       a newer program wrote the file; names both versions,
//   FAILED_PRECONDITION (LOG_FOREIGN)       another program's database,
//   and those of SqliteConnection::Error.
absl::Status Migrate(SqliteConnection& connection);

}  // namespace quotacast::eventlog

#endif  // QUOTACAST_SERVICES_EVENTLOG_MIGRATIONS_H_
