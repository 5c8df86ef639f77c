// Waiting on a condition variable for an absl::Duration, infinite ones included.
#ifndef QUOTACAST_SERVICES_EVENTLOG_BOUNDED_WAIT_H_
#define QUOTACAST_SERVICES_EVENTLOG_BOUNDED_WAIT_H_

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "absl/time/time.h"

namespace quotacast::eventlog {

// Waits on `condition` until `done()` or until `timeout` has passed, and returns done(). `lock` is
// held on entry and return. A timeout of zero or less only asks. In slices, because the standard
// library adds the timeout to the current time and a long one overflows.
template <typename Done>
bool BoundedWait(std::condition_variable& condition, std::unique_lock<std::mutex>& lock,
                 absl::Duration timeout, Done done) {
  const absl::Duration slice_max = absl::Hours(1);
  while (!done() && timeout > absl::ZeroDuration()) {
    const absl::Duration slice = std::min(timeout, slice_max);
    condition.wait_for(lock, absl::ToChronoNanoseconds(slice), done);
    timeout -= slice;
  }
  return done();
}

}  // namespace quotacast::eventlog

#endif  // QUOTACAST_SERVICES_EVENTLOG_BOUNDED_WAIT_H_
