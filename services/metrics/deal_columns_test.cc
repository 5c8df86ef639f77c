// Goal: the closed deals of a period are all of them, in order, and no others. Method: days at the
// edges of a period by hand.
#include "services/metrics/deal_columns.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "base/fiscal_calendar.h"
#include "base/random.h"
#include "gtest/gtest.h"
#include "services/metrics/book_view.h"
#include "services/metrics/day_number.h"
#include "services/metrics/test_columns.h"

namespace quotacast::metrics {
namespace {

using absl::CivilDay;

std::vector<BookOpportunity> Deals() {
  std::vector<BookOpportunity> deals;
  const auto add = [&](StageCategory outcome, CivilDay day, std::optional<int64_t> amount) {
    BookOpportunity& deal = deals.emplace_back();
    deal.outcome = outcome;
    deal.close_day = day;
    deal.amount_minor_units = amount;
  };
  add(StageCategory::kWon, CivilDay(2017, 6, 30), 500);
  add(StageCategory::kLost, CivilDay(2017, 4, 1), std::nullopt);
  add(StageCategory::kOpen, CivilDay(2017, 5, 1), 100);
  add(StageCategory::kWon, CivilDay(2017, 7, 1), 0);
  add(StageCategory::kWon, CivilDay(2017, 4, 1), -3);
  add(StageCategory::kLost, CivilDay(2017, 3, 31), 1);
  return deals;
}

template <typename Deals>
std::string TextOf(const Deals& deals) {
  std::string text;
  for (const ClosedDeal deal : deals) {
    absl::StrAppend(&text, deal.position, deal.is_won ? "w" : "l",
                    deal.amount_minor_units ? absl::StrCat(*deal.amount_minor_units) : "-", " ");
  }
  return text;
}

TEST(Closing, SaysWhenAndHow) {
  for (const int32_t day : {-719'162, -1, 0, 1, 17'000, 2'932'896}) {
    const Closing won = Closing::Maker(StageCategory::kWon).On(day);
    const Closing lost = Closing::Maker(StageCategory::kLost).On(day);
    const Closing open = Closing::Maker(StageCategory::kOpen).On(day);
    EXPECT_EQ(won.outcome(), StageCategory::kWon);
    EXPECT_EQ(lost.outcome(), StageCategory::kLost);
    EXPECT_EQ(won.day(), day);
    EXPECT_EQ(lost.day(), day);
    EXPECT_FALSE(lost.is_won() || open.is_won() || won.is_open() || lost.is_open());
    EXPECT_EQ(open, Closing());
    EXPECT_EQ(open.outcome(), StageCategory::kOpen);
    EXPECT_LT(open.day(), day);
  }
}

std::string Closed(const DealColumns& columns, const std::optional<FiscalPeriod>& period) {
  return TextOf(columns.ClosedIn(period));
}

std::string Won(const DealColumns& columns, const std::optional<FiscalPeriod>& period) {
  return TextOf(columns.WonIn(period));
}

TEST(ClosedIn, HasThoseOfThePeriodInOrder) {
  const auto columns = ColumnsOf(Deals());
  const FiscalPeriod quarter{
      .name = "2017Q2", .start = CivilDay(2017, 4, 1), .end = CivilDay(2017, 7, 1)};
  EXPECT_EQ(Closed(*columns, quarter), "1l- 4w-3 0w500 ");
  EXPECT_EQ(Won(*columns, quarter), "4w-3 0w500 ");
  EXPECT_EQ(Closed(*columns, std::nullopt), "0w500 1l- 3w0 4w-3 5l1 ");
  EXPECT_EQ(Won(*columns, std::nullopt), "0w500 3w0 4w-3 ");
  const FiscalPeriod ever{.name = "ever", .start = CivilDay(2, 1, 1), .end = CivilDay(9'000, 1, 1)};
  EXPECT_EQ(Closed(*columns, ever), "5l1 1l- 4w-3 0w500 3w0 ");
  EXPECT_EQ(Won(*columns, ever), "4w-3 0w500 3w0 ");
  const FiscalPeriod before{
      .name = "2016Q1", .start = CivilDay(2016, 1, 1), .end = CivilDay(2016, 4, 1)};
  EXPECT_EQ(Closed(*columns, before), "");
  EXPECT_EQ(Won(*columns, before), "");
  const FiscalPeriod lost_only{
      .name = "March", .start = CivilDay(2017, 3, 1), .end = CivilDay(2017, 4, 1)};
  EXPECT_EQ(Won(*columns, lost_only), "");
  EXPECT_EQ(Closed(DealColumns(), std::nullopt), "");
}

// Many deals, on days far apart: against a sort of pairs.
TEST(ClosedIn, OrdersManyDays) {
  std::vector<BookOpportunity> deals(5'000);
  std::vector<std::pair<CivilDay, uint32_t>> wanted;
  for (uint32_t i = 0; i < deals.size(); ++i) {
    const uint32_t bits = RandomBlock(5, i, 0, RandomPurpose::kSynthetic, 0)[0];
    deals[i].outcome = bits % 4 == 0   ? StageCategory::kOpen
                       : bits % 4 == 1 ? StageCategory::kLost
                                       : StageCategory::kWon;
    // Most within some years, a few anywhere in the calendar.
    const int range = bits % 50 == 1 ? 3'000'000 : 2'500;
    deals[i].close_day = CivilDay(2, 1, 1) + static_cast<int>((bits >> 8) % 16'000'000) % range;
    if (bits % 4 != 0) wanted.emplace_back(deals[i].close_day, i);
  }
  std::sort(wanted.begin(), wanted.end());
  // The first of all have an order of their own, later ones share one.
  const auto columns = ColumnsOf(deals);
  const CivilDay first = CivilDay(2, 1, 1);
  for (int period = 0; period < 6; ++period) {
    const FiscalPeriod days{.name = "", .start = first + period, .end = first + 4'000'000};
    const auto from =
        std::lower_bound(wanted.begin(), wanted.end(), days.start,
                         [](const auto& deal, CivilDay day) { return deal.first < day; });
    const auto closed = columns->ClosedIn(days);
    ASSERT_EQ(closed.size(), static_cast<size_t>(wanted.end() - from));
    const auto won = columns->WonIn(days);
    size_t won_count = 0;
    auto next = from;
    for (const ClosedDeal deal : closed) {
      ASSERT_EQ(DayOfNumber(deal.close_day), next->first);
      ASSERT_EQ(deal.position, next->second);
      ASSERT_EQ(deal.is_won, deals[deal.position].outcome == StageCategory::kWon);
      if (deal.is_won) {
        ASSERT_LT(won_count, won.size());
        ASSERT_EQ(won[won_count++].position, deal.position);
      }
      ++next;
    }
    EXPECT_EQ(won_count, won.size());
  }
}

std::vector<size_t> PositionsOf(const SomeDeals& deals) {
  std::vector<size_t> positions;
  for (const DealRef deal : deals) positions.push_back(deal.position());
  return positions;
}

// Against the definitions, for every period of some days and none.
TEST(SomeDeals, AreThoseOfThePeriodInOrder) {
  std::vector<BookOpportunity> deals(300);
  for (uint32_t i = 0; i < deals.size(); ++i) {
    const auto bits = RandomBlock(6, i, 0, RandomPurpose::kSynthetic, 0);
    deals[i].created_day = CivilDay(2017, 1, 1) + static_cast<int>(bits[0] % 30);
    deals[i].close_day = deals[i].created_day + static_cast<int>(bits[1] % 10);
    deals[i].outcome = static_cast<StageCategory>(bits[2] % 3);
  }
  const auto columns = ColumnsOf(deals);
  for (int start = -2; start < 45; start += 3) {
    for (const int length : {0, 1, 7}) {
      const FiscalPeriod period{.name = "",
                                .start = CivilDay(2017, 1, 1) + start,
                                .end = CivilDay(2017, 1, 1) + start + length};
      std::vector<size_t> created, open, closed;
      for (size_t i = 0; i < deals.size(); ++i) {
        const BookOpportunity& deal = deals[i];
        const bool is_open = deal.outcome == StageCategory::kOpen;
        if (deal.created_day >= period.start && deal.created_day < period.end) created.push_back(i);
        if (deal.created_day < period.end && (is_open || deal.close_day >= period.start)) {
          open.push_back(i);
        }
        if (!is_open && deal.close_day >= period.start && deal.close_day < period.end) {
          closed.push_back(i);
        }
      }
      EXPECT_EQ(PositionsOf(columns->CreatedIn(period)), created);
      EXPECT_EQ(PositionsOf(columns->OpenIn(period)), open);
      EXPECT_EQ(PositionsOf(columns->ClosedByDeal(period)), closed);
      EXPECT_EQ(PositionsOf(columns->ClosedByDeal(period)), closed) << "asked again";
    }
  }
  EXPECT_EQ(columns->CreatedIn(std::nullopt).size(), deals.size());
  EXPECT_EQ(columns->OpenIn(std::nullopt).size(), deals.size());
  EXPECT_EQ(columns->ClosedByDeal(std::nullopt).size(), columns->ClosedIn(std::nullopt).size());
  for (const DealRef deal : columns->OpenNow()) EXPECT_EQ(deal.outcome(), StageCategory::kOpen);
  EXPECT_EQ(columns->OpenNow().size() + columns->ClosedIn(std::nullopt).size(), deals.size());
  EXPECT_EQ(DealColumns().OpenNow().size(), 0u);
}

TEST(DealRef, TellsWhatIsNotThere) {
  const auto columns = ColumnsOf(Deals());
  EXPECT_EQ(columns->At(1).amount_minor_units(), std::nullopt);
  EXPECT_EQ(columns->At(3).amount_minor_units(), 0);
  EXPECT_EQ(columns->At(0).entry_amount_minor_units(), std::nullopt);
  EXPECT_EQ(columns->At(0).expected_close_day(), std::nullopt);
  EXPECT_EQ(columns->At(0).product(), -1);
  int count = 0;
  for (const DealRef deal : columns->All()) count += deal.position() == 5 ? 10 : 1;
  EXPECT_EQ(count, 15);
}

}  // namespace
}  // namespace quotacast::metrics
