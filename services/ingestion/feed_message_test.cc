// Goal: the hand-made bytes are those of the ordinary message. Method: both ways of making it from
// the same events, also at the edges of every field.
#include "services/ingestion/feed_message.h"

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "services/eventlog/event_log.h"
#include "services/ingestion/converters.h"
#include "services/ingestion/sample_events.h"

namespace quotacast::ingestion {
namespace {

eventlog::StoredEvent Stored(int64_t offset, const v1::NewEvent& event) {
  eventlog::StoredEvent stored;
  stored.offset = offset;
  stored.recorded_time = absl::FromUnixMicros(1'500'000'000'123'456);
  stored.event = ToLogEvent(event);
  return stored;
}

TEST(FeedMessageTest, BytesEqualTheOrdinaryMessage) {
  std::vector<eventlog::StoredEvent> events;
  for (int i = 1; i <= 300; ++i) events.push_back(Stored(i * i * i, SampleEvent(i)));
  events.push_back(Stored(std::numeric_limits<int64_t>::max(), SampleRep("7", "Zoë")));
  events.back().event.effective_time = std::nullopt;
  events.push_back(events.back());
  events.back().event.effective_time = absl::UnixEpoch();
  events.back().is_erased = true;
  events.push_back(events.back());
  events.back().event.effective_time = absl::FromUnixMicros(-1);  // Seconds below zero.
  events.back().recorded_time = absl::UnixEpoch();
  events.push_back(events.back());
  events.back().event.payload = "";
  events.push_back(events.back());
  events.back().event.id = {std::string(512, 's'), std::string(128, 'k'), ""};

  FeedMessage message;
  for (const bool caught_up : {false, true}) {
    v1::WatchEventsResponse ordinary;
    for (const eventlog::StoredEvent& event : events) {
      message.AddEvent(event);
      *ordinary.add_events() = ToEventRecord(event).value();
    }
    ordinary.set_caught_up(caught_up);
    ordinary.set_read_offset(caught_up ? 1 << 20 : 0);
    EXPECT_EQ(message.Finish(caught_up, ordinary.read_offset()), ordinary.SerializeAsString());
  }
  v1::WatchEventsResponse empty;
  empty.set_caught_up(true);
  EXPECT_EQ(message.Finish(true, 0), empty.SerializeAsString());
}

TEST(FeedMessageTest, GarbageIsNoMessage) {
  EXPECT_TRUE(IsMessage(""));
  EXPECT_TRUE(IsMessage(SampleEvent(1).event().SerializeAsString()));
  EXPECT_FALSE(IsMessage("\xff\xff\xff"));
  std::string cut = SampleEvent(1).event().SerializeAsString();
  cut.pop_back();
  EXPECT_FALSE(IsMessage(cut));
}

}  // namespace
}  // namespace quotacast::ingestion
