// Goal: readers of the feed get every event that they ask for once, in order, at their own pace.
// Method: an in-memory log to which a second thread appends.
#include "services/ingestion/event_feed.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/errors.h"
#include "base/fake_clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "services/eventlog/in_memory_event_log.h"

namespace quotacast::ingestion {
namespace {

std::string ReasonOf(const absl::Status& status) {
  return GetDetail(status).value_or(ErrorDetail()).reason;
}

bool Never() { return false; }

class EventFeedTest : public testing::Test {
 protected:
  absl::Status Watch(const v1::WatchEventsRequest& request, const std::function<bool()>& cancelled,
                     const std::function<bool(const v1::WatchEventsResponse&)>& take) {
    return WatchLog(log_, "w", request, cancelled, [&take](const std::string& bytes) {
      v1::WatchEventsResponse response;
      EXPECT_TRUE(response.ParseFromString(bytes));
      return take(response);
    });
  }

  // Appends "<key prefix>1" and so on.
  void Append(const std::string& source, const std::string& key_prefix, int count) {
    std::vector<eventlog::Event> events;
    for (int i = 0; i < count; ++i) {
      crm::v1::CrmEvent event;
      const std::string id = absl::StrCat(++event_count_);
      event.mutable_rep()->set_rep_id(id);
      events.push_back({{source, key_prefix + id, "1"}, std::nullopt, event.SerializeAsString()});
    }
    ASSERT_TRUE(log_.Append("w", events).ok());
  }
  void AppendReps(int count) { Append("crm", "rep/R", count); }

  // "offsets of a message!caught_up@read_offset" of each message.
  std::vector<std::string> Messages(const v1::WatchEventsRequest& request) {
    std::vector<std::string> messages;
    const absl::Status status =
        Watch(request, Never, [&messages](const v1::WatchEventsResponse& response) {
          std::string text;
          for (const v1::EventRecord& event : response.events()) {
            absl::StrAppend(&text, event.offset(), " ");
          }
          messages.push_back(
              absl::StrCat(text, response.caught_up() ? "!" : "", "@", response.read_offset()));
          return true;
        });
    EXPECT_TRUE(status.ok()) << status;
    return messages;
  }

