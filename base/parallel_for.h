// Independent tasks on threads of the call's own.
#ifndef QUOTACAST_BASE_PARALLEL_FOR_H_
#define QUOTACAST_BASE_PARALLEL_FOR_H_

#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <utility>

namespace quotacast {

// Calls task(i) once for every i in [0, count), on up to `threads` threads, in no particular order;
// tasks must write to places of their own. `cancel`, which may be null, is polled before each;
// false once it said so, and then some tasks were not run. Every thread has ended when the call
// returns.
bool ParallelFor(int threads, int count, const std::function<bool()>& cancel,
                 const std::function<void(int)>& task);

// Calls task(begin, end) for parts of [0, count) of about `part_size`, all of them together once,
// on a few of the processors: what reads memory from front to back gains nothing from many. Fewer
// than two parts are one, on the thread of the caller.
void ParallelParts(size_t count, size_t part_size, const std::function<void(size_t, size_t)>& task);

// What make(begin, end) gives for each of these parts, by its begin.
template <typename Result, typename Make>
std::map<size_t, Result> ParallelResults(size_t count, size_t part_size, const Make& make) {
  std::map<size_t, Result> results;
  std::mutex mutex;  // Guards the line above.
  ParallelParts(count, part_size, [&](size_t begin, size_t end) {
    Result result = make(begin, end);
    const std::lock_guard<std::mutex> lock(mutex);
    results.emplace(begin, std::move(result));
  });
  return results;
}

}  // namespace quotacast

#endif  // QUOTACAST_BASE_PARALLEL_FOR_H_
