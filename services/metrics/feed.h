// Where the metrics service's events come from.
#ifndef QUOTACAST_SERVICES_METRICS_FEED_H_
#define QUOTACAST_SERVICES_METRICS_FEED_H_

#include <cstdint>
#include <functional>
#include <string_view>

#include "absl/status/status.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"

namespace quotacast::metrics {

using Cancelled = std::function<bool()>;  // May be empty.

// Hands on the events of a workspace after an offset, in log order, until it is caught up or
// `on_batch` says false. The status is the caller's answer when it fails.
using Feed = std::function<absl::Status(
    std::string_view workspace, int64_t after_offset, const Cancelled& cancelled,
    const std::function<bool(const ingestion::v1::WatchEventsResponse&)>& on_batch)>;

}  // namespace quotacast::metrics

#endif  // QUOTACAST_SERVICES_METRICS_FEED_H_
