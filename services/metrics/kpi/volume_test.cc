// Goal: deals and money are counted as they stood. Method: hand-counted companies; on generated
// deals, the balance of created, closed and open from quarter to quarter, and a median by another
// way.
#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "base/random.h"
#include "gtest/gtest.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/kpi_test_support.h"
#include "services/metrics/kpi/view_maker.h"

namespace quotacast::metrics {
namespace {

using absl::CivilDay;
using metrics::v1::GROUP_BY_PERIOD;
using metrics::v1::GROUP_BY_REP;

uint32_t Draw(int index, uint32_t purpose) {
  return RandomBlock(17, static_cast<uint64_t>(index), 0, RandomPurpose::kSynthetic, purpose)[0];
}

TEST(CreatedDeals, CountInTheirPeriod) {
  ViewMaker maker(CivilDay(2017, 8, 15));
  maker.Deal("ann", CivilDay(2017, 3, 31));
  maker.Deal("ann", CivilDay(2017, 4, 1));
  maker.Closed("bob", kLostStage, CivilDay(2017, 6, 30), CivilDay(2017, 8, 1));
  maker.Deal("bob", CivilDay(2017, 7, 1));
  EXPECT_EQ(Cell(maker.Ask({.kpi = "created_deals"})), "4 = 4/1 (n=4)");
  const auto by_rep =
      maker.Ask({.kpi = "created_deals", .group_by = GROUP_BY_REP, .period = "2017Q2"});
  EXPECT_EQ(Cell(by_rep, "ann"), "1 = 1/1 (n=1)");
  EXPECT_EQ(Cell(by_rep, "bob"), "1 = 1/1 (n=1)");
  const auto running = maker.Ask({.kpi = "created_deals", .period = "2017Q3"});
  EXPECT_EQ(Cell(running), "1 = 1/1 (n=1)");
  EXPECT_TRUE(HasNote(running, "period to date"));
  EXPECT_EQ(Cell(maker.Ask({.kpi = "created_deals", .period = "2017Q4"})),
            "undefined: 2017Q4 has not begun by 2017-08-15; the data go from 2017-03-31 to "
            "2017-08-15");
}

TEST(OpenDeals, AreThoseOpenAtTheEndOfThePeriod) {
  ViewMaker maker(CivilDay(2017, 8, 15));
  maker.Closed("ann", kWonStage, CivilDay(2017, 1, 1), CivilDay(2017, 3, 31));
  maker.Closed("ann", kWonStage, CivilDay(2017, 1, 1), CivilDay(2017, 4, 1));
  maker.Deal("ann", CivilDay(2017, 3, 31));
  // Closed at the end of June, and reopened since.
  BookOpportunity& reopened =
      maker.Closed("ann", kLostStage, CivilDay(2017, 1, 1), CivilDay(2017, 6, 30));
  ViewMaker::Move(reopened, kProposal, CivilDay(2017, 7, 1));
  const auto table = maker.Ask({.kpi = "open_deals", .group_by = GROUP_BY_PERIOD});
  EXPECT_EQ(Cell(table, "2017Q1"), "3 = 3/1 (n=3)");
  EXPECT_EQ(Cell(table, "2017Q2"), "1 = 1/1 (n=1)");
  EXPECT_EQ(Cell(table, "2017Q3"), "2 = 2/1 (n=2)");
  EXPECT_EQ(Cell(maker.Ask({.kpi = "open_deals"})), "2 = 2/1 (n=2)");
  EXPECT_TRUE(HasNote(maker.Ask({.kpi = "open_deals"}), "open at the end of 2017-08-15"));
}

TEST(OpenDeals, BalanceWithCreatedAndClosedOnes) {
  ViewMaker maker(CivilDay(2018, 12, 31));
  std::map<std::string, int64_t> closed;
  for (int i = 0; i < 2'000; ++i) {
    const CivilDay created = CivilDay(2017, 1, 1) + Draw(i, 0) % 730;
    BookOpportunity& deal = maker.Deal(absl::StrCat("rep-", i % 5), created);
    const CivilDay end = created + 1 + Draw(i, 1) % 300;
    if (end > CivilDay(2018, 12, 31)) continue;
    ViewMaker::Move(deal, Draw(i, 2) % 3 == 0 ? kWonStage : kLostStage, end);
    ++closed[absl::StrCat(end.year(), "Q", (end.month() + 2) / 3)];
  }
  const auto open = maker.Ask({.kpi = "open_deals", .group_by = GROUP_BY_PERIOD});
  const auto created = maker.Ask({.kpi = "created_deals", .group_by = GROUP_BY_PERIOD});
  ASSERT_EQ(open.rows_size(), 8);
  double before = 0;
  for (int i = 0; i < open.rows_size(); ++i) {
    const double expected =
        before + created.rows(i).value() - static_cast<double>(closed[open.rows(i).group()]);
    EXPECT_EQ(open.rows(i).value(), expected) << open.rows(i).group();
    before = open.rows(i).value();
  }
  EXPECT_GT(before, 0);
}

TEST(OpenAmount, TakesStatedAmountsAndListPrices) {
  ViewMaker maker(CivilDay(2017, 9, 30));
  maker.Deal("ann", CivilDay(2017, 3, 31)).amount_minor_units = 12'345;
  maker.Deal("ann", CivilDay(2017, 3, 31)).product = maker.Product("kit", 50);
  maker.Deal("ann", CivilDay(2017, 3, 31)).product = maker.Product("free", 0);
  maker.Deal("bob", CivilDay(2017, 3, 31));
  maker.Closed("bob", kWonStage, CivilDay(2017, 3, 31), CivilDay(2017, 4, 1), 1'000);
  const auto table = maker.Ask({.kpi = "open_amount", .group_by = GROUP_BY_REP});
  EXPECT_EQ(Cell(table, "ann"), "173.45 = 173.45/1 (n=2)");
  EXPECT_EQ(Cell(table, "bob"), "0 = 0/1 (n=0)");
  EXPECT_TRUE(HasNote(table, "1 open deals have no stated amount and count at the list price"));
  EXPECT_TRUE(HasNote(table, "2 open deals have neither"));
  EXPECT_EQ(Cell(maker.Ask({.kpi = "open_amount", .period = "2017Q3"})), "173.45 = 173.45/1 (n=2)");
  EXPECT_EQ(Cell(maker.Ask({.kpi = "open_amount", .period = "2017Q2"})),
            "undefined: what was open in 2017Q2 is known as of its end: ask as of 2017-06-30");
}

TEST(DealSizeMedian, IsOfWonDealsWithAnAmount) {
  ViewMaker maker(CivilDay(2017, 12, 31));
  const CivilDay created(2017, 1, 1), closed(2017, 2, 1);
  for (const int amount : {500, 100, 900, 200}) {
    maker.Closed("ann", kWonStage, created, closed, amount);
  }
  maker.Closed("ann", kWonStage, created, closed);
  maker.Closed("ann", kLostStage, created, closed, 100'000);
  const auto table = maker.Ask({.kpi = "deal_size_median"});
  EXPECT_EQ(Cell(table), "350 = 1700/4 (n=4)");
  EXPECT_FALSE(table.rows(0).has_interval());
  EXPECT_TRUE(HasNote(table, "1 deals won have no booked amount above zero"));
  EXPECT_EQ(Cell(maker.Ask({.kpi = "deal_size_median", .period = "2017Q2"})),
            "undefined: no deal with an amount above zero was won in 2017Q2");
}

TEST(DealSizeMedian, IsTheMiddleOfGeneratedAmountsWithItsInterval) {
  ViewMaker maker(CivilDay(2017, 12, 31));
  std::vector<int64_t> amounts;
  for (int i = 0; i < 101; ++i) {
    amounts.push_back(1 + Draw(i, 5) % 100'000);
    maker.Closed("ann", kWonStage, CivilDay(2017, 1, 1), CivilDay(2017, 2, 1), amounts.back());
  }
  std::nth_element(amounts.begin(), amounts.begin() + 50, amounts.end());
  const auto table = maker.Ask({.kpi = "deal_size_median"});
  EXPECT_EQ(table.rows(0).value(), static_cast<double>(amounts[50]));
  // Of 101 values the 41st and the 61st: the binomial quantiles of one half.
  std::sort(amounts.begin(), amounts.end());
  EXPECT_EQ(table.rows(0).interval().low(), static_cast<double>(amounts[40]));
  EXPECT_EQ(table.rows(0).interval().high(), static_cast<double>(amounts[60]));
}

}  // namespace
}  // namespace quotacast::metrics
