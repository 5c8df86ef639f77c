// Time is passed in: every component that needs "now" takes a Clock.
#ifndef QUOTACAST_BASE_CLOCK_H_
#define QUOTACAST_BASE_CLOCK_H_

#include "absl/time/time.h"

namespace quotacast {

// A source of the current instant. Thread-safe. The only way any code of ours learns the time.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const = 0;
};

// The machine's clock. Constructed by main functions only.
class SystemClock final : public Clock {
 public:
  absl::Time Now() const override;
};

}  // namespace quotacast

#endif  // QUOTACAST_BASE_CLOCK_H_
