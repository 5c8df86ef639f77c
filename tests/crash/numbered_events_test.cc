// Goal: the follower notices a gap, a repetition, a swap and half a batch. Method: the feed that
// two writers make, changed in one place.
#include "tests/crash/numbered_events.h"

#include <cstdint>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"

namespace quotacast::tests {
namespace {

using ingestion::v1::EventRecord;

// Batches 1 and 2 of writer "a", then batch 1 of writer "b".
std::vector<EventRecord> Feed() {
  std::vector<EventRecord> feed;
  const std::pair<const char*, int64_t> batches[] = {{"a", 1}, {"a", 2}, {"b", 1}};
  for (const auto& [writer, sequence] : batches) {
    const ingestion::v1::AppendBatch batch = NumberedBatch(writer, sequence);
    for (const ingestion::v1::NewEvent& event : batch.events()) {
      EventRecord record;
      record.set_offset(static_cast<int64_t>(feed.size()) + 1);
      *record.mutable_id() = event.id();
      *record.mutable_effective_time() = event.effective_time();
      *record.mutable_event() = event.event();
      feed.push_back(record);
    }
  }
  return feed;
}

bool Accepts(const std::vector<EventRecord>& feed) {
  FeedFollower follower;
  for (const EventRecord& record : feed) {
    if (!follower.Take(record).ok()) return false;
  }
  return true;
}

TEST(FeedFollowerTest, TakesTheFeedAsItWasSent) {
  FeedFollower follower;
  for (const EventRecord& record : Feed()) ASSERT_TRUE(follower.Take(record).ok());
  int64_t last_sequence = 0;
  EXPECT_TRUE(follower.CheckWhole("a", &last_sequence).ok());
  EXPECT_EQ(last_sequence, 2);
  EXPECT_TRUE(follower.CheckWhole("nobody", &last_sequence).ok());
  EXPECT_EQ(last_sequence, 0);
}

TEST(FeedFollowerTest, NoticesWhatIsMissingRepeatedOrChanged) {
  ASSERT_TRUE(Accepts(Feed()));
  std::vector<EventRecord> gap = Feed();
  gap.erase(gap.begin() + 3);
  EXPECT_FALSE(Accepts(gap));
  std::vector<EventRecord> repeated = Feed();
  repeated.insert(repeated.begin() + 3, repeated[3]);
  EXPECT_FALSE(Accepts(repeated));
  std::vector<EventRecord> renumbered = repeated;
  for (size_t i = 0; i < renumbered.size(); ++i) {
    renumbered[i].set_offset(static_cast<int64_t>(i) + 1);
  }
  EXPECT_FALSE(Accepts(renumbered));
  std::vector<EventRecord> changed = Feed();
  changed[2].mutable_event()->mutable_opportunity()->set_stage_id("Won");
  EXPECT_FALSE(Accepts(changed));
}

TEST(FeedFollowerTest, NoticesHalfABatch) {
  FeedFollower follower;
  const std::vector<EventRecord> feed = Feed();
  ASSERT_GT(NumberedBatch("a", 1).events_size(), 1);
  ASSERT_TRUE(follower.Take(feed.front()).ok());
  int64_t last_sequence = 0;
  EXPECT_FALSE(follower.CheckWhole("a", &last_sequence).ok());
}

}  // namespace
}  // namespace quotacast::tests
