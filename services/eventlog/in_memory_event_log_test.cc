// Goal: the log in memory keeps the contract. Method: the contract suite; it has nothing beyond it.
#include "services/eventlog/in_memory_event_log.h"

#include <memory>
#include <string>

#include "base/clock.h"
#include "gtest/gtest.h"
#include "services/eventlog/event_log.h"
#include "services/eventlog/event_log_contract_test.h"

namespace quotacast::eventlog {
namespace {

std::unique_ptr<EventLog> MakeLog(const std::string&, const Clock* clock) {
  return std::make_unique<InMemoryEventLog>(clock);
}

INSTANTIATE_TEST_SUITE_P(InMemory, EventLogContractTest,
                         ::testing::Values(EventLogMaker{"in_memory", MakeLog}));

}  // namespace
}  // namespace quotacast::eventlog
