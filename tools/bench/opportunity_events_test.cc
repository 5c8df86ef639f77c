// Goal: the events are as large as promised, all different, and the same for the same seed. Method:
// some thousands of them.
#include "tools/bench/opportunity_events.h"

#include <cmath>
#include <cstdint>
#include <set>
#include <string>

#include "gtest/gtest.h"

namespace quotacast::bench {
namespace {

constexpr int64_t kCount = 5'000;

TEST(OpportunityEventsTest, HaveTheSizeOfRealOnesAndIdsOfTheirOwn) {
  std::set<std::string> ids;
  std::set<uint64_t> checksums;
  int64_t byte_count = 0;
  for (int64_t i = 0; i < kCount; ++i) {
    const ingestion::v1::NewEvent event = OpportunityEvent(7, i);
    ids.insert(event.id().SerializeAsString());
    checksums.insert(IdChecksum(event.id()));
    byte_count += static_cast<int64_t>(event.event().ByteSizeLong());
  }
  EXPECT_EQ(ids.size(), static_cast<size_t>(kCount));
  EXPECT_EQ(checksums.size(), static_cast<size_t>(kCount));
  EXPECT_GT(byte_count / kCount, 120);
  EXPECT_LT(byte_count / kCount, 180);
}

TEST(OpportunityEventsTest, FollowFromSeedAndNumber) {
  EXPECT_EQ(OpportunityEvent(7, 123).SerializeAsString(),
            OpportunityEvent(7, 123).SerializeAsString());
  EXPECT_NE(OpportunityEvent(7, 123).SerializeAsString(),
            OpportunityEvent(8, 123).SerializeAsString());
}

// The closing step of a deal that stays open names no stage; shares are those of the header within
// five standard deviations.
TEST(OpportunityEventsTest, HistoriesGoForwardAndEndAsSaid) {
  constexpr int kDeals = 4'000;
  int closed = 0;
  int won = 0;
  std::set<std::string> ids;
  for (int deal = 0; deal < kDeals; ++deal) {
    int64_t before = 0;
    for (int step = 0; step < kHistorySteps; ++step) {
      const ingestion::v1::NewEvent event = HistoryEvent(7, deal, step);
      ids.insert(event.id().SerializeAsString());
      ASSERT_GT(event.effective_time().seconds(), before);
      before = event.effective_time().seconds();
      if (step != 8) continue;
      const std::string& stage = event.event().opportunity().stage_id();
      closed += stage.empty() ? 0 : 1;
      won += stage == "Closed Won" ? 1 : 0;
    }
  }
  EXPECT_EQ(ids.size(), static_cast<size_t>(kDeals * kHistorySteps));
  EXPECT_NEAR(closed, 0.7 * kDeals, 5 * std::sqrt(0.21 * kDeals));
  EXPECT_NEAR(won, 0.4 * kDeals, 5 * std::sqrt(0.24 * kDeals));
}

}  // namespace
}  // namespace quotacast::bench
