#include "services/eventlog/in_memory_event_log.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/clock.h"
#include "base/status_macros.h"
#include "services/eventlog/bounded_wait.h"
#include "services/eventlog/event_log.h"
#include "services/eventlog/event_validation.h"

namespace quotacast::eventlog {

InMemoryEventLog::InMemoryEventLog(const Clock* clock) : clock_(clock) {}

const InMemoryEventLog::Workspace* InMemoryEventLog::Find(std::string_view workspace) const {
  const auto found = workspaces_.find(workspace);
  return found == workspaces_.end() ? nullptr : &found->second;
}

absl::StatusOr<std::vector<AppendResult>> InMemoryEventLog::Append(
    std::string_view workspace, absl::Span<const Event> events,
    absl::Span<const RecordWrite> /*records*/) {
  QC_RETURN_IF_ERROR(ValidateAppend(workspace, events));
  std::vector<AppendResult> results;
  if (events.empty()) return results;
  results.reserve(events.size());

  std::lock_guard<std::mutex> lock(mutex_);
  Workspace& log = workspaces_[std::string(workspace)];
  // To the microsecond, as the durable store keeps it; never earlier than the event before.
  absl::Time recorded_time = absl::FromUnixMicros(absl::ToUnixMicros(clock_->Now()));
  if (!log.events.empty()) {
    recorded_time = std::max(recorded_time, log.events.back().recorded_time);
  }
  for (const Event& event : events) {
    const int64_t next_offset = static_cast<int64_t>(log.events.size()) + 1;
    const auto [position, is_new] = log.offsets.try_emplace(
        Id(event.id.source, event.id.source_key, event.id.version), next_offset);
    if (is_new) {
      StoredEvent stored{next_offset, recorded_time, event};
      stored.event.effective_time = EffectiveTime(EffectiveMicros(event));
      log.events.push_back(std::move(stored));
      log.offsets_of_key[{event.id.source, event.id.source_key}].push_back(next_offset);
      results.push_back({AppendOutcome::kAppended, next_offset});
      continue;
    }
    const Event& present = log.events[static_cast<size_t>(position->second - 1)].event;
    const bool same =
        present.payload == event.payload && EffectiveMicros(present) == EffectiveMicros(event);
    results.push_back(
        {same ? AppendOutcome::kDuplicate : AppendOutcome::kConflict, position->second});
  }
  appended_.notify_all();
  return results;
}

absl::StatusOr<std::vector<StoredEvent>> InMemoryEventLog::Read(std::string_view workspace,
                                                                int64_t after_offset,
                                                                size_t max_events) const {
  QC_RETURN_IF_ERROR(ValidateWorkspace(workspace));
  std::lock_guard<std::mutex> lock(mutex_);
  std::vector<StoredEvent> result;
  const Workspace* log = Find(workspace);
  if (log == nullptr) return result;
  const size_t first =
      std::min(static_cast<size_t>(std::max<int64_t>(after_offset, 0)), log->events.size());
  const size_t count = std::min(max_events, log->events.size() - first);
  const auto begin = log->events.begin() + static_cast<std::ptrdiff_t>(first);
  result.assign(begin, begin + static_cast<std::ptrdiff_t>(count));
  return result;
}

absl::StatusOr<std::vector<StoredEvent>> InMemoryEventLog::ReadKey(
    std::string_view workspace, std::string_view source, std::string_view source_key) const {
  QC_RETURN_IF_ERROR(ValidateWorkspace(workspace));
  std::lock_guard<std::mutex> lock(mutex_);
  std::vector<StoredEvent> result;
  const Workspace* log = Find(workspace);
  if (log == nullptr) return result;
  const auto offsets = log->offsets_of_key.find({std::string(source), std::string(source_key)});
  if (offsets == log->offsets_of_key.end()) return result;
  for (const int64_t offset : offsets->second) {
    result.push_back(log->events[static_cast<size_t>(offset - 1)]);
  }
  return result;
}

absl::StatusOr<int64_t> InMemoryEventLog::LastOffset(std::string_view workspace) const {
  return WaitForAppend(workspace, 0, absl::ZeroDuration());
}

absl::StatusOr<int64_t> InMemoryEventLog::WaitForAppend(std::string_view workspace,
                                                        int64_t after_offset,
                                                        absl::Duration timeout) const {
  QC_RETURN_IF_ERROR(ValidateWorkspace(workspace));
  std::unique_lock<std::mutex> lock(mutex_);
  const auto last_offset = [this, workspace] {
    const Workspace* log = Find(workspace);
    return log == nullptr ? int64_t{0} : static_cast<int64_t>(log->events.size());
  };
  BoundedWait(appended_, lock, timeout,
              [&last_offset, after_offset] { return last_offset() > after_offset; });
  return last_offset();
}

absl::StatusOr<std::vector<std::string>> InMemoryEventLog::Workspaces() const {
  std::lock_guard<std::mutex> lock(mutex_);
  std::vector<std::string> names;
  // A workspace comes into being with its first event and events are never removed.
  for (const auto& entry : workspaces_) names.push_back(entry.first);
  return names;
}

}  // namespace quotacast::eventlog
