// The feed of events: disk speed first, then live.
#ifndef QUOTACAST_SERVICES_INGESTION_EVENT_FEED_H_
#define QUOTACAST_SERVICES_INGESTION_EVENT_FEED_H_

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "services/eventlog/event_log.h"

namespace quotacast::ingestion {

inline constexpr size_t kMaxWatchBatchEvents = 1'000;
// Of the payloads in one message, so that it stays below gRPC's usual limit of 4 MiB.
inline constexpr size_t kMaxWatchBatchBytes = 2 << 20;
inline constexpr int kMaxWatchSources = 1'000;
inline constexpr int kMaxWatchSourceKeys = 1'000;
// Events passed over by the filters after which a message without events tells how far the feed
// was read.
inline constexpr size_t kMaxSilentEvents = 100'000;

// Calls `send` with serialised WatchEventsResponses: the events after `request.after_offset()` that
// pass the request's filters, in log order, in messages of at most kMaxWatchBatchEvents events.
// Without `follow` it ends with the message that has `caught_up`; with it, it goes on as events
// arrive. Also an empty feed gets one message. Returns OK at the end and when `send` returns false.
// Only one page of the log is in memory. Errors: INVALID_ARGUMENT (INVALID_FIELD: a negative
// offset, too many or unknown values of a filter), CANCELLED within 100 ms of `cancelled` saying
// so, INTERNAL (DAMAGED_EVENT), errors of the log.
absl::Status WatchLog(const eventlog::EventLog& log, std::string_view workspace,
                      const v1::WatchEventsRequest& request, const std::function<bool()>& cancelled,
                      const std::function<bool(const std::string& response)>& send);

}  // namespace quotacast::ingestion

#endif  // QUOTACAST_SERVICES_INGESTION_EVENT_FEED_H_
