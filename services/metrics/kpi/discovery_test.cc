// Goal: problems and ratings are counted over the deals they are about, and wins compared by them.
// Method: deals counted by hand; the interval against Newcombe's published one.
#include "absl/time/civil_time.h"
#include "gtest/gtest.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/kpi_test_support.h"
#include "services/metrics/kpi/view_maker.h"

namespace quotacast::metrics {
namespace {

using absl::CivilDay;
using metrics::v1::GROUP_BY_REP;

const CivilDay kCreated(2017, 1, 1);

TEST(CustomerProblemCoverage, CountsDealsThatWereOpen) {
  ViewMaker maker(CivilDay(2017, 12, 31));
  maker.Deal("ann", kCreated).has_customer_problem = true;
  maker.Deal("ann", CivilDay(2017, 11, 1));
  maker.Closed("ann", kWonStage, kCreated, CivilDay(2017, 2, 1)).has_customer_problem = true;
  EXPECT_EQ(Cell(maker.Ask({.kpi = "customer_problem_coverage"})), "0.666667 = 2/3 (n=3)");
  EXPECT_EQ(Cell(maker.Ask({.kpi = "customer_problem_coverage", .period = "2017Q2"})),
            "1 = 1/1 (n=1)");
  EXPECT_EQ(Cell(maker.Ask({.kpi = "customer_problem_coverage", .period = "2017Q4"})),
            "0.5 = 1/2 (n=2)");
  ViewMaker quiet(CivilDay(2017, 12, 31));
  quiet.Closed("ann", kWonStage, kCreated, CivilDay(2017, 2, 1)).has_customer_problem = true;
  EXPECT_EQ(Cell(quiet.Ask({.kpi = "customer_problem_coverage", .period = "2017Q3"})),
            "undefined: no deal was open or created in 2017Q3");
  // A source without the field is no sales force that asks nothing.
  ViewMaker unknowing(CivilDay(2017, 12, 31));
  unknowing.Deal("ann", kCreated);
  EXPECT_EQ(Cell(unknowing.Ask({.kpi = "customer_problem_coverage"})),
            "undefined: no deal has a customer problem written down: the source seems not to keep "
            "them");
}

TEST(DiscoveryRatingMean, LeavesOutWhatIsNotRated) {
  ViewMaker maker(CivilDay(2017, 12, 31));
  maker.Deal("ann", kCreated).discovery_rating = 5;
  maker.Deal("ann", kCreated).discovery_rating = 2;
  maker.Deal("ann", kCreated);
  maker.Deal("bob", kCreated);
  const auto table = maker.Ask({.kpi = "discovery_rating_mean", .group_by = GROUP_BY_REP});
  EXPECT_EQ(Cell(table, "ann"), "3.5 = 7/2 (n=2)");
  EXPECT_EQ(Cell(table, "bob"), "undefined: no deal with a discovery rating was open");
  EXPECT_TRUE(HasNote(table, "2 deals open are not rated and are left out"));
}

void Rated(ViewMaker& maker, int rating, int won_count, int lost_count) {
  for (int i = 0; i < won_count + lost_count; ++i) {
    maker.Closed("ann", i < won_count ? kWonStage : kLostStage, kCreated, CivilDay(2017, 2, 1))
        .discovery_rating = rating;
  }
}

TEST(DiscoveryWinDifference, ComparesGoodWithPoorRatings) {
  ViewMaker maker(CivilDay(2017, 12, 31));
  Rated(maker, 5, 20, 5);
  Rated(maker, 4, 36, 9);
  Rated(maker, 2, 30, 10);
  Rated(maker, 1, 18, 22);
  Rated(maker, 3, 1, 50);
  Rated(maker, 0, 1, 50);
  maker.Deal("ann", kCreated).discovery_rating = 5;
  const auto table = maker.Ask({.kpi = "discovery_win_difference"});
  // 56 of 70 and 48 of 80.
  EXPECT_EQ(Cell(table), "0.2 = 0.8/0.6 (n=150)");
  EXPECT_NEAR(table.rows(0).interval().low(), 0.0524, 5e-5);
  EXPECT_NEAR(table.rows(0).interval().high(), 0.3339, 5e-5);
  EXPECT_EQ(Cell(maker.Ask({.kpi = "discovery_win_difference", .period = "2017Q2"})),
            "undefined: of the deals closed in 2017Q2 0 are rated 4 or 5 and 0 are rated 1 or 2: "
            "it takes both");
}

}  // namespace
}  // namespace quotacast::metrics
