// The connections of one PostgreSQL event log: opened when needed, checked for durability, kept for
// the next caller, limited in number.
#ifndef QUOTACAST_SERVICES_EVENTLOG_POSTGRES_POOL_H_
#define QUOTACAST_SERVICES_EVENTLOG_POSTGRES_POOL_H_

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/eventlog/postgres_connection.h"

namespace quotacast::eventlog {

// Connections of one log at a time, without the writer's; one more caller waits for one of them.
inline constexpr size_t kMaxPostgresConnections = 16;
// How often a call is tried whose connection broke or that lost against another transaction.
inline constexpr int kMaxPostgresAttempts = 5;

// FAILED_PRECONDITION when the server may lose what it has confirmed: LOG_FSYNC_OFF (fsync=off),
// LOG_TORN_PAGES (full_page_writes=off). Otherwise switches synchronous_commit on for this session
// where the server or the user has a weaker default.
absl::Status RequireDurability(PostgresConnection& connection);

// Thread-safe.
class PostgresPool {
 public:
  PostgresPool(PostgresAddress address, std::string schema, PostgresSessionOptions options);
  PostgresPool(const PostgresPool&) = delete;
  PostgresPool& operator=(const PostgresPool&) = delete;

  // A connection of its own for the caller, beside the limit.
  absl::StatusOr<std::unique_ptr<PostgresConnection>> Open() const;

  // Runs `use` with a connection. Tries again, up to kMaxPostgresAttempts times, when the
  // connection turns out to be lost or the database asks for it; so `use` must be harmless when it
  // runs twice. T is a StatusOr.
  template <typename T, typename Use>
  T Run(Use use) {
    T result = absl::InternalError("not tried");
    for (int attempt = 0; attempt < kMaxPostgresAttempts; ++attempt) {
      absl::StatusOr<std::unique_ptr<PostgresConnection>> connection = Borrow();
      if (!connection.ok()) return connection.status();
      result = use(**connection);
      const bool try_again =
          !result.ok() && ((*connection)->IsLost() || (*connection)->IsRetryable());
      Return(*std::move(connection));
      if (!try_again) break;
      CountRetry();
    }
    return result;
  }

  const PostgresAddress& address() const { return address_; }
  const std::string& schema() const { return schema_; }
  int64_t retry_count() const;
  size_t idle_count() const;

 private:
  absl::StatusOr<std::unique_ptr<PostgresConnection>> Borrow();
  void Return(std::unique_ptr<PostgresConnection> connection);
  void CountRetry();

  const PostgresAddress address_;
  const std::string schema_;
  const PostgresSessionOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable returned_;
  // Guarded by mutex_.
  std::vector<std::unique_ptr<PostgresConnection>> idle_;
  size_t borrowed_count_ = 0;
  int64_t retry_count_ = 0;
};

}  // namespace quotacast::eventlog

#endif  // QUOTACAST_SERVICES_EVENTLOG_POSTGRES_POOL_H_
