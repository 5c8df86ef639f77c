#include "simulator/exact/parallel_for.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace quotacast::simulator {

bool ParallelFor(int threads, int count, const CancelCheck& cancel,
                 const std::function<void(int)>& task) {
  std::atomic<int> next = 0;
  std::atomic<bool> cancelled = false;
  const auto work = [&] {
    for (int i = next++; i < count && !cancelled; i = next++) {
      if (cancel && cancel()) {
        cancelled = true;
        return;
      }
      task(i);
    }
  };
  std::vector<std::thread> workers;
  const int useful = std::min(threads, count);
  for (int i = 1; i < useful; ++i) workers.emplace_back(work);
  work();
  for (std::thread& worker : workers) worker.join();
  return !cancelled;
}

}  // namespace quotacast::simulator
