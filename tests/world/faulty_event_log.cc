#include "tests/world/faulty_event_log.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/errors.h"
#include "base/fake_clock.h"
#include "base/status_macros.h"
#include "services/eventlog/event_log.h"
#include "tests/world/planted_bug.h"

namespace quotacast::tests {
namespace {

using eventlog::AppendOutcome;
using eventlog::AppendResult;
using eventlog::Event;

absl::Status Failure(const char* reason, const char* message) {
  ErrorDetail detail;
  detail.reason = reason;
  return WithDetail(absl::UnavailableError(message), detail);
}

absl::Status Dead() { return Failure("PROCESS_CRASHED", "this process does not run any more"); }

}  // namespace

FaultyEventLog::FaultyEventLog(eventlog::EventLog& store, FakeClock& clock, Planner planner,
                               PlantedBug bug)
    : store_(store), clock_(clock), planner_(std::move(planner)), bug_(bug) {}

void FaultyEventLog::Crash() { crashed_ = true; }

template <typename Call>
auto FaultyEventLog::Run(StoreOperation operation, const Call& call) const -> decltype(call()) {
  if (crashed_) return Dead();
  const StorePlan plan = planner_(operation);
  // The planner may have run others, and one of them may have met the end of this process.
  if (crashed_) return Dead();
  clock_.Advance(plan.latency);
  AppendDelayed();
  if (plan.fault == StoreFault::kErrorBefore) {
    return Failure("LOG_LOCKED", "the store refused: nothing happened");
  }
  if (plan.fault == StoreFault::kCrashBefore) crashed_ = true;
  if (crashed_) return Dead();
  auto result = call();
  if (plan.fault == StoreFault::kErrorAfter) {
    return Failure("LOG_CONNECTION_LOST", "the store's answer was lost");
  }
  if (plan.fault == StoreFault::kCrashAfter) crashed_ = true;
  if (crashed_) return Dead();
  return result;
}

absl::StatusOr<std::vector<AppendResult>> FaultyEventLog::Append(
    std::string_view workspace, absl::Span<const Event> events,
    absl::Span<const eventlog::RecordWrite> records) {
  if (bug_ == PlantedBug::kTearsBatches) {
    // Half of the batch goes in whatever becomes of the whole.
    if (!crashed_ && events.size() > 1) {
      store_.Append(workspace, events.first(events.size() / 2), {}).IgnoreError();
    }
  }
  return Run(StoreOperation::kWrite, [&]() -> absl::StatusOr<std::vector<AppendResult>> {
    switch (bug_) {
      case PlantedBug::kAcknowledgesBeforeAppending:
        return AppendLater(workspace, events);
      case PlantedBug::kForgetsWriters:
        return store_.Append(workspace, events, {});
      case PlantedBug::kForgetsIds: {
        std::vector<Event> renamed(events.begin(), events.end());
        for (Event& event : renamed) {
          QC_ASSIGN_OR_RETURN(const auto known,
                              store_.ReadKey(workspace, event.id.source, event.id.source_key));
          if (!known.empty()) absl::StrAppend(&event.id.version, "~", known.size());
        }
        return store_.Append(workspace, renamed, records);
      }
      case PlantedBug::kDropsConflicts: {
        auto results = store_.Append(workspace, events, records);
        QC_ASSIGN_OR_RETURN(const auto conflicts, store_.ListConflicts(workspace, 0, 1'000));
        std::vector<int64_t> numbers;
        for (const auto& conflict : conflicts) numbers.push_back(conflict.number);
        QC_RETURN_IF_ERROR(store_.DeleteConflicts(workspace, numbers).status());
        return results;
      }
      default:
        return store_.Append(workspace, events, records);
    }
  });
}

absl::StatusOr<std::vector<AppendResult>> FaultyEventLog::AppendLater(
    std::string_view workspace, absl::Span<const Event> events) {
  QC_ASSIGN_OR_RETURN(const int64_t last_offset, store_.LastOffset(workspace));
  std::vector<AppendResult> results;
  for (size_t i = 0; i < events.size(); ++i) {
    results.push_back({AppendOutcome::kAppended, last_offset + static_cast<int64_t>(i) + 1});
  }
  delayed_workspace_ = std::string(workspace);
  delayed_.assign(events.begin(), events.end());
  return results;
}

void FaultyEventLog::AppendDelayed() const {
  if (delayed_.empty()) return;
  store_.Append(delayed_workspace_, delayed_, {}).IgnoreError();
  delayed_.clear();
}

absl::StatusOr<std::vector<eventlog::StoredEvent>> FaultyEventLog::Read(std::string_view workspace,
                                                                        int64_t after_offset,
                                                                        size_t max_events) const {
  return Run(StoreOperation::kRead,
             [&] { return store_.Read(workspace, after_offset, max_events); });
}

absl::StatusOr<std::vector<eventlog::StoredEvent>> FaultyEventLog::ReadKey(
    std::string_view workspace, std::string_view source, std::string_view source_key) const {
  return Run(StoreOperation::kRead, [&] { return store_.ReadKey(workspace, source, source_key); });
}

absl::StatusOr<int64_t> FaultyEventLog::LastOffset(std::string_view workspace) const {
  return Run(StoreOperation::kRead, [&] { return store_.LastOffset(workspace); });
}

absl::StatusOr<int64_t> FaultyEventLog::WaitForAppend(std::string_view workspace,
                                                      int64_t after_offset,
                                                      absl::Duration timeout) const {
  return Run(StoreOperation::kRead, [&] {
    auto last_offset = store_.LastOffset(workspace);
    if (last_offset.ok() && *last_offset <= after_offset) clock_.Advance(timeout);
    return last_offset;
  });
}

absl::StatusOr<std::vector<std::string>> FaultyEventLog::Workspaces() const {
  return Run(StoreOperation::kRead, [&] { return store_.Workspaces(); });
}

absl::StatusOr<std::vector<eventlog::Conflict>> FaultyEventLog::ListConflicts(
    std::string_view workspace, int64_t after_number, size_t max_conflicts) const {
  return Run(StoreOperation::kRead,
             [&] { return store_.ListConflicts(workspace, after_number, max_conflicts); });
}

absl::StatusOr<int64_t> FaultyEventLog::DeleteConflicts(std::string_view workspace,
                                                        absl::Span<const int64_t> numbers) {
  return Run(StoreOperation::kWrite, [&] { return store_.DeleteConflicts(workspace, numbers); });
}

absl::StatusOr<std::optional<eventlog::Record>> FaultyEventLog::GetRecord(
    std::string_view workspace, std::string_view kind, std::string_view key) const {
  return Run(StoreOperation::kRead, [&] { return store_.GetRecord(workspace, kind, key); });
}

absl::StatusOr<std::vector<eventlog::Record>> FaultyEventLog::ListRecords(
    std::string_view workspace, std::string_view kind, std::string_view after_key,
    size_t max_records) const {
  return Run(StoreOperation::kRead,
             [&] { return store_.ListRecords(workspace, kind, after_key, max_records); });
}

absl::StatusOr<int64_t> FaultyEventLog::CountRecords(std::string_view workspace,
                                                     std::string_view kind) const {
  return Run(StoreOperation::kRead, [&] { return store_.CountRecords(workspace, kind); });
}

absl::StatusOr<int64_t> FaultyEventLog::DeleteRecordsBefore(std::string_view workspace,
                                                            std::string_view kind,
                                                            absl::Time recorded_before) {
  return Run(StoreOperation::kWrite,
             [&] { return store_.DeleteRecordsBefore(workspace, kind, recorded_before); });
}

absl::Status FaultyEventLog::Restore(std::string_view workspace,
                                     absl::Span<const eventlog::StoredEvent> events) {
  return Run(StoreOperation::kWrite, [&] { return store_.Restore(workspace, events); });
}

absl::Status FaultyEventLog::Rewrite(std::string_view workspace,
                                     absl::Span<const eventlog::EventRewrite> rewrites) {
  return Run(StoreOperation::kWrite, [&] { return store_.Rewrite(workspace, rewrites); });
}

absl::StatusOr<eventlog::VerifiedPage> FaultyEventLog::Verify(std::string_view workspace,
                                                              int64_t after_offset,
                                                              size_t max_events) const {
  return Run(StoreOperation::kRead,
             [&] { return store_.Verify(workspace, after_offset, max_events); });
}

absl::StatusOr<eventlog::LogStats> FaultyEventLog::Stats(std::string_view workspace) const {
  return Run(StoreOperation::kRead, [&] { return store_.Stats(workspace); });
}

}  // namespace quotacast::tests
