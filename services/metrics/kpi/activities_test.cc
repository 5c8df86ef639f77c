// Goal: minutes, counts and hours of activities are told by who did them and when. Method: a week
// of activities of each sort, counted by hand.
#include "services/metrics/kpi/activities.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
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
using metrics::v1::GROUP_BY_HOUR_OF_DAY;
using metrics::v1::GROUP_BY_REP;

const CivilDay kFriday(2017, 3, 10);

TestFeed Company() {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stages();
  feed.Team("Sales");
  feed.Rep("ann", "Sales");
  feed.Rep("bob", "Sales");
  feed.Rep("idle", "Sales");
  Say(feed, "account/Acme", "1", "1970-01-01", "account { account_id: 'Acme' }");
  // Monday 2017-03-06 to Friday the 10th.
  Act(feed, "A1", "call", "2017-03-06 09:00",
      "rep_id: 'ann' account_id: 'Acme' duration_minutes: 30");
  Act(feed, "A2", "meeting", "2017-03-07 16:59", "rep_id: 'ann' duration_minutes: 60");
  Act(feed, "A3", "internal", "2017-03-08 10:00", "rep_id: 'ann' duration_minutes: 90");
  Act(feed, "A4", "email", "2017-03-08 17:00", "rep_id: 'ann'");
  // The customer calls bob; the answer goes out at night.
  Act(feed, "B1", "call", "2017-03-10 09:30",
      "rep_id: 'bob' is_inbound: true duration_minutes: 20");
  Act(feed, "B2", "email", "2017-03-10 23:59", "rep_id: 'bob' duration_minutes: 0");
  Act(feed, "B3", "email", "2017-03-10 07:00",
      "rep_id: 'bob' is_automated: true duration_minutes: 500");
  Act(feed, "Z1", "demo", "2017-03-10 09:10", "rep_id: 'zoe' duration_minutes: 20");
  return feed;
}

TEST(SellingTimeShare, LeavesOutInternalWork) {
  const auto table = Ask(Company(), kFriday, {.kpi = "selling_time_share"});
  EXPECT_EQ(Cell(table), "0.590909 = 130/220 (n=6)");
  EXPECT_TRUE(HasNote(table, "1 activities have no duration"));
  const auto by_rep =
      Ask(Company(), kFriday, {.kpi = "selling_time_share", .group_by = GROUP_BY_REP});
  EXPECT_EQ(Cell(by_rep, "ann"), "0.5 = 90/180 (n=3)");
  EXPECT_EQ(Cell(by_rep, "bob"), "1 = 20/20 (n=2)");
  EXPECT_EQ(Cell(by_rep, "idle"), "undefined: no minutes of activities are known");
}

TEST(ActivitiesPerRepDay, DividesByTheDaysOfThoseWhoDidThem) {
  // Five business days each; the customer's call, the program's mail and zoe's demo do not count.
  const auto by_rep =
      Ask(Company(), kFriday, {.kpi = "activities_per_rep_day", .group_by = GROUP_BY_REP});
  EXPECT_EQ(Cell(by_rep, "ann"), "0.8 = 4/5 (n=4)");
  EXPECT_EQ(Cell(by_rep, "bob"), "0.2 = 1/5 (n=1)");
  EXPECT_EQ(Cell(by_rep, "idle"),
            "undefined: no rep with a business day in the job has an activity");
  EXPECT_EQ(Cell(Ask(Company(), kFriday, {.kpi = "activities_per_rep_day"})), "0.5 = 5/10 (n=5)");
  // In a quarter that goes on, its days up to the as-of date: 22, 20 and 6 of ann alone.
  EXPECT_EQ(Cell(Ask(Company(), CivilDay(2017, 3, 8),
                     {.kpi = "activities_per_rep_day", .period = "2017Q1"})),
            "0.0833333 = 4/48 (n=4)");
}

TEST(OutreachBusinessHoursShare, LooksAtTheBeginning) {
  // A1, A2 and Z1 inside; A4 at 17:00 and B2 at night outside.
  EXPECT_EQ(Cell(Ask(Company(), kFriday, {.kpi = "outreach_business_hours_share"})),
            "0.6 = 3/5 (n=5)");
  EXPECT_EQ(Cell(Ask(Company(), kFriday,
                     {.kpi = "outreach_business_hours_share", .group_by = GROUP_BY_ACCOUNT}),
                 "Acme"),
            "1 = 1/1 (n=1)");
  const auto by_period = Ask(Company(), CivilDay(2017, 4, 30),
                             {.kpi = "outreach_business_hours_share", .period = "2017Q2"});
  EXPECT_EQ(Cell(by_period), "undefined: nobody reached out in 2017Q2");
  EXPECT_TRUE(HasNote(by_period, "period to date"));
}

