#include "services/eventlog/postgres_offset_poller.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/eventlog/bounded_wait.h"

namespace quotacast::eventlog {

PostgresOffsetPoller::PostgresOffsetPoller(Query query)
    : query_(std::move(query)), thread_([this] { Run(); }) {}

PostgresOffsetPoller::~PostgresOffsetPoller() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
    grown_.notify_all();
    watched_.notify_all();
  }
  thread_.join();
  std::unique_lock<std::mutex> lock(mutex_);
  idle_.wait(lock, [this] { return waiter_count_ == 0; });
}

void PostgresOffsetPoller::Note(std::string_view workspace, int64_t last_offset) {
  const std::lock_guard<std::mutex> lock(mutex_);
  Watched& watched = workspaces_[std::string(workspace)];
  if (watched.last_offset >= last_offset) return;
  watched.last_offset = last_offset;
  grown_.notify_all();
}

bool PostgresOffsetPoller::Wait(std::string_view workspace, int64_t after_offset,
                                absl::Duration timeout) {
  std::unique_lock<std::mutex> lock(mutex_);
  Watched& watched = workspaces_[std::string(workspace)];
  ++watched.waiter_count;
  if (++waiter_count_ == 1) watched_.notify_all();
  BoundedWait(grown_, lock, timeout, [this, &watched, after_offset] {
    return stopping_ || watched.last_offset > after_offset;
  });
  const bool is_open = !stopping_;
  --watched.waiter_count;
  if (--waiter_count_ == 0 && stopping_) idle_.notify_all();
  return is_open;
}

std::vector<std::string> PostgresOffsetPoller::WatchedNames() const {
  std::vector<std::string> names;
  for (const auto& [name, watched] : workspaces_) {
    if (watched.waiter_count > 0) names.push_back(name);
  }
  return names;
}

void PostgresOffsetPoller::Run() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    watched_.wait(lock, [this] { return stopping_ || waiter_count_ > 0; });
    if (stopping_) return;
    const std::vector<std::string> names = WatchedNames();
    lock.unlock();
    const absl::StatusOr<std::map<std::string, int64_t>> offsets = query_(names);
    lock.lock();
    if (offsets.ok()) {
      for (const auto& [name, offset] : *offsets) {
        Watched& watched = workspaces_[name];
        watched.last_offset = std::max(watched.last_offset, offset);
      }
      grown_.notify_all();
    }
    BoundedWait(watched_, lock, offsets.ok() ? kOffsetPollInterval : kOffsetPollIntervalAfterError,
                [this] { return stopping_; });
  }
}

}  // namespace quotacast::eventlog
