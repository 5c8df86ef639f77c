// What an operator does with a workspace's log: look at it, check it, bring back a copy.
#ifndef QUOTACAST_SERVICES_INGESTION_LOG_OPERATIONS_H_
#define QUOTACAST_SERVICES_INGESTION_LOG_OPERATIONS_H_

#include <cstddef>
#include <functional>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "services/eventlog/event_log.h"

namespace quotacast::ingestion {

inline constexpr int kDefaultPageSize = 100;
inline constexpr int kMaxPageSize = 1'000;
inline constexpr size_t kMaxLogFaults = 1'000;  // Sent by one verification; all are counted.
inline constexpr size_t kMaxRestoreEvents = eventlog::kMaxBatchEvents;  // Of one message.

// One page of the conflicts, each beside the event that counts. Errors: INVALID_ARGUMENT
// (INVALID_FIELD: a negative page size or one beyond kMaxPageSize, a token of another list),
// INTERNAL (DAMAGED_EVENT), errors of the log.
absl::StatusOr<v1::ListConflictsResponse> ListConflicts(const eventlog::EventLog& log,
                                                        std::string_view workspace,
                                                        const v1::ListConflictsRequest& request);

// Reads the log once for the counts by kind and source. Errors: CANCELLED within a page of
// `cancelled` saying so, errors of the log.
absl::StatusOr<v1::GetLogStatsResponse> GetLogStats(const eventlog::EventLog& log,
                                                    std::string_view workspace,
                                                    const std::function<bool()>& cancelled);

// Checks offsets, recorded times and checksums, and that each payload is a CrmEvent (UNREADABLE).
// Calls `send` after every page; the last message has `done`. OK also when there are faults and
// when `send` returns false. Errors: CANCELLED, errors of the log that keep it from being read.
absl::Status VerifyLog(const eventlog::EventLog& log, std::string_view workspace,
                       const std::function<bool()>& cancelled,
                       const std::function<bool(const v1::VerifyLogResponse&)>& send);

// Takes the messages of one RestoreEvents call after its header and puts their events at the end of
// the log, message by message. `read` gives the next message, false at the end. Errors:
// INVALID_ARGUMENT (INVALID_FIELD: out of order, beyond kMaxRestoreEvents, an event without
// offset), CANCELLED, those of EventLog::Restore. What came before the message at fault is kept and
// can be gone on after.
absl::StatusOr<v1::RestoreEventsResponse> RestoreEvents(
    eventlog::EventLog& log, std::string_view workspace,
    const std::function<bool(v1::RestoreEventsRequest&)>& read,
    const std::function<bool()>& cancelled);

}  // namespace quotacast::ingestion

#endif  // QUOTACAST_SERVICES_INGESTION_LOG_OPERATIONS_H_
