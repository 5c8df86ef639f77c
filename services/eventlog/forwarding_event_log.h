// An event log that passes every call on to another one. A base for fakes: they override what they
// change, and the rest goes on when the interface grows.
#ifndef QUOTACAST_SERVICES_EVENTLOG_FORWARDING_EVENT_LOG_H_
#define QUOTACAST_SERVICES_EVENTLOG_FORWARDING_EVENT_LOG_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "services/eventlog/event_log.h"

namespace quotacast::eventlog {

// As thread-safe as `log`, which must outlive it.
class ForwardingEventLog : public EventLog {
 public:
  explicit ForwardingEventLog(EventLog& log) : log_(log) {}

  absl::StatusOr<std::vector<AppendResult>> Append(
      std::string_view workspace, absl::Span<const Event> events,
      absl::Span<const RecordWrite> records = {}) override {
    return log_.Append(workspace, events, records);
  }
  absl::StatusOr<std::vector<StoredEvent>> Read(std::string_view workspace, int64_t after_offset,
                                                size_t max_events) const override {
    return log_.Read(workspace, after_offset, max_events);
  }
  absl::StatusOr<std::vector<StoredEvent>> ReadKey(std::string_view workspace,
                                                   std::string_view source,
                                                   std::string_view source_key) const override {
    return log_.ReadKey(workspace, source, source_key);
  }
  absl::StatusOr<int64_t> LastOffset(std::string_view workspace) const override {
    return log_.LastOffset(workspace);
  }
  absl::StatusOr<int64_t> WaitForAppend(std::string_view workspace, int64_t after_offset,
                                        absl::Duration timeout) const override {
    return log_.WaitForAppend(workspace, after_offset, timeout);
  }
  absl::StatusOr<std::vector<std::string>> Workspaces() const override { return log_.Workspaces(); }
  absl::StatusOr<std::vector<Conflict>> ListConflicts(std::string_view workspace,
                                                      int64_t after_number,
                                                      size_t max_conflicts) const override {
    return log_.ListConflicts(workspace, after_number, max_conflicts);
  }
  absl::StatusOr<int64_t> DeleteConflicts(std::string_view workspace,
                                          absl::Span<const int64_t> numbers) override {
    return log_.DeleteConflicts(workspace, numbers);
  }
  absl::StatusOr<std::optional<Record>> GetRecord(std::string_view workspace, std::string_view kind,
                                                  std::string_view key) const override {
    return log_.GetRecord(workspace, kind, key);
  }
  absl::StatusOr<std::vector<Record>> ListRecords(std::string_view workspace, std::string_view kind,
                                                  std::string_view after_key,
                                                  size_t max_records) const override {
    return log_.ListRecords(workspace, kind, after_key, max_records);
  }
  absl::StatusOr<int64_t> CountRecords(std::string_view workspace,
                                       std::string_view kind) const override {
    return log_.CountRecords(workspace, kind);
  }
  absl::StatusOr<int64_t> DeleteRecordsBefore(std::string_view workspace, std::string_view kind,
                                              absl::Time recorded_before) override {
    return log_.DeleteRecordsBefore(workspace, kind, recorded_before);
  }
  absl::Status Restore(std::string_view workspace, absl::Span<const StoredEvent> events) override {
    return log_.Restore(workspace, events);
  }
  absl::Status Rewrite(std::string_view workspace,
                       absl::Span<const EventRewrite> rewrites) override {
    return log_.Rewrite(workspace, rewrites);
  }
  absl::StatusOr<VerifiedPage> Verify(std::string_view workspace, int64_t after_offset,
                                      size_t max_events) const override {
    return log_.Verify(workspace, after_offset, max_events);
  }
  absl::StatusOr<LogStats> Stats(std::string_view workspace) const override {
    return log_.Stats(workspace);
  }
  std::string_view StoreName() const override { return log_.StoreName(); }

 private:
  EventLog& log_;
};

}  // namespace quotacast::eventlog

#endif  // QUOTACAST_SERVICES_EVENTLOG_FORWARDING_EVENT_LOG_H_
