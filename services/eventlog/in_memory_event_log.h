// The event log in memory: for tests and for throw-away runs. Passes the same contract suite as
// the durable ones, except that nothing survives the process.
#ifndef QUOTACAST_SERVICES_EVENTLOG_IN_MEMORY_EVENT_LOG_H_
#define QUOTACAST_SERVICES_EVENTLOG_IN_MEMORY_EVENT_LOG_H_

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/clock.h"
#include "services/eventlog/event_log.h"

namespace quotacast::eventlog {

// Thread-safe. `clock` must outlive the log. No call may be running when it is destroyed.
class InMemoryEventLog final : public EventLog {
 public:
  explicit InMemoryEventLog(const Clock* clock);

  absl::StatusOr<std::vector<AppendResult>> Append(
      std::string_view workspace, absl::Span<const Event> events,
      absl::Span<const RecordWrite> records = {}) override;
  absl::StatusOr<std::vector<StoredEvent>> Read(std::string_view workspace, int64_t after_offset,
                                                size_t max_events) const override;
  absl::StatusOr<std::vector<StoredEvent>> ReadKey(std::string_view workspace,
                                                   std::string_view source,
                                                   std::string_view source_key) const override;
  absl::StatusOr<int64_t> LastOffset(std::string_view workspace) const override;
  absl::StatusOr<int64_t> WaitForAppend(std::string_view workspace, int64_t after_offset,
                                        absl::Duration timeout) const override;
  absl::StatusOr<std::vector<std::string>> Workspaces() const override;
  absl::StatusOr<std::vector<Conflict>> ListConflicts(std::string_view workspace,
                                                      int64_t after_number,
                                                      size_t max_conflicts) const override;
  absl::StatusOr<int64_t> DeleteConflicts(std::string_view workspace,
                                          absl::Span<const int64_t> numbers) override;
  absl::StatusOr<std::optional<Record>> GetRecord(std::string_view workspace, std::string_view kind,
                                                  std::string_view key) const override;
  absl::StatusOr<std::vector<Record>> ListRecords(std::string_view workspace, std::string_view kind,
                                                  std::string_view after_key,
                                                  size_t max_records) const override;
  absl::StatusOr<int64_t> CountRecords(std::string_view workspace,
                                       std::string_view kind) const override;
  absl::StatusOr<int64_t> DeleteRecordsBefore(std::string_view workspace, std::string_view kind,
                                              absl::Time recorded_before) override;
  absl::Status Restore(std::string_view workspace, absl::Span<const StoredEvent> events) override;
  absl::Status Rewrite(std::string_view workspace,
                       absl::Span<const EventRewrite> rewrites) override;
  absl::StatusOr<VerifiedPage> Verify(std::string_view workspace, int64_t after_offset,
                                      size_t max_events) const override;
  absl::StatusOr<LogStats> Stats(std::string_view workspace) const override;
  std::string_view StoreName() const override { return "memory"; }

 private:
  // Source, source key, version.
  using Id = std::tuple<std::string, std::string, std::string>;

  struct Workspace {
    std::vector<StoredEvent> events;  // events[i] has offset i + 1.
    std::vector<uint32_t> checksums;  // Of the same events.
    std::map<Id, int64_t> offsets;
    std::map<std::pair<std::string, std::string>, std::vector<int64_t>> offsets_of_key;
    std::map<int64_t, Conflict> conflicts;  // By number.
    int64_t last_conflict_number = 0;
    std::map<std::string, std::map<std::string, Record, std::less<>>, std::less<>> records;
    int64_t payload_bytes = 0;
    int64_t erased_event_count = 0;
  };

  static Id IdOf(const EventId& id) { return {id.source, id.source_key, id.version}; }
  // Adds an event whose id is new and keeps all that is derived from it.
  static void Add(std::string_view name, Workspace& log, StoredEvent stored);
  // Takes the event out of what is derived from it, and puts it back in with new content.
  static void Replace(std::string_view name, Workspace& log, const EventRewrite& rewrite);
  // Keeps a conflicting event unless it is kept already.
  static void KeepConflict(Workspace& log, const Event& event, int64_t kept_offset,
                           absl::Time recorded_time);
  // What appending the events would come to; changes nothing.
  static std::vector<AppendResult> Judge(const Workspace& log, absl::Span<const Event> events);

  // The workspace, or null when it has neither events nor records. mutex_ must be held.
  const Workspace* Find(std::string_view workspace) const;
  // The records of a kind, or null when there are none. mutex_ must be held.
  const std::map<std::string, Record, std::less<>>* FindRecords(std::string_view workspace,
                                                                std::string_view kind) const;
  // To the microsecond, as the durable stores keep it.
  absl::Time Now() const { return absl::FromUnixMicros(absl::ToUnixMicros(clock_->Now())); }

  const Clock* const clock_;
  mutable std::mutex mutex_;
  mutable std::condition_variable appended_;
  std::map<std::string, Workspace, std::less<>> workspaces_;  // Guarded by mutex_.
};

}  // namespace quotacast::eventlog

#endif  // QUOTACAST_SERVICES_EVENTLOG_IN_MEMORY_EVENT_LOG_H_
