// The contract suite of EventLog. Every implementation instantiates it in its own test:
//
//   INSTANTIATE_TEST_SUITE_P(InMemory, EventLogContractTest,
//                            ::testing::Values(EventLogMaker{"in_memory", [](...) {...}}));
#ifndef QUOTACAST_SERVICES_EVENTLOG_EVENT_LOG_CONTRACT_TEST_H_
#define QUOTACAST_SERVICES_EVENTLOG_EVENT_LOG_CONTRACT_TEST_H_

#include <functional>
#include <memory>
#include <ostream>
#include <string>

#include "absl/time/time.h"
#include "base/clock.h"
#include "base/fake_clock.h"
#include "gtest/gtest.h"
#include "services/eventlog/event_log.h"
#include "services/eventlog/temp_directory.h"

namespace quotacast::eventlog {

// How to make an empty log. A durable one puts its files into `directory`.
struct EventLogMaker {
  std::string name;
  std::function<std::unique_ptr<EventLog>(const std::string& directory, const Clock* clock)> make;
};

inline void PrintTo(const EventLogMaker& maker, std::ostream* out) { *out << maker.name; }

class EventLogContractTest : public ::testing::TestWithParam<EventLogMaker> {
 protected:
  TempDirectory directory_;
  FakeClock clock_{absl::FromUnixMicros(1'500'000'000'123'456)};
  std::unique_ptr<EventLog> log_ = GetParam().make(directory_.path(), &clock_);
};

}  // namespace quotacast::eventlog

#endif  // QUOTACAST_SERVICES_EVENTLOG_EVENT_LOG_CONTRACT_TEST_H_
