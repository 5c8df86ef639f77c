// Events, records and checks that the parts of the contract suite share.
#ifndef QUOTACAST_SERVICES_EVENTLOG_CONTRACT_EVENTS_H_
#define QUOTACAST_SERVICES_EVENTLOG_CONTRACT_EVENTS_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/errors.h"
#include "gtest/gtest.h"
#include "services/eventlog/event_log.h"

namespace quotacast::eventlog {

inline void PrintTo(const AppendResult& result, std::ostream* out) {
  *out << "{outcome " << static_cast<int>(result.outcome) << ", offset " << result.offset << "}";
}

using Results = std::vector<AppendResult>;
using Names = std::vector<std::string>;

inline constexpr size_t kAll = std::numeric_limits<size_t>::max();
inline const absl::Time kDay = absl::FromUnixSeconds(1'488'326'400);  // 2017-03-01.

inline Event MakeEvent(const std::string& key, const std::string& version,
                       const std::string& payload = "payload") {
  return {{"crm", key, version}, kDay, payload};
}

inline std::vector<StoredEvent> ReadAll(const EventLog& log, const std::string& workspace) {
  absl::StatusOr<std::vector<StoredEvent>> events = log.Read(workspace, 0, kAll);
  EXPECT_TRUE(events.ok()) << events.status();
  return events.ok() ? *std::move(events) : std::vector<StoredEvent>();
}

inline std::vector<int64_t> Offsets(const std::vector<StoredEvent>& events) {
  std::vector<int64_t> offsets;
  for (const StoredEvent& stored : events) offsets.push_back(stored.offset);
  return offsets;
}

// A record with a value that does not depend on the events.
inline RecordWrite Put(const std::string& kind, const std::string& key, const std::string& value) {
  return {kind, key, [value](absl::Span<const AppendResult>) { return value; }};
}

// Nothing wrong with any event of the workspace; returns how many there are.
inline int64_t ExpectVerified(const EventLog& log, const std::string& workspace) {
  const absl::StatusOr<VerifiedPage> page = log.Verify(workspace, 0, kAll);
  EXPECT_TRUE(page.ok()) << page.status();
  if (!page.ok()) return -1;
  for (const StoredEventFault& fault : page->faults) {
    ADD_FAILURE() << "event " << fault.offset << ": " << fault.reason << ", " << fault.message;
  }
  return page->event_count;
}

inline void ExpectInvalidField(const absl::Status& status, const std::string& field) {
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
  ASSERT_TRUE(GetDetail(status).has_value()) << status;
  ASSERT_EQ(GetDetail(status)->field_violations.size(), 1u) << status;
  EXPECT_EQ(GetDetail(status)->field_violations[0].field, field) << status;
}

}  // namespace quotacast::eventlog

#endif  // QUOTACAST_SERVICES_EVENTLOG_CONTRACT_EVENTS_H_
