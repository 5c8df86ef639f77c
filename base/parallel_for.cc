#include "base/parallel_for.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <thread>
#include <vector>

namespace quotacast {

bool ParallelFor(int threads, int count, const std::function<bool()>& cancel,
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

void ParallelParts(size_t count, size_t part_size,
                   const std::function<void(size_t, size_t)>& task) {
  constexpr unsigned kMaxThreads = 8;
  const unsigned threads = std::clamp(std::thread::hardware_concurrency(), 1u, kMaxThreads);
  const size_t part_count = std::max<size_t>(1, count / part_size);
  ParallelFor(static_cast<int>(threads), static_cast<int>(part_count), nullptr, [&](int part) {
    const size_t number = static_cast<size_t>(part);
    task(number * count / part_count, (number + 1) * count / part_count);
  });
}

}  // namespace quotacast