  FakeClock clock_{absl::FromUnixSeconds(1'500'000'000)};
  eventlog::InMemoryEventLog memory_{&clock_};
  eventlog::EventLog& log_ = memory_;
  int event_count_ = 0;
};

TEST_F(EventFeedTest, FeedComesInBatchesAndEndsCaughtUp) {
  AppendReps(2'500);
  v1::WatchEventsRequest request;
  request.set_after_offset(100);
  std::vector<std::string> batches;
  int64_t expected_offset = 101;
  ASSERT_TRUE(Watch(request, Never, [&](const v1::WatchEventsResponse& response) {
                batches.push_back(absl::StrCat(response.events_size(), ":", response.caught_up()));
                for (const v1::EventRecord& event : response.events()) {
                  EXPECT_EQ(event.offset(), expected_offset++);
                }
                return true;
              }).ok());
  EXPECT_THAT(batches, testing::ElementsAre("1000:0", "1000:0", "400:1"));
}

TEST_F(EventFeedTest, EmptyFeedSaysSoOnce) {
  for (const int64_t offset : {0, 5}) {
    v1::WatchEventsRequest request;
    request.set_after_offset(offset);
    int message_count = 0;
    ASSERT_TRUE(Watch(request, Never, [&](const v1::WatchEventsResponse& response) {
                  ++message_count;
                  EXPECT_EQ(response.events_size(), 0);
                  EXPECT_TRUE(response.caught_up());
                  return true;
                }).ok());
    EXPECT_EQ(message_count, 1);
  }
  v1::WatchEventsRequest negative;
  negative.set_after_offset(-1);
  EXPECT_EQ(ReasonOf(Watch(negative, Never, [](const v1::WatchEventsResponse&) { return true; })),
            "INVALID_FIELD");
}

TEST_F(EventFeedTest, LargeEventsMakeSmallBatches) {
  std::vector<eventlog::Event> events;
  crm::v1::CrmEvent event;
  event.mutable_rep()->set_display_name(std::string(900'000, 'x'));
  for (int i = 0; i < 5; ++i) {
    events.push_back(
        {{"crm", absl::StrCat("rep/", i), "1"}, std::nullopt, event.SerializeAsString()});
  }
  ASSERT_TRUE(log_.Append("w", events).ok());
  std::vector<int> sizes;
  ASSERT_TRUE(Watch(v1::WatchEventsRequest(), Never, [&](const v1::WatchEventsResponse& response) {
                EXPECT_LT(response.ByteSizeLong(), size_t{4} << 20);
                sizes.push_back(response.events_size());
                return true;
              }).ok());
  EXPECT_THAT(sizes, testing::ElementsAre(2, 2, 1));
}

TEST_F(EventFeedTest, FollowingGoesOnUntilCancelled) {
  AppendReps(3);
  v1::WatchEventsRequest request;
  request.set_follow(true);
  std::atomic<int> seen{0};
  std::atomic<bool> cancelled{false};
  absl::Status status;
  std::thread follower([&] {
    status = Watch(
        request, [&] { return cancelled.load(); },
        [&](const v1::WatchEventsResponse& response) {
          seen += response.events_size();
          // Each message is answered by another event, until ten have come.
          if (seen < 10) {
            AppendReps(1);
          } else {
            cancelled = true;
          }
          return true;
        });
  });
  follower.join();
  EXPECT_TRUE(absl::IsCancelled(status)) << status;
  EXPECT_EQ(seen.load(), 10);
}

TEST_F(EventFeedTest, FeedStopsWhenNobodyTakesIt) {
  AppendReps(3);
  v1::WatchEventsRequest request;
  request.set_follow(true);
  EXPECT_TRUE(Watch(request, Never, [](const v1::WatchEventsResponse&) { return false; }).ok());
}

TEST_F(EventFeedTest, FiltersLeaveGapsAndTellHowFarTheyRead) {
  Append("crm", "rep/", 2);      // 1, 2.
  Append("hr", "rep/", 2);       // 3, 4.
  Append("crm", "account/", 2);  // 5, 6.
  v1::WatchEventsRequest request;
  request.add_entities(crm::v1::ENTITY_KIND_REP);
  EXPECT_THAT(Messages(request), testing::ElementsAre("1 2 3 4 !@6"));
  request.add_sources("hr");
  EXPECT_THAT(Messages(request), testing::ElementsAre("3 4 !@6"));
  request.add_source_keys("rep/4");
  request.add_source_keys("rep/1");
  EXPECT_THAT(Messages(request), testing::ElementsAre("4 !@6"));
  request.set_after_offset(4);
  EXPECT_THAT(Messages(request), testing::ElementsAre("!@6"));
  request.Clear();
  request.add_entities(crm::v1::ENTITY_KIND_ACCOUNT);
  request.add_entities(crm::v1::ENTITY_KIND_LEAD);
  EXPECT_THAT(Messages(request), testing::ElementsAre("5 6 !@6"));
}

TEST_F(EventFeedTest, AFilterThatPassesNothingStillTellsItsProgress) {
  for (int i = 0; i < 21; ++i) Append("crm", "rep/", 10'000);
  v1::WatchEventsRequest request;
  request.add_sources("nobody");
  EXPECT_THAT(Messages(request), testing::ElementsAre("@100000", "@200000", "!@210000"));
}

TEST_F(EventFeedTest, BadFiltersAreRefused) {
  const auto field_at_fault = [this](const v1::WatchEventsRequest& request) {
    const absl::Status status =
        Watch(request, Never, [](const v1::WatchEventsResponse&) { return true; });
    const auto detail = GetDetail(status).value_or(ErrorDetail());
    return detail.field_violations.empty() ? "" : detail.field_violations[0].field;
  };
  v1::WatchEventsRequest request;
  for (const int kind : {0, 23, -1}) {
    request.clear_entities();
    request.add_entities(static_cast<crm::v1::EntityKind>(kind));
    EXPECT_EQ(field_at_fault(request), "entities") << kind;
  }
  request.Clear();
  for (int i = 0; i < kMaxWatchSourceKeys; ++i) request.add_source_keys("k");
  for (int i = 0; i < kMaxWatchSources; ++i) request.add_sources("s");
  EXPECT_EQ(field_at_fault(request), "");
  request.add_source_keys("k");
  EXPECT_EQ(field_at_fault(request), "source_keys");
  request.mutable_source_keys()->RemoveLast();
  request.add_sources("s");
  EXPECT_EQ(field_at_fault(request), "sources");
}

TEST_F(EventFeedTest, ADamagedEventIsNamed) {
  const eventlog::Event damaged = {{"crm", "rep/1", "1"}, std::nullopt, "\xff\xff"};
  ASSERT_TRUE(log_.Append("w", absl::MakeConstSpan(&damaged, 1)).ok());
  const absl::Status status = Watch({}, Never, [](const v1::WatchEventsResponse&) { return true; });
  EXPECT_EQ(ReasonOf(status), "DAMAGED_EVENT");
}

}  // namespace
}  // namespace quotacast::ingestion
