// Goal: the events are as large as promised, all different, and the same for the same seed. Method:
// some thousands of them.
#include "tools/bench/opportunity_events.h"

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

}  // namespace
}  // namespace quotacast::bench
