// Goal: capacity takes off ramp, absence and what is usually missed, each as it was observed.
// Method: a company whose bookings follow planted shares exactly, so that the capacity of the next
// quarter can be worked out by hand; each part left out by itself.
#include "services/metrics/kpi/capacity.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "gtest/gtest.h"
#include "services/metrics/book_view.h"
#include "services/metrics/kpi/kpi_test_support.h"
#include "services/metrics/kpi/view_maker.h"

namespace quotacast::metrics {
namespace {

using absl::CivilDay;
using metrics::v1::GROUP_BY_REP;

TEST(TenureOn, ChangesEveryNinetyOneDays) {
  BookRep rep;
  EXPECT_EQ(TenureOn(rep, CivilDay(2017, 1, 1)), kRamped);
  rep.start_day = CivilDay(2017, 1, 1);
  EXPECT_EQ(TenureOn(rep, CivilDay(2016, 12, 1)), 0u);
  EXPECT_EQ(TenureOn(rep, CivilDay(2017, 1, 1) + 90), 0u);
  EXPECT_EQ(TenureOn(rep, CivilDay(2017, 1, 1) + 91), 1u);
  EXPECT_EQ(TenureOn(rep, CivilDay(2017, 1, 1) + 363), 3u);
  EXPECT_EQ(TenureOn(rep, CivilDay(2017, 1, 1) + 364), kRamped);
  EXPECT_EQ(TenureOn(rep, CivilDay(2027, 1, 1)), kRamped);
}

void Books(ViewMaker& maker, const std::string& rep, CivilDay day, int64_t amount) {
  maker.Closed(rep, kWonStage, day - 10, day, amount);
}

// Quotas are 1,000 a quarter. The ramped rep books 800; the one who began in January books 200 in
// the first quarter (a quarter of 800) and 400 in the second (a half).
ViewMaker Company() {
  ViewMaker maker(CivilDay(2017, 6, 30));
  const std::vector<std::pair<std::string, int64_t>> quotas = {
      {"2017Q1", 100'000}, {"2017Q2", 100'000}, {"2017Q3", 100'000}};
  maker.Rep("old");
  maker.Rep("rising");
  maker.Rep("new");
  for (BookRep& rep : maker.view().reps) rep.quotas = quotas;
  maker.view().reps[1].start_day = CivilDay(2017, 1, 1);
  maker.view().reps[2].start_day = CivilDay(2017, 7, 1);
  for (const CivilDay day : {CivilDay(2017, 2, 1), CivilDay(2017, 5, 1)}) {
    Books(maker, "old", day, 800);
  }
  Books(maker, "rising", CivilDay(2017, 2, 1), 200);
  Books(maker, "rising", CivilDay(2017, 5, 1), 400);
  return maker;
}

TEST(Capacity, TakesTheObservedRampAndAttainment) {
  ViewMaker maker = Company();
  // The third quarter: the ramped rep 800, the new one a quarter of that; the second one's third
  // quarter has not been seen in anyone.
  const auto table = maker.Ask({.kpi = "capacity", .group_by = GROUP_BY_REP});
  EXPECT_EQ(Cell(table, "old"), "800 = 800/1000 (n=1)");
  EXPECT_EQ(Cell(table, "new"), "200 = 200/1000 (n=1)");
  EXPECT_EQ(Cell(table, "rising"), "800 = 800/1000 (n=1)");
  EXPECT_TRUE(HasNote(table, "booked 80.0 % of their quotas in 2 past periods"));
  EXPECT_TRUE(HasNote(table, "25 %, 50 %, 100 %, 100 % of that"));
  EXPECT_TRUE(HasNote(table, "1 reps are of a tenure that no past period shows"));
  EXPECT_EQ(Cell(maker.Ask({.kpi = "capacity"})), "1800 = 1800/3000 (n=3)");
}

TEST(Capacity, CountsTheShareOfThePeriodInTheJob) {
  ViewMaker maker = Company();
  // In the job for the last 46 of 92 days.
  maker.view().reps[2].start_day = CivilDay(2017, 8, 16);
  EXPECT_EQ(Cell(maker.Ask({.kpi = "capacity", .group_by = GROUP_BY_REP}), "new"),
            "100 = 100/1000 (n=1)");
  // Gone before it.
  maker.view().reps[0].end_day = CivilDay(2017, 7, 1);
  EXPECT_EQ(Cell(maker.Ask({.kpi = "capacity", .group_by = GROUP_BY_REP}), "old"),
            "0 = 0/1000 (n=1)");
}

TEST(Capacity, SaysWhyThereIsNone) {
  const ViewMaker maker = Company();
  EXPECT_EQ(Cell(maker.Ask({.kpi = "capacity", .period = "2017Q4"})),
            "undefined: no quota above zero is set for 2017Q4");
  EXPECT_EQ(Cell(maker.Ask({.kpi = "capacity", .period = "2017Q1"})),
            "undefined: no ramped rep with a quota was seen in a period that ended before 2017Q1");
  // What was booked in the period itself is not known before it.
  const auto second = maker.Ask({.kpi = "capacity", .group_by = GROUP_BY_REP, .period = "2017Q2"});
  EXPECT_TRUE(HasNote(second, "in 1 past periods"));
  EXPECT_EQ(Cell(second, "old"), "800 = 800/1000 (n=1)");
}

}  // namespace
}  // namespace quotacast::metrics