TEST(ActivityHourShare, IsAHistogram) {
  const auto table =
      Ask(Company(), kFriday, {.kpi = "activity_hour_share", .group_by = GROUP_BY_HOUR_OF_DAY});
  ASSERT_EQ(table.rows_size(), 24);
  EXPECT_EQ(Cell(table, "09"), "0.4 = 2/5 (n=5)");
  EXPECT_EQ(Cell(table, "16"), "0.2 = 1/5 (n=5)");
  EXPECT_EQ(Cell(table, "17"), "0.2 = 1/5 (n=5)");
  EXPECT_EQ(Cell(table, "23"), "0.2 = 1/5 (n=5)");
  EXPECT_EQ(Cell(table, "07"), "0 = 0/5 (n=5)");
  double sum = 0;
  for (const auto& row : table.rows()) sum += row.value();
  EXPECT_DOUBLE_EQ(sum, 1);
  EXPECT_EQ(table.rows(0).group(), "00");
  EXPECT_EQ(table.rows(23).group(), "23");
  EXPECT_EQ(Cell(Ask(Company(), CivilDay(2017, 3, 5),
                     {.kpi = "activity_hour_share", .group_by = GROUP_BY_HOUR_OF_DAY}),
                 "09"),
            "undefined: nobody reached out");
}

// 300 activities of two reps and a program, at any hour of a quarter.
TEST(Activities, AgreeWithAPlainCount) {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stages();
  feed.Team("Sales");
  feed.Rep("r0", "Sales");
  feed.Rep("r1", "Sales");
  const std::vector<std::string> kinds = {"call", "email", "meeting", "task", "internal", "other"};
  int64_t selling = 0, minutes = 0, done = 0, outreach = 0, inside = 0, at_ten = 0;
  for (uint32_t i = 0; i < 300; ++i) {
    const auto draw = RandomBlock(17, i, 0, RandomPurpose::kSynthetic, 0);
    const std::string kind = kinds[draw[0] % kinds.size()];
    const int day = 1 + static_cast<int>(draw[1] % 31);  // Of March 2017: the 1st is a Wednesday.
    const int hour = static_cast<int>(draw[2] % 24);
    const int duration = static_cast<int>(draw[3] % 90);
    const bool is_automated = i % 7 == 0;
    const bool is_inbound = i % 5 == 0;
    Act(feed, absl::StrCat("A", i), kind, absl::StrFormat("2017-03-%02d %02d:30", day, hour),
        absl::StrCat("rep_id: 'r", i % 2, "' duration_minutes: ", duration,
                     is_automated ? " is_automated: true" : "",
                     is_inbound ? " is_inbound: true" : ""));
    if (is_automated) continue;
    minutes += duration;
    if (kind != "internal") selling += duration;
    if (is_inbound) continue;
    ++done;
    if (kind != "call" && kind != "email" && kind != "meeting") continue;
    ++outreach;
    const bool is_weekend = day % 7 == 4 || day % 7 == 5;
    if (!is_weekend && hour >= 9 && hour < 17) ++inside;
    if (hour == 10) ++at_ten;
  }
  const auto row = [&feed](const std::string& kpi) {
    return Ask(feed, CivilDay(2017, 3, 31), {.kpi = kpi, .period = "2017Q1"}).rows(0);
  };
  EXPECT_EQ(row("selling_time_share").numerator(), static_cast<double>(selling));
  EXPECT_EQ(row("selling_time_share").denominator(), static_cast<double>(minutes));
  // 65 business days of two reps.
  EXPECT_DOUBLE_EQ(row("activities_per_rep_day").value(), static_cast<double>(done) / 130);
  EXPECT_EQ(row("outreach_business_hours_share").numerator(), static_cast<double>(inside));
  EXPECT_EQ(row("outreach_business_hours_share").denominator(), static_cast<double>(outreach));
  EXPECT_EQ(Cell(Ask(feed, CivilDay(2017, 3, 31),
                     {.kpi = "activity_hour_share", .group_by = GROUP_BY_HOUR_OF_DAY}),
                 "10"),
            absl::StrCat(static_cast<double>(at_ten) / static_cast<double>(outreach), " = ", at_ten,
                         "/", outreach, " (n=", outreach, ")"));
}

}  // namespace
}  // namespace quotacast::metrics
