// Goal: each limit admits its maximum, refuses one more and names the field. Method: one event at
// and beyond each limit. (That the stores obey is checked by the contract suite.)
#include "services/eventlog/event_validation.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/errors.h"
#include "gtest/gtest.h"
#include "services/eventlog/event_log.h"

namespace quotacast::eventlog {
namespace {

void ExpectField(const absl::Status& status, const std::string& field) {
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
  ASSERT_TRUE(GetDetail(status).has_value()) << status;
  ASSERT_EQ(GetDetail(status)->field_violations.size(), 1u) << status;
  EXPECT_EQ(GetDetail(status)->field_violations[0].field, field) << status;
}

Event GoodEvent() { return {{"crm", "opportunity/1", "v1"}, std::nullopt, "payload"}; }

TEST(EventValidationTest, AdmitsTheUsual) {
  EXPECT_TRUE(ValidateAppend("default", {}).ok());
  EXPECT_TRUE(ValidateAppend("default", {GoodEvent(), GoodEvent()}).ok());
  Event event = GoodEvent();
  event.payload.clear();
  EXPECT_TRUE(ValidateAppend("default", {event}).ok());
}

TEST(EventValidationTest, BoundsWorkspaceAndIds) {
  const std::string longest(kMaxIdBytes, 'x');
  const std::string too_long(kMaxIdBytes + 1, 'x');
  EXPECT_TRUE(ValidateWorkspace(longest).ok());
  ExpectField(ValidateWorkspace(too_long), "workspace");
  ExpectField(ValidateWorkspace(""), "workspace");
  ExpectField(ValidateAppend("", {}), "workspace");

  const struct {
    std::string EventId::*member;
    const char* field;
  } members[] = {{&EventId::source, "events[1].id.source"},
                 {&EventId::source_key, "events[1].id.source_key"},
                 {&EventId::version, "events[1].id.version"}};
  for (const auto& m : members) {
    std::vector<Event> events = {GoodEvent(), GoodEvent()};
    events[1].id.*m.member = longest;
    EXPECT_TRUE(ValidateAppend("w", events).ok());
    events[1].id.*m.member = too_long;
    ExpectField(ValidateAppend("w", events), m.field);
    events[1].id.*m.member = "";
    ExpectField(ValidateAppend("w", events), m.field);
  }
}

TEST(EventValidationTest, BoundsPayloadAndBatch) {
  Event event = GoodEvent();
  event.payload.assign(kMaxPayloadBytes, 'p');
  EXPECT_TRUE(ValidateAppend("w", {event}).ok());
  event.payload.push_back('p');
  ExpectField(ValidateAppend("w", {event}), "events[0].payload");

  std::vector<Event> events(kMaxBatchEvents, GoodEvent());
  EXPECT_TRUE(ValidateAppend("w", events).ok());
  events.push_back(GoodEvent());
  ExpectField(ValidateAppend("w", events), "events");
}

TEST(EventValidationTest, BoundsEffectiveTimes) {
  const absl::Time first = absl::FromCivil(absl::CivilSecond(1, 1, 1), absl::UTCTimeZone());
  const absl::Time end = absl::FromCivil(absl::CivilSecond(10'000, 1, 1), absl::UTCTimeZone());
  Event event = GoodEvent();
  for (const absl::Time good : {first, end - absl::Nanoseconds(1), absl::UnixEpoch()}) {
    event.effective_time = good;
    EXPECT_TRUE(ValidateAppend("w", {event}).ok()) << good;
  }
  for (const absl::Time bad :
       {first - absl::Nanoseconds(1), end, absl::InfiniteFuture(), absl::InfinitePast()}) {
    event.effective_time = bad;
    ExpectField(ValidateAppend("w", {event}), "events[0].effective_time");
  }
}

TEST(EventValidationTest, RoundsEffectiveTimesDownToTheMicrosecond) {
  Event event = GoodEvent();
  EXPECT_EQ(EffectiveMicros(event), std::nullopt);
  EXPECT_EQ(EffectiveTime(std::nullopt), std::nullopt);
  event.effective_time = absl::FromUnixNanos(1'999);
  EXPECT_EQ(EffectiveMicros(event), 1);
  event.effective_time = absl::FromUnixNanos(-1);
  EXPECT_EQ(EffectiveMicros(event), -1);
  EXPECT_EQ(EffectiveTime(-1), absl::FromUnixMicros(-1));
}

}  // namespace
}  // namespace quotacast::eventlog
