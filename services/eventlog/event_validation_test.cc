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

RecordWrite GoodRecord() { return {"note", "k", nullptr}; }

TEST(EventValidationTest, BoundsRecords) {
  EXPECT_TRUE(ValidateRecords({}).ok());
  std::vector<RecordWrite> records(kMaxBatchRecords, GoodRecord());
  EXPECT_TRUE(ValidateRecords(records).ok());
  records.push_back(GoodRecord());
  ExpectField(ValidateRecords(records), "records");
  RecordWrite record = GoodRecord();
  record.kind = std::string(kMaxIdBytes, 'x');
  record.key = record.kind;
  EXPECT_TRUE(ValidateRecords({record}).ok());
  record.key += "x";
  ExpectField(ValidateRecords({GoodRecord(), record}), "records[1].key");
  record.kind += "x";
  ExpectField(ValidateRecords({record}), "records[0].kind");
  EXPECT_TRUE(ValidateRecordValue(std::string(kMaxRecordBytes, 'v'), 0).ok());
  ExpectField(ValidateRecordValue(std::string(kMaxRecordBytes + 1, 'v'), 3), "records[3].value");
}

TEST(EventValidationTest, BoundsWhatIsRestored) {
  const absl::Time first = absl::FromCivil(absl::CivilSecond(1, 1, 1), absl::UTCTimeZone());
  const absl::Time end = absl::FromCivil(absl::CivilSecond(10'000, 1, 1), absl::UTCTimeZone());
  const auto stored = [](absl::Time recorded) { return StoredEvent{1, recorded, GoodEvent()}; };
  EXPECT_TRUE(ValidateRestore("w", {stored(first)}).ok());
  EXPECT_TRUE(ValidateRestore("w", {stored(end - absl::Nanoseconds(1))}).ok());
  ExpectField(ValidateRestore("w", {stored(end)}), "events[0].recorded_time");
  ExpectField(ValidateRestore("w", {stored(first - absl::Nanoseconds(1))}),
              "events[0].recorded_time");
  ExpectField(ValidateRestore("", {}), "workspace");
  std::vector<StoredEvent> events(kMaxBatchEvents, stored(first));
  EXPECT_TRUE(ValidateRestore("w", events).ok());
  events.push_back(stored(first));
  ExpectField(ValidateRestore("w", events), "events");
  events.pop_back();
  events[5].event.payload = std::string(kMaxPayloadBytes + 1, 'p');
  ExpectField(ValidateRestore("w", events), "events[5].payload");
}

TEST(EventValidationTest, BoundsWhatIsRewritten) {
  const EventRewrite good = {1, GoodEvent().id, "", true};
  EXPECT_TRUE(ValidateRewrite("w", std::vector<EventRewrite>(kMaxBatchEvents, good)).ok());
  ExpectField(ValidateRewrite("w", std::vector<EventRewrite>(kMaxBatchEvents + 1, good)),
              "rewrites");
  ExpectField(ValidateRewrite("", {}), "workspace");
  EventRewrite bad = good;
  bad.id.version.clear();
  ExpectField(ValidateRewrite("w", {good, bad}), "rewrites[1].id.version");
}

}  // namespace
}  // namespace quotacast::eventlog
