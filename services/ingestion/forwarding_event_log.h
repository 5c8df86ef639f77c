// A log that passes every call on to another one: the base of logs that fail, wait or lie in tests.
#ifndef QUOTACAST_SERVICES_INGESTION_FORWARDING_EVENT_LOG_H_
#define QUOTACAST_SERVICES_INGESTION_FORWARDING_EVENT_LOG_H_

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

namespace quotacast::ingestion {

// `inner` outlives it.
class ForwardingEventLog : public eventlog::EventLog {
 public:
  explicit ForwardingEventLog(eventlog::EventLog& inner) : inner_(inner) {}

  absl::StatusOr<std::vector<eventlog::AppendResult>> Append(
      std::string_view workspace, absl::Span<const eventlog::Event> events,
      absl::Span<const eventlog::RecordWrite> records = {}) override {
    return inner_.Append(workspace, events, records);
  }
  absl::StatusOr<std::vector<eventlog::StoredEvent>> Read(std::string_view workspace,
                                                          int64_t after_offset,
                                                          size_t max_events) const override {
    return inner_.Read(workspace, after_offset, max_events);
  }
  absl::StatusOr<std::vector<eventlog::StoredEvent>> ReadKey(
      std::string_view workspace, std::string_view source,
      std::string_view source_key) const override {
    return inner_.ReadKey(workspace, source, source_key);
  }
  absl::StatusOr<int64_t> LastOffset(std::string_view workspace) const override {
    return inner_.LastOffset(workspace);
  }
  absl::StatusOr<int64_t> WaitForAppend(std::string_view workspace, int64_t after_offset,
                                        absl::Duration timeout) const override {
    return inner_.WaitForAppend(workspace, after_offset, timeout);
  }
  absl::StatusOr<std::vector<std::string>> Workspaces() const override {
    return inner_.Workspaces();
  }
  absl::StatusOr<std::vector<eventlog::Conflict>> ListConflicts(
      std::string_view workspace, int64_t after_number, size_t max_conflicts) const override {
    return inner_.ListConflicts(workspace, after_number, max_conflicts);
  }
  absl::StatusOr<int64_t> DeleteConflicts(std::string_view workspace,
                                          absl::Span<const int64_t> numbers) override {
    return inner_.DeleteConflicts(workspace, numbers);
  }
  absl::StatusOr<std::optional<eventlog::Record>> GetRecord(std::string_view workspace,
                                                            std::string_view kind,
                                                            std::string_view key) const override {
    return inner_.GetRecord(workspace, kind, key);
  }
  absl::StatusOr<std::vector<eventlog::Record>> ListRecords(std::string_view workspace,
                                                            std::string_view kind,
                                                            std::string_view after_key,
                                                            size_t max_records) const override {
    return inner_.ListRecords(workspace, kind, after_key, max_records);
  }
  absl::StatusOr<int64_t> CountRecords(std::string_view workspace,
                                       std::string_view kind) const override {
    return inner_.CountRecords(workspace, kind);
  }
  absl::StatusOr<int64_t> DeleteRecordsBefore(std::string_view workspace, std::string_view kind,
                                              absl::Time recorded_before) override {
    return inner_.DeleteRecordsBefore(workspace, kind, recorded_before);
  }
  absl::Status Restore(std::string_view workspace,
                       absl::Span<const eventlog::StoredEvent> events) override {
    return inner_.Restore(workspace, events);
  }
  absl::Status Rewrite(std::string_view workspace,
                       absl::Span<const eventlog::EventRewrite> rewrites) override {
    return inner_.Rewrite(workspace, rewrites);
  }
  absl::StatusOr<eventlog::VerifiedPage> Verify(std::string_view workspace, int64_t after_offset,
                                                size_t max_events) const override {
    return inner_.Verify(workspace, after_offset, max_events);
  }
  absl::StatusOr<eventlog::LogStats> Stats(std::string_view workspace) const override {
    return inner_.Stats(workspace);
  }
  std::string_view StoreName() const override { return inner_.StoreName(); }

 private:
  eventlog::EventLog& inner_;
};

}  // namespace quotacast::ingestion

#endif  // QUOTACAST_SERVICES_INGESTION_FORWARDING_EVENT_LOG_H_
