// Goal: rows add up. Method: a company of three levels worked by hand; sums over reps equal the
// organisation, a team has the deals of the teams below it, deals without product or owner have
// rows of their own.
#include "services/metrics/kpi/grouping.h"

#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "gtest/gtest.h"
#include "quotacast/metrics/v1/kpi.pb.h"
#include "services/metrics/kpi/kpi_test_support.h"
#include "services/metrics/test_feed.h"

namespace quotacast::metrics {
namespace {

using absl::CivilDay;

TestFeed Company() {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stages();
  feed.Team("World");
  feed.Team("Europe", "World");
  feed.Team("North", "Europe");
  feed.Rep("ann", "North");
  feed.Rep("bob", "Europe");
  feed.Rep("cat", "World");
  feed.Rep("idle", "North");
  feed.Product("Basic", 500);
  const CivilDay made(2017, 1, 1);
  const CivilDay closed(2017, 2, 1);
  feed.Closed("a1", "Won", made, closed, {.rep = "ann", .product = "Basic", .amount = 1});
  feed.Closed("a2", "Lost", made, closed, {.rep = "ann", .product = "Basic"});
  feed.Closed("b1", "Won", made, closed, {.rep = "bob", .amount = 10});
  feed.Closed("c1", "Lost", made, closed, {.rep = "cat", .product = "Rare"});
  feed.Closed("u1", "Won", made, closed, {.amount = 100});
  return feed;
}

constexpr metrics::v1::GroupBy kByRep = metrics::v1::GROUP_BY_REP;

TEST(Grouping, GivesEveryRepARow) {
  const auto table = Ask(Company(), CivilDay(2017, 12, 31),
                         {.kpi = "win_rate_closed", .group_by = kByRep, .period = ""});
  std::vector<std::string> groups;
  for (const auto& row : table.rows()) groups.push_back(row.group());
  EXPECT_EQ(groups, (std::vector<std::string>{"(unassigned)", "ann", "bob", "cat", "idle"}));
  EXPECT_EQ(Cell(table, "ann"), "0.5 = 1/2 (n=2)");
  EXPECT_EQ(Cell(table, "bob"), "1 = 1/1 (n=1)");
  EXPECT_EQ(Cell(table, "cat"), "0 = 0/1 (n=1)");
  EXPECT_EQ(Cell(table, "idle"), "undefined: no deal was closed");
  EXPECT_EQ(Cell(table, "(unassigned)"), "1 = 1/1 (n=1)");
}

TEST(Grouping, SumsOverRepsEqualTheOrganisation) {
  for (const char* kpi : {"win_rate_closed", "win_rate_created", "bookings", "sales_cycle_days"}) {
    const auto by_rep =
        Ask(Company(), CivilDay(2017, 12, 31), {.kpi = kpi, .group_by = kByRep, .period = ""});
    const auto org = Ask(Company(), CivilDay(2017, 12, 31),
                         {.kpi = kpi, .group_by = metrics::v1::GROUP_BY_ORG, .period = ""});
    ASSERT_EQ(org.rows_size(), 1);
    double numerator = 0;
    int64_t sample_size = 0;
    for (const auto& row : by_rep.rows()) {
      numerator += row.numerator();
      sample_size += row.sample_size();
    }
    EXPECT_GT(numerator, 0) << kpi;
    EXPECT_EQ(numerator, org.rows(0).numerator()) << kpi;
    EXPECT_EQ(sample_size, org.rows(0).sample_size()) << kpi;
  }
}

TEST(Grouping, RollsTeamsUp) {
  const auto table = Ask(Company(), CivilDay(2017, 12, 31),
                         {.kpi = "bookings", .group_by = metrics::v1::GROUP_BY_TEAM, .period = ""});
  EXPECT_EQ(Cell(table, "North"), "1 = 1/1 (n=1)");
  EXPECT_EQ(Cell(table, "Europe"), "11 = 11/1 (n=2)");
  EXPECT_EQ(Cell(table, "World"), "11 = 11/1 (n=2)");
  EXPECT_EQ(Cell(table, "(no team)"), "100 = 100/1 (n=1)");
  std::vector<std::string> groups;
  for (const auto& row : table.rows()) groups.push_back(row.group());
  EXPECT_EQ(groups, (std::vector<std::string>{"(no team)", "Europe", "North", "World"}));
}

TEST(Grouping, KeepsDealsWithoutAProductInARowOfTheirOwn) {
  const auto table =
      Ask(Company(), CivilDay(2017, 12, 31),
          {.kpi = "win_rate_closed", .group_by = metrics::v1::GROUP_BY_PRODUCT, .period = ""});
  EXPECT_EQ(Cell(table, "Basic"), "0.5 = 1/2 (n=2)");
  EXPECT_EQ(Cell(table, "Rare"), "0 = 0/1 (n=1)");
  EXPECT_EQ(Cell(table, "(no product)"), "1 = 2/2 (n=2)");
  EXPECT_EQ(table.rows_size(), 3);
}

}  // namespace
}  // namespace quotacast::metrics
