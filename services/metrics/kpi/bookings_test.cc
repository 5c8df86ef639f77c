// Goal: bookings add up what was won, and nothing else. Method: deals worked by hand: open, lost,
// without amount, at the edges of the period, in another's hands by the as-of.
#include "services/metrics/kpi/bookings.h"

#include <cstdint>
#include <limits>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "gtest/gtest.h"
#include "services/metrics/kpi/kpi_test_support.h"
#include "services/metrics/test_feed.h"

namespace quotacast::metrics {
namespace {

using absl::CivilDay;

const CivilDay kEnd(2017, 12, 31);

TestFeed Company() {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stages();
  feed.Closed("w1", "Won", CivilDay(2017, 1, 1), CivilDay(2017, 3, 31),
              {.rep = "ann", .amount = 7});
  feed.Closed("w2", "Won", CivilDay(2017, 1, 1), CivilDay(2017, 4, 1), {.rep = "ann", .amount = 5});
  feed.Closed("lost", "Lost", CivilDay(2017, 1, 1), CivilDay(2017, 2, 1), {.amount = 99});
  feed.Deal("open", "Discovery", CivilDay(2017, 1, 1), {.amount = 99});
  return feed;
}

TEST(Bookings, AddUpDealsWonInThePeriod) {
  EXPECT_EQ(Cell(Ask(Company(), kEnd, {.kpi = "bookings"})), "12 = 12/1 (n=2)");
  const auto first = Ask(Company(), kEnd, {.kpi = "bookings", .period = "2017Q1"});
  EXPECT_EQ(Cell(first), "7 = 7/1 (n=1)");
  EXPECT_EQ(first.currency_code(), "USD");
  EXPECT_EQ(Cell(Ask(Company(), kEnd, {.kpi = "bookings", .period = "2017Q2"})), "5 = 5/1 (n=1)");
}

TEST(Bookings, NoneAreZeroBecauseNothingIsDivided) {
  EXPECT_EQ(Cell(Ask(Company(), kEnd, {.kpi = "bookings", .period = "2017Q3"})), "0 = 0/1 (n=0)");
  EXPECT_EQ(
      Cell(Ask(Company(), CivilDay(2017, 5, 1), {.kpi = "bookings", .period = "2017Q3"})),
      "undefined: 2017Q3 has not begun by 2017-05-01; the data go from 2017-01-01 to 2017-05-01");
}

TEST(Bookings, WonWithoutAmountAddsNothingAndIsSaid) {
  TestFeed feed = Company();
  feed.Closed("bare", "Won", CivilDay(2017, 1, 1), CivilDay(2017, 2, 1));
  const auto table = Ask(feed, kEnd, {.kpi = "bookings", .period = "2017Q1"});
  EXPECT_EQ(Cell(table), "7 = 7/1 (n=2)");
  EXPECT_TRUE(HasNote(table, "1 deals won in 2017Q1 have no booked amount"));
}

TEST(Bookings, CreditGoesToTheOwnerAtTheAsOf) {
  TestFeed feed = Company();
  feed.Deal("w1", "", CivilDay(2017, 6, 1), {.rep = "bob"});
  const KpiTableQuery by_rep{.kpi = "bookings", .group_by = metrics::v1::GROUP_BY_REP};
  EXPECT_EQ(Cell(Ask(feed, CivilDay(2017, 5, 31), by_rep), "ann"), "12 = 12/1 (n=2)");
  const auto after = Ask(feed, CivilDay(2017, 6, 1), by_rep);
  EXPECT_EQ(Cell(after, "ann"), "5 = 5/1 (n=1)");
  EXPECT_EQ(Cell(after, "bob"), "7 = 7/1 (n=1)");
}

TEST(Bookings, RefuseToSumTwoCurrenciesOrBeyondTheirRange) {
  TestFeed feed = Company();
  feed.Closed("eur", "Won", CivilDay(2017, 1, 1), CivilDay(2017, 2, 1),
              {.amount = 1, .currency = "EUR"});
  const KpiRegistry registry;
  EXPECT_EQ(registry.Query(*ViewOn(feed, kEnd), {.kpi = "bookings"}).status().code(),
            absl::StatusCode::kFailedPrecondition);
  TestFeed huge = Company();
  const int64_t half = std::numeric_limits<int64_t>::max() / 200;
  for (const char* id : {"h1", "h2", "h3"}) {
    huge.Closed(id, "Won", CivilDay(2017, 1, 1), CivilDay(2017, 2, 1), {.amount = half});
  }
  EXPECT_EQ(registry.Query(*ViewOn(huge, kEnd), {.kpi = "bookings"}).status().code(),
            absl::StatusCode::kOutOfRange);
}

}  // namespace
}  // namespace quotacast::metrics
