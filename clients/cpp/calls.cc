#include "clients/cpp/calls.h"

#include <chrono>
#include <mutex>
#include <thread>

#include "absl/time/time.h"
#include "clients/cpp/call_options.h"

namespace quotacast::clients {
namespace {

// Quick enough for a person at Ctrl-C, rare enough to cost nothing.
constexpr std::chrono::milliseconds kPollInterval(20);

}  // namespace

Call::Call(const CallOptions& options) : cancelled_(options.cancelled) {
  if (options.deadline != absl::InfiniteFuture()) {
    context_.set_deadline(absl::ToChronoTime(options.deadline));
  }
  if (cancelled_) watcher_ = std::thread([this] { Watch(); });
}

Call::~Call() {
  if (!watcher_.joinable()) return;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    done_ = true;
  }
  changed_.notify_one();
  watcher_.join();
}

void Call::Watch() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!done_) {
    lock.unlock();
    // TryCancel before the stub has begun the call is remembered and ends it at its start.
    const bool cancel = cancelled_();
    if (cancel) context_.TryCancel();
    lock.lock();
    if (cancel) return;
    changed_.wait_for(lock, kPollInterval, [this] { return done_; });
  }
}

}  // namespace quotacast::clients
