// Goal: every deal is counted by what it came from, and leads are told apart exactly when they were
// recorded as long as deals and enough of them became deals. Method: histories of a handful of
// deals and leads worked by hand, one lead more or one day later than each limit.
#include "simulator/fit/origins.h"

#include <string>

#include "absl/time/civil_time.h"
#include "gtest/gtest.h"
#include "simulator/fit/history.h"

namespace quotacast::simulator {
namespace {

using absl::CivilDay;

const CivilDay kStart(2020, 1, 1);

History Company() {
  History history;
  history.segments = {"smb"};
  history.stages = {"one", "two"};
  history.teams = {"all"};
  history.reps = {{"ann", 0, {}, {}}};
  history.currency = "USD";
  history.as_of = CivilDay(2020, 12, 31);
  return history;
}

void AddDeal(History& history, const std::string& id, DealOrigin origin, int predecessor = -1) {
  HistoryDeal deal;
  deal.id = id;
  deal.created = CivilDay(2020, 6, 1);
  deal.visits = {{0, deal.created}};
  deal.end = DealEnd::kWon;
  deal.end_day = deal.created;
  deal.origin = origin;
  deal.predecessor = predecessor;
  history.deals.push_back(deal);
}

void AddConverted(History& history, int count, CivilDay created) {
  for (int i = 0; i < count; ++i) {
    HistoryLead lead;
    lead.id = "lead" + std::to_string(history.leads.size());
    lead.created = created;
    lead.end = LeadEnd::kConverted;
    lead.end_day = created + 1;
    history.leads.push_back(lead);
  }
}

TEST(LeadsAreToldApart, WhenTheyWereRecordedAsLongAsDealsAndTwentyWereConverted) {
  EXPECT_FALSE(LeadsAreToldApart(Company(), kStart));
  History history = Company();
  AddConverted(history, 19, kStart + 28);
  EXPECT_FALSE(LeadsAreToldApart(history, kStart));
  AddConverted(history, 1, kStart + 200);
  EXPECT_TRUE(LeadsAreToldApart(history, kStart));
  // A day later than four weeks after the window began.
  EXPECT_FALSE(LeadsAreToldApart(history, kStart - 1));
  // Converted before the window says nothing about it; an open one does not count as converted.
  EXPECT_FALSE(LeadsAreToldApart(history, kStart + 100));
  history.leads[0].end = LeadEnd::kOpen;
  EXPECT_FALSE(LeadsAreToldApart(history, kStart));
}

TEST(CreatedDeals, AreThoseThatNothingLedTo) {
  History history = Company();
  AddDeal(history, "own", DealOrigin::kCreated);
  AddDeal(history, "lead", DealOrigin::kLead);
  AddDeal(history, "renewal", DealOrigin::kRenewal, 0);
  AddDeal(history, "expansion", DealOrigin::kExpansion, 0);
  const History told = CreatedDeals(history, true);
  ASSERT_EQ(told.deals.size(), 1u);
  EXPECT_EQ(told.deals[0].id, "own");
  EXPECT_EQ(told.deals[0].created, CivilDay(2020, 6, 1));
  const History untold = CreatedDeals(history, false);
  ASSERT_EQ(untold.deals.size(), 2u);
  EXPECT_EQ(untold.deals[1].id, "lead");
  EXPECT_EQ(untold.as_of, history.as_of);
}

TEST(LeadPipeline, MakesADealOfOneStageOfEachLead) {
  History history = Company();
  AddConverted(history, 1, kStart);
  history.leads.push_back({"dropped", 0, 0, kStart, LeadEnd::kDropped, kStart + 9});
  history.leads.push_back({"open", 0, 0, kStart + 3, LeadEnd::kOpen, {}});
  const History pipeline = LeadPipeline(history);
  ASSERT_TRUE(ValidateHistory(pipeline).ok()) << ValidateHistory(pipeline);
  ASSERT_EQ(pipeline.stages.size(), 1u);
  ASSERT_EQ(pipeline.deals.size(), 3u);
  EXPECT_EQ(pipeline.deals[0].end, DealEnd::kWon);
  EXPECT_EQ(pipeline.deals[0].end_day, kStart + 1);
  EXPECT_EQ(pipeline.deals[1].end, DealEnd::kLost);
  EXPECT_EQ(pipeline.deals[1].end_day, kStart + 9);
  EXPECT_EQ(pipeline.deals[2].end, DealEnd::kOpen);
  EXPECT_EQ(pipeline.deals[2].created, kStart + 3);
  AddDeal(history, "own", DealOrigin::kCreated);
  EXPECT_EQ(CreatedDealsAndLeads(history, true).deals.size(), 4u);
  EXPECT_EQ(CreatedDealsAndLeads(history, false).deals.size(), 1u);
}

}  // namespace
}  // namespace quotacast::simulator
