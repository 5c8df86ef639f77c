// How much one workspace may write.
#ifndef QUOTACAST_SERVICES_INGESTION_WORKSPACE_LIMITS_H_
#define QUOTACAST_SERVICES_INGESTION_WORKSPACE_LIMITS_H_

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "services/eventlog/event_log.h"

namespace quotacast::ingestion {

struct WorkspaceLimitOptions {
  // Events per second; bursts of one second's events are taken. 0: no limit.
  int64_t events_per_second = 0;
  // Events of the workspace's log. 0: no limit.
  int64_t events_max = 0;
};

class WorkspaceLimits;

// Events that are on their way into the log; they count until this ends. Movable.
class EventReservation {
 public:
  EventReservation(EventReservation&& other) noexcept;
  EventReservation& operator=(EventReservation&&) = delete;
  ~EventReservation();

 private:
  friend class WorkspaceLimits;
  EventReservation(WorkspaceLimits& owner, std::string workspace, int64_t event_count)
      : owner_(&owner), workspace_(std::move(workspace)), event_count_(event_count) {}

  WorkspaceLimits* owner_;  // Null once moved from.
  std::string workspace_;
  int64_t event_count_;
};

// Thread-safe. `log` and `clock` outlive it. Knows the writes of this process only: where several
// write one database, each counts its own.
class WorkspaceLimits {
 public:
  WorkspaceLimits(const eventlog::EventLog& log, const Clock& clock,
                  const WorkspaceLimitOptions& options)
      : log_(log), clock_(clock), options_(options) {}

  // Takes `event_count` events for a workspace, before they are compared with what the log has. A
  // batch larger than a second's events waits for a full second's allowance and then holds up the
  // next one the longer. Errors: RESOURCE_EXHAUSTED (WORKSPACE_LIMIT), with the time after which
  // the rate allows it, or without one when the log is full; errors of the log.
  absl::StatusOr<EventReservation> Reserve(std::string_view workspace, int64_t event_count);

 private:
  friend class EventReservation;

  struct Workspace {
    double allowance = 0;  // Events that may come at once; below 0 after a large batch.
    absl::Time refilled;
    int64_t reserved_count = 0;
  };

  absl::Status TakeAllowance(Workspace& workspace, int64_t event_count);

  const eventlog::EventLog& log_;
  const Clock& clock_;
  const WorkspaceLimitOptions options_;
  std::mutex mu_;
  std::map<std::string, Workspace, std::less<>> workspaces_;  // Guarded by mu_.
};

}  // namespace quotacast::ingestion

#endif  // QUOTACAST_SERVICES_INGESTION_WORKSPACE_LIMITS_H_
