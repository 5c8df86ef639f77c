// Independent tasks on threads of the call's own.
#ifndef QUOTACAST_SIMULATOR_EXACT_PARALLEL_FOR_H_
#define QUOTACAST_SIMULATOR_EXACT_PARALLEL_FOR_H_

#include <functional>

#include "simulator/engine/engine.h"

namespace quotacast::simulator {

// Calls task(i) once for every i in [0, count), on up to `threads` threads, in no particular order;
// tasks must write to places of their own. `cancel` is polled before each; false once it said so,
// and then some tasks were not run. Every thread has ended when the call returns.
bool ParallelFor(int threads, int count, const CancelCheck& cancel,
                 const std::function<void(int)>& task);

}  // namespace quotacast::simulator

#endif  // QUOTACAST_SIMULATOR_EXACT_PARALLEL_FOR_H_
