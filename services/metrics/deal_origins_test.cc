// Goal: every deal of a book gets the origin, the predecessor and the model segment that the
// header's rules give it, and the state lists the leads and customers that are left. Method: small
// feeds worked by hand, one rule at a time.
#include "services/metrics/deal_origins.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "base/civil_date.h"
#include "base/fiscal_calendar.h"
#include "gtest/gtest.h"
#include "quotacast/crm/v1/crm_event.pb.h"
#include "services/metrics/book.h"
#include "services/metrics/book_view.h"
#include "services/metrics/converters.h"
#include "services/metrics/customers_of_view.h"
#include "services/metrics/test_feed.h"
#include "simulator/fit/history.h"

namespace quotacast::metrics {
namespace {

using absl::CivilDay;
using simulator::LeadEnd;
using Origin = simulator::DealOrigin;

const CivilDay kStart(2018, 1, 1);
const CivilDay kAsOf(2019, 12, 31);

class DealOriginsTest : public testing::Test {
 protected:
  DealOriginsTest() : feed_(CivilDay(2018, 1, 2)) {
    feed_.Stages();
    feed_.Team("East");
    feed_.Rep("ann", "East");
    feed_.Rep("bob", "East");
  }

  // Account and motion of a deal.
  void Say(const std::string& deal, const std::string& account, crm::v1::Motion motion, int day) {
    crm::v1::CrmEvent event;
    event.mutable_opportunity()->set_opportunity_id(deal);
    event.mutable_opportunity()->set_account_id(account);
    if (motion != crm::v1::MOTION_UNSPECIFIED) event.mutable_opportunity()->set_motion(motion);
    feed_.Add("opportunity/" + deal, "motion", StartOfDayUtc(kStart + day), event);
  }

  void Won(const std::string& deal, const std::string& account, crm::v1::Motion motion, int created,
           int won, const std::string& segment = "smb", const std::string& rep = "ann") {
    feed_.Closed(deal, "Won", kStart + created, kStart + won,
                 {.rep = rep, .segment = segment, .amount = 100});
    Say(deal, account, motion, created);
  }

  void Open(const std::string& deal, const std::string& account, crm::v1::Motion motion,
            int created, const std::string& segment = "smb") {
    feed_.Deal(deal, "Discovery", kStart + created, {.rep = "ann", .segment = segment});
    Say(deal, account, motion, created);
  }

  void Lead(const std::string& id, int created, crm::v1::LeadStatus status, int day,
            const std::string& deal = "", const std::string& rep = "ann",
            const std::string& segment = "smb") {
    crm::v1::CrmEvent event;
    crm::v1::LeadChange& lead = *event.mutable_lead();
    lead.set_lead_id(id);
    if (!rep.empty()) lead.set_owner_rep_id(rep);
    if (!segment.empty()) lead.set_segment_id(segment);
    lead.set_status(crm::v1::LEAD_STATUS_NEW);
    feed_.Add("lead/" + id, "new", StartOfDayUtc(kStart + created), event);
    crm::v1::CrmEvent later;
    later.mutable_lead()->set_lead_id(id);
    later.mutable_lead()->set_status(status);
    if (!deal.empty()) later.mutable_lead()->set_opportunity_id(deal);
    feed_.Add("lead/" + id, "later", StartOfDayUtc(kStart + day), later);
  }

  std::shared_ptr<const BookView> View() const {
    Book book;
    feed_.Fill(book);
    auto view = book.At({.effective_day = kAsOf}, CivilDay(2021, 1, 1));
    EXPECT_TRUE(view.ok()) << view.status();
    return *view;
  }

  // "id origin predecessor segment" of each deal, in order of id.
  static std::vector<std::string> Texts(const BookView& view) {
    const DealOrigins origins = OriginsOf(view);
    const char* const words[] = {"created", "lead", "renewal", "expansion"};
    std::vector<std::string> texts;
    for (size_t i = 0; i < origins.deals.size(); ++i) {
      const DealOrigin& deal = origins.deals[i];
      texts.push_back(
          absl::StrCat(view.opportunities[i].id, " ", words[static_cast<int>(deal.origin)],
                       deal.predecessor < 0
                           ? ""
                           : " of " + view.opportunities[static_cast<size_t>(deal.predecessor)].id,
                       " in ", origins.segments[static_cast<size_t>(deal.segment)]));
    }
    const simulator::History history = ToHistory(view);
    EXPECT_TRUE(simulator::ValidateHistory(history).ok()) << simulator::ValidateHistory(history);
    EXPECT_EQ(history.segments, origins.segments);
    return texts;
  }

