// Goal: growth is that of the customers one had, and white space hides behind no other account's
// bookings. Method: accounts counted by hand; on generated deals, sums by another way.
#include "services/metrics/kpi/accounts.h"

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "gtest/gtest.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/kpi_test_support.h"
#include "services/metrics/kpi/view_maker.h"

namespace quotacast::metrics {
namespace {

using absl::CivilDay;
using metrics::v1::GROUP_BY_REP;

BookOpportunity& Sale(ViewMaker& maker, const std::string& rep, const std::string& account,
                      DealMotion motion, CivilDay day, int64_t amount) {
  BookOpportunity& deal = maker.Closed(rep, kWonStage, day - 30, day, amount);
  deal.account = maker.Account(account);
  deal.motion = motion;
  return deal;
}

ViewMaker Company() {
  ViewMaker maker(CivilDay(2017, 12, 31));
  Sale(maker, "ann", "acme", DealMotion::kNew, CivilDay(2016, 5, 1), 1'000);
  Sale(maker, "ann", "gone", DealMotion::kRenewal, CivilDay(2016, 6, 30), 500);
  Sale(maker, "bob", "beta", DealMotion::kNew, CivilDay(2016, 4, 1), 200);
  Sale(maker, "ann", "acme", DealMotion::kRenewal, CivilDay(2017, 4, 1), 900);
  Sale(maker, "ann", "acme", DealMotion::kExpansion, CivilDay(2017, 6, 30), 300);
  Sale(maker, "ann", "acme", DealMotion::kNew, CivilDay(2017, 5, 1), 10'000);
  Sale(maker, "ann", "late", DealMotion::kExpansion, CivilDay(2017, 5, 1), 10'000);
  Sale(maker, "bob", "beta", DealMotion::kUnknown, CivilDay(2017, 5, 1), 10'000);
  Sale(maker, "ann", "acme", DealMotion::kRenewal, CivilDay(2017, 7, 1), 10'000);
  return maker;
}

TEST(AccountGrowth, IsOfTheAccountsOfAYearBefore) {
  const ViewMaker maker = Company();
  const auto table = maker.Ask({.kpi = "account_growth", .period = "2017Q2"});
  // 900 + 300 against 1,000 + 500 + 200.
  EXPECT_EQ(Cell(table), "0.705882 = 1200/1700 (n=3)");
  EXPECT_TRUE(HasNote(table, "against 2016Q2"));
  EXPECT_TRUE(HasNote(table, "1 deals won in 2017Q2 do not say whether"));
  const auto by_rep =
      maker.Ask({.kpi = "account_growth", .group_by = GROUP_BY_REP, .period = "2017Q2"});
  EXPECT_EQ(Cell(by_rep, "ann"), "0.8 = 1200/1500 (n=2)");
  EXPECT_EQ(Cell(by_rep, "bob"), "0 = 0/200 (n=1)");
  EXPECT_EQ(Cell(maker.Ask({.kpi = "account_growth", .period = "2017Q1"})),
            "undefined: no account booked anything in 2016Q1");
}

TEST(AccountGrowth, AgreesWithSumsByAccount) {
  ViewMaker maker(CivilDay(2017, 12, 31));
  for (int i = 0; i < 600; ++i) {
    Sale(maker, absl::StrCat("rep-", i % 4), absl::StrCat("account-", i * 7 % 90),
         static_cast<DealMotion>(i * 5 % 4), CivilDay(2016, 1, 1) + i * 37 % 731, 100 + i);
  }
  const BookView& view = maker.view();
  double before = 0, grown = 0;
  for (size_t account = 0; account < view.accounts.size(); ++account) {
    double then = 0, now = 0;
    for (const BookOpportunity& deal : view.opportunities) {
      if (deal.account != static_cast<int>(account)) continue;
      const double amount = static_cast<double>(*deal.amount_minor_units) / 100;
      const bool is_third = deal.close_day.month() >= 7 && deal.close_day.month() <= 9;
      if (is_third && deal.close_day.year() == 2016) then += amount;
      if (is_third && deal.close_day.year() == 2017 && deal.motion != DealMotion::kNew &&
          deal.motion != DealMotion::kUnknown) {
        now += amount;
      }
    }
    before += then;
    if (then > 0) grown += now;
  }
  const auto table = maker.Ask({.kpi = "account_growth", .period = "2017Q3"});
  EXPECT_NEAR(table.rows(0).numerator(), grown, 1e-6);
  EXPECT_NEAR(table.rows(0).denominator(), before, 1e-6);
  EXPECT_GT(grown, 0);
}

TEST(AccountGrowth, IsNotToldWhereNoDealSaysWhatItIs) {
  ViewMaker maker(CivilDay(2017, 12, 31));
  Sale(maker, "ann", "acme", DealMotion::kUnknown, CivilDay(2016, 5, 1), 1'000);
  Sale(maker, "ann", "acme", DealMotion::kUnknown, CivilDay(2017, 5, 1), 1'000);
  const std::string reason =
      "undefined: no deal that was won says whether it is new business, expansion or renewal";
  EXPECT_EQ(Cell(maker.Ask({.kpi = "account_growth", .period = "2017Q2"})), reason);
}

TEST(WhiteSpace, IsPotentialLessBookingsAccountByAccount) {
  ViewMaker maker(CivilDay(2017, 12, 31));
  maker.Rep("ann");
  const auto potential = [&](const std::string& account, int64_t amount, int owner) {
    BookAccount& entry = maker.view().accounts.Edit()[static_cast<size_t>(maker.Account(account))];
    entry.yearly_potential_minor_units = amount * 100;
    entry.owner_rep = owner;
  };
  potential("acme", 1'000, 0);
  potential("full", 100, 0);
  potential("unowned", 70, -1);
  potential("by deal", 50, -1);
  maker.Account("without");
  Sale(maker, "ann", "acme", DealMotion::kNew, CivilDay(2017, 1, 1), 300);    // The first day.
  Sale(maker, "ann", "acme", DealMotion::kNew, CivilDay(2016, 12, 31), 400);  // The day before.
  Sale(maker, "bob", "full", DealMotion::kNew, CivilDay(2017, 5, 1), 5'000);
  BookOpportunity& open = maker.Deal("bob", CivilDay(2017, 5, 1));
  open.account = maker.Account("by deal");
  const auto table = maker.Ask({.kpi = "white_space"});
  EXPECT_EQ(Cell(table), "820 = 820/1220 (n=4)");
  EXPECT_TRUE(HasNote(table, "bookings from 2017-01-01 to 2017-12-31"));
  EXPECT_TRUE(HasNote(table, "1 accounts have no yearly potential"));
  EXPECT_TRUE(HasNote(table, "1 accounts booked more than their potential"));
  const auto by_rep = maker.Ask({.kpi = "white_space", .group_by = GROUP_BY_REP});
  EXPECT_EQ(Cell(by_rep, "ann"), "700 = 700/1100 (n=2)");
  EXPECT_EQ(Cell(by_rep, "bob"), "50 = 50/50 (n=1)");
  // A year that ends with the first quarter.
  EXPECT_EQ(Cell(maker.Ask({.kpi = "white_space", .period = "2017Q1"})), "520 = 520/1220 (n=4)");
  EXPECT_EQ(Cell(ViewMaker(CivilDay(2017, 12, 31)).Ask({.kpi = "white_space"})),
            "undefined: no account of the row has a yearly potential");
}

}  // namespace
}  // namespace quotacast::metrics
