// Goal: periods are told apart at their edges, and medians are found. Method: the day before, the
// first, the last and the day after a quarter; medians against sorting.
#include "services/metrics/kpi/kpi.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/time/civil_time.h"
#include "base/fiscal_calendar.h"
#include "gtest/gtest.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/grouping.h"

namespace quotacast::metrics {
namespace {

using absl::CivilDay;

const FiscalPeriod kQuarter{"2017Q2", CivilDay(2017, 4, 1), CivilDay(2017, 7, 1)};

TEST(PhaseOf, ChangesAtTheEdges) {
  EXPECT_EQ(PhaseOf(kQuarter, CivilDay(2017, 3, 31)), PeriodPhase::kNotBegun);
  EXPECT_EQ(PhaseOf(kQuarter, CivilDay(2017, 4, 1)), PeriodPhase::kRunning);
  EXPECT_EQ(PhaseOf(kQuarter, CivilDay(2017, 6, 29)), PeriodPhase::kRunning);
  // At the end of its last day a period is over.
  EXPECT_EQ(PhaseOf(kQuarter, CivilDay(2017, 6, 30)), PeriodPhase::kEnded);
}

TEST(MedianOf, IsThatOfTheSortedValues) {
  for (uint32_t size = 1; size < 40; ++size) {
    std::vector<int64_t> values;
    for (uint32_t i = 0; i < size; ++i) values.push_back((i * 7'919 + size) % 13);
    std::vector<int64_t> sorted = values;
    std::sort(sorted.begin(), sorted.end());
    EXPECT_EQ(MedianOf(values), MedianOfSorted(sorted)) << size;
  }
}

TEST(Falls, IncludesTheFirstDayAndExcludesTheEnd) {
  EXPECT_FALSE(Falls(CivilDay(2017, 3, 31), kQuarter));
  EXPECT_TRUE(Falls(CivilDay(2017, 4, 1), kQuarter));
  EXPECT_TRUE(Falls(CivilDay(2017, 6, 30), kQuarter));
  EXPECT_FALSE(Falls(CivilDay(2017, 7, 1), kQuarter));
  EXPECT_TRUE(Falls(CivilDay(1999, 1, 1), std::nullopt));
}

TEST(Notes, SayWhatAPeriodMisses) {
  BookView view(FiscalCalendar::MonthStart(1).value());
  const Grouping grouping(view, metrics::v1::GROUP_BY_ORG);
  KpiQuery query{.view = &view, .grouping = &grouping, .period = kQuarter};
  view.as_of.effective_day = CivilDay(2017, 3, 31);
  EXPECT_EQ(NotBegunReason(query), "2017Q2 has not begun by 2017-03-31");
  EXPECT_EQ(PeriodToDateNote(query), std::nullopt);
  view.as_of.effective_day = CivilDay(2017, 5, 15);
  EXPECT_EQ(NotBegunReason(query), std::nullopt);
  EXPECT_EQ(PeriodToDateNote(query),
            "period to date: 2017Q2 runs until 2017-06-30, facts count up to 2017-05-15");
  view.as_of.effective_day = CivilDay(2017, 6, 30);
  EXPECT_EQ(PeriodToDateNote(query), std::nullopt);
  EXPECT_EQ(InPeriod(query), " in 2017Q2");
  query.period.reset();
  EXPECT_EQ(InPeriod(query), "");
}

}  // namespace
}  // namespace quotacast::metrics
