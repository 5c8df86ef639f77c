#include "base/clock.h"

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace quotacast {

absl::Time SystemClock::Now() const { return absl::Now(); }

}  // namespace quotacast
