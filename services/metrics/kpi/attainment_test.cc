// Goal: the two attainments by their definitions, and how far they can be apart. Method: a team
// worked by hand in which one rep carries the others; quotas of zero, of other periods, amended,
// and of reps in the job for a part of the period.
#include "services/metrics/kpi/attainment.h"

#include "absl/time/civil_time.h"
#include "gtest/gtest.h"
#include "services/metrics/kpi/kpi_test_support.h"
#include "services/metrics/test_feed.h"

namespace quotacast::metrics {
namespace {

using absl::CivilDay;

const CivilDay kEnd(2017, 12, 31);

// Q1 quotas of 100 each; star books 290, near 99, exact 100, none nothing. noquota books 11.
TestFeed Company() {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stages();
  feed.Team("East");
  feed.Team("West");
  for (const char* rep : {"star", "near"}) feed.Rep(rep, "East");
  for (const char* rep : {"exact", "none", "noquota"}) feed.Rep(rep, "West");
  for (const char* rep : {"star", "near", "exact", "none"}) feed.Quota(rep, "2017Q1", 100);
  feed.Quota("noquota", "2017Q1", 0);
  const CivilDay made(2017, 1, 1);
  const CivilDay won(2017, 3, 1);
  feed.Closed("s1", "Won", made, won, {.rep = "star", .amount = 290});
  feed.Closed("n1", "Won", made, won, {.rep = "near", .amount = 99});
  feed.Closed("n2", "Won", made, CivilDay(2017, 4, 1), {.rep = "near", .amount = 1});
  feed.Closed("e1", "Won", made, won, {.rep = "exact", .amount = 100});
  feed.Closed("q1", "Won", made, won, {.rep = "noquota", .amount = 11});
  return feed;
}

KpiTableQuery InQ1(const char* kpi, metrics::v1::GroupBy group_by = metrics::v1::GROUP_BY_ORG) {
  return {.kpi = kpi, .group_by = group_by, .period = "2017Q1"};
}

TEST(QuotaAttainment, DividesBookingsByQuotas) {
  // 290 + 99 + 100 + 11 over 400.
  EXPECT_EQ(Cell(Ask(Company(), kEnd, InQ1("quota_attainment"))), "1.25 = 500/400 (n=4)");
  const auto reps = Ask(Company(), kEnd, InQ1("quota_attainment", metrics::v1::GROUP_BY_REP));
  EXPECT_EQ(Cell(reps, "star"), "2.9 = 290/100 (n=1)");
  EXPECT_EQ(Cell(reps, "near"), "0.99 = 99/100 (n=1)");
  EXPECT_EQ(Cell(reps, "none"), "0 = 0/100 (n=1)");
  EXPECT_EQ(Cell(reps, "noquota"), "undefined: no quota above zero is set for 2017Q1");
  const auto teams = Ask(Company(), kEnd, InQ1("quota_attainment", metrics::v1::GROUP_BY_TEAM));
  EXPECT_EQ(Cell(teams, "East"), "1.945 = 389/200 (n=2)");
  EXPECT_EQ(Cell(teams, "West"), "0.555 = 111/200 (n=2)");
}

TEST(RepsAtQuotaShare, CountsRepsWhoReachTheirs) {
  // star and exact of four: half the reps, although the team is at 125 %.
  EXPECT_EQ(Cell(Ask(Company(), kEnd, InQ1("reps_at_quota_share"))), "0.5 = 2/4 (n=4)");
  const auto teams = Ask(Company(), kEnd, InQ1("reps_at_quota_share", metrics::v1::GROUP_BY_TEAM));
  EXPECT_EQ(Cell(teams, "East"), "0.5 = 1/2 (n=2)");
  EXPECT_EQ(Cell(teams, "West"), "0.5 = 1/2 (n=2)");
  const auto reps = Ask(Company(), kEnd, InQ1("reps_at_quota_share", metrics::v1::GROUP_BY_REP));
  EXPECT_EQ(Cell(reps, "near"), "0 = 0/1 (n=1)");
  EXPECT_EQ(Cell(reps, "noquota"), "undefined: no quota above zero is set for 2017Q1");
}

TEST(Attainment, WithoutQuotasIsUndefined) {
  for (const char* kpi : {"quota_attainment", "reps_at_quota_share"}) {
    EXPECT_EQ(Cell(Ask(Company(), kEnd, {.kpi = kpi, .period = "2017Q2"})),
              "undefined: no quota above zero is set for 2017Q2");
  }
}

TEST(Attainment, TheLatestQuotaCounts) {
  TestFeed feed = Company();
  feed.Quota("near", "2017Q1", 99);
  EXPECT_EQ(Cell(Ask(feed, kEnd, InQ1("reps_at_quota_share"))), "0.75 = 3/4 (n=4)");
  feed.Quota("near", "2017Q1", 0);  // Taken back: no longer eligible.
  EXPECT_EQ(Cell(Ask(feed, kEnd, InQ1("reps_at_quota_share"))), "0.666667 = 2/3 (n=3)");
}

TEST(Attainment, InsideThePeriodItIsPeriodToDate) {
  for (const char* kpi : {"quota_attainment", "reps_at_quota_share"}) {
    const auto table = Ask(Company(), CivilDay(2017, 2, 28), InQ1(kpi));
    EXPECT_EQ(table.rows(0).value(), 0) << kpi;
    EXPECT_TRUE(HasNote(table, "period to date")) << kpi;
    EXPECT_EQ(Cell(Ask(Company(), CivilDay(2016, 12, 31), InQ1(kpi))),
              "undefined: 2017Q1 has not begun by 2016-12-31");
  }
}

TEST(Attainment, WithoutAPeriodItIsThatOfTheAsOf) {
  const auto table = Ask(Company(), CivilDay(2017, 3, 31), {.kpi = "reps_at_quota_share"});
  EXPECT_EQ(Cell(table), "0.5 = 2/4 (n=4)");
  EXPECT_EQ(table.rows(0).period(), "2017Q1");
  EXPECT_TRUE(HasNote(table, "no period was asked for; this is 2017Q1"));
}

TEST(RepsAtQuotaShare, RepsOfAPartOfThePeriodAreEligibleAndSaid) {
  TestFeed feed = Company();
  feed.Rep("joiner", "East", CivilDay(2017, 2, 1));
  feed.Quota("joiner", "2017Q1", 50);
  feed.Rep("leaver", "East", CivilDay(2016, 1, 1), CivilDay(2017, 3, 1));
  feed.Quota("leaver", "2017Q1", 50);
  feed.Rep("whole", "East", CivilDay(2017, 1, 1), CivilDay(2017, 4, 1));
  feed.Quota("whole", "2017Q1", 50);
  const auto table = Ask(feed, kEnd, InQ1("reps_at_quota_share"));
  EXPECT_EQ(table.rows(0).sample_size(), 7);
  EXPECT_TRUE(HasNote(table, "2 eligible reps were in the job for a part of 2017Q1"));
}

}  // namespace
}  // namespace quotacast::metrics
