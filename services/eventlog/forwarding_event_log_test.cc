// Goal: every call arrives at the log behind, and its answer comes back. Method: the contract suite
// through the forwarding log.
#include "services/eventlog/forwarding_event_log.h"

#include <memory>
#include <string>

#include "base/clock.h"
#include "gtest/gtest.h"
#include "services/eventlog/event_log.h"
#include "services/eventlog/event_log_contract_test.h"
#include "services/eventlog/in_memory_event_log.h"

namespace quotacast::eventlog {
namespace {

// Owns the log behind; a base because it must be there first.
struct Behind {
  explicit Behind(const Clock* clock) : memory(clock) {}
  InMemoryEventLog memory;
};

class OwningLog final : private Behind, public ForwardingEventLog {
 public:
  explicit OwningLog(const Clock* clock) : Behind(clock), ForwardingEventLog(memory) {}
};

std::unique_ptr<EventLog> MakeLog(const std::string& /*directory*/, const Clock* clock) {
  return std::make_unique<OwningLog>(clock);
}

INSTANTIATE_TEST_SUITE_P(Forwarding, EventLogContractTest,
                         ::testing::Values(EventLogMaker{"forwarding", MakeLog}));

}  // namespace
}  // namespace quotacast::eventlog
