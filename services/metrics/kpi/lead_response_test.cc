// Goal: the time to the first touch is business time, leads that wait are neither dropped nor
// counted too early. Method: leads at the edges of their hours, counted by hand; a generated year
// of leads against a plain reading of the rules minute by minute.
#include "services/metrics/kpi/lead_response.h"

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/civil_date.h"
#include "base/random.h"
#include "gtest/gtest.h"
#include "services/metrics/kpi/kpi_test_support.h"
#include "services/metrics/test_feed.h"
#include "services/metrics/test_records.h"

namespace quotacast::metrics {
namespace {

using absl::CivilDay;
using metrics::v1::GROUP_BY_ACCOUNT;
using metrics::v1::GROUP_BY_LEAD_SOURCE;
using metrics::v1::GROUP_BY_PERIOD;
using metrics::v1::GROUP_BY_REP;
using metrics::v1::GROUP_BY_SEGMENT;
using metrics::v1::GROUP_BY_TEAM;

TestFeed Team() {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stages();
  feed.Team("Sales");
  feed.Team("East", "Sales");
  feed.Rep("ann", "East");
  feed.Rep("bob", "East");
  return feed;
}

void Lead(TestFeed& feed, const std::string& id, const std::string& created,
          const std::string& fields) {
  Say(feed, "lead/" + id, "created", created,
      absl::StrCat("lead { lead_id: '", id, "' status: LEAD_STATUS_NEW ", fields, " }"));
}

void Touch(TestFeed& feed, const std::string& id, const std::string& at) {
  Say(feed, "lead/" + id, "first_touch", at,
      absl::StrCat("lead { lead_id: '", id, "' status: LEAD_STATUS_WORKING first_touch_time ",
                   AsTimestamp(at), " }"));
}

// Friday 2017-03-03 10:00: the 24 business hours run out on Wednesday the 8th at 10:00.
TestFeed Company() {
  TestFeed feed = Team();
  const std::string friday = "2017-03-03 10:00";
  Lead(feed, "in_time", friday, "owner_rep_id: 'ann' lead_source: 'web' segment_id: 'smb'");
  Touch(feed, "in_time", "2017-03-08 10:00");
  Lead(feed, "late", friday, "owner_rep_id: 'ann' lead_source: 'web'");
  Touch(feed, "late", "2017-03-08 10:01");
  Lead(feed, "never", friday, "owner_rep_id: 'bob' lead_source: 'fair' segment_id: 'all'");
  Lead(feed, "by_a_program", friday, "owner_rep_id: 'bob'");
  Act(feed, "A1", "email", friday, "lead_id: 'by_a_program' is_automated: true");
  Lead(feed, "nobodys", friday, "");
  Lead(feed, "unknown", friday, "owner_rep_id: 'zoe'");
  // Touched at once, with its hours running until Friday the 17th at 12:00.
  Lead(feed, "young", "2017-03-14 12:00", "owner_rep_id: 'ann'");
  Touch(feed, "young", "2017-03-14 13:00");
  return feed;
}

TEST(LeadWorkRate, CountsLeadsWhoseHoursHaveRunOut) {
  const CivilDay day(2017, 3, 16);
  const auto table = Ask(Company(), day, {.kpi = "lead_work_rate"});
  // in_time of in_time, late, never, by_a_program, unknown.
  EXPECT_EQ(Cell(table), "0.2 = 1/5 (n=5)");
  EXPECT_TRUE(HasNote(table, "1 leads are still inside their business hours"));
  EXPECT_TRUE(table.rows(0).has_interval());
  const auto by_rep = Ask(Company(), day, {.kpi = "lead_work_rate", .group_by = GROUP_BY_REP});
  EXPECT_EQ(Cell(by_rep, "ann"), "0.5 = 1/2 (n=2)");
  EXPECT_EQ(Cell(by_rep, "bob"), "0 = 0/2 (n=2)");
  EXPECT_EQ(by_rep.rows_size(), 2);
  // The team above has its reps' leads, not those of reps nobody knows.
  EXPECT_EQ(
      Cell(Ask(Company(), day, {.kpi = "lead_work_rate", .group_by = GROUP_BY_TEAM}), "Sales"),
      "0.25 = 1/4 (n=4)");
  // On the next day the young one counts.
  EXPECT_EQ(Cell(Ask(Company(), CivilDay(2017, 3, 17), {.kpi = "lead_work_rate"})),
            "0.333333 = 2/6 (n=6)");
  EXPECT_EQ(Cell(Ask(Company(), CivilDay(2017, 3, 7), {.kpi = "lead_work_rate"})),
            "undefined: no lead that was assigned has had its 24 business hours");
}

TEST(LeadWorkRate, HasRowsOfItsOwnForSourcesSegmentsAndAccounts) {
  const CivilDay day(2017, 3, 16);
  const auto by_source =
      Ask(Company(), day, {.kpi = "lead_work_rate", .group_by = GROUP_BY_LEAD_SOURCE});
  ASSERT_EQ(by_source.rows_size(), 3);
  EXPECT_EQ(Cell(by_source, "web"), "0.5 = 1/2 (n=2)");
  EXPECT_EQ(Cell(by_source, "fair"), "0 = 0/1 (n=1)");
  EXPECT_EQ(Cell(by_source, "(no lead source)"), "0 = 0/2 (n=2)");
  // The source's own "all" and the leads without a segment are one row.
  const auto by_segment =
      Ask(Company(), day, {.kpi = "lead_work_rate", .group_by = GROUP_BY_SEGMENT});
  ASSERT_EQ(by_segment.rows_size(), 2);
  EXPECT_EQ(Cell(by_segment, "smb"), "1 = 1/1 (n=1)");
  EXPECT_EQ(Cell(by_segment, "all"), "0 = 0/4 (n=4)");
  EXPECT_EQ(Cell(Ask(Company(), day, {.kpi = "lead_work_rate", .group_by = GROUP_BY_ACCOUNT}),
                 "(no account)"),
            "0.2 = 1/5 (n=5)");
}

TEST(LeadWorkRate, TakesThePeriodOfTheAssignment) {
  TestFeed feed = Team();
  Lead(feed, "L1", "2017-03-31", "");
  Say(feed, "lead/L1", "2017-04-03", "2017-04-03", "lead { lead_id: 'L1' owner_rep_id: 'ann' }");
  const auto table =
      Ask(feed, CivilDay(2017, 6, 30), {.kpi = "lead_work_rate", .group_by = GROUP_BY_PERIOD});
  EXPECT_EQ(Cell(table, "2017Q2"), "0 = 0/1 (n=1)");
  EXPECT_EQ(Cell(Ask(feed, CivilDay(2017, 6, 30), {.kpi = "lead_work_rate", .period = "2017Q1"})),
            "undefined: no lead that was assigned in 2017Q1 has had its 24 business hours");
  const std::string coming =
      Cell(Ask(feed, CivilDay(2017, 6, 30), {.kpi = "lead_work_rate", .period = "2017Q3"}));
  EXPECT_EQ(coming.rfind("undefined: 2017Q3 has not begun", 0), 0u) << coming;
}

TEST(LeadSlaBreaches, AreWhatTheWorkRateLeavesOver) {
  const CivilDay day(2017, 3, 16);
  EXPECT_EQ(Cell(Ask(Company(), day, {.kpi = "lead_sla_breaches"})), "4 = 4/5 (n=5)");
  const auto by_rep = Ask(Company(), day, {.kpi = "lead_sla_breaches", .group_by = GROUP_BY_REP});
  EXPECT_EQ(Cell(by_rep, "ann"), "1 = 1/2 (n=2)");
  EXPECT_EQ(Cell(by_rep, "bob"), "2 = 2/2 (n=2)");
  EXPECT_EQ(Cell(Ask(Company(), CivilDay(2017, 3, 7), {.kpi = "lead_sla_breaches"})),
            "undefined: no lead that was assigned has had its 24 business hours");
}

TEST(LeadFollowUpMinutes, IsTheMedianOfBusinessMinutes) {
  TestFeed feed = Team();
  const std::string friday = "2017-03-03 16:30";
  Lead(feed, "a", friday, "owner_rep_id: 'ann' is_inbound: true");
  Touch(feed, "a", "2017-03-03 16:40");
  Lead(feed, "b", friday, "owner_rep_id: 'ann'");
  Touch(feed, "b", "2017-03-06 09:30");
  Lead(feed, "c", friday, "owner_rep_id: 'bob'");
  Touch(feed, "c", "2017-03-04 10:00");
  Lead(feed, "ours", friday, "owner_rep_id: 'ann' is_inbound: false");
  // 10, 60 and 30 minutes.
  EXPECT_EQ(Cell(Ask(feed, CivilDay(2017, 3, 10), {.kpi = "lead_follow_up_minutes"})),
            "30 = 3/3 (n=3)");
  const auto by_rep =
      Ask(feed, CivilDay(2017, 3, 10), {.kpi = "lead_follow_up_minutes", .group_by = GROUP_BY_REP});
  EXPECT_EQ(Cell(by_rep, "ann"), "10 = 2/2 (n=2)");
  EXPECT_EQ(Cell(by_rep, "bob"), "30 = 1/1 (n=1)");
}

TEST(LeadFollowUpMinutes, CountsThoseThatWait) {
  TestFeed feed = Team();
  Lead(feed, "a", "2017-03-06 09:00", "");
  Touch(feed, "a", "2017-03-06 09:10");
  Lead(feed, "b", "2017-03-06 09:00", "");
  Touch(feed, "b", "2017-03-06 12:00");
  Lead(feed, "c", "2017-03-06 09:00", "");
  Lead(feed, "d", "2017-03-06 09:00", "");
  EXPECT_EQ(Cell(Ask(feed, CivilDay(2017, 3, 6), {.kpi = "lead_follow_up_minutes"})),
            "180 = 2/4 (n=4)");
  // One more that waits, and half are not touched.
  Lead(feed, "e", "2017-03-06 09:00", "");
  EXPECT_EQ(Cell(Ask(feed, CivilDay(2017, 3, 6), {.kpi = "lead_follow_up_minutes"})),
            "undefined: half of the 5 inbound leads have not been touched yet");
  // Given up after five minutes, before any was touched: four remain, and half of them is 180.
  Say(feed, "lead/e", "disqualified", "2017-03-06 09:05",
      "lead { lead_id: 'e' status: LEAD_STATUS_DISQUALIFIED }");
  EXPECT_EQ(Cell(Ask(feed, CivilDay(2017, 3, 6), {.kpi = "lead_follow_up_minutes"})),
            "180 = 2/5 (n=5)");
  EXPECT_EQ(Cell(Ask(feed, CivilDay(2017, 3, 5), {.kpi = "lead_follow_up_minutes"})),
            "undefined: no inbound lead came in");
}

// Ten leads a week at any minute, touched after up to a week or never: each one is looked at minute
// by minute.
TEST(LeadWorkRate, AgreesWithAPlainReading) {
  TestFeed feed = Team();
  const absl::Time start = Instant("2017-01-01");
  const absl::Time end = Instant("2017-04-01");
  int kept_count = 0, due_count = 0;
  for (uint32_t i = 0; i < 120; ++i) {
    const auto draw = RandomBlock(3, i, 0, RandomPurpose::kSynthetic, 0);
    const absl::Time created = start + absl::Minutes(draw[0] % (90 * 24 * 60));
    const absl::Time touched = created + absl::Minutes(draw[1] % (7 * 24 * 60));
    const bool is_touched = draw[2] % 4 != 0 && touched < end;
    const auto text = [](absl::Time time) {
      return absl::FormatTime("%Y-%m-%d %H:%M", time, absl::UTCTimeZone());
    };
    const std::string id = absl::StrCat("L", i);
    Lead(feed, id, text(created), "owner_rep_id: 'ann'");
    if (is_touched) Touch(feed, id, text(touched));
    // The minute in which the last of the 24 hours ends.
    int64_t minutes = 0;
    absl::Time minute = created;
    for (; minute < end && minutes < 24 * 60; minute += absl::Minutes(1)) {
      const absl::Weekday weekday = absl::GetWeekday(DayOfUtc(minute));
      const int64_t hour = (minute - StartOfDayUtc(DayOfUtc(minute))) / absl::Hours(1);
      const bool is_weekend =
          weekday == absl::Weekday::saturday || weekday == absl::Weekday::sunday;
      if (!is_weekend && hour >= 9 && hour < 17) ++minutes;
    }
    if (minutes < 24 * 60) continue;
    ++due_count;
    if (is_touched && touched <= minute) ++kept_count;
  }
  ASSERT_GT(kept_count, 20);
  ASSERT_GT(due_count, kept_count + 20);
  const auto table = Ask(feed, CivilDay(2017, 3, 31), {.kpi = "lead_work_rate"});
  EXPECT_EQ(table.rows(0).numerator(), kept_count);
  EXPECT_EQ(table.rows(0).denominator(), due_count);
}

}  // namespace
}  // namespace quotacast::metrics
