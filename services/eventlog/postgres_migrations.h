// The schema of the PostgreSQL event log, as plain SQL steps that are applied at start.
//
// One log is one PostgreSQL schema, so that several logs (ingestion's and planning's) live in one
// database. Every key begins with the workspace, offsets come from a row and not from a sequence,
// and there are no triggers, no table locks and no LISTEN/NOTIFY: what a distributed PostgreSQL
// lacks is not used.
#ifndef QUOTACAST_SERVICES_EVENTLOG_POSTGRES_MIGRATIONS_H_
#define QUOTACAST_SERVICES_EVENTLOG_POSTGRES_MIGRATIONS_H_

#include <cstdint>
#include <iterator>
#include <string_view>

#include "absl/status/status.h"
#include "services/eventlog/postgres_connection.h"

namespace quotacast::eventlog {

// kPostgresMigrations[i] leads from version i to i + 1; the table schema_version holds the version.
// A released step is never edited: a change is a new step at the end. Run with the log's schema as
// the search path.
inline constexpr std::string_view kPostgresMigrations[] = {
    // 1: the log. Ids are bytea because they are any bytes and are compared as such, whatever the
    // database's encoding and collation are.
    R"sql(
-- The row that a writer locks while it gives out offsets: it makes them contiguous, and their
-- order that of the commits, however many processes write. Rewritten with every transaction;
-- the free space keeps the new version on the page of the old one.
CREATE TABLE workspace (
  workspace             bytea  PRIMARY KEY,
  last_offset           bigint NOT NULL,
  last_recorded_micros  bigint NOT NULL,
  payload_bytes         bigint NOT NULL,
  erased_event_count    bigint NOT NULL,
  last_conflict_number  bigint NOT NULL   -- Of all ever kept: no number is given twice.
) WITH (fillfactor = 20);

CREATE TABLE event (
  workspace        bytea   NOT NULL,
  "offset"         bigint  NOT NULL CHECK ("offset" > 0),
  source           bytea   NOT NULL,
  source_key       bytea   NOT NULL,
  version          bytea   NOT NULL,
  effective_micros bigint,              -- Microseconds since 1970-01-01 UTC; NULL: not said.
  recorded_micros  bigint  NOT NULL,    -- Likewise.
  payload          bytea   NOT NULL,
  is_erased        boolean NOT NULL,
  checksum         bigint  NOT NULL,    -- See event_checksum.h.
  PRIMARY KEY (workspace, "offset")
);
CREATE UNIQUE INDEX event_by_id ON event (workspace, source, source_key, version);

-- Events that came with the id of an earlier one and other content.
CREATE TABLE conflict (
  workspace        bytea   NOT NULL,
  number           bigint  NOT NULL,
  kept_offset      bigint  NOT NULL,
  recorded_micros  bigint  NOT NULL,
  source           bytea   NOT NULL,
  source_key       bytea   NOT NULL,
  version          bytea   NOT NULL,
  effective_micros bigint,
  payload          bytea   NOT NULL,
  content_checksum bigint  NOT NULL,    -- Of the content: equal content is found by it.
  PRIMARY KEY (workspace, number)
);
CREATE INDEX conflict_by_content ON conflict (workspace, content_checksum);

-- Working notes of the log's owner.
CREATE TABLE record (
  workspace        bytea   NOT NULL,
  kind             bytea   NOT NULL,
  key              bytea   NOT NULL,
  value            bytea   NOT NULL,
  recorded_micros  bigint  NOT NULL,
  PRIMARY KEY (workspace, kind, key)
);
CREATE INDEX record_by_time ON record (workspace, kind, recorded_micros);

-- The last transaction of each process that writes: how a process whose connection broke during a
-- COMMIT learns whether it took place.
CREATE TABLE writer (
  workspace        bytea   NOT NULL,
  writer_id        bytea   NOT NULL,
  last_transaction bigint  NOT NULL,
  recorded_micros  bigint  NOT NULL,
  PRIMARY KEY (workspace, writer_id)
) WITH (fillfactor = 20);
)sql",
};

// The version that this program reads and writes.
inline constexpr int64_t kPostgresSchemaVersion = std::size(kPostgresMigrations);

// The longest name of a schema; PostgreSQL cuts what is longer.
inline constexpr size_t kMaxSchemaNameBytes = 63;

// Brings the log in `schema` to kPostgresSchemaVersion in one transaction, creating the schema when
// it is not there, and makes it the search path of the connection; nothing changes on error. Two
// programs may start at once: an advisory lock lets the second find the work done. Errors:
//   INVALID_ARGUMENT (field "schema")    not 1 to kMaxSchemaNameBytes of a-z, 0-9 and _,
//   FAILED_PRECONDITION (LOG_TOO_NEW)    a newer program wrote the log; names both versions,
//   FAILED_PRECONDITION (LOG_FOREIGN)    another program's schema,
//   and those of PostgresConnection.
absl::Status MigratePostgres(PostgresConnection& connection, std::string_view schema);

// Makes `schema` the search path of the connection. Errors: INVALID_ARGUMENT as above.
absl::Status UsePostgresSchema(PostgresConnection& connection, std::string_view schema);

}  // namespace quotacast::eventlog

#endif  // QUOTACAST_SERVICES_EVENTLOG_POSTGRES_MIGRATIONS_H_