  TestFeed feed_;
};

TEST_F(DealOriginsTest, WithoutMotionsAndLeadsNothingChanges) {
  Won("a", "acme", crm::v1::MOTION_UNSPECIFIED, 0, 30);
  Won("b", "acme", crm::v1::MOTION_NEW, 300, 330);
  const auto view = View();
  EXPECT_EQ(Texts(*view), (std::vector<std::string>{"a created in smb", "b created in smb"}));
  EXPECT_FALSE(OriginsOf(*view).has_follow_ups);
  const auto state = ToProtoState(*view, {});
  EXPECT_EQ(state->customers.size(), 0u);
  EXPECT_EQ(state->leads.size(), 0u);
}

TEST_F(DealOriginsTest, RenewalsFollowTheWinOfAYearAgoAndExpansionsTheLatest) {
  Won("a", "acme", crm::v1::MOTION_NEW, 0, 30);
  Won("b", "acme", crm::v1::MOTION_EXPANSION, 100, 110);
  Won("c", "acme", crm::v1::MOTION_NEW, 120, 140);
  Won("d", "acme", crm::v1::MOTION_RENEWAL, 330, 395);  // Of a, 300 days old; b is 220.
  Open("f", "acme", crm::v1::MOTION_RENEWAL, 440);      // Of b, 330 days old; c is 300.
  Open("g", "acme", crm::v1::MOTION_EXPANSION, 500);    // d is the latest win.
  Open("h", "acme", crm::v1::MOTION_RENEWAL, 600);      // Of c, 460 days old; d is 205.
  EXPECT_EQ(Texts(*View()), (std::vector<std::string>{
                                "a created in smb", "b expansion of a in smb", "c created in smb",
                                "d renewal of a in renewal", "f renewal of b in renewal",
                                "g expansion of d in smb", "h renewal of c in renewal"}));
}

// Ten accounts without a choice renew after a quarter: then so does the eleventh, which has one.
TEST_F(DealOriginsTest, TheUsualAgeIsWhatTheSourceShows) {
  for (int i = 0; i < 9; ++i) {
    Won(absl::StrCat("w", i), absl::StrCat("account", i), crm::v1::MOTION_NEW, 0, 10 + i);
    Open(absl::StrCat("x", i), absl::StrCat("account", i), crm::v1::MOTION_RENEWAL, 100 + i);
  }
  Won("a", "acme", crm::v1::MOTION_NEW, 0, 30);
  Won("b", "acme", crm::v1::MOTION_NEW, 0, 305);
  Open("c", "acme", crm::v1::MOTION_RENEWAL, 395);
  EXPECT_EQ(Texts(*View())[2], "c renewal of a in renewal");  // Nine do not tell: a year.
  Won("w9", "account9", crm::v1::MOTION_NEW, 0, 19);
  Open("x9", "account9", crm::v1::MOTION_RENEWAL, 109);
  EXPECT_EQ(Texts(*View())[2], "c renewal of b in renewal");
}

TEST_F(DealOriginsTest, ADealThatFindsNoWinWasCreatedByItsRep) {
  Won("a", "acme", crm::v1::MOTION_RENEWAL, 10, 30);    // Nothing before it.
  Won("b", "acme", crm::v1::MOTION_EXPANSION, 29, 29);  // a is not won yet.
  Open("c", "acme", crm::v1::MOTION_RENEWAL, 100);      // Of b, a day older than a.
  Open("d", "acme", crm::v1::MOTION_RENEWAL, 101);      // Only a is left.
  Open("e", "acme", crm::v1::MOTION_RENEWAL, 102);      // Both have their renewal.
  Open("f", "other", crm::v1::MOTION_RENEWAL, 102);     // Another account.
  Open("g", "", crm::v1::MOTION_EXPANSION, 102);        // No account.
  EXPECT_EQ(Texts(*View()),
            (std::vector<std::string>{"a created in renewal", "b created in smb",
                                      "c renewal of b in renewal", "d renewal of a in renewal",
                                      "e created in renewal", "f created in renewal",
                                      "g created in smb"}));
}

TEST_F(DealOriginsTest, WinsOfTwoYearsAgoLeadToNothing) {
  Won("a", "acme", crm::v1::MOTION_NEW, -400, -381);
  Open("b", "acme", crm::v1::MOTION_RENEWAL, 349);  // 730 days later.
  Won("c", "beta", crm::v1::MOTION_NEW, -400, -382);
  Open("d", "beta", crm::v1::MOTION_RENEWAL, 349);
  EXPECT_EQ(Texts(*View())[1], "b renewal of a in renewal");
  EXPECT_EQ(Texts(*View())[3], "d created in renewal");
}

TEST_F(DealOriginsTest, WhatIsCreatedOnOneDayDoesNotFollowEachOther) {
  Won("a", "acme", crm::v1::MOTION_EXPANSION, 10, 10);
  Won("b", "acme", crm::v1::MOTION_EXPANSION, 10, 10);
  // Written when the contract was won.
  Won("c", "beta", crm::v1::MOTION_NEW, 0, 50);
  Open("d", "beta", crm::v1::MOTION_RENEWAL, 50);
  EXPECT_EQ(Texts(*View()),
            (std::vector<std::string>{"a created in smb", "b created in smb", "c created in smb",
                                      "d renewal of c in renewal"}));
}

TEST_F(DealOriginsTest, RenewalsAloneKeepTheirSegment) {
  Won("a", "acme", crm::v1::MOTION_NEW, 0, 30);
  Open("b", "acme", crm::v1::MOTION_RENEWAL, 330, "care");
  EXPECT_EQ(Texts(*View())[1], "b renewal of a in care");
  // Those of mixed segments get one of their own beside it, or join the one of that name.
  Open("c", "acme", crm::v1::MOTION_RENEWAL, 340);
  EXPECT_EQ(Texts(*View())[1], "b renewal of a in care");
  EXPECT_EQ(Texts(*View())[2], "c created in renewal");
  Open("d", "beta", crm::v1::MOTION_RENEWAL, 340, "renewal");
  EXPECT_EQ(OriginsOf(*View()).segments, (std::vector<std::string>{"care", "renewal", "smb"}));
  EXPECT_EQ(Texts(*View())[2], "c created in renewal");
  // The name belongs to other business.
  Open("e", "beta", crm::v1::MOTION_NEW, 340, "renewal");
  EXPECT_EQ(Texts(*View())[2], "c created in renewals");
  EXPECT_EQ(Texts(*View())[3], "d created in renewals");
}

TEST_F(DealOriginsTest, LeadsEndWithTheirDealTheirLastStatusOrNotAtAll) {
  Open("a", "acme", crm::v1::MOTION_EXPANSION, 20);
  Lead("L1", 5, crm::v1::LEAD_STATUS_CONVERTED, 21, "a");
  Lead("L2", 5, crm::v1::LEAD_STATUS_DISQUALIFIED, 9);
  Lead("L3", 5, crm::v1::LEAD_STATUS_WORKING, 9);
  Lead("L4", 5, crm::v1::LEAD_STATUS_CONVERTED, 9);              // Its deal is not known.
  Lead("L5", 5, crm::v1::LEAD_STATUS_NEW, 9, "", "");            // Nobody's.
  Lead("L6", 5, crm::v1::LEAD_STATUS_NEW, 9, "", "ann", "ent");  // No deal is of that segment.
  Lead("L7", 6, crm::v1::LEAD_STATUS_CONVERTED, 21, "a");        // L1 became the deal.
  Open("b", "acme", crm::v1::MOTION_NEW, 30);
  Lead("L8", 33, crm::v1::LEAD_STATUS_CONVERTED, 34, "b");  // Recorded after its deal.
  const auto view = View();
  EXPECT_EQ(Texts(*view), (std::vector<std::string>{"a lead in smb", "b lead in smb"}));
  const std::vector<simulator::HistoryLead> leads = OriginsOf(*view).leads;
  ASSERT_EQ(leads.size(), 4u);
  EXPECT_EQ(leads[0].id, "L1");
  EXPECT_EQ(leads[0].end, LeadEnd::kConverted);
  EXPECT_EQ(leads[0].created, kStart + 5);
  EXPECT_EQ(leads[0].end_day, kStart + 20);
  EXPECT_EQ(leads[1].id, "L2");
  EXPECT_EQ(leads[1].end, LeadEnd::kDropped);
  EXPECT_EQ(leads[1].end_day, kStart + 9);
  EXPECT_EQ(leads[2].id, "L3");
  EXPECT_EQ(leads[2].end, LeadEnd::kOpen);
  EXPECT_EQ(leads[3].id, "L8");
  EXPECT_EQ(leads[3].created, kStart + 30);
  EXPECT_EQ(leads[3].end_day, kStart + 30);
  const auto state = ToProtoState(*view, {});
  ASSERT_EQ(state->leads.size(), 1u);
  EXPECT_EQ(state->header.open_lead_count(), 1);
  EXPECT_EQ(state->leads[0].lead_id(), "L3");
  EXPECT_EQ(state->leads[0].rep_id(), "ann");
  EXPECT_EQ(state->leads[0].segment_id(), "smb");
  EXPECT_EQ(state->leads[0].age_days(), kAsOf + 1 - (kStart + 5));
}

TEST_F(DealOriginsTest, CustomersAreWinsOfTwoYearsWithWhatTheyLedTo) {
  Won("a", "acme", crm::v1::MOTION_NEW, 0, 30);
  Won("b", "acme", crm::v1::MOTION_RENEWAL, 330, 395);
  Won("c", "acme", crm::v1::MOTION_EXPANSION, 500, 510);
  Won("old", "beta", crm::v1::MOTION_NEW, -20, -1);
  const auto view = View();
  const auto state = ToProtoState(*view, {});
  ASSERT_EQ(state->customers.size(), 3u);
  EXPECT_EQ(state->header.customer_count(), 3);
  const metrics::v1::StateCustomer& a = state->customers[0];
  EXPECT_EQ(a.opportunity_id(), "a");
  EXPECT_EQ(a.segment_id(), "smb");
  EXPECT_EQ(a.age_days(), 730 - 30);
  EXPECT_EQ(a.amount().units(), 100);
  EXPECT_TRUE(a.is_renewed());
  EXPECT_FALSE(a.is_expanded());
  EXPECT_EQ(state->customers[1].segment_id(), "renewal");
  EXPECT_FALSE(state->customers[1].is_renewed());
  EXPECT_TRUE(state->customers[1].is_expanded());
  EXPECT_FALSE(state->customers[2].is_expanded());
  // One day later the oldest is 731 days old at the end of the as-of day, and none any more.
  Won("edge", "beta", crm::v1::MOTION_NEW, -20, 0);
  EXPECT_EQ(ToProtoState(*View(), {})->customers.size(), 4u);
}

TEST_F(DealOriginsTest, WhatFollowsBelongsToSomebodyWhoIsStillThere) {
  feed_.Rep("gone", "East", kStart, kStart + 400);
  feed_.Rep("last", "West", kStart, kStart + 400);
  feed_.Rep("idle", "East");  // Owns nothing.
  Won("a", "acme", crm::v1::MOTION_NEW, 0, 30, "smb", "ann");
  Won("b", "beta", crm::v1::MOTION_NEW, 0, 30, "smb", "gone");
  Won("c", "beta", crm::v1::MOTION_EXPANSION, 100, 120, "smb", "bob");  // Later, bob's.
  Won("d", "gamma", crm::v1::MOTION_NEW, 0, 30, "smb", "gone");         // A colleague's.
  Won("e", "delta", crm::v1::MOTION_NEW, 0, 30, "smb", "last");         // Nobody is left.
  const auto state = ToProtoState(*View(), {});
  ASSERT_EQ(state->customers.size(), 4u);
  EXPECT_EQ(state->customers[0].rep_id(), "ann");
  EXPECT_EQ(state->customers[1].rep_id(), "bob");
  EXPECT_EQ(state->customers[2].rep_id(), "bob");
  EXPECT_EQ(state->customers[3].opportunity_id(), "d");
  EXPECT_TRUE(state->customers[3].rep_id() == "ann" || state->customers[3].rep_id() == "bob");
  EXPECT_EQ(state->customers[3].rep_id(), ToProtoState(*View(), {})->customers[3].rep_id());
}

TEST_F(DealOriginsTest, OpenDealsOfTheStateAreOfTheModelsSegments) {
  Won("a", "acme", crm::v1::MOTION_NEW, 0, 30);
  Open("b", "acme", crm::v1::MOTION_RENEWAL, 330);
  Open("c", "acme", crm::v1::MOTION_NEW, 330);
  const auto state = ToProtoState(*View(), {});
  ASSERT_EQ(state->deals.size(), 2u);
  EXPECT_EQ(state->deals[0].segment_id(), "renewal");
  EXPECT_EQ(state->deals[1].segment_id(), "smb");
}

TEST_F(DealOriginsTest, TheHashCoversLeadsAndCustomers) {
  Won("a", "acme", crm::v1::MOTION_NEW, 0, 30);
  Won("b", "acme", crm::v1::MOTION_RENEWAL, 330, 340);
  const std::string before = ToProtoState(*View(), {})->header.state_hash();
  Lead("L1", 5, crm::v1::LEAD_STATUS_WORKING, 9);
  EXPECT_NE(ToProtoState(*View(), {})->header.state_hash(), before);
}

}  // namespace
}  // namespace quotacast::metrics
