// Ends the process when an orderly shutdown hangs.
#ifndef QUOTACAST_SERVICES_SERVING_WATCHDOG_H_
#define QUOTACAST_SERVICES_SERVING_WATCHDOG_H_

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "absl/time/time.h"

namespace quotacast::serving {

// Exit code of a process that a watchdog ended (EX_SOFTWARE).
inline constexpr int kWatchdogExitCode = 70;

// Writes `message` to stderr and leaves with kWatchdogExitCode, without destructors: whatever hangs
// might hang them too. Nothing is lost by that: acknowledged events are durable.
[[noreturn]] void ExitHard(const std::string& message);

// gRPC's Shutdown never returns when a call is never finished, even after its deadline. Armed from
// construction to destruction. Thread-safe.
class Watchdog {
 public:
  // `on_expiry` runs on the watchdog's own thread once `limit` has passed.
  Watchdog(absl::Duration limit, std::function<void()> on_expiry);
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;
  ~Watchdog();

 private:
  std::mutex mu_;
  std::condition_variable disarmed_changed_;
  bool disarmed_ = false;  // Guarded by mu_.
  std::thread thread_;
};

}  // namespace quotacast::serving

#endif  // QUOTACAST_SERVICES_SERVING_WATCHDOG_H_
