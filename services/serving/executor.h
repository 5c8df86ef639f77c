// A bounded pool of threads with a bounded queue: where handlers run, because gRPC's own two
// reaction threads must never block. Refuses instead of growing.
#ifndef QUOTACAST_SERVICES_SERVING_EXECUTOR_H_
#define QUOTACAST_SERVICES_SERVING_EXECUTOR_H_

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace quotacast::serving {

// Named limits of ExecutorOptions.
inline constexpr size_t kExecutorThreadCountMax = 256;
inline constexpr size_t kExecutorQueueMax = 100'000;

struct ExecutorOptions {
  size_t thread_count = 4;  // [1, kExecutorThreadCountMax].
  size_t queue_max = 64;    // Tasks waiting, beside those running; [0, kExecutorQueueMax].
};

// Thread-safe. Uses std::mutex only, so that the thread sanitizer sees every lock.
class Executor {
 public:
  // Aborts when an option is out of its range: options are written by programmers, not callers.
  explicit Executor(ExecutorOptions options);
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;
  // Drains.
  ~Executor();

  // Queues `task`, first come first served. False, and the task is dropped, when as many tasks
  // run or wait as the limits allow, or after Drain began. Never blocks on a task.
  [[nodiscard]] bool TrySubmit(std::function<void()> task);

  // Takes no new task, finishes those it has, and ends the threads. May be called again. Must not
  // be called from a task.
  void Drain();

  // Blocks until no task runs or waits. Others may submit meanwhile.
  void WaitUntilIdle();

  // Gauges; true at some moment during the call.
  size_t running_count() const;
  size_t queued_count() const;

  const ExecutorOptions& options() const { return options_; }

 private:
  void RunTasks();

  const ExecutorOptions options_;
  mutable std::mutex mu_;
  std::condition_variable work_or_drain_;    // A task was queued, or draining_ was set.
  std::condition_variable idle_;             // running_count_ and the queue fell to zero.
  std::deque<std::function<void()>> queue_;  // Guarded by mu_.
  size_t running_count_ = 0;                 // Guarded by mu_.
  bool draining_ = false;                    // Guarded by mu_.
  std::mutex join_mu_;                       // Held while threads are joined.
  std::vector<std::thread> threads_;         // Guarded by join_mu_ after construction.
};

}  // namespace quotacast::serving

#endif  // QUOTACAST_SERVICES_SERVING_EXECUTOR_H_
