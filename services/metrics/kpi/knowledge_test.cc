// Goal: depth, width, insights and trainings are counted per row, once each. Method: a small
// company in which accounts, contacts and insights are shared between reps, counted by hand.
#include "services/metrics/kpi/knowledge.h"

#include <cstdint>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "base/random.h"
#include "gtest/gtest.h"
#include "services/metrics/kpi/kpi_test_support.h"
#include "services/metrics/test_feed.h"
#include "services/metrics/test_records.h"

namespace quotacast::metrics {
namespace {

using absl::CivilDay;
using metrics::v1::GROUP_BY_ACCOUNT;
using metrics::v1::GROUP_BY_REP;

const CivilDay kMarch(2017, 3, 31);

void Insight(TestFeed& feed, const std::string& id, const std::string& account,
             const std::string& learned, const std::string& expiry = "") {
  Say(feed, "insight/" + id, "1", learned,
      absl::StrCat("insight { insight_id: '", id, "' account_id: '", account, "' learned_date ",
                   AsDate(learned), expiry.empty() ? "" : " expiry_date " + AsDate(expiry), " }"));
}

void Train(TestFeed& feed, const std::string& id, const std::string& rep, const std::string& kind,
           int minutes) {
  Say(feed, "training/" + id, "1", "2017-03-01",
      absl::StrCat("training { training_id: '", id, "' rep_id: '", rep, "' kind: TRAINING_KIND_",
                   kind, " duration_minutes: ", minutes, " }"));
}

TestFeed Company() {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stages();
  feed.Team("Sales");
  for (const char* rep : {"ann", "bob", "idle"}) feed.Rep(rep, "Sales");
  const auto account = [&feed](const std::string& id, const std::string& fields) {
    Say(feed, "account/" + id, "1", "1970-01-01",
        absl::StrCat("account { account_id: '", id, "' ", fields, " }"));
  };
  account("Acme", "owner_rep_id: 'ann'");
  account("Bolt", "owner_rep_id: 'bob'");
  account("Cork", "");
  account("Dune", "");
  return feed;
}

TestFeed Touched() {
  TestFeed feed = Company();
  Act(feed, "A1", "call", "2017-02-01 09:00", "rep_id: 'ann' account_id: 'Acme' contact_id: 'Eve'");
  Act(feed, "A2", "call", "2017-02-02 09:00", "rep_id: 'ann' account_id: 'Acme' contact_id: 'Eve'");
  Act(feed, "A3", "email", "2017-02-03 09:00",
      "rep_id: 'ann' account_id: 'Bolt' contact_id: 'Eve'");
  Act(feed, "B1", "call", "2017-02-04 09:00", "rep_id: 'bob' account_id: 'Acme' contact_id: 'Max'");
  Act(feed, "B2", "email", "2017-02-05 09:00",
      "rep_id: 'bob' account_id: 'Cork' is_automated: true");
  Act(feed, "B3", "call", "2017-02-05 09:00", "rep_id: 'bob'");
  Act(feed, "Z1", "call", "2017-02-06 09:00", "rep_id: 'zoe' account_id: 'Dune'");
  Insight(feed, "N1", "Acme", "2017-01-01");
  Insight(feed, "N2", "Acme", "2017-01-01", "2017-04-01");
  Insight(feed, "N3", "Bolt", "2017-01-01", "2017-03-31");
  Insight(feed, "N4", "Cork", "2017-01-01");
  return feed;
}

TEST(DepthIndex, CountsInsightsAndPeoplePerAccountTouched) {
  const auto by_rep = Ask(Touched(), kMarch, {.kpi = "depth_index", .group_by = GROUP_BY_REP});
  // ann: Acme with two insights and Eve, Bolt with Eve; its insight has just expired.
  EXPECT_EQ(Cell(by_rep, "ann"), "2 = 4/2 (n=2)");
  EXPECT_EQ(Cell(by_rep, "bob"), "3 = 3/1 (n=1)");
  EXPECT_EQ(Cell(by_rep, "idle"), "undefined: no account was touched");
  // All: Acme (2 + Eve, Max), Bolt (Eve), Dune.
  EXPECT_EQ(Cell(Ask(Touched(), kMarch, {.kpi = "depth_index"})), "1.66667 = 5/3 (n=3)");
  const auto by_account =
      Ask(Touched(), kMarch, {.kpi = "depth_index", .group_by = GROUP_BY_ACCOUNT});
  EXPECT_EQ(Cell(by_account, "Acme"), "4 = 4/1 (n=1)");
  EXPECT_EQ(Cell(by_account, "Cork"), "undefined: no account was touched");
  // A day earlier Bolt's insight held; asked later, the period's last day decides.
  EXPECT_EQ(
      Cell(Ask(Touched(), kMarch - 1, {.kpi = "depth_index", .group_by = GROUP_BY_REP}), "ann"),
      "2.5 = 5/2 (n=2)");
  EXPECT_EQ(Cell(Ask(Touched(), CivilDay(2017, 12, 31),
                     {.kpi = "depth_index", .group_by = GROUP_BY_REP, .period = "2017Q1"}),
                 "ann"),
            "2 = 4/2 (n=2)");
}

TEST(WidthIndex, CountsAccountsPerRep) {
  const auto by_rep = Ask(Touched(), kMarch, {.kpi = "width_index", .group_by = GROUP_BY_REP});
  EXPECT_EQ(Cell(by_rep, "ann"), "2 = 2/1 (n=1)");
  EXPECT_EQ(Cell(by_rep, "bob"), "1 = 1/1 (n=1)");
  EXPECT_EQ(Cell(by_rep, "idle"), "undefined: no account was touched");
  EXPECT_EQ(Cell(Ask(Touched(), kMarch, {.kpi = "width_index"})), "1.5 = 3/2 (n=2)");
  EXPECT_EQ(Cell(Ask(Touched(), CivilDay(2017, 6, 30), {.kpi = "width_index", .period = "2017Q2"})),
            "undefined: no account was touched in 2017Q2");
}

TEST(InsightCoverage, LooksAtAccountsThatAreLookedAfter) {
  TestFeed feed = Touched();
  // bob has an open deal with Acme, ann a closed one with Cork.
  const auto deal = [&feed](const char* id, const char* rep, const char* account) {
    Say(feed, std::string("opportunity/") + id, "Discovery@2017-01-02", "2017-01-02",
        absl::StrCat("opportunity { opportunity_id: '", id, "' owner_rep_id: '", rep,
                     "' account_id: '", account, "' stage_id: 'Discovery' }"));
  };
  deal("d1", "bob", "Acme");
  deal("d2", "ann", "Cork");
  feed.Deal("d2", "Lost", CivilDay(2017, 2, 1));
  const auto by_rep = Ask(feed, kMarch, {.kpi = "insight_coverage", .group_by = GROUP_BY_REP});
  EXPECT_EQ(Cell(by_rep, "ann"), "1 = 1/1 (n=1)");    // Acme.
  EXPECT_EQ(Cell(by_rep, "bob"), "0.5 = 1/2 (n=2)");  // Acme, and Bolt, whose insight expired.
  EXPECT_EQ(Cell(by_rep, "idle"), "undefined: no account has an owner or an open deal");
  EXPECT_EQ(Cell(Ask(feed, kMarch, {.kpi = "insight_coverage"})), "0.5 = 1/2 (n=2)");
  EXPECT_EQ(Cell(Ask(feed, kMarch - 1, {.kpi = "insight_coverage"})), "1 = 2/2 (n=2)");
  // Before the deal was lost, Cork was looked after, too.
  EXPECT_EQ(Cell(Ask(feed, CivilDay(2017, 1, 31), {.kpi = "insight_coverage"})), "1 = 3/3 (n=3)");
  EXPECT_TRUE(HasNote(Ask(feed, kMarch, {.kpi = "insight_coverage", .period = "2017Q1"}),
                      "whatever the period"));
}

TEST(TrainingBalance, SetsTheClientAgainstTheProduct) {
  TestFeed feed = Company();
  Train(feed, "T1", "ann", "CLIENT", 90);
  Train(feed, "T2", "ann", "PRODUCT", 60);
  Train(feed, "T3", "ann", "SKILL", 600);
  Train(feed, "T4", "bob", "PRODUCT", 120);
  Train(feed, "T5", "idle", "CLIENT", 30);
  const auto by_rep = Ask(feed, kMarch, {.kpi = "training_balance", .group_by = GROUP_BY_REP});
  EXPECT_EQ(Cell(by_rep, "ann"), "1.5 = 90/60 (n=2)");
  EXPECT_EQ(Cell(by_rep, "bob"), "0 = 0/120 (n=1)");
  EXPECT_EQ(Cell(by_rep, "idle"), "undefined: nobody was trained on the product");
  EXPECT_TRUE(HasNote(by_rep, "1 rows are below 1"));
  const auto table = Ask(feed, kMarch, {.kpi = "training_balance"});
  EXPECT_EQ(Cell(table), "0.666667 = 120/180 (n=4)");
  EXPECT_EQ(Cell(Ask(feed, CivilDay(2017, 6, 30), {.kpi = "training_balance", .period = "2017Q2"})),
            "undefined: nobody was trained on the product in 2017Q2");
}

// 200 activities of four reps with six accounts, and 40 insights.
TEST(Knowledge, AgreesWithAPlainCount) {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stages();
  feed.Team("Sales");
  for (int rep = 0; rep < 4; ++rep) feed.Rep(absl::StrCat("r", rep), "Sales");
  for (int account = 0; account < 6; ++account) {
    Say(feed, absl::StrCat("account/a", account), "1", "1970-01-01",
        absl::StrCat("account { account_id: 'a", account, "' owner_rep_id: 'r", account % 4,
                     "' }"));
  }
  std::set<std::string> accounts_of_r1, contacts_of_r1, pairs, reps, known;
  for (uint32_t i = 0; i < 200; ++i) {
    const auto draw = RandomBlock(19, i, 0, RandomPurpose::kSynthetic, 0);
    // The reps r0 to r2 only, r1 with few accounts.
    const std::string rep = absl::StrCat("r", draw[0] % 3);
    const std::string account = absl::StrCat("a", draw[1] % (rep == "r1" ? 2 : 6));
    const std::string contact = absl::StrCat("c", draw[2] % 9);
    const bool is_automated = draw[3] % 3 == 0;
    Act(feed, absl::StrCat("A", i), "call", "2017-02-01 09:00",
        absl::StrCat("rep_id: '", rep, "' account_id: '", account, "' contact_id: '", contact, "'",
                     is_automated ? " is_automated: true" : ""));
    if (is_automated) continue;
    pairs.insert(rep + account);
    reps.insert(rep);
    if (rep != "r1") continue;
    accounts_of_r1.insert(account);
    contacts_of_r1.insert(account + contact);
  }
  int64_t insight_count = 0;
  for (uint32_t i = 0; i < 40; ++i) {
    const auto draw = RandomBlock(23, i, 0, RandomPurpose::kSynthetic, 0);
    const std::string account = absl::StrCat("a", draw[0] % 5);
    const bool is_expired = draw[1] % 2 == 0;
    Insight(feed, absl::StrCat("N", i), account, "2017-01-15", is_expired ? "2017-03-01" : "");
    if (is_expired) continue;
    known.insert(account);
    if (accounts_of_r1.count(account) > 0) ++insight_count;
  }
  const auto by_rep = Ask(feed, kMarch, {.kpi = "depth_index", .group_by = GROUP_BY_REP});
  EXPECT_EQ(by_rep.rows(1).group(), "r1");
  EXPECT_EQ(by_rep.rows(1).numerator(),
            static_cast<double>(insight_count) + static_cast<double>(contacts_of_r1.size()));
  EXPECT_EQ(by_rep.rows(1).denominator(), static_cast<double>(accounts_of_r1.size()));
  EXPECT_DOUBLE_EQ(Ask(feed, kMarch, {.kpi = "width_index"}).rows(0).value(),
                   static_cast<double>(pairs.size()) / static_cast<double>(reps.size()));
  EXPECT_DOUBLE_EQ(Ask(feed, kMarch, {.kpi = "insight_coverage"}).rows(0).value(),
                   static_cast<double>(known.size()) / 6);
}

}  // namespace
}  // namespace quotacast::metrics
