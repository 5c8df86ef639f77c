#include "tools/bench/measured_store.h"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "base/status_macros.h"
#include "services/eventlog/postgres_connection.h"
#include "services/eventlog/postgres_test_cluster.h"
#include "tools/bench/peers/log_row.h"
#include "tools/bench/peers/postgres_upsert_loop.h"
#include "tools/bench/peers/sqlite_insert_loop.h"

namespace quotacast::bench {
namespace {

// As quotacastd names it.
constexpr char kLogSchema[] = "quotacast_events";

template <typename Loop>
PeerLoop Share(std::shared_ptr<Loop> loop) {
  return {[loop](absl::Span<const LogRow> rows, size_t batch_rows) {
            return loop->Insert(rows, batch_rows);
          },
          [loop] { return loop->RowCount(); }};
}

class SqliteStore final : public MeasuredStore {
 public:
  std::string_view name() const override { return "sqlite"; }

  absl::StatusOr<std::vector<std::string>> Prepare(const std::string& data_dir) override {
    return std::vector<std::string>{"--data-dir", data_dir};
  }

  absl::Status Settle() override { return absl::OkStatus(); }

  absl::StatusOr<PeerLoop> NewPeer(const std::string& data_dir) override {
    const std::filesystem::path folder(data_dir);
    QC_ASSIGN_OR_RETURN(
        std::shared_ptr<SqliteInsertLoop> loop,
        SqliteInsertLoop::Create((folder / "peer.db").string(), (folder / "events.db").string()));
    return Share(std::move(loop));
  }
};

class PostgresStore final : public MeasuredStore {
 public:
  std::string_view name() const override { return "postgres"; }

  absl::StatusOr<std::vector<std::string>> Prepare(const std::string&) override {
    database_ = cluster_->CreateDatabase();
    return std::vector<std::string>{"--event-store", cluster_->ConnectionString(database_)};
  }

  // A young server makes every 16 MB of its write-ahead log as a new file, filled with zeros and
  // synced; from the first checkpoint on it takes old ones.
  absl::Status Settle() override {
    QC_ASSIGN_OR_RETURN(const auto address,
                        eventlog::PostgresAddress::Parse(cluster_->ConnectionString(database_)));
    QC_ASSIGN_OR_RETURN(const auto connection, eventlog::PostgresConnection::Open(
                                                   address, eventlog::PostgresSessionOptions()));
    return connection->Execute("CHECKPOINT");
  }

  absl::StatusOr<PeerLoop> NewPeer(const std::string&) override {
    QC_ASSIGN_OR_RETURN(
        std::shared_ptr<PostgresUpsertLoop> loop,
        PostgresUpsertLoop::Create(cluster_->ConnectionString(database_), kLogSchema));
    return Share(std::move(loop));
  }

 private:
  const std::unique_ptr<eventlog::PostgresTestCluster> cluster_ =
      eventlog::PostgresTestCluster::Start();
  std::string database_;
};

}  // namespace

std::unique_ptr<MeasuredStore> NewSqliteStore() { return std::make_unique<SqliteStore>(); }

std::unique_ptr<MeasuredStore> NewPostgresStore() { return std::make_unique<PostgresStore>(); }

}  // namespace quotacast::bench
