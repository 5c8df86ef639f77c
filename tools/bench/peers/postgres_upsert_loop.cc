#include "tools/bench/peers/postgres_upsert_loop.h"

#include <postgresql/libpq-fe.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "base/status_macros.h"

namespace quotacast::bench {
namespace {

constexpr char kInsert[] = "insert_events";
constexpr char kInsertSql[] = R"sql(
INSERT INTO peer.event (workspace, "offset", source, source_key, version, effective_micros,
                        recorded_micros, payload, is_erased, checksum)
SELECT 'default'::bytea, u.o, u.source, u.source_key, u.version, u.effective_micros, u.recorded,
       u.payload, false, u.checksum
FROM unnest($1::bigint[], $2::bytea[], $3::bytea[], $4::bytea[], $5::bigint[], $6::bigint[],
            $7::bytea[], $8::bigint[])
     AS u (o, source, source_key, version, effective_micros, recorded, payload, checksum)
ON CONFLICT (workspace, source, source_key, version) DO NOTHING)sql";
constexpr int kParameterCount = 8;
// When the rows say they were recorded; any constant costs the same.
constexpr int64_t kRecordedMicros = 1'800'000'000'000'000;
constexpr uint32_t kBytesOid = 17;
constexpr uint32_t kIntOid = 20;

void PutInt32(std::string& out, uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xff);
}

// An array of one dimension in PostgreSQL's binary form.
std::string ArrayHeader(uint32_t element_oid, size_t size) {
  std::string out;
  PutInt32(out, 1);  // Dimensions.
  PutInt32(out, 0);  // No element is NULL.
  PutInt32(out, element_oid);
  PutInt32(out, static_cast<uint32_t>(size));
  PutInt32(out, 1);  // Lower bound.
  return out;
}

template <typename Value>
std::string BytesArray(absl::Span<const LogRow> rows, Value value) {
  std::string out = ArrayHeader(kBytesOid, rows.size());
  for (const LogRow& row : rows) {
    const std::string& bytes = value(row);
    PutInt32(out, static_cast<uint32_t>(bytes.size()));
    out += bytes;
  }
  return out;
}

template <typename Value>
std::string IntArray(absl::Span<const LogRow> rows, Value value) {
  std::string out = ArrayHeader(kIntOid, rows.size());
  for (const LogRow& row : rows) {
    const auto bits = static_cast<uint64_t>(value(row));
    PutInt32(out, 8);
    PutInt32(out, static_cast<uint32_t>(bits >> 32));
    PutInt32(out, static_cast<uint32_t>(bits));
  }
  return out;
}

}  // namespace

absl::Status PostgresUpsertLoop::Error(const std::string& what) const {
  return absl::InternalError(absl::StrCat(what, ": ", PQerrorMessage(connection_)));
}

absl::Status PostgresUpsertLoop::Run(const std::string& sql) {
  PGresult* const result = PQexec(connection_, sql.c_str());
  const bool is_ok = PQresultStatus(result) == PGRES_COMMAND_OK;
  PQclear(result);
  return is_ok ? absl::OkStatus() : Error(sql);
}

absl::StatusOr<std::unique_ptr<PostgresUpsertLoop>> PostgresUpsertLoop::Create(
    const std::string& connection_string, const std::string& log_schema) {
  auto loop = absl::WrapUnique(new PostgresUpsertLoop);
  loop->connection_ = PQconnectdb(connection_string.c_str());
  if (PQstatus(loop->connection_) != CONNECTION_OK) return loop->Error("connect");
  QC_RETURN_IF_ERROR(loop->Run("SET client_min_messages = warning"));
  QC_RETURN_IF_ERROR(loop->Run("DROP SCHEMA IF EXISTS peer CASCADE"));
  QC_RETURN_IF_ERROR(loop->Run("CREATE SCHEMA peer"));
  QC_RETURN_IF_ERROR(loop->Run(
      absl::StrCat("CREATE TABLE peer.event (LIKE ", log_schema, ".event INCLUDING ALL)")));
  PGresult* const prepared = PQprepare(loop->connection_, kInsert, kInsertSql, 0, nullptr);
  const bool is_ok = PQresultStatus(prepared) == PGRES_COMMAND_OK;
  PQclear(prepared);
  if (!is_ok) return loop->Error("prepare");
  return loop;
}

PostgresUpsertLoop::~PostgresUpsertLoop() { PQfinish(connection_); }

absl::Status PostgresUpsertLoop::Insert(absl::Span<const LogRow> rows, size_t batch_rows) {
  for (size_t begin = 0; begin < rows.size(); begin += batch_rows) {
    // One statement is one transaction.
    QC_RETURN_IF_ERROR(InsertBatch(rows.subspan(begin, std::min(batch_rows, rows.size() - begin))));
  }
  return absl::OkStatus();
}

absl::Status PostgresUpsertLoop::InsertBatch(absl::Span<const LogRow> rows) {
  int64_t offset = last_offset_;
  const std::string parameters[kParameterCount] = {
      IntArray(rows, [&offset](const LogRow&) { return ++offset; }),
      BytesArray(rows, [](const LogRow& row) -> const std::string& { return row.source; }),
      BytesArray(rows, [](const LogRow& row) -> const std::string& { return row.source_key; }),
      BytesArray(rows, [](const LogRow& row) -> const std::string& { return row.version; }),
      IntArray(rows, [](const LogRow& row) { return row.effective_micros; }),
      IntArray(rows, [](const LogRow&) { return kRecordedMicros; }),
      BytesArray(rows, [](const LogRow& row) -> const std::string& { return row.payload; }),
      IntArray(rows, [&offset](const LogRow&) { return int64_t{0x7fffffff} - offset; })};
  const char* values[kParameterCount];
  int lengths[kParameterCount];
  int formats[kParameterCount];
  for (int i = 0; i < kParameterCount; ++i) {
    values[i] = parameters[i].data();
    lengths[i] = static_cast<int>(parameters[i].size());
    formats[i] = 1;
  }
  PGresult* const result =
      PQexecPrepared(connection_, kInsert, kParameterCount, values, lengths, formats, 1);
  const bool is_ok = PQresultStatus(result) == PGRES_COMMAND_OK;
  // A row that is passed over leaves a gap, which costs the peer nothing.
  if (is_ok) last_offset_ = offset;
  PQclear(result);
  return is_ok ? absl::OkStatus() : Error("insert");
}

absl::StatusOr<int64_t> PostgresUpsertLoop::RowCount() {
  PGresult* const result = PQexec(connection_, "SELECT count(*) FROM peer.event");
  const bool is_ok = PQresultStatus(result) == PGRES_TUPLES_OK;
  const int64_t count = is_ok ? std::atoll(PQgetvalue(result, 0, 0)) : 0;
  PQclear(result);
  if (!is_ok) return Error("count");
  return count;
}

}  // namespace quotacast::bench
