// A peer of the PostgreSQL event log: the shortest program that makes the same rows durable with
// the same upserts. One connection, one prepared statement, one transaction per batch; no queue, no
// checks, no lock of the workspace, no service before it.
#ifndef QUOTACAST_TOOLS_BENCH_PEERS_POSTGRES_UPSERT_LOOP_H_
#define QUOTACAST_TOOLS_BENCH_PEERS_POSTGRES_UPSERT_LOOP_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/bench/peers/log_row.h"

struct pg_conn;

namespace quotacast::bench {

// Not thread-safe.
class PostgresUpsertLoop {
 public:
  // Creates a table like that of the log in `log_schema`, its columns, constraints and indexes, in
  // a schema of its own; one that an earlier loop left is dropped first.
  static absl::StatusOr<std::unique_ptr<PostgresUpsertLoop>> Create(
      const std::string& connection_string, const std::string& log_schema);
  PostgresUpsertLoop(const PostgresUpsertLoop&) = delete;
  PostgresUpsertLoop& operator=(const PostgresUpsertLoop&) = delete;
  ~PostgresUpsertLoop();

  // Inserts the rows in transactions of `batch_rows`; a row whose id is there already is passed
  // over.
  absl::Status Insert(absl::Span<const LogRow> rows, size_t batch_rows);

  absl::StatusOr<int64_t> RowCount();

 private:
  PostgresUpsertLoop() = default;
  absl::Status Run(const std::string& sql);
  absl::Status InsertBatch(absl::Span<const LogRow> rows);
  absl::Status Error(const std::string& what) const;

  pg_conn* connection_ = nullptr;
  int64_t last_offset_ = 0;
};

}  // namespace quotacast::bench

#endif  // QUOTACAST_TOOLS_BENCH_PEERS_POSTGRES_UPSERT_LOOP_H_
