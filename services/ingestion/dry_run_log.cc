#include "services/ingestion/dry_run_log.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
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
#include "base/status_macros.h"

namespace quotacast::ingestion {
namespace {

using eventlog::AppendOutcome;
using eventlog::AppendResult;
using eventlog::Event;
using eventlog::Record;
using eventlog::RecordWrite;
using eventlog::StoredEvent;

constexpr size_t kPageRecords = 1'000;

// As the log keeps it.
std::optional<absl::Time> Kept(const std::optional<absl::Time>& time) {
  if (!time.has_value()) return std::nullopt;
  return absl::FromUnixMicros(absl::ToUnixMicros(*time));
}

absl::Status NotInADryRun() { return absl::UnimplementedError("not part of a dry run"); }

}  // namespace

absl::StatusOr<DryRunLog> DryRunLog::Create(const eventlog::EventLog& log, std::string workspace,
                                            absl::Time now) {
  QC_ASSIGN_OR_RETURN(const int64_t base_offset, log.LastOffset(workspace));
  return DryRunLog(log, std::move(workspace), now, base_offset);
}

absl::StatusOr<std::optional<StoredEvent>> DryRunLog::Find(const Event& event) const {
  const auto own = index_of_id_.find({event.id.source, event.id.source_key, event.id.version});
  if (own != index_of_id_.end()) return events_[own->second];
  if (base_offset_ == 0) return std::nullopt;
  QC_ASSIGN_OR_RETURN(const std::vector<StoredEvent> known,
                      log_.ReadKey(workspace_, event.id.source, event.id.source_key));
  for (const StoredEvent& stored : known) {
    if (stored.event.id == event.id && stored.offset <= base_offset_) return stored;
  }
  return std::nullopt;
}

absl::StatusOr<std::vector<AppendResult>> DryRunLog::Append(std::string_view workspace,
                                                            absl::Span<const Event> events,
                                                            absl::Span<const RecordWrite> records) {
  if (workspace != workspace_) return NotInADryRun();
  std::vector<AppendResult> results;
  for (const Event& event : events) {
    QC_ASSIGN_OR_RETURN(const std::optional<StoredEvent> known, Find(event));
    if (known.has_value()) {
      const bool same = known->event.payload == event.payload &&
                        known->event.effective_time == Kept(event.effective_time);
      results.push_back(
          {same ? AppendOutcome::kDuplicate : AppendOutcome::kConflict, known->offset});
      continue;
    }
    const size_t index = events_.size();
    StoredEvent stored{base_offset_ + static_cast<int64_t>(index) + 1, now_, event};
    stored.event.effective_time = Kept(event.effective_time);
    results.push_back({AppendOutcome::kAppended, stored.offset});
    events_.push_back(std::move(stored));
    index_of_id_[{event.id.source, event.id.source_key, event.id.version}] = index;
    indexes_of_key_[{event.id.source, event.id.source_key}].push_back(index);
  }
  for (const RecordWrite& write : records) {
    std::optional<Record>& record = records_[{write.kind, write.key}];
    record.reset();
    if (write.value) record = Record{write.kind, write.key, write.value(results), now_};
  }
  return results;
}

absl::StatusOr<std::vector<StoredEvent>> DryRunLog::Read(std::string_view workspace,
                                                         int64_t after_offset,
                                                         size_t max_events) const {
  if (workspace != workspace_) return log_.Read(workspace, after_offset, max_events);
  if (after_offset < base_offset_) {
    const auto left = static_cast<size_t>(base_offset_ - std::max<int64_t>(after_offset, 0));
    return log_.Read(workspace, after_offset, std::min(max_events, left));
  }
  const size_t first = std::min(static_cast<size_t>(after_offset - base_offset_), events_.size());
  const size_t count = std::min(max_events, events_.size() - first);
  const auto begin = events_.begin() + static_cast<std::ptrdiff_t>(first);
  return std::vector<StoredEvent>(begin, begin + static_cast<std::ptrdiff_t>(count));
}

absl::StatusOr<std::vector<StoredEvent>> DryRunLog::ReadKey(std::string_view workspace,
                                                            std::string_view source,
                                                            std::string_view source_key) const {
  if (workspace != workspace_) return log_.ReadKey(workspace, source, source_key);
  QC_ASSIGN_OR_RETURN(std::vector<StoredEvent> events, log_.ReadKey(workspace, source, source_key));
  events.erase(
      std::remove_if(events.begin(), events.end(),
                     [this](const StoredEvent& event) { return event.offset > base_offset_; }),
      events.end());
  const auto own = indexes_of_key_.find({std::string(source), std::string(source_key)});
  if (own == indexes_of_key_.end()) return events;
  for (const size_t index : own->second) events.push_back(events_[index]);
  return events;
}

absl::StatusOr<int64_t> DryRunLog::LastOffset(std::string_view workspace) const {
  if (workspace != workspace_) return log_.LastOffset(workspace);
  return base_offset_ + static_cast<int64_t>(events_.size());
}

absl::StatusOr<int64_t> DryRunLog::WaitForAppend(std::string_view workspace, int64_t after_offset,
                                                 absl::Duration timeout) const {
  if (workspace != workspace_) return log_.WaitForAppend(workspace, after_offset, timeout);
  return LastOffset(workspace);
}

absl::StatusOr<std::vector<std::string>> DryRunLog::Workspaces() const {
  QC_ASSIGN_OR_RETURN(std::vector<std::string> names, log_.Workspaces());
  const auto at = std::lower_bound(names.begin(), names.end(), workspace_);
  if (!events_.empty() && (at == names.end() || *at != workspace_)) names.insert(at, workspace_);
  return names;
}

absl::StatusOr<std::vector<eventlog::Conflict>> DryRunLog::ListConflicts(
    std::string_view workspace, int64_t after_number, size_t max_conflicts) const {
  return log_.ListConflicts(workspace, after_number, max_conflicts);
}

absl::StatusOr<int64_t> DryRunLog::DeleteConflicts(std::string_view, absl::Span<const int64_t>) {
  return NotInADryRun();
}

absl::StatusOr<std::optional<Record>> DryRunLog::GetRecord(std::string_view workspace,
                                                           std::string_view kind,
                                                           std::string_view key) const {
  const auto own = records_.find({std::string(kind), std::string(key)});
  if (workspace == workspace_ && own != records_.end()) return own->second;
  return log_.GetRecord(workspace, kind, key);
}

absl::StatusOr<std::vector<Record>> DryRunLog::ListRecords(std::string_view workspace,
                                                           std::string_view kind,
                                                           std::string_view after_key,
                                                           size_t max_records) const {
  if (workspace != workspace_) return log_.ListRecords(workspace, kind, after_key, max_records);
  std::map<std::string, Record> records;
  std::string last(after_key);
  while (true) {
    QC_ASSIGN_OR_RETURN(const std::vector<Record> page,
                        log_.ListRecords(workspace, kind, last, kPageRecords));
    if (page.empty()) break;
    last = page.back().key;
    for (const Record& record : page) records.emplace(record.key, record);
  }
  for (const auto& [id, record] : records_) {
    if (id.first != kind || id.second <= after_key) continue;
    records.erase(id.second);
    if (record.has_value()) records.emplace(id.second, *record);
  }
  std::vector<Record> result;
  for (auto& entry : records) {
    if (result.size() == max_records) break;
    result.push_back(std::move(entry.second));
  }
  return result;
}

absl::StatusOr<int64_t> DryRunLog::CountRecords(std::string_view workspace,
                                                std::string_view kind) const {
  QC_ASSIGN_OR_RETURN(int64_t count, log_.CountRecords(workspace, kind));
  if (workspace != workspace_) return count;
  for (const auto& [id, record] : records_) {
    if (id.first != kind) continue;
    QC_ASSIGN_OR_RETURN(const std::optional<Record> base,
                        log_.GetRecord(workspace, kind, id.second));
    count += static_cast<int64_t>(record.has_value()) - static_cast<int64_t>(base.has_value());
  }
  return count;
}

absl::StatusOr<int64_t> DryRunLog::DeleteRecordsBefore(std::string_view, std::string_view,
                                                       absl::Time) {
  return NotInADryRun();
}

absl::Status DryRunLog::Restore(std::string_view, absl::Span<const StoredEvent>) {
  return NotInADryRun();
}

absl::Status DryRunLog::Rewrite(std::string_view, absl::Span<const eventlog::EventRewrite>) {
  return NotInADryRun();
}

absl::StatusOr<eventlog::VerifiedPage> DryRunLog::Verify(std::string_view workspace,
                                                         int64_t after_offset,
                                                         size_t max_events) const {
  return log_.Verify(workspace, after_offset, max_events);
}

absl::StatusOr<eventlog::LogStats> DryRunLog::Stats(std::string_view workspace) const {
  return log_.Stats(workspace);
}

}  // namespace quotacast::ingestion
