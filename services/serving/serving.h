// What the calls of one service share: its executor, its limits and where its log lines go.
#ifndef QUOTACAST_SERVICES_SERVING_SERVING_H_
#define QUOTACAST_SERVICES_SERVING_SERVING_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "services/serving/executor.h"

namespace quotacast::serving {

// One finished call.
struct CallRecord {
  std::string method;     // "quotacast.metrics.v1.MetricsService/QueryKpi".
  std::string workspace;  // Empty when the call belongs to none.
  std::string principal;
  absl::StatusCode code = absl::StatusCode::kOk;
  std::string reason;         // Of the error; empty when OK.
  absl::Duration duration;    // From arrival to the answer.
  absl::Duration queue_wait;  // Of that, waiting for a thread.
};

// Receives each finished call exactly once, from any thread; must not block.
using CallLog = std::function<void(const CallRecord&)>;

struct ServingOptions {
  // Full name of the service: "quotacast.metrics.v1.MetricsService".
  std::string service;
  // Admission: calls beyond these limits are refused with RESOURCE_EXHAUSTED (OVERLOADED).
  ExecutorOptions executor;
  // Unary calls: the deadline given to a caller that set none, and the longest one honoured.
  absl::Duration deadline_default = absl::Minutes(1);
  absl::Duration deadline_max = absl::Minutes(10);
  // Streams: both of the above.
  absl::Duration stream_deadline_max = absl::Hours(24);
  // Client streams: the longest wait for the caller's next message; a caller who stands still
  // longer ends with DEADLINE_EXCEEDED and gives its thread back.
  absl::Duration next_message_wait_max = absl::InfiniteDuration();
  // The pause that a refused caller is told to make.
  absl::Duration overload_retry_after = absl::Milliseconds(500);
};

// Owned by the service's gRPC adapter, one per executor: calls of different services never wait for
// each other's threads, so a chain of calls inside one process cannot deadlock. An RPC that
// occupies its thread for hours (a live feed) gets a Serving of its own. Thread-safe. Must outlive
// the calls; the gRPC server is shut down first.
class Serving {
 public:
  // `clock` must outlive the object and be the machine's clock: callers' deadlines are on it.
  Serving(ServingOptions options, const Clock& clock, CallLog call_log);

  const ServingOptions& options() const { return options_; }
  const Clock& clock() const { return clock_; }
  void Log(const CallRecord& record) const;
  Executor& executor() { return executor_; }

 private:
  const ServingOptions options_;
  const Clock& clock_;
  const CallLog call_log_;
  // Last, so that running handlers end before what they use goes.
  Executor executor_;
};

}  // namespace quotacast::serving

#endif  // QUOTACAST_SERVICES_SERVING_SERVING_H_
