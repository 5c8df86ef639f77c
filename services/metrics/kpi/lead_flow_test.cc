// Goal: leads are followed from coming in to conversion, open ones and young ones included. Method:
// leads that take each way, counted by hand.
#include "services/metrics/kpi/lead_flow.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "gtest/gtest.h"
#include "services/metrics/kpi/kpi_test_support.h"
#include "services/metrics/test_feed.h"
#include "services/metrics/test_records.h"

namespace quotacast::metrics {
namespace {

using absl::CivilDay;
using metrics::v1::GROUP_BY_LEAD_SOURCE;
using metrics::v1::GROUP_BY_PERIOD;
using metrics::v1::GROUP_BY_REP;

const CivilDay kLate(2017, 12, 31);

void Is(TestFeed& feed, const std::string& id, const std::string& at, const std::string& fields) {
  Say(feed, "lead/" + id, at, at, absl::StrCat("lead { lead_id: '", id, "' ", fields, " }"));
}

TestFeed Company() {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stages();
  feed.Team("Sales");
  feed.Rep("ann", "Sales");
  // Starts on Wednesday 2017-01-04.
  feed.Rep("bob", "Sales", CivilDay(2017, 1, 4));
  feed.Rep("idle", "Sales");
  const auto come = [&feed](const char* id, const char* at, const char* fields) {
    Is(feed, id, at, absl::StrCat("status: LEAD_STATUS_NEW ", fields));
  };
  come("won", "2017-01-02 10:00", "owner_rep_id: 'ann' lead_source: 'web'");
  Is(feed, "won", "2017-01-03 10:00", "status: LEAD_STATUS_WORKING touch_count: 4");
  Is(feed, "won", "2017-02-01 08:00", "status: LEAD_STATUS_CONVERTED");
  come("won_later", "2017-01-02 12:00", "owner_rep_id: 'bob' lead_source: 'web'");
  Act(feed, "A1", "call", "2017-01-05 12:00", "lead_id: 'won_later'");
  Act(feed, "A2", "email", "2017-01-09 12:00", "lead_id: 'won_later'");
  Act(feed, "A3", "email", "2017-01-09 13:00", "lead_id: 'won_later' is_automated: true");
  Is(feed, "won_later", "2017-04-12 08:00", "status: LEAD_STATUS_CONVERTED");
  come("given_up", "2017-01-02", "owner_rep_id: 'ann' lead_source: 'fair'");
  Is(feed, "given_up", "2017-01-20", "status: LEAD_STATUS_DISQUALIFIED");
  come("open", "2017-01-02", "owner_rep_id: 'ann'");
  Is(feed, "open", "2017-03-01", "status: LEAD_STATUS_WORKING");
  // Converted by mistake.
  come("taken_back", "2017-04-03", "owner_rep_id: 'zoe'");
  Is(feed, "taken_back", "2017-04-05", "status: LEAD_STATUS_CONVERTED");
  Is(feed, "taken_back", "2017-04-06", "status: LEAD_STATUS_QUALIFIED touch_count: 1");
  return feed;
}

TEST(LeadConversion, FollowsTheLeadsOfThePeriod) {
  const auto table = Ask(Company(), kLate, {.kpi = "lead_conversion", .group_by = GROUP_BY_PERIOD});
  EXPECT_EQ(Cell(table, "2017Q1"), "0.5 = 2/4 (n=4)");
  EXPECT_EQ(Cell(table, "2017Q2"), "0 = 0/1 (n=1)");
  EXPECT_EQ(Cell(table, "2017Q3"), "undefined: no lead came in in 2017Q3");
  EXPECT_TRUE(HasNote(table, "2017Q1: 1 of these leads are neither converted nor given up"));
  // As of March, one was not converted yet.
  EXPECT_EQ(Cell(Ask(Company(), CivilDay(2017, 3, 31), {.kpi = "lead_conversion"})),
            "0.25 = 1/4 (n=4)");
  const auto by_source =
      Ask(Company(), kLate, {.kpi = "lead_conversion", .group_by = GROUP_BY_LEAD_SOURCE});
  EXPECT_EQ(Cell(by_source, "web"), "1 = 2/2 (n=2)");
  EXPECT_EQ(Cell(by_source, "fair"), "0 = 0/1 (n=1)");
  EXPECT_EQ(Cell(by_source, "(no lead source)"), "0 = 0/2 (n=2)");
}

TEST(LeadDaysToConversion, TakesThePeriodOfTheConversion) {
  const auto table =
      Ask(Company(), kLate, {.kpi = "lead_days_to_conversion", .group_by = GROUP_BY_PERIOD});
  EXPECT_EQ(Cell(table, "2017Q1"), "30 = 30/1 (n=1)");
  EXPECT_EQ(Cell(table, "2017Q2"), "100 = 100/1 (n=1)");
  EXPECT_EQ(Cell(table, "2017Q3"), "undefined: no lead was converted in 2017Q3");
  EXPECT_EQ(Cell(Ask(Company(), kLate, {.kpi = "lead_days_to_conversion"})), "65 = 130/2 (n=2)");
  EXPECT_EQ(
      Cell(Ask(Company(), kLate, {.kpi = "lead_days_to_conversion", .group_by = GROUP_BY_REP}),
           "bob"),
      "100 = 100/1 (n=1)");
}

TEST(LeadTouches, CountsThoseOfWorkedLeads) {
  // won 4, won_later 2 by people, taken_back 1; open is worked by its status alone.
  const auto table = Ask(Company(), kLate, {.kpi = "lead_touches"});
  EXPECT_EQ(Cell(table), "2.33333 = 7/3 (n=3)");
  EXPECT_TRUE(HasNote(table, "1 leads are known to be worked by their status alone"));
  const auto by_rep = Ask(Company(), kLate, {.kpi = "lead_touches", .group_by = GROUP_BY_REP});
  EXPECT_EQ(Cell(by_rep, "ann"), "4 = 4/1 (n=1)");
  EXPECT_EQ(Cell(by_rep, "bob"), "2 = 2/1 (n=1)");
  EXPECT_EQ(Cell(by_rep, "idle"), "undefined: no lead was first touched by a person");
}

TEST(LeadsWorkedPerDay, DividesByTheDaysOfThoseWhoWorked) {
  // As of Friday 2017-01-06: ann from the first touch, Tuesday the 3rd, bob from his start.
  const auto first_week = Ask(Company(), CivilDay(2017, 1, 6),
                              {.kpi = "leads_worked_per_day", .group_by = GROUP_BY_REP});
  EXPECT_EQ(Cell(first_week, "ann"), "0.25 = 1/4 (n=1)");
  EXPECT_EQ(Cell(first_week, "bob"), "0.333333 = 1/3 (n=1)");
  EXPECT_EQ(Cell(first_week, "idle"),
            "undefined: no rep with a business day in the job worked a lead");
  EXPECT_EQ(Cell(Ask(Company(), CivilDay(2017, 1, 6), {.kpi = "leads_worked_per_day"})),
            "0.285714 = 2/7 (n=2)");
  // The quarter has 65 business days from January 2nd, of which bob misses two.
  EXPECT_EQ(Cell(Ask(Company(), kLate, {.kpi = "leads_worked_per_day", .period = "2017Q1"})),
            "0.0234375 = 3/128 (n=3)");
  const auto second = Ask(Company(), kLate, {.kpi = "leads_worked_per_day", .period = "2017Q2"});
  EXPECT_EQ(Cell(second),
            "undefined: no rep with a business day in the job worked a lead in 2017Q2");
  EXPECT_TRUE(HasNote(second, "1 leads have no owner that is known and are left out"));
}

}  // namespace
}  // namespace quotacast::metrics
