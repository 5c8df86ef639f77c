#include "services/eventlog/postgres_event_log.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/clock.h"
#include "base/status_macros.h"
#include "services/eventlog/append_queue.h"
#include "services/eventlog/event_log.h"
#include "services/eventlog/event_validation.h"
#include "services/eventlog/postgres_connection.h"
#include "services/eventlog/postgres_maintenance.h"
#include "services/eventlog/postgres_migrations.h"
#include "services/eventlog/postgres_offset_poller.h"
#include "services/eventlog/postgres_pool.h"
#include "services/eventlog/postgres_reader.h"
#include "services/eventlog/postgres_writer.h"

namespace quotacast::eventlog {
namespace {

AppendQueueOptions QueueOptions(const std::string& log_name,
                                const PostgresEventLogOptions& options) {
  AppendQueueOptions queue_options;
  queue_options.log_name = log_name;
  queue_options.max_queued_appends = options.max_queued_appends;
  queue_options.max_group_events = options.max_group_events;
  queue_options.max_group_payload_bytes = kMaxPostgresGroupPayloadBytes;
  return queue_options;
}

}  // namespace

absl::StatusOr<std::unique_ptr<PostgresEventLog>> PostgresEventLog::Open(
    const std::string& connection_string, const std::string& schema, const Clock* clock,
    PostgresEventLogOptions options) {
  QC_ASSIGN_OR_RETURN(PostgresAddress address, PostgresAddress::Parse(connection_string));
  auto pool = std::make_unique<PostgresPool>(std::move(address), schema, options.session);
  // Checks durability first: nothing is made on a server that may lose it.
  QC_ASSIGN_OR_RETURN(const std::unique_ptr<PostgresConnection> connection, pool->Open());
  QC_RETURN_IF_ERROR(MigratePostgres(*connection, schema));
  QC_RETURN_IF_ERROR(
      PostgresMaintenance::DeleteWritersBefore(*connection, clock->Now() - kWriterMemory));
  QC_ASSIGN_OR_RETURN(std::string writer_id, connection->QueryText("SELECT gen_random_uuid()"));
  return absl::WrapUnique(
      new PostgresEventLog(std::move(pool), clock, std::move(writer_id), options));
}

PostgresEventLog::PostgresEventLog(std::unique_ptr<PostgresPool> pool, const Clock* clock,
                                   std::string writer_id, const PostgresEventLogOptions& options)
    : pool_(std::move(pool)),
      writer_(*pool_, clock, std::move(writer_id)),
      poller_([this](const std::vector<std::string>& workspaces) {
        using Offsets = absl::StatusOr<std::map<std::string, int64_t>>;
        return pool_->Run<Offsets>([&workspaces](PostgresConnection& connection) {
          return PostgresReader::LastOffsets(connection, workspaces);
        });
      }),
      queue_(QueueOptions(pool_->address().name(), options),
             [this](absl::Span<QueuedAppend* const> group) { return CommitGroup(group); }) {}

PostgresEventLog::~PostgresEventLog() = default;

absl::StatusOr<std::vector<AppendResult>> PostgresEventLog::Append(
    std::string_view workspace, absl::Span<const Event> events,
    absl::Span<const RecordWrite> records) {
  QC_RETURN_IF_ERROR(ValidateAppend(workspace, events));
  QC_RETURN_IF_ERROR(ValidateRecords(records));
  if (events.empty() && records.empty()) return std::vector<AppendResult>();
  return queue_.Append(workspace, events, records);
}

absl::Status PostgresEventLog::CommitGroup(absl::Span<QueuedAppend* const> group) {
  const absl::StatusOr<CommittedGroup> committed = writer_.CommitGroup(group);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    retry_count_ = writer_.retry_count();
    if (committed.ok()) event_count_ += committed->event_count;
  }
  QC_RETURN_IF_ERROR(committed.status());
  poller_.Note(group[0]->workspace, committed->last_offset);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<StoredEvent>> PostgresEventLog::Read(std::string_view workspace,
                                                                int64_t after_offset,
                                                                size_t max_events) const {
  QC_RETURN_IF_ERROR(ValidateWorkspace(workspace));
  using Events = absl::StatusOr<std::vector<StoredEvent>>;
  return pool_->Run<Events>([=](PostgresConnection& connection) {
    return PostgresReader::Read(connection, workspace, after_offset, max_events);
  });
}

absl::StatusOr<std::vector<StoredEvent>> PostgresEventLog::ReadKey(
    std::string_view workspace, std::string_view source, std::string_view source_key) const {
  QC_RETURN_IF_ERROR(ValidateWorkspace(workspace));
  using Events = absl::StatusOr<std::vector<StoredEvent>>;
  return pool_->Run<Events>([=](PostgresConnection& connection) {
    return PostgresReader::ReadKey(connection, workspace, source, source_key);
  });
}

absl::StatusOr<int64_t> PostgresEventLog::LastOffset(std::string_view workspace) const {
  QC_RETURN_IF_ERROR(ValidateWorkspace(workspace));
  return pool_->Run<absl::StatusOr<int64_t>>(
      [=](PostgresConnection& connection) -> absl::StatusOr<int64_t> {
        using Offsets = std::map<std::string, int64_t>;
        QC_ASSIGN_OR_RETURN(const Offsets offsets,
                            PostgresReader::LastOffsets(connection, {std::string(workspace)}));
        return offsets.empty() ? 0 : offsets.begin()->second;
      });
}

absl::StatusOr<int64_t> PostgresEventLog::WaitForAppend(std::string_view workspace,
                                                        int64_t after_offset,
                                                        absl::Duration timeout) const {
  QC_ASSIGN_OR_RETURN(const int64_t offset_at_start, LastOffset(workspace));
  if (offset_at_start > after_offset || timeout <= absl::ZeroDuration()) return offset_at_start;
  if (!poller_.Wait(workspace, after_offset, timeout)) return offset_at_start;
  return LastOffset(workspace);
}

absl::StatusOr<std::vector<std::string>> PostgresEventLog::Workspaces() const {
  return pool_->Run<absl::StatusOr<std::vector<std::string>>>(PostgresReader::Workspaces);
}

absl::StatusOr<std::vector<Conflict>> PostgresEventLog::ListConflicts(std::string_view workspace,
                                                                      int64_t after_number,
                                                                      size_t max_conflicts) const {
  QC_RETURN_IF_ERROR(ValidateWorkspace(workspace));
  using Conflicts = absl::StatusOr<std::vector<Conflict>>;
  return pool_->Run<Conflicts>([=](PostgresConnection& connection) {
    return PostgresReader::ListConflicts(connection, workspace, after_number, max_conflicts);
  });
}

absl::StatusOr<int64_t> PostgresEventLog::DeleteConflicts(std::string_view workspace,
                                                          absl::Span<const int64_t> numbers) {
  QC_RETURN_IF_ERROR(ValidateWorkspace(workspace));
  return pool_->Run<absl::StatusOr<int64_t>>([=](PostgresConnection& connection) {
    return PostgresMaintenance::DeleteConflicts(connection, workspace, numbers);
  });
}

absl::StatusOr<std::optional<Record>> PostgresEventLog::GetRecord(std::string_view workspace,
                                                                  std::string_view kind,
                                                                  std::string_view key) const {
  QC_RETURN_IF_ERROR(ValidateWorkspace(workspace));
  using MaybeRecord = absl::StatusOr<std::optional<Record>>;
  return pool_->Run<MaybeRecord>([=](PostgresConnection& connection) {
    return PostgresReader::GetRecord(connection, workspace, kind, key);
  });
}

absl::StatusOr<std::vector<Record>> PostgresEventLog::ListRecords(std::string_view workspace,
                                                                  std::string_view kind,
                                                                  std::string_view after_key,
                                                                  size_t max_records) const {
  QC_RETURN_IF_ERROR(ValidateWorkspace(workspace));
  using Records = absl::StatusOr<std::vector<Record>>;
  return pool_->Run<Records>([=](PostgresConnection& connection) {
    return PostgresReader::ListRecords(connection, workspace, kind, after_key, max_records);
  });
}

absl::StatusOr<int64_t> PostgresEventLog::CountRecords(std::string_view workspace,
                                                       std::string_view kind) const {
  QC_RETURN_IF_ERROR(ValidateWorkspace(workspace));
  return pool_->Run<absl::StatusOr<int64_t>>([=](PostgresConnection& connection) {
    return PostgresReader::CountRecords(connection, workspace, kind);
  });
}

absl::StatusOr<int64_t> PostgresEventLog::DeleteRecordsBefore(std::string_view workspace,
                                                              std::string_view kind,
                                                              absl::Time recorded_before) {
  QC_RETURN_IF_ERROR(ValidateWorkspace(workspace));
  return pool_->Run<absl::StatusOr<int64_t>>([=](PostgresConnection& connection) {
    return PostgresMaintenance::DeleteRecordsBefore(connection, workspace, kind, recorded_before);
  });
}

absl::Status PostgresEventLog::Restore(std::string_view workspace,
                                       absl::Span<const StoredEvent> events) {
  QC_RETURN_IF_ERROR(ValidateRestore(workspace, events));
  if (events.empty()) return absl::OkStatus();
  // Not through the pool's retries: after a COMMIT without an answer a second attempt would find
  // its own events in the way.
  QC_ASSIGN_OR_RETURN(const std::unique_ptr<PostgresConnection> connection, pool_->Open());
  QC_ASSIGN_OR_RETURN(const int64_t last_offset,
                      PostgresMaintenance::Restore(*connection, workspace, events));
  poller_.Note(workspace, last_offset);
  return absl::OkStatus();
}

absl::Status PostgresEventLog::Rewrite(std::string_view workspace,
                                       absl::Span<const EventRewrite> rewrites) {
  QC_RETURN_IF_ERROR(ValidateRewrite(workspace, rewrites));
  if (rewrites.empty()) return absl::OkStatus();
  QC_RETURN_IF_ERROR(pool_->Run<absl::Status>([=](PostgresConnection& connection) {
    return PostgresMaintenance::Rewrite(connection, workspace, rewrites);
  }));
  QC_ASSIGN_OR_RETURN(const std::unique_ptr<PostgresConnection> connection, pool_->Open());
  return PostgresMaintenance::Vacuum(*connection);
}

absl::StatusOr<VerifiedPage> PostgresEventLog::Verify(std::string_view workspace,
                                                      int64_t after_offset,
                                                      size_t max_events) const {
  QC_RETURN_IF_ERROR(ValidateWorkspace(workspace));
  return pool_->Run<absl::StatusOr<VerifiedPage>>([=](PostgresConnection& connection) {
    return PostgresReader::Verify(connection, workspace, after_offset, max_events);
  });
}

absl::StatusOr<LogStats> PostgresEventLog::Stats(std::string_view workspace) const {
  QC_RETURN_IF_ERROR(ValidateWorkspace(workspace));
  return pool_->Run<absl::StatusOr<LogStats>>(
      [=](PostgresConnection& connection) { return PostgresReader::Stats(connection, workspace); });
}

PostgresEventLogStats PostgresEventLog::stats() const {
  const AppendQueueStats queue_stats = queue_.stats();
  PostgresEventLogStats stats;
  stats.append_count = queue_stats.append_count;
  stats.transaction_count = queue_stats.group_count;
  stats.queued_append_count = queue_stats.queued_append_count;
  const std::lock_guard<std::mutex> lock(mutex_);
  stats.event_count = event_count_;
  stats.retry_count = retry_count_ + pool_->retry_count();
  return stats;
}

}  // namespace quotacast::eventlog
