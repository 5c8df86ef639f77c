#include "services/eventlog/postgres_pool.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/errors.h"
#include "base/status_macros.h"
#include "services/eventlog/postgres_connection.h"
#include "services/eventlog/postgres_migrations.h"

namespace quotacast::eventlog {

absl::Status RequireDurability(PostgresConnection& connection) {
  QC_ASSIGN_OR_RETURN(const std::string fsync, connection.QueryText("SHOW fsync"));
  if (fsync == "off") {
    return FailedPrecondition(
        "LOG_FSYNC_OFF",
        absl::StrCat("event log ", connection.name(),
                     " would lose events in a crash: set fsync = on in the server's"
                     " postgresql.conf"));
  }
  QC_ASSIGN_OR_RETURN(const std::string full_page_writes,
                      connection.QueryText("SHOW full_page_writes"));
  if (full_page_writes == "off") {
    return FailedPrecondition(
        "LOG_TORN_PAGES",
        absl::StrCat("event log ", connection.name(),
                     " could be damaged by a crash: set full_page_writes = on in the server's"
                     " postgresql.conf"));
  }
  QC_ASSIGN_OR_RETURN(const std::string synchronous_commit,
                      connection.QueryText("SHOW synchronous_commit"));
  // The other values flush to the local disk as well, and more.
  if (synchronous_commit != "off") return absl::OkStatus();
  return connection.Execute("SET synchronous_commit = on");
}

PostgresPool::PostgresPool(PostgresAddress address, std::string schema,
                           PostgresSessionOptions options)
    : address_(std::move(address)), schema_(std::move(schema)), options_(options) {}

absl::StatusOr<std::unique_ptr<PostgresConnection>> PostgresPool::Open() const {
  QC_ASSIGN_OR_RETURN(std::unique_ptr<PostgresConnection> connection,
                      PostgresConnection::Open(address_, options_));
  // On each connection: the server may have been started anew with other settings.
  QC_RETURN_IF_ERROR(RequireDurability(*connection));
  QC_RETURN_IF_ERROR(UsePostgresSchema(*connection, schema_));
  return connection;
}

absl::StatusOr<std::unique_ptr<PostgresConnection>> PostgresPool::Borrow() {
  {
    std::unique_lock<std::mutex> lock(mutex_);
    returned_.wait(lock, [this] { return borrowed_count_ < kMaxPostgresConnections; });
    ++borrowed_count_;
    if (!idle_.empty()) {
      std::unique_ptr<PostgresConnection> connection = std::move(idle_.back());
      idle_.pop_back();
      return connection;
    }
  }
  absl::StatusOr<std::unique_ptr<PostgresConnection>> connection = Open();
  if (!connection.ok()) Return(nullptr);
  return connection;
}

void PostgresPool::Return(std::unique_ptr<PostgresConnection> connection) {
  const bool is_sound = connection != nullptr && connection->Rollback();
  std::vector<std::unique_ptr<PostgresConnection>> lost;
  const std::lock_guard<std::mutex> lock(mutex_);
  --borrowed_count_;
  returned_.notify_one();
  if (is_sound) {
    idle_.push_back(std::move(connection));
  } else {
    // A server that broke one connection has most likely broken all.
    lost.swap(idle_);
  }
}

void PostgresPool::CountRetry() {
  const std::lock_guard<std::mutex> lock(mutex_);
  ++retry_count_;
}

int64_t PostgresPool::retry_count() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return retry_count_;
}

size_t PostgresPool::idle_count() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return idle_.size();
}

}  // namespace quotacast::eventlog
