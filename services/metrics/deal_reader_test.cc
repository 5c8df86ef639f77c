// Goal: a view of so many deals that several threads read it has each deal once, in order, with
// what was so on its day. Method: two events per deal, whose days and owners follow from its
// number; what must be read is worked out from the number alone. Some deals change after the first
// view, so that base and patch of the histories are read.
#include "services/metrics/deal_reader.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "gtest/gtest.h"
#include "services/metrics/book.h"
#include "services/metrics/day_number.h"
#include "services/metrics/test_feed.h"

namespace quotacast::metrics {
namespace {

constexpr int kDeals = 150'000;
constexpr absl::CivilDay kToday(2019, 1, 1);
// Half of the deals are created by then, a quarter are closed.
constexpr absl::CivilDay kViewDay(2017, 4, 11);

absl::CivilDay CreatedDay(int deal) { return absl::CivilDay(2017, 1, 1) + deal * 37 % 200; }
absl::CivilDay WonDay(int deal) { return CreatedDay(deal) + 1 + deal * 11 % 100; }
int Amount(int deal) { return 1 + deal % 1'000; }

std::string IdOf(int deal) { return absl::StrFormat("deal-%06d", deal); }

// What the first view has of a deal.
struct Expected {
  explicit Expected(int deal)
      : is_there(CreatedDay(deal) <= kViewDay), is_won(is_there && WonDay(deal) <= kViewDay) {}
  bool is_there;
  bool is_won;
};

// Names that only the last of many deals have, or had.
void AddLastDeals(TestFeed& feed) {
  const absl::CivilDay day(2017, 1, 5);
  feed.Deal("zz-1", "Discovery", day);
  feed.Deal("zz-2", "Discovery", day, {.rep = "rep-rare"});
  feed.Deal("zz-3", "Discovery", day, {.rep = "rep-gone"});
  feed.Deal("zz-4", "Discovery", kViewDay + 1, {.rep = "rep-of-the-future"});
}

TEST(DealReader, ReadsManyDealsInParts) {
  TestFeed feed(absl::CivilDay(2018, 1, 1));
  feed.Stages();
  for (int deal = 0; deal < kDeals; ++deal) {
    feed.Closed(IdOf(deal), "Won", CreatedDay(deal), WonDay(deal),
                {.rep = absl::StrFormat("rep-%d", deal % 7), .amount = Amount(deal)});
  }
  AddLastDeals(feed);
  Book book;
  feed.Fill(book);
  const auto settled = book.At({.effective_day = kToday}, kToday);
  ASSERT_TRUE(settled.ok()) << settled.status();
  EXPECT_EQ((*settled)->columns->size(), size_t{kDeals} + 4);
  // One in a thousand goes to another owner on the day of its creation: the patch has it.
  for (int deal = 0; deal < kDeals; deal += 1'000) {
    feed.Deal(IdOf(deal), "", CreatedDay(deal), {.rep = "rep-9", .version = "owner"});
  }
  feed.Deal("zz-3", "", absl::CivilDay(2017, 1, 5), {.rep = "rep-9", .version = "owner"});
  feed.Deal("zz-5", "Discovery", absl::CivilDay(2017, 1, 5), {.rep = "rep-new"});
  feed.Fill(book);

  const auto view = book.At({.effective_day = kViewDay}, kToday);
  ASSERT_TRUE(view.ok()) << view.status();
  const DealColumns& columns = *(*view)->columns;
  size_t position = 0;
  int64_t won_count = 0;
  for (int deal = 0; deal < kDeals; ++deal) {
    const Expected expected(deal);
    if (!expected.is_there) continue;
    ASSERT_LT(position, columns.size());
    const DealRef read = columns.At(position);
    ASSERT_EQ(read.created_day(), NumberOfDay(CreatedDay(deal))) << deal;
    ASSERT_EQ((*view)->reps[static_cast<size_t>(read.rep())].id,
              absl::StrFormat("rep-%d", deal % 1'000 == 0 ? 9 : deal % 7))
        << deal;
    ASSERT_EQ(read.outcome() == StageCategory::kWon, expected.is_won) << deal;
    if (expected.is_won) {
      ASSERT_EQ(read.close_day(), NumberOfDay(WonDay(deal))) << deal;
      ASSERT_EQ(read.amount_minor_units(), Amount(deal) * 100) << deal;
      ++won_count;
    }
    ++position;
  }
  EXPECT_EQ(position + 4, columns.size());
  std::vector<std::string> rep_ids;
  for (const BookRep& rep : (*view)->reps) rep_ids.push_back(rep.id);
  EXPECT_EQ(rep_ids,
            (std::vector<std::string>{kUnassignedRepId, "rep-0", "rep-1", "rep-2", "rep-3", "rep-4",
                                      "rep-5", "rep-6", "rep-9", "rep-new", "rep-rare"}));
  EXPECT_EQ(columns.ClosedIn(std::nullopt).size(), static_cast<size_t>(won_count));
  EXPECT_GT(position, size_t{kDeals} / 3);
  EXPECT_LT(position, size_t{kDeals} * 2 / 3);
}

}  // namespace
}  // namespace quotacast::metrics
