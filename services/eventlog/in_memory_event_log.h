// The event log in memory: for tests and for throw-away runs. Passes the same contract suite as
// the durable one, except that nothing survives the process.
#ifndef QUOTACAST_SERVICES_EVENTLOG_IN_MEMORY_EVENT_LOG_H_
#define QUOTACAST_SERVICES_EVENTLOG_IN_MEMORY_EVENT_LOG_H_

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

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

 private:
  // Source, source key, version.
  using Id = std::tuple<std::string, std::string, std::string>;

  struct Workspace {
    std::vector<StoredEvent> events;  // events[i] has offset i + 1.
    std::map<Id, int64_t> offsets;
    std::map<std::pair<std::string, std::string>, std::vector<int64_t>> offsets_of_key;
  };

  // The workspace, or null when it has no event. mutex_ must be held.
  const Workspace* Find(std::string_view workspace) const;

  const Clock* const clock_;
  mutable std::mutex mutex_;
  mutable std::condition_variable appended_;
  std::map<std::string, Workspace, std::less<>> workspaces_;  // Guarded by mutex_.
};

}  // namespace quotacast::eventlog

#endif  // QUOTACAST_SERVICES_EVENTLOG_IN_MEMORY_EVENT_LOG_H_
