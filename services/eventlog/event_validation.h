// What every event log checks before it stores anything, so that all stores refuse the same.
#ifndef QUOTACAST_SERVICES_EVENTLOG_EVENT_VALIDATION_H_
#define QUOTACAST_SERVICES_EVENTLOG_EVENT_VALIDATION_H_

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

// The stored form of an effective time: microseconds since 1970, rounded down.
std::optional<int64_t> EffectiveMicros(const Event& event);

// Back again.
std::optional<absl::Time> EffectiveTime(std::optional<int64_t> micros);

}  // namespace quotacast::eventlog

#endif  // QUOTACAST_SERVICES_EVENTLOG_EVENT_VALIDATION_H_
