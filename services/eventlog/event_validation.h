// What every event log checks before it stores anything, so that all stores refuse the same.
#ifndef QUOTACAST_SERVICES_EVENTLOG_EVENT_VALIDATION_H_
#define QUOTACAST_SERVICES_EVENTLOG_EVENT_VALIDATION_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "services/eventlog/event_log.h"

namespace quotacast::eventlog {

// INVALID_ARGUMENT (field "workspace") unless it has 1 to kMaxIdBytes bytes.
absl::Status ValidateWorkspace(std::string_view workspace);

// INVALID_ARGUMENT naming the first field at fault ("events[3].payload") when the workspace, the
// batch, an id, a payload or an effective time is outside the limits of event_log.h. An empty
// batch is fine.
absl::Status ValidateAppend(std::string_view workspace, absl::Span<const Event> events);

// INVALID_ARGUMENT naming the first field at fault ("records[2].key") when there are too many
// records or a kind or key is outside the limits of event_log.h.
absl::Status ValidateRecords(absl::Span<const RecordWrite> records);

// INVALID_ARGUMENT (field "records[2].value") when the value that a RecordWrite made is too long.
absl::Status ValidateRecordValue(std::string_view value, size_t record_index);

// As ValidateAppend, for EventLog::Restore ("events[3].recorded_time") and EventLog::Rewrite
// ("rewrites[3].payload").
absl::Status ValidateRestore(std::string_view workspace, absl::Span<const StoredEvent> events);
absl::Status ValidateRewrite(std::string_view workspace, absl::Span<const EventRewrite> rewrites);

// FAILED_PRECONDITION (RESTORE_OFFSET, RESTORE_RECORDED_TIME) unless the events go on where the log
// ends: `last_offset` with `last_recorded_micros`, absent when the log is empty.
absl::Status CheckRestoreOrder(int64_t last_offset, std::optional<int64_t> last_recorded_micros,
                               absl::Span<const StoredEvent> events);

// The refusals of Restore and Rewrite that only the store can find, worded once for all stores.
absl::Status RestoreDuplicateId(const StoredEvent& stored);              // FAILED_PRECONDITION.
absl::Status EventNotFound(std::string_view workspace, int64_t offset);  // NOT_FOUND.
absl::Status EventIdTaken(const EventRewrite& rewrite);                  // ALREADY_EXISTS.

// The stored form of an effective time: microseconds since 1970, rounded down.
std::optional<int64_t> EffectiveMicros(const Event& event);

// Back again.
std::optional<absl::Time> EffectiveTime(std::optional<int64_t> micros);

}  // namespace quotacast::eventlog

#endif  // QUOTACAST_SERVICES_EVENTLOG_EVENT_VALIDATION_H_
