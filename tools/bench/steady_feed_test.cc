// Goal: the won deals of a feed count its batches, and nothing else in it is won or changes what
// was. Method: every event of some batches over a small set of histories.
#include "tools/bench/steady_feed.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"
#include "tools/bench/deal_histories.h"

namespace quotacast::bench {
namespace {

constexpr absl::CivilDay kAfterAll(2030, 1, 1);

TEST(SteadyFeedTest, OneUnitIsWonInEachBatchAndTheRestChangesOpenDeals) {
  const DealHistories histories(200);
  std::map<std::string, bool> is_open;
  int64_t open_count = 0;
  for (int64_t deal = 0; deal < 200; ++deal) {
    const PlainDeal plain = histories.DealOn(deal, kAfterAll);
    const bool open = !plain.IsWon() && !plain.IsLost();
    is_open[histories.Step(deal, 0).event().opportunity().opportunity_id()] = open;
    open_count += open ? 1 : 0;
  }
  SteadyFeed feed(histories, absl::FromUnixSeconds(1'900'000'000));
  std::set<std::string> ids, changed, won;
  int64_t sequence = 7;
  for (const auto& request : feed.NextBatches(20, 7)) {
    EXPECT_EQ(request.batch().sequence(), sequence++);
    ASSERT_EQ(request.batch().events_size(), SteadyFeed::kBatchEvents);
    for (const ingestion::v1::NewEvent& event : request.batch().events()) {
      ids.insert(event.id().SerializeAsString());
      EXPECT_EQ(event.effective_time().seconds(), 1'900'000'000);
      const crm::v1::OpportunityChange& change = event.event().opportunity();
      if (&event != &*request.batch().events().rbegin()) {
        EXPECT_TRUE(is_open.at(change.opportunity_id()));
        EXPECT_FALSE(change.has_stage_id());
        EXPECT_NE(change.has_amount(), change.has_expected_close_date());
        changed.insert(change.opportunity_id());
        continue;
      }
      EXPECT_EQ(change.stage_id(), "Closed Won");
      EXPECT_EQ(change.amount().units(), 1);
      EXPECT_EQ(is_open.count(change.opportunity_id()), 0u);
      won.insert(change.opportunity_id());
    }
  }
  EXPECT_EQ(ids.size(), 20u * SteadyFeed::kBatchEvents);
  EXPECT_EQ(won.size(), 20u);
  EXPECT_EQ(static_cast<int64_t>(changed.size()), open_count);
}

}  // namespace
}  // namespace quotacast::bench
