#include "services/eventlog/in_memory_event_log.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
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
#include "base/status_macros.h"
#include "services/eventlog/bounded_wait.h"
#include "services/eventlog/event_checksum.h"
#include "services/eventlog/event_log.h"
#include "services/eventlog/event_validation.h"
#include "services/eventlog/page_verifier.h"

namespace quotacast::eventlog {

InMemoryEventLog::InMemoryEventLog(const Clock* clock) : clock_(clock) {}

const InMemoryEventLog::Workspace* InMemoryEventLog::Find(std::string_view workspace) const {
  const auto found = workspaces_.find(workspace);
  return found == workspaces_.end() ? nullptr : &found->second;
}

const std::map<std::string, Record, std::less<>>* InMemoryEventLog::FindRecords(
    std::string_view workspace, std::string_view kind) const {
  const Workspace* log = Find(workspace);
  if (log == nullptr) return nullptr;
  const auto found = log->records.find(kind);
  return found == log->records.end() ? nullptr : &found->second;
}

void InMemoryEventLog::Add(std::string_view name, Workspace& log, StoredEvent stored) {
  const EventId& id = stored.event.id;
  log.offsets.emplace(IdOf(id), stored.offset);
  log.offsets_of_key[{id.source, id.source_key}].push_back(stored.offset);
  log.payload_bytes += static_cast<int64_t>(stored.event.payload.size());
  if (stored.is_erased) ++log.erased_event_count;
  log.checksums.push_back(EventChecksum(FieldsOf(name, stored)));
  log.events.push_back(std::move(stored));
}

void InMemoryEventLog::KeepConflict(Workspace& log, const Event& event, int64_t kept_offset,
                                    absl::Time recorded_time) {
  for (const auto& entry : log.conflicts) {
    if (entry.second.event == event) return;
  }
  const int64_t number = ++log.last_conflict_number;
  log.conflicts.emplace(number, Conflict{number, kept_offset, recorded_time, event});
}

std::vector<AppendResult> InMemoryEventLog::Judge(const Workspace& log,
                                                  absl::Span<const Event> events) {
  std::map<Id, std::pair<int64_t, const Event*>> added;  // By this batch.
  std::vector<AppendResult> results;
  results.reserve(events.size());
  for (const Event& event : events) {
    const Event* present = nullptr;
    int64_t offset = static_cast<int64_t>(log.events.size() + added.size()) + 1;
    if (const auto stored = log.offsets.find(IdOf(event.id)); stored != log.offsets.end()) {
      offset = stored->second;
      present = &log.events[static_cast<size_t>(offset - 1)].event;
    } else if (const auto [own, is_new] = added.try_emplace(IdOf(event.id), offset, &event);
               !is_new) {
      std::tie(offset, present) = own->second;
    }
    if (present == nullptr) {
      results.push_back({AppendOutcome::kAppended, offset});
      continue;
    }
    const bool same =
        present->payload == event.payload && EffectiveMicros(*present) == EffectiveMicros(event);
    results.push_back({same ? AppendOutcome::kDuplicate : AppendOutcome::kConflict, offset});
  }
  return results;
}

absl::StatusOr<std::vector<AppendResult>> InMemoryEventLog::Append(
    std::string_view workspace, absl::Span<const Event> events,
    absl::Span<const RecordWrite> records) {
  QC_RETURN_IF_ERROR(ValidateAppend(workspace, events));
  QC_RETURN_IF_ERROR(ValidateRecords(records));
  if (events.empty() && records.empty()) return std::vector<AppendResult>();

  std::lock_guard<std::mutex> lock(mutex_);
  // All that may be refused comes before the first change.
  const Workspace* present = Find(workspace);
  const Workspace none;
  std::vector<AppendResult> results = Judge(present == nullptr ? none : *present, events);
  std::vector<std::optional<std::string>> values;
  for (size_t i = 0; i < records.size(); ++i) {
    values.emplace_back();
    if (records[i].value) values.back() = records[i].value(results);
    if (values.back()) QC_RETURN_IF_ERROR(ValidateRecordValue(*values.back(), i));
  }

  Workspace& log = workspaces_[std::string(workspace)];
  const absl::Time now = Now();
  // Never earlier than the event before.
  const absl::Time recorded_time =
      log.events.empty() ? now : std::max(now, log.events.back().recorded_time);
  for (size_t i = 0; i < events.size(); ++i) {
    Event kept = events[i];
    kept.effective_time = EffectiveTime(EffectiveMicros(kept));
    if (results[i].outcome == AppendOutcome::kAppended) {
      Add(workspace, log, {results[i].offset, recorded_time, std::move(kept)});
    } else if (results[i].outcome == AppendOutcome::kConflict) {
      KeepConflict(log, kept, results[i].offset, now);
    }
  }
  for (size_t i = 0; i < records.size(); ++i) {
    std::map<std::string, Record, std::less<>>& of_kind = log.records[records[i].kind];
    of_kind.erase(records[i].key);
    if (!values[i]) continue;
    of_kind.emplace(records[i].key,
                    Record{records[i].kind, records[i].key, *std::move(values[i]), now});
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
  for (const auto& entry : workspaces_) {
    // One may have records only.
    if (!entry.second.events.empty()) names.push_back(entry.first);
  }
  return names;
}

absl::StatusOr<std::vector<Conflict>> InMemoryEventLog::ListConflicts(std::string_view workspace,
                                                                      int64_t after_number,
                                                                      size_t max_conflicts) const {
  QC_RETURN_IF_ERROR(ValidateWorkspace(workspace));
  std::lock_guard<std::mutex> lock(mutex_);
  std::vector<Conflict> result;
  const Workspace* log = Find(workspace);
  if (log == nullptr) return result;
  for (auto next = log->conflicts.upper_bound(after_number);
       next != log->conflicts.end() && result.size() < max_conflicts; ++next) {
    result.push_back(next->second);
  }
  return result;
}

absl::StatusOr<int64_t> InMemoryEventLog::DeleteConflicts(std::string_view workspace,
                                                          absl::Span<const int64_t> numbers) {
  QC_RETURN_IF_ERROR(ValidateWorkspace(workspace));
  std::lock_guard<std::mutex> lock(mutex_);
  const auto log = workspaces_.find(workspace);
  int64_t count = 0;
  if (log == workspaces_.end()) return count;
  for (const int64_t number : numbers) {
    count += static_cast<int64_t>(log->second.conflicts.erase(number));
  }
  return count;
}

absl::StatusOr<std::optional<Record>> InMemoryEventLog::GetRecord(std::string_view workspace,
                                                                  std::string_view kind,
                                                                  std::string_view key) const {
  QC_RETURN_IF_ERROR(ValidateWorkspace(workspace));
  std::lock_guard<std::mutex> lock(mutex_);
  const auto* records = FindRecords(workspace, kind);
  if (records == nullptr) return std::nullopt;
  const auto record = records->find(key);
  if (record == records->end()) return std::nullopt;
  return record->second;
}

absl::StatusOr<std::vector<Record>> InMemoryEventLog::ListRecords(std::string_view workspace,
                                                                  std::string_view kind,
                                                                  std::string_view after_key,
                                                                  size_t max_records) const {
  QC_RETURN_IF_ERROR(ValidateWorkspace(workspace));
  std::lock_guard<std::mutex> lock(mutex_);
  std::vector<Record> result;
  const auto* records = FindRecords(workspace, kind);
  if (records == nullptr) return result;
  for (auto next = records->upper_bound(after_key);
       next != records->end() && result.size() < max_records; ++next) {
    result.push_back(next->second);
  }
  return result;
}

absl::StatusOr<int64_t> InMemoryEventLog::CountRecords(std::string_view workspace,
                                                       std::string_view kind) const {
  QC_RETURN_IF_ERROR(ValidateWorkspace(workspace));
  std::lock_guard<std::mutex> lock(mutex_);
  const auto* records = FindRecords(workspace, kind);
  return records == nullptr ? int64_t{0} : static_cast<int64_t>(records->size());
}

absl::StatusOr<int64_t> InMemoryEventLog::DeleteRecordsBefore(std::string_view workspace,
                                                              std::string_view kind,
                                                              absl::Time recorded_before) {
  QC_RETURN_IF_ERROR(ValidateWorkspace(workspace));
  std::lock_guard<std::mutex> lock(mutex_);
  const auto log = workspaces_.find(workspace);
  if (log == workspaces_.end()) return int64_t{0};
  const auto records = log->second.records.find(kind);
  if (records == log->second.records.end()) return int64_t{0};
  return static_cast<int64_t>(std::erase_if(records->second, [recorded_before](const auto& entry) {
    return entry.second.recorded_time < recorded_before;
  }));
}

absl::Status InMemoryEventLog::Restore(std::string_view workspace,
                                       absl::Span<const StoredEvent> events) {
  QC_RETURN_IF_ERROR(ValidateRestore(workspace, events));
  if (events.empty()) return absl::OkStatus();
  std::lock_guard<std::mutex> lock(mutex_);
  const Workspace* present = Find(workspace);
  std::optional<int64_t> last_recorded_micros;
  if (present != nullptr && !present->events.empty()) {
    last_recorded_micros = absl::ToUnixMicros(present->events.back().recorded_time);
  }
  QC_RETURN_IF_ERROR(
      CheckRestoreOrder(present == nullptr ? 0 : static_cast<int64_t>(present->events.size()),
                        last_recorded_micros, events));
  std::set<Id> ids;
  for (const StoredEvent& stored : events) {
    const bool is_new = ids.insert(IdOf(stored.event.id)).second;
    if (!is_new || (present != nullptr && present->offsets.count(IdOf(stored.event.id)) > 0)) {
      return RestoreDuplicateId(stored);
    }
  }
  Workspace& log = workspaces_[std::string(workspace)];
  for (const StoredEvent& stored : events) {
    StoredEvent kept = stored;
    kept.recorded_time = absl::FromUnixMicros(absl::ToUnixMicros(stored.recorded_time));
    kept.event.effective_time = EffectiveTime(EffectiveMicros(stored.event));
    Add(workspace, log, std::move(kept));
  }
  appended_.notify_all();
  return absl::OkStatus();
}

void InMemoryEventLog::Replace(std::string_view name, Workspace& log, const EventRewrite& rewrite) {
  StoredEvent& stored = log.events[static_cast<size_t>(rewrite.offset - 1)];
  const EventId old_id = stored.event.id;
  log.offsets.erase(IdOf(old_id));
  const auto old_key = log.offsets_of_key.find({old_id.source, old_id.source_key});
  std::erase(old_key->second, rewrite.offset);
  if (old_key->second.empty()) log.offsets_of_key.erase(old_key);
  log.payload_bytes -= static_cast<int64_t>(stored.event.payload.size());
  if (stored.is_erased) --log.erased_event_count;

  stored.event.id = rewrite.id;
  stored.event.payload = rewrite.payload;
  stored.is_erased = rewrite.is_erased;
  log.offsets.emplace(IdOf(rewrite.id), rewrite.offset);
  std::vector<int64_t>& offsets = log.offsets_of_key[{rewrite.id.source, rewrite.id.source_key}];
  offsets.insert(std::lower_bound(offsets.begin(), offsets.end(), rewrite.offset), rewrite.offset);
  log.payload_bytes += static_cast<int64_t>(rewrite.payload.size());
  if (rewrite.is_erased) ++log.erased_event_count;
  log.checksums[static_cast<size_t>(rewrite.offset - 1)] = EventChecksum(FieldsOf(name, stored));
}

absl::Status InMemoryEventLog::Rewrite(std::string_view workspace,
                                       absl::Span<const EventRewrite> rewrites) {
  QC_RETURN_IF_ERROR(ValidateRewrite(workspace, rewrites));
  if (rewrites.empty()) return absl::OkStatus();
  std::lock_guard<std::mutex> lock(mutex_);
  const auto found = workspaces_.find(workspace);
  if (found == workspaces_.end()) return EventNotFound(workspace, rewrites[0].offset);
  // On a copy, so that nothing is changed when a later one is refused.
  Workspace log = found->second;
  for (const EventRewrite& rewrite : rewrites) {
    if (rewrite.offset < 1 || static_cast<size_t>(rewrite.offset) > log.events.size()) {
      return EventNotFound(workspace, rewrite.offset);
    }
    const auto holder = log.offsets.find(IdOf(rewrite.id));
    if (holder != log.offsets.end() && holder->second != rewrite.offset) {
      return EventIdTaken(rewrite);
    }
    Replace(workspace, log, rewrite);
  }
  found->second = std::move(log);
  return absl::OkStatus();
}

absl::StatusOr<VerifiedPage> InMemoryEventLog::Verify(std::string_view workspace,
                                                      int64_t after_offset,
                                                      size_t max_events) const {
  QC_RETURN_IF_ERROR(ValidateWorkspace(workspace));
  std::lock_guard<std::mutex> lock(mutex_);
  const Workspace* log = Find(workspace);
  const size_t count = log == nullptr ? 0 : log->events.size();
  const size_t first = std::min(static_cast<size_t>(std::max<int64_t>(after_offset, 0)), count);
  std::optional<int64_t> previous_recorded_micros;
  if (first > 0) {
    previous_recorded_micros = absl::ToUnixMicros(log->events[first - 1].recorded_time);
  }
  PageVerifier verifier(after_offset, previous_recorded_micros);
  const size_t end = first + std::min(max_events, count - first);
  for (size_t i = first; i < end; ++i) {
    verifier.Check(FieldsOf(workspace, log->events[i]), log->checksums[i]);
  }
  return verifier.page();
}

absl::StatusOr<LogStats> InMemoryEventLog::Stats(std::string_view workspace) const {
  QC_RETURN_IF_ERROR(ValidateWorkspace(workspace));
  std::lock_guard<std::mutex> lock(mutex_);
  LogStats stats;
  const Workspace* log = Find(workspace);
  if (log == nullptr) return stats;
  stats.event_count = static_cast<int64_t>(log->events.size());
  stats.payload_bytes = log->payload_bytes;
  stats.erased_event_count = log->erased_event_count;
  stats.conflict_count = static_cast<int64_t>(log->conflicts.size());
  if (!log->events.empty()) {
    stats.first_recorded_time = log->events.front().recorded_time;
    stats.last_recorded_time = log->events.back().recorded_time;
  }
  return stats;
}

}  // namespace quotacast::eventlog
