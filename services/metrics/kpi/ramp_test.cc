// Goal: the time to productivity follows its definition, censoring included. Method: rosters and
// bookings worked out by hand; a plain loop over days on a generated roster.
#include "services/metrics/kpi/ramp.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
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
using absl::CivilMonth;

// Books the amount in the middle of the month.
void Book(ViewMaker& maker, const std::string& rep, CivilMonth month, int64_t amount) {
  const CivilDay day = CivilDay(month) + 14;
  maker.Closed(rep, kWonStage, day - 10, day, amount);
}

BookRep& RepOf(ViewMaker& maker, const std::string& id) {
  return maker.view().reps[static_cast<size_t>(maker.Rep(id))];
}

// Three ramped reps who book 80, 100 and 400 in every month of 2017: the median of three months is
// 300, the bar 240.
ViewMaker RampedCompany() {
  ViewMaker maker(CivilDay(2017, 12, 31));
  for (int month = 1; month <= 12; ++month) {
    Book(maker, "ramped-1", CivilMonth(2017, month), 80);
    Book(maker, "ramped-2", CivilMonth(2017, month), 100);
    Book(maker, "ramped-3", CivilMonth(2017, month), 400);
  }
  return maker;
}

TEST(RampDaysToProductive, EndsWithTheFirstThreeMonthsAtTheBar) {
  ViewMaker maker = RampedCompany();
  RepOf(maker, "new").start_day = CivilDay(2017, 2, 10);
  Book(maker, "new", CivilMonth(2017, 2), 10'000);  // Not a whole month.
  Book(maker, "new", CivilMonth(2017, 3), 100);
  Book(maker, "new", CivilMonth(2017, 4), 60);
  Book(maker, "new", CivilMonth(2017, 5), 70);   // March to May: 230.
  Book(maker, "new", CivilMonth(2017, 6), 110);  // April to June: 240.
  const auto table = maker.Ask({.kpi = "ramp_days_to_productive"});
  EXPECT_EQ(Cell(table), "141 = 1/1 (n=1)");  // 10 February to the end of June.
  EXPECT_TRUE(HasNote(table, "3 reps have no start day"));
  EXPECT_EQ(Cell(maker.Ask({.kpi = "ramp_days_to_productive", .period = "2017Q2"})),
            "undefined: no rep with a start day in the data began in 2017Q2");
}

TEST(RampDaysToProductive, IsCensoredByLeavingAndByTheAsOf) {
  ViewMaker maker = RampedCompany();
  for (const char* const rep : {"quick", "gone", "slow"}) {
    RepOf(maker, rep).start_day = CivilDay(2017, 3, 1);
  }
  RepOf(maker, "gone").end_day = CivilDay(2017, 4, 1);
  for (int month = 3; month <= 5; ++month) Book(maker, "quick", CivilMonth(2017, month), 80);
  // Quick after 92 days, when one of two is left: half of them.
  EXPECT_EQ(Cell(maker.Ask({.kpi = "ramp_days_to_productive"})), "92 = 1/3 (n=3)");
  RepOf(maker, "slower").start_day = CivilDay(2017, 3, 1);
  EXPECT_EQ(Cell(maker.Ask({.kpi = "ramp_days_to_productive"})),
            "undefined: half of the 4 reps that began have not been seen productive yet");
}

TEST(RampDaysToProductive, PeersAreRampedAndOfTheSameSegment) {
  ViewMaker maker = RampedCompany();
  RepOf(maker, "new").start_day = CivilDay(2017, 3, 1);
  RepOf(maker, "new").segment_id = "large";
  for (int month = 3; month <= 11; ++month) Book(maker, "new", CivilMonth(2017, month), 1'000);
  EXPECT_EQ(Cell(maker.Ask({.kpi = "ramp_days_to_productive"})),
            "undefined: half of the 1 reps that began have not been seen productive yet");
  // With a third peer in the segment from May on. One who began in August 2016 is none before
  // August, and makes the third.
  for (const char* const rep : {"ramped-1", "ramped-2", "ramped-3"}) {
    RepOf(maker, rep).segment_id = "large";
  }
  RepOf(maker, "ramped-3").start_day = CivilDay(2016, 8, 1);
  EXPECT_EQ(Cell(maker.Ask({.kpi = "ramp_days_to_productive", .period = "2017Q1"})),
            "245 = 1/1 (n=1)");  // August to October.
}

TEST(RampDaysToProductive, LeavesOutWhoBeganBeforeTheData) {
  ViewMaker maker = RampedCompany();
  RepOf(maker, "early").start_day = CivilDay(2016, 12, 1);
  const auto table = maker.Ask({.kpi = "ramp_days_to_productive"});
  EXPECT_EQ(Cell(table), "undefined: no rep with a start day in the data began");
  EXPECT_TRUE(HasNote(table, "1 reps began before the first day of the data, 2017-01-05,"));
}

// 40 generated rosters against a loop that knows deals and days only.
TEST(RampDaysToProductive, EqualsAPlainLoop) {
  int defined_count = 0;
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    uint32_t index = 0;
    const auto uniform = [&] {
      return UniformOpen(RandomBlock(seed, 5, 0, RandomPurpose::kSynthetic, index++)[0]);
    };
    ViewMaker maker(CivilDay(2018, 3, 17));
    maker.Deal("veteran-0", CivilDay(2016, 1, 1));
    std::vector<std::string> names;
    for (int rep = 0; rep < 12; ++rep) {
      names.push_back(absl::StrCat(rep < 5 ? "veteran-" : "new-", rep));
      if (rep >= 5) {
        RepOf(maker, names.back()).start_day =
            CivilDay(2016, 6, 1) + static_cast<int>(300 * uniform());
      }
      if (rep == 7) RepOf(maker, names.back()).end_day = CivilDay(2017, 6, 11);
      for (int deal = 0; deal < 60; ++deal) {
        const CivilDay day = CivilDay(2016, 2, 1) + static_cast<int>(770 * uniform());
        maker.Closed(names.back(), kWonStage, day - 3, day,
                     1 + static_cast<int64_t>(50 * uniform()));
      }
    }
    const BookView view = maker.Finished();
    const auto booked = [&](int rep, CivilDay from, CivilDay to) {
      int64_t sum = 0;
      for (const BookOpportunity& deal : view.opportunities) {
        if (deal.outcome == StageCategory::kWon && deal.rep == rep && deal.close_day >= from &&
            deal.close_day < to) {
          sum += *deal.amount_minor_units;
        }
      }
      return sum;
    };
    // A product of shares that are left, day by day.
    std::vector<std::pair<int64_t, bool>> times;
    for (size_t rep = 0; rep < view.reps.size(); ++rep) {
      const BookRep& person = view.reps[rep];
      if (!person.start_day) continue;
      CivilDay last = view.as_of.effective_day + 1;
      if (person.end_day && *person.end_day < last) last = *person.end_day;
      std::optional<CivilDay> done;
      for (CivilDay end = *person.start_day; end <= last && !done; ++end) {
        if (end.day() != 1) continue;
        const CivilDay begin(CivilMonth(end) - 3);
        if (begin < *person.start_day) continue;
        std::vector<int64_t> peers;
        for (size_t peer = 0; peer < view.reps.size(); ++peer) {
          const BookRep& other = view.reps[peer];
          if (other.start_day && begin - *other.start_day < 365) continue;
          if (other.end_day && *other.end_day < end) continue;
          peers.push_back(booked(static_cast<int>(peer), begin, end));
        }
        std::sort(peers.begin(), peers.end());
        const size_t n = peers.size();
        const double median =
            (static_cast<double>(peers[(n - 1) / 2]) + static_cast<double>(peers[n / 2])) / 2;
        if (static_cast<double>(booked(static_cast<int>(rep), begin, end)) >= 0.8 * median) {
          done = end;
        }
      }
      times.emplace_back(done.value_or(last) - *person.start_day, done.has_value());
    }
    std::optional<int64_t> expected;
    double left = 1;
    for (int64_t day = 0; day < 1'000 && !expected; ++day) {
      double at_risk = 0, over = 0;
      for (const auto& [length, is_over] : times) {
        if (length >= day) ++at_risk;
        if (length == day && is_over) ++over;
      }
      if (over > 0) left *= 1 - over / at_risk;
      if (over > 0 && left <= 0.5 + 1e-12) expected = day;
    }
    const auto table = maker.Ask({.kpi = "ramp_days_to_productive"});
    ASSERT_EQ(table.rows(0).has_value(), expected.has_value()) << seed;
    if (!expected) continue;
    ++defined_count;
    EXPECT_EQ(table.rows(0).value(), static_cast<double>(*expected)) << seed;
  }
  EXPECT_GT(defined_count, 20);
}

}  // namespace
}  // namespace quotacast::metrics
