#include "services/eventlog/postgres_migrations.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/errors.h"
#include "base/status_macros.h"
#include "base/string_views.h"
#include "services/eventlog/postgres_connection.h"

namespace quotacast::eventlog {
namespace {

// "QCLG": the advisory lock of all migrations of event logs in one database.
constexpr int64_t kMigrationLock = 0x51434c47;

std::string LogName(const PostgresConnection& connection, std::string_view schema) {
  return absl::StrCat("event log ", connection.name(), " (schema ", AbslView(schema), ")");
}

absl::StatusOr<int64_t> QueryInt(PostgresConnection& connection, const std::string& sql) {
  QC_ASSIGN_OR_RETURN(const std::string text, connection.QueryText(sql));
  int64_t value = 0;
  if (!absl::SimpleAtoi(text, &value)) {
    return absl::InternalError(absl::StrCat("not a number: ", text));
  }
  return value;
}

// 0 for a log that is not there yet.
absl::StatusOr<int64_t> ReadVersion(PostgresConnection& connection, std::string_view schema) {
  // The name is harmless in quotes: see UsePostgresSchema.
  QC_ASSIGN_OR_RETURN(
      const int64_t relation_count,
      QueryInt(connection, absl::StrCat("SELECT count(*) FROM pg_catalog.pg_class AS c JOIN "
                                        "pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace "
                                        "WHERE n.nspname = '",
                                        AbslView(schema), "'")));
  if (relation_count == 0) return 0;
  QC_ASSIGN_OR_RETURN(
      const int64_t has_version_table,
      QueryInt(connection, absl::StrCat("SELECT count(*) FROM pg_catalog.pg_class AS c JOIN "
                                        "pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace "
                                        "WHERE c.relname = 'schema_version' AND n.nspname = '",
                                        AbslView(schema), "'")));
  if (has_version_table == 0) {
    return FailedPrecondition("LOG_FOREIGN",
                              absl::StrCat(LogName(connection, schema),
                                           " belongs to another program: choose another database"));
  }
  return QueryInt(connection, "SELECT coalesce(max(version), 0) FROM schema_version");
}

absl::Status CheckVersion(const PostgresConnection& connection, std::string_view schema,
                          int64_t version) {
  if (version <= kPostgresSchemaVersion) return absl::OkStatus();
  return FailedPrecondition(
      "LOG_TOO_NEW", absl::StrCat(LogName(connection, schema), " has schema version ", version,
                                  ", this program knows up to ", kPostgresSchemaVersion,
                                  ": run the newer program that wrote it"));
}

// Inside a transaction that the caller commits or rolls back.
absl::Status MigrateInTransaction(PostgresConnection& connection, std::string_view schema) {
  QC_RETURN_IF_ERROR(
      connection.Execute(absl::StrCat("SELECT pg_advisory_xact_lock(", kMigrationLock, ")")));
  // Again, now that nobody else migrates.
  QC_ASSIGN_OR_RETURN(const int64_t version, ReadVersion(connection, schema));
  QC_RETURN_IF_ERROR(CheckVersion(connection, schema, version));
  if (version == kPostgresSchemaVersion) return absl::OkStatus();
  if (version == 0) {
    // Asked first: a user who may not create schemas can be given one.
    QC_ASSIGN_OR_RETURN(
        const int64_t has_schema,
        QueryInt(connection,
                 absl::StrCat("SELECT count(*) FROM pg_catalog.pg_namespace WHERE nspname = '",
                              AbslView(schema), "'")));
    if (has_schema == 0) {
      QC_RETURN_IF_ERROR(connection.Execute(absl::StrCat("CREATE SCHEMA ", AbslView(schema))));
    }
    QC_RETURN_IF_ERROR(connection.Execute("CREATE TABLE schema_version (version bigint NOT NULL)"));
  }
  for (int64_t step = version; step < kPostgresSchemaVersion; ++step) {
    QC_RETURN_IF_ERROR(
        connection.Execute(std::string(kPostgresMigrations[static_cast<size_t>(step)])));
  }
  return connection.Execute(
      absl::StrCat("DELETE FROM schema_version; INSERT INTO schema_version "
                   "VALUES (",
                   kPostgresSchemaVersion, ")"));
}

}  // namespace

absl::Status UsePostgresSchema(PostgresConnection& connection, std::string_view schema) {
  const bool is_plain = std::all_of(schema.begin(), schema.end(), [](char c) {
    return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_';
  });
  if (schema.empty() || schema.size() > kMaxSchemaNameBytes || !is_plain ||
      absl::ascii_isdigit(schema[0])) {
    return InvalidField(
        "schema", absl::StrCat("is \"", AbslView(schema), "\"; expected 1 to ", kMaxSchemaNameBytes,
                               " of a-z, 0-9 and _, with no digit first"));
  }
  return connection.Execute(absl::StrCat("SET search_path = ", AbslView(schema)));
}

absl::Status MigratePostgres(PostgresConnection& connection, std::string_view schema) {
  QC_RETURN_IF_ERROR(UsePostgresSchema(connection, schema));
  // Most starts find nothing to do, and then a user without the right to change tables is enough.
  QC_ASSIGN_OR_RETURN(const int64_t version, ReadVersion(connection, schema));
  QC_RETURN_IF_ERROR(CheckVersion(connection, schema, version));
  if (version == kPostgresSchemaVersion) return absl::OkStatus();
  QC_RETURN_IF_ERROR(connection.Execute("BEGIN"));
  absl::Status status = MigrateInTransaction(connection, schema);
  if (status.ok()) status = connection.Execute("COMMIT");
  connection.Rollback();
  return status;
}

}  // namespace quotacast::eventlog
