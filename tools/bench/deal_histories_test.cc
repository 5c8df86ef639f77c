// Goal: what is worked out of the histories is what the events say, and the log's records are those
// that are sent. Method: some deals read by hand, and every event of a small feed.
#include "tools/bench/deal_histories.h"

#include <cstdint>
#include <set>
#include <string>

#include "absl/time/civil_time.h"
#include "gtest/gtest.h"
#include "quotacast/ingestion/v1/ingestion_service.pb.h"

namespace quotacast::bench {
namespace {

constexpr absl::CivilDay kAfterAll(2030, 1, 1);

TEST(DealHistoriesTest, RecordsAreTheEventsInOrder) {
  const DealHistories histories(20);
  EXPECT_EQ(histories.event_count(), 6 + 20 * 10);
  std::set<std::string> ids;
  for (int64_t i = 0; i < histories.event_count(); ++i) {
    const ingestion::v1::NewEvent event = histories.Event(i);
    const ingestion::v1::EventRecord record = histories.Record(i);
    EXPECT_EQ(record.offset(), i + 1);
    EXPECT_EQ(record.id().SerializeAsString(), event.id().SerializeAsString());
    EXPECT_EQ(record.event().SerializeAsString(), event.event().SerializeAsString());
    EXPECT_EQ(event.event().has_stage(), i < 6);
    ids.insert(event.id().SerializeAsString());
  }
  EXPECT_EQ(ids.size(), static_cast<size_t>(histories.event_count()));
}

TEST(DealHistoriesTest, ADealIsWhatItsEventsSaid) {
  const DealHistories histories(50);
  int closed_count = 0;
  for (int64_t deal = 0; deal < 50; ++deal) {
    EXPECT_EQ(histories.DealOn(deal, absl::CivilDay(2017, 12, 31)).rep, "");
    const PlainDeal plain = histories.DealOn(deal, kAfterAll);
    EXPECT_EQ(plain.rep, histories.Step(deal, 0).event().opportunity().owner_rep_id());
    const crm::v1::OpportunityChange closing = histories.Step(deal, 8).event().opportunity();
    const std::string last_stage = closing.stage_id().empty() ? "Negotiation" : closing.stage_id();
    EXPECT_EQ(plain.stage, last_stage);
    const int last_amount_step = closing.stage_id().empty() ? 7 : 9;
    EXPECT_EQ(plain.units,
              histories.Step(deal, last_amount_step).event().opportunity().amount().units());
    closed_count += plain.IsWon() || plain.IsLost() ? 1 : 0;
  }
  EXPECT_GT(closed_count, 0);
  EXPECT_LT(closed_count, 50);
}

TEST(DealHistoriesTest, ClosedDealsAddUpWhateverTheReps) {
  const DealHistories one(300, 1), ten(300, 10);
  const RepTable of_one = one.ClosedByRepOn(kAfterAll);
  ASSERT_EQ(of_one.size(), 1u);
  const RepTable of_ten = ten.ClosedByRepOn(kAfterAll);
  EXPECT_EQ(of_ten.size(), 10u);
  RepRow sum;
  for (const auto& rep : of_ten) {
    sum.won_count += rep.second.won_count;
    sum.lost_count += rep.second.lost_count;
    sum.booked_minor_units += rep.second.booked_minor_units;
  }
  EXPECT_EQ(sum, of_one.begin()->second);
  EXPECT_GT(sum.won_count, 0);
  EXPECT_TRUE(one.ClosedByRepOn(absl::CivilDay(2017, 12, 31)).empty());
}

}  // namespace
}  // namespace quotacast::bench
