// The writing side of the PostgreSQL event log: what happens in one transaction, and when it is
// tried again. No threads; the queue is append_queue's.
#ifndef QUOTACAST_SERVICES_EVENTLOG_POSTGRES_WRITER_H_
#define QUOTACAST_SERVICES_EVENTLOG_POSTGRES_WRITER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "base/clock.h"
#include "services/eventlog/append_queue.h"
#include "services/eventlog/event_checksum.h"
#include "services/eventlog/event_log.h"
#include "services/eventlog/postgres_connection.h"
#include "services/eventlog/postgres_pool.h"
#include "services/eventlog/postgres_rows.h"

namespace quotacast::eventlog {

// What the last group came to.
struct CommittedGroup {
  int64_t last_offset = 0;
  int64_t event_count = 0;  // Newly stored.
};

// One thread at a time. `pool` and `clock` must outlive it.
//
// A group of calls for one workspace is one transaction:
//   1. lock the workspace's row: other processes that write the workspace wait here;
//   2. find out which events are there already, in memory and, if need be, by a query;
//   3. give the others the next offsets and insert them all with one statement; likewise conflicts
//      and records;
//   4. update the row and commit. Offsets are thus in the order of the commits, without gaps.
// Step 2 is left out while no repetition has been seen: the insert itself then tells, by inserting
// fewer rows, and the transaction is begun again with the query.
class PostgresWriter {
 public:
  // `writer_id` must be this object's alone in the whole database.
  PostgresWriter(const PostgresPool& pool, const Clock* clock, std::string writer_id);

  // As AppendQueue::CommitGroup. Tries again when the connection breaks or the database asks for
  // it, up to kMaxPostgresAttempts times. When it breaks during a COMMIT it first asks whether that
  // took place; if the database cannot be asked either, the answer is UNAVAILABLE, and the calls
  // may or may not be in the log.
  absl::StatusOr<CommittedGroup> CommitGroup(absl::Span<QueuedAppend* const> group);

  // How often a transaction was tried again.
  int64_t retry_count() const { return retry_count_; }

 private:
  // Everything that one transaction is going to write.
  struct Plan {
    std::vector<absl::StatusOr<std::vector<AppendResult>>> results;  // Per call.
    std::vector<StoredFields> events;
    std::vector<std::pair<const Event*, int64_t>> conflicts;  // With the offset that counts.
    // By kind and key; no value: delete.
    std::map<std::pair<std::string, std::string>, std::optional<std::string>> records;
    int64_t now_micros = 0;
    WorkspaceRow row;  // As it will be.
    int64_t transaction = 0;
  };
  enum class Attempt { kDone, kIdsPresent };

  absl::Status EnsureConnection();
  absl::StatusOr<Attempt> TryGroup(absl::Span<QueuedAppend* const> group, bool asks_first,
                                   Plan& plan);
  // Fills in what the plan writes.
  absl::Status MakePlan(absl::Span<QueuedAppend* const> group, bool asks_first, Plan& plan);
  // False: an id that the plan takes for new is in the log.
  absl::StatusOr<bool> WritePlan(std::string_view workspace, Plan& plan);
  absl::Status WriteConflicts(std::string_view workspace, Plan& plan);
  absl::Status WriteRecords(std::string_view workspace, const Plan& plan);
  // Whether a transaction of this writer whose COMMIT had no answer took place.
  absl::StatusOr<bool> DidCommit(std::string_view workspace, int64_t transaction);

  const PostgresPool& pool_;
  const Clock* const clock_;
  const std::string writer_id_;
  std::unique_ptr<PostgresConnection> connection_;  // Null before the first use.
  bool expects_repetitions_ = false;
  bool is_commit_unanswered_ = false;  // Of the plan tried last.
  int64_t last_transaction_ = 0;
  int64_t retry_count_ = 0;
};

}  // namespace quotacast::eventlog

#endif  // QUOTACAST_SERVICES_EVENTLOG_POSTGRES_WRITER_H_
