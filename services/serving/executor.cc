#include "services/serving/executor.h"

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

namespace quotacast::serving {

Executor::Executor(ExecutorOptions options) : options_(options) {
  if (options_.thread_count < 1 || options_.thread_count > kExecutorThreadCountMax ||
      options_.queue_max > kExecutorQueueMax) {
    std::fprintf(stderr, "Executor: thread_count %zu or queue_max %zu out of range\n",
                 options_.thread_count, options_.queue_max);
    std::abort();
  }
  threads_.reserve(options_.thread_count);
  for (size_t i = 0; i < options_.thread_count; ++i) {
    threads_.emplace_back([this] { RunTasks(); });
  }
}

Executor::~Executor() { Drain(); }

bool Executor::TrySubmit(std::function<void()> task) {
  {
    std::lock_guard<std::mutex> lock(mu_);
    // Idle threads do not count against the queue: a queue of length 0 still serves one task per
    // thread.
    const size_t tasks_max = options_.thread_count + options_.queue_max;
    if (draining_ || running_count_ + queue_.size() >= tasks_max) return false;
    queue_.push_back(std::move(task));
  }
  work_or_drain_.notify_one();
  return true;
}

void Executor::Drain() {
  {
    std::lock_guard<std::mutex> lock(mu_);
    draining_ = true;
  }
  work_or_drain_.notify_all();
  std::lock_guard<std::mutex> lock(join_mu_);
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void Executor::WaitUntilIdle() {
  std::unique_lock<std::mutex> lock(mu_);
  idle_.wait(lock, [this] { return running_count_ == 0 && queue_.empty(); });
}

size_t Executor::running_count() const {
  std::lock_guard<std::mutex> lock(mu_);
  return running_count_;
}

size_t Executor::queued_count() const {
  std::lock_guard<std::mutex> lock(mu_);
  return queue_.size();
}

void Executor::RunTasks() {
  std::unique_lock<std::mutex> lock(mu_);
  while (true) {
    work_or_drain_.wait(lock, [this] { return draining_ || !queue_.empty(); });
    if (queue_.empty()) return;  // Draining, and nothing is left.
    std::function<void()> task = std::move(queue_.front());
    queue_.pop_front();
    ++running_count_;
    lock.unlock();
    task();
    task = nullptr;  // What it holds is released before the task counts as finished.
    lock.lock();
    --running_count_;
    if (running_count_ == 0 && queue_.empty()) idle_.notify_all();
  }
}

}  // namespace quotacast::serving
