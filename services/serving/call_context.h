// What a handler knows about the call it serves: who asks, for which workspace, until when, and
// whether anybody still waits for the answer. Free of gRPC.
#ifndef QUOTACAST_SERVICES_SERVING_CALL_CONTEXT_H_
#define QUOTACAST_SERVICES_SERVING_CALL_CONTEXT_H_

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/clock.h"

namespace quotacast::serving {

// Who asks.
struct Principal {
  std::string id;
};

// The principal of every call as long as servers accept loopback connections only: "local".
Principal LoopbackPrincipal();

// The longest workspace id, in bytes.
inline constexpr size_t kWorkspaceBytesMax = 63;

// Whether more may follow the workspace in a resource name.
enum class NameTail {
  kNone,     // A parent: exactly "workspaces/{workspace}".
  kAllowed,  // A resource: "workspaces/{workspace}/goals/{goal}".
};

// Extracts the workspace id from a resource name. An id has 1 to kWorkspaceBytesMax lower-case
// letters, digits, hyphens and underscores. INVALID_ARGUMENT (INVALID_FIELD, at `field`) otherwise.
absl::StatusOr<std::string> ParseWorkspace(std::string_view field, std::string_view resource_name,
                                           NameTail tail);

// Thread-safe. Lives as long as its handler runs.
class CallContext {
 public:
  // `clock` must outlive the context; `deadline` is on that clock.
  CallContext(Principal principal, absl::Time deadline, const Clock& clock);
  CallContext(const CallContext&) = delete;
  CallContext& operator=(const CallContext&) = delete;

  const Principal& principal() const { return principal_; }

  // The workspace's id ("default"); empty for calls that belong to none, and in a client stream
  // until EnterWorkspace.
  std::string workspace() const;

  // When the caller stops waiting. Always set: the server gives a default and has a maximum.
  absl::Time deadline() const { return deadline_; }

  // True once nobody waits for the answer: the caller cancelled, the connection broke, the server
  // drains for good, or the deadline passed. Never goes back. Cheap enough to poll per block of
  // work; handlers should notice within 100 ms.
  bool cancelled() const;

  // cancelled() as cores take it. Valid as long as the handler runs.
  std::function<bool()> cancelled_function() const;

  // True when the deadline has passed.
  bool expired() const;

  // Resolves the workspace of a call whose first message names it (client streams; the other
  // kinds are resolved before the handler runs). Returns the id. Errors as ParseWorkspace.
  absl::StatusOr<std::string> EnterWorkspace(std::string_view field, std::string_view resource_name,
                                             NameTail tail);

  // Makes cancelled() true. Called by the wrapper.
  void Cancel() { cancelled_.store(true, std::memory_order_release); }

 private:
  const Principal principal_;
  const absl::Time deadline_;
  const Clock& clock_;
  std::atomic<bool> cancelled_{false};
  mutable std::mutex mu_;
  std::string workspace_;  // Guarded by mu_.
};

}  // namespace quotacast::serving

#endif  // QUOTACAST_SERVICES_SERVING_CALL_CONTEXT_H_
