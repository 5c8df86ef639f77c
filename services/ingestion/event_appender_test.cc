// Goal: only what the log does not know is appended, under the next free version. Method: facts
// and states are stated several times; versions in the log are compared with hand-written lists.
#include "services/ingestion/event_appender.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/errors.h"
#include "base/fake_clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/eventlog/in_memory_event_log.h"

namespace quotacast::ingestion {
namespace {

using testing::ElementsAre;

class EventAppenderTest : public testing::Test {
 protected:
  static crm::v1::CrmEvent Deal(const std::string& stage) {
    crm::v1::CrmEvent event;
    event.mutable_opportunity()->set_stage_id(stage);
    return event;
  }

  EventAppender NewAppender() {
    return EventAppender(log_, "w", "crm", log_.LastOffset("w").value() == 0, never_);
  }

  std::vector<std::string> Versions() {
    std::vector<std::string> versions;
    const std::vector<eventlog::StoredEvent> events = log_.Read("w", 0, 1'000).value();
    for (const eventlog::StoredEvent& stored : events) {
      versions.push_back(stored.event.id.version);
    }
    return versions;
  }

  const absl::Time day_ = absl::FromUnixSeconds(86'400);
  FakeClock clock_{absl::FromUnixSeconds(1'500'000'000)};
  eventlog::InMemoryEventLog log_{&clock_};
  const std::function<bool()> never_ = [] { return false; };
};

TEST_F(EventAppenderTest, FactsAreCorrectedPerVersion) {
  // "Won@d" must not be taken for a correction of "Won@d1".
  for (const char* content : {"a", "a", "b", "a"}) {
    EventAppender appender = NewAppender();
    ASSERT_TRUE(appender
                    .Add("opportunity/1",
                         {Fact{"Won@d", day_, Deal(content)}, Fact{"Won@d1", day_, Deal("other")}})
                    .ok());
    ASSERT_TRUE(appender.Flush().ok());
  }
  EXPECT_THAT(Versions(), ElementsAre("Won@d", "Won@d1", "Won@d#2", "Won@d#3"));
  EventAppender appender = NewAppender();
  ASSERT_TRUE(appender.Add("opportunity/1", {Fact{"Won@d", std::nullopt, Deal("a")}}).ok());
  ASSERT_TRUE(appender.Flush().ok());
  EXPECT_EQ(appender.corrected_count(), 1);  // Another time is another content.
  EXPECT_EQ(appender.appended_count(), 1);
  EXPECT_EQ(appender.unchanged_count(), 0);
}

TEST_F(EventAppenderTest, StatesAreNumbered) {
  for (const char* content : {"a", "a", "b", "b", "a"}) {
    EventAppender appender = NewAppender();
    ASSERT_TRUE(appender.AddState("rep/1", day_, Deal(content)).ok());
    ASSERT_TRUE(appender.Flush().ok());
  }
  EXPECT_THAT(Versions(), ElementsAre("1", "2", "3"));
}

TEST_F(EventAppenderTest, FlushesByItselfAtTheBatchLimit) {
  EventAppender appender = NewAppender();
  for (size_t i = 0; i + 1 < kAppendBatchEvents; ++i) {
    ASSERT_TRUE(appender.AddState(absl::StrCat("rep/", i), day_, Deal("a")).ok());
  }
  EXPECT_EQ(log_.LastOffset("w").value(), 0);
  ASSERT_TRUE(appender.AddState("rep/last", day_, Deal("a")).ok());
  EXPECT_EQ(log_.LastOffset("w").value(), static_cast<int64_t>(kAppendBatchEvents));
}

TEST_F(EventAppenderTest, AnotherWriterIsNoticed) {
  EventAppender appender = NewAppender();
  ASSERT_TRUE(appender.AddState("rep/1", day_, Deal("mine")).ok());
  ASSERT_TRUE(
      log_.Append("w", {{{"crm", "rep/1", "1"}, day_, Deal("theirs").SerializeAsString()}}).ok());
  const absl::Status status = appender.Flush();
  EXPECT_TRUE(absl::IsAborted(status)) << status;
  EXPECT_EQ(GetDetail(status).value_or(ErrorDetail()).reason, "IMPORT_INTERRUPTED");
}

// The events of a batch after a conflict are durable like those before it, and were not counted.
TEST_F(EventAppenderTest, AConflictInMidBatchStillCountsTheRest) {
  EventAppender appender = NewAppender();
  for (const char* key : {"rep/1", "rep/2", "rep/3", "rep/4"}) {
    ASSERT_TRUE(appender.AddState(key, day_, Deal("mine")).ok());
  }
  ASSERT_TRUE(log_.Append("w", {{{"crm", "rep/2", "1"}, day_, Deal("theirs").SerializeAsString()},
                                {{"crm", "rep/3", "1"}, day_, Deal("mine").SerializeAsString()}})
                  .ok());
  const absl::Status status = appender.Flush();
  EXPECT_TRUE(absl::IsAborted(status)) << status;
  EXPECT_THAT(std::string(status.message()),
              testing::AllOf(testing::HasSubstr("rep/2"), testing::HasSubstr("2 new events")));
  EXPECT_EQ(appender.appended_count(), 2);
  EXPECT_EQ(appender.unchanged_count(), 1);
  EXPECT_EQ(log_.LastOffset("w").value(), 4);
}

TEST_F(EventAppenderTest, CancelledFlushAppendsNothing) {
  const std::function<bool()> always = [] { return true; };
  EventAppender appender(log_, "w", "crm", true, always);
  ASSERT_TRUE(appender.AddState("rep/1", day_, Deal("a")).ok());
  EXPECT_TRUE(absl::IsCancelled(appender.Flush()));
  EXPECT_EQ(log_.LastOffset("w").value(), 0);
}

}  // namespace
}  // namespace quotacast::ingestion
