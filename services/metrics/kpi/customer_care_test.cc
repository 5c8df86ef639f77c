// Goal: promises, incidents and ratings count when they are due, with those that go on. Method:
// each way a promise or an incident can go, counted by hand around the edges of days.
#include "services/metrics/kpi/customer_care.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/random.h"
#include "gtest/gtest.h"
#include "services/metrics/kpi/kpi_test_support.h"
#include "services/metrics/test_feed.h"
#include "services/metrics/test_records.h"

namespace quotacast::metrics {
namespace {

using absl::CivilDay;
using metrics::v1::GROUP_BY_ACCOUNT;
using metrics::v1::GROUP_BY_PERIOD;
using metrics::v1::GROUP_BY_REP;

TestFeed Company() {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stages();
  feed.Team("Sales");
  for (const char* rep : {"ann", "bob"}) feed.Rep(rep, "Sales");
  Say(feed, "account/Acme", "1", "1970-01-01",
      "account { account_id: 'Acme' owner_rep_id: 'bob' }");
  return feed;
}

void Promise(TestFeed& feed, const std::string& id, const std::string& rep, const std::string& due,
             const std::string& done = "") {
  const std::string key = "commitment/" + id;
  Say(feed, key, "made", "2017-03-01",
      absl::StrCat("commitment { commitment_id: '", id, "' account_id: 'Acme' rep_id: '", rep, "' ",
                   due.empty() ? "" : " due_date " + AsDate(due), " }"));
  if (done.empty()) return;
  Say(feed, key, "done", done,
      absl::StrCat("commitment { commitment_id: '", id, "' done_date ", AsDate(done), " }"));
}

TestFeed Promises() {
  TestFeed feed = Company();
  Promise(feed, "kept", "ann", "2017-03-10", "2017-03-10");
  Promise(feed, "late", "ann", "2017-03-10", "2017-03-11");
  Promise(feed, "open", "bob", "2017-03-31");
  Promise(feed, "early", "bob", "2017-04-15", "2017-03-02");
  Promise(feed, "whenever", "bob", "", "2017-03-02");
  return feed;
}

TEST(CommitmentsOnTime, CountsThoseThatAreDue) {
  const KpiTableQuery query{.kpi = "commitments_on_time"};
  // Neither open nor early are due yet.
  EXPECT_EQ(Cell(Ask(Promises(), CivilDay(2017, 3, 30), query)), "0.5 = 1/2 (n=2)");
  // On the day it is due, open is late at its end.
  EXPECT_EQ(Cell(Ask(Promises(), CivilDay(2017, 3, 31), query)), "0.333333 = 1/3 (n=3)");
  const auto table = Ask(Promises(), CivilDay(2017, 4, 15),
                         {.kpi = "commitments_on_time", .group_by = GROUP_BY_REP});
  EXPECT_EQ(Cell(table, "ann"), "0.5 = 1/2 (n=2)");
  EXPECT_EQ(Cell(table, "bob"), "0.5 = 1/2 (n=2)");
  EXPECT_TRUE(HasNote(table, "1 promises have no due day"));
  EXPECT_EQ(Cell(Ask(Promises(), CivilDay(2017, 6, 30),
                     {.kpi = "commitments_on_time", .period = "2017Q2"})),
            "1 = 1/1 (n=1)");
  EXPECT_EQ(Cell(Ask(Promises(), CivilDay(2017, 3, 9), query)),
            "undefined: no promise has come due");
  EXPECT_EQ(Cell(Ask(Promises(), CivilDay(2017, 3, 31),
                     {.kpi = "commitments_on_time", .group_by = GROUP_BY_ACCOUNT}),
                 "Acme"),
            "0.333333 = 1/3 (n=3)");
  // As of the day before it was kept, in a view of then, it was not.
  EXPECT_EQ(Cell(Ask(Promises(), CivilDay(2017, 3, 10), query)), "0.5 = 1/2 (n=2)");
}

void Break(TestFeed& feed, const std::string& id, const std::string& rep, const std::string& opened,
           const std::string& acknowledged = "", const std::string& resolved = "",
           const std::string& recovered = "") {
  const std::string key = "incident/" + id;
  const auto say = [&](const std::string& version, const std::string& at,
                       const std::string& fields) {
    Say(feed, key, version, at, absl::StrCat("incident { incident_id: '", id, "' ", fields, " }"));
  };
  say("opened", opened,
      absl::StrCat("owner_rep_id: '", rep, "' account_id: 'Acme' opened_time ",
                   AsTimestamp(opened)));
  if (!acknowledged.empty()) {
    say("acknowledged", acknowledged, "acknowledged_time " + AsTimestamp(acknowledged));
  }
  if (!resolved.empty()) {
    say("resolved", resolved,
        absl::StrCat("resolved_time ", AsTimestamp(resolved),
                     recovered.empty() ? "" : " is_recovered: " + recovered));
  }
}

TestFeed Incidents() {
  TestFeed feed = Company();
  // Over a weekend, whose hours count.
  Break(feed, "I1", "ann", "2017-03-03 12:00", "2017-03-03 13:30", "2017-03-06 12:00", "true");
  Break(feed, "I2", "ann", "2017-03-06 12:00", "", "2017-03-06 14:00", "false");
  Break(feed, "I3", "bob", "2017-03-06 12:00", "2017-03-07 12:00");
  Break(feed, "I4", "bob", "2017-03-06 12:00");
  Break(feed, "I5", "bob", "2017-03-06 12:00", "", "2017-04-03 12:00");
  return feed;
}

TEST(IncidentHours, CountThoseThatGoOn) {
  const CivilDay march(2017, 3, 31);
  // 72 and 2 hours; three go on.
  EXPECT_EQ(Cell(Ask(Incidents(), march, {.kpi = "incident_recovery_hours"})),
            "undefined: half of the 5 incidents are not resolved yet");
  const auto by_rep =
      Ask(Incidents(), march, {.kpi = "incident_recovery_hours", .group_by = GROUP_BY_REP});
  EXPECT_EQ(Cell(by_rep, "ann"), "2 = 2/2 (n=2)");
  EXPECT_EQ(Cell(by_rep, "bob"), "undefined: half of the 3 incidents are not resolved yet");
  // Two days later, the fifth is resolved after 28 days; the third and the fourth were seen longer.
  EXPECT_EQ(Cell(Ask(Incidents(), CivilDay(2017, 4, 4), {.kpi = "incident_recovery_hours"})),
            "672 = 3/5 (n=5)");
  // 1.5, 2 (by its resolution) and 24 hours; two are silent.
  EXPECT_EQ(Cell(Ask(Incidents(), march, {.kpi = "incident_acknowledgement_hours"})),
            "24 = 3/5 (n=5)");
  EXPECT_EQ(Cell(Ask(Incidents(), march,
                     {.kpi = "incident_acknowledgement_hours", .group_by = GROUP_BY_REP}),
                 "ann"),
            "1.5 = 2/2 (n=2)");
  EXPECT_EQ(Cell(Ask(Incidents(), CivilDay(2017, 3, 2), {.kpi = "incident_recovery_hours"})),
            "undefined: no incident was opened");
}

TEST(IncidentRecoveredShare, CountsThoseThatEnded) {
  const auto table = Ask(Incidents(), CivilDay(2017, 6, 30),
                         {.kpi = "incident_recovered_share", .group_by = GROUP_BY_PERIOD});
  EXPECT_EQ(Cell(table, "2017Q2"),
            "undefined: no incident whose outcome is known was resolved in 2017Q2");
  EXPECT_TRUE(HasNote(table, "2017Q2: 1 resolved incidents do not say"));
  EXPECT_EQ(Cell(Ask(Incidents(), CivilDay(2017, 6, 30),
                     {.kpi = "incident_recovered_share", .period = "2017Q1"})),
            "0.5 = 1/2 (n=2)");
}

TEST(FeedbackRating, IsTheMeanOfTheRowsRatings) {
  TestFeed feed = Company();
  feed.Deal("d1", "Discovery", CivilDay(2017, 3, 1), {.rep = "ann"});
  const auto rate = [&feed](const std::string& id, const std::string& fields) {
    Say(feed, "feedback/" + id, "1", "2017-03-05",
        absl::StrCat("feedback { feedback_id: '", id, "' ", fields, " }"));
  };
  rate("F1", "opportunity_id: 'd1' account_id: 'Acme' rating: 5");
  rate("F2", "opportunity_id: 'd1' rating: 2");
  rate("F3", "account_id: 'Acme' rating: 4");
  rate("F4", "account_id: 'Acme' comment: 'no stars'");
  rate("F5", "rating: 1");
  const CivilDay day(2017, 3, 31);
  EXPECT_EQ(Cell(Ask(feed, day, {.kpi = "feedback_rating"})), "3 = 12/4 (n=4)");
  const auto by_rep = Ask(feed, day, {.kpi = "feedback_rating", .group_by = GROUP_BY_REP});
  EXPECT_EQ(Cell(by_rep, "ann"), "3.5 = 7/2 (n=2)");
  EXPECT_EQ(Cell(by_rep, "bob"), "4 = 4/1 (n=1)");
  EXPECT_EQ(Cell(Ask(feed, day, {.kpi = "feedback_rating", .group_by = GROUP_BY_ACCOUNT}), "Acme"),
            "4.5 = 9/2 (n=2)");
  EXPECT_EQ(Cell(Ask(feed, CivilDay(2017, 3, 4), {.kpi = "feedback_rating"})),
            "undefined: no rating was given");
}

// 120 promises and 99 incidents at random. Those that go on, a tenth, opened on the as-of day: they
// are seen too short to matter, and the median is that of the others, the lower one of two.
TEST(CustomerCare, AgreesWithAPlainCount) {
  TestFeed feed = Company();
  int64_t due_count = 0, kept_count = 0;
  std::vector<int64_t> minutes;
  const auto march = [](uint32_t day) { return absl::StrFormat("2017-03-%02d", 1 + day % 31); };
  for (uint32_t i = 0; i < 120; ++i) {
    const auto draw = RandomBlock(29, i, 0, RandomPurpose::kSynthetic, 0);
    const std::string due = march(draw[0]);
    const std::string done = draw[1] % 5 == 0 ? "" : march(draw[2]);
    Promise(feed, absl::StrCat("C", i), "ann", due, done);
    // Dates of this form are in order as texts.
    if (due > "2017-03-20") continue;
    ++due_count;
    if (!done.empty() && done <= due) ++kept_count;
  }
  for (uint32_t i = 0; i < 99; ++i) {
    const auto draw = RandomBlock(31, i, 0, RandomPurpose::kSynthetic, 0);
    if (i % 10 == 9) {
      Break(feed, absl::StrCat("I", i), "ann", "2017-03-20 23:59");
      continue;
    }
    const absl::Time opened = Instant("2017-03-01") + absl::Minutes(draw[0] % 10'000);
    const int64_t length = 2 + draw[1] % 10'000;
    const auto text = [](absl::Time time) {
      return absl::FormatTime("%Y-%m-%d %H:%M", time, absl::UTCTimeZone());
    };
    Break(feed, absl::StrCat("I", i), "ann", text(opened), "", text(opened + absl::Minutes(length)),
          "true");
    minutes.push_back(length);
  }
  const CivilDay day(2017, 3, 20);
  EXPECT_EQ(Cell(Ask(feed, day, {.kpi = "commitments_on_time"})),
            absl::StrCat(static_cast<double>(kept_count) / static_cast<double>(due_count), " = ",
                         kept_count, "/", due_count, " (n=", due_count, ")"));
  std::sort(minutes.begin(), minutes.end());
  EXPECT_DOUBLE_EQ(Ask(feed, day, {.kpi = "incident_recovery_hours"}).rows(0).value(),
                   static_cast<double>(minutes[(minutes.size() - 1) / 2]) / 60);
}

}  // namespace
}  // namespace quotacast::metrics
