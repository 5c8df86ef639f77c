#include "services/serving/serving.h"

#include <utility>

#include "base/clock.h"

namespace quotacast::serving {

Serving::Serving(ServingOptions options, const Clock& clock, CallLog call_log)
    : options_(std::move(options)),
      clock_(clock),
      call_log_(std::move(call_log)),
      executor_(options_.executor) {}

void Serving::Log(const CallRecord& record) const {
  if (call_log_) call_log_(record);
}

}  // namespace quotacast::serving
