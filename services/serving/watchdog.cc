#include "services/serving/watchdog.h"

#include <unistd.h>

#include <cstdio>
#include <functional>
#include <mutex>
#include <string>
#include <utility>

#include "absl/time/time.h"

namespace quotacast::serving {

void ExitHard(const std::string& message) {
  std::fprintf(stderr, "%s\n", message.c_str());
  std::fflush(stderr);
  _exit(kWatchdogExitCode);
}

Watchdog::Watchdog(absl::Duration limit, std::function<void()> on_expiry)
    : thread_([this, limit, on_expiry = std::move(on_expiry)] {
        {
          std::unique_lock<std::mutex> lock(mu_);
          if (disarmed_changed_.wait_for(lock, absl::ToChronoNanoseconds(limit),
                                         [this] { return disarmed_; })) {
            return;
          }
        }
        on_expiry();
      }) {}

Watchdog::~Watchdog() {
  {
    std::lock_guard<std::mutex> lock(mu_);
    disarmed_ = true;
  }
  disarmed_changed_.notify_all();
  thread_.join();
}

}  // namespace quotacast::serving
