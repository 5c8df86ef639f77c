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
  if (!cancelled_) return;
  // Asked once before the call begins: an answer that is quick would else beat the thread.
  // TryCancel on a context without a call is remembered and ends the call at its start.
  if (cancelled_()) {
    context_.TryCancel();
    return;
  }
  watcher_ = std::thread([this] { Watch(); });
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
    const bool cancel = cancelled_();
    if (cancel) context_.TryCancel();
    lock.lock();
    if (cancel) return;
    changed_.wait_for(lock, kPollInterval, [this] { return done_; });
  }
}

}  // namespace quotacast::clients
