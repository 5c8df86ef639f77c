// A Clock that stands still until told otherwise. Thread-safe.
#ifndef QUOTACAST_BASE_FAKE_CLOCK_H_
#define QUOTACAST_BASE_FAKE_CLOCK_H_

#include <mutex>

#include "absl/time/time.h"
#include "base/clock.h"

namespace quotacast {

class FakeClock final : public Clock {
 public:
  explicit FakeClock(absl::Time now) : now_(now) {}
  absl::Time Now() const override {
    std::lock_guard<std::mutex> lock(mutex_);
    return now_;
  }
  void Set(absl::Time now) {
    std::lock_guard<std::mutex> lock(mutex_);
    now_ = now;
  }
  void Advance(absl::Duration by) {
    std::lock_guard<std::mutex> lock(mutex_);
    now_ += by;
  }

 private:
  mutable std::mutex mutex_;
  absl::Time now_;  // Guarded by mutex_.
};

}  // namespace quotacast

#endif  // QUOTACAST_BASE_FAKE_CLOCK_H_
