// Goal: the period that a figure is set beside is the one a reader means. Method: several
// calendars, years of 53 weeks, months and the ends of a calendar.
#include "services/metrics/kpi/periods.h"

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "base/fiscal_calendar.h"
#include "gtest/gtest.h"

namespace quotacast::metrics {
namespace {

using absl::CivilDay;

constexpr metrics::v1::GroupBy kFiscal = metrics::v1::GROUP_BY_PERIOD;

TEST(YearEarlier, IsThePeriodOfThatPlaceInTheYear) {
  const auto quarters = FiscalCalendar::MonthStart(2).value();
  EXPECT_EQ(YearEarlier(quarters, kFiscal, quarters.PeriodNamed("2018Q1").value())->name, "2017Q1");
  // Years of 53 and 52 weeks: the days move, the name does not.
  const auto weeks = FiscalCalendar::FourFourFive(2016, CivilDay(2016, 1, 31), {53, 52}).value();
  for (const char* quarter : {"Q1", "Q2", "Q3", "Q4"}) {
    const auto period = weeks.PeriodNamed(absl::StrCat("2017", quarter));
    ASSERT_TRUE(period.ok()) << period.status();
    EXPECT_EQ(YearEarlier(weeks, kFiscal, *period)->name, absl::StrCat("2016", quarter));
  }
  EXPECT_FALSE(YearEarlier(weeks, kFiscal, weeks.PeriodNamed("2016Q1").value()).has_value());
}

TEST(YearEarlier, IsTheMonthOfThatName) {
  const auto quarters = FiscalCalendar::MonthStart(2).value();
  const FiscalPeriod leap = MonthOf(CivilDay(2016, 2, 29));
  EXPECT_EQ(leap.name, "2016-02");
  const auto earlier = YearEarlier(quarters, metrics::v1::GROUP_BY_MONTH, leap);
  EXPECT_EQ(earlier->name, "2015-02");
  EXPECT_EQ(earlier->end - earlier->start, 28);
}

TEST(PeriodBefore, CrossesYears) {
  const auto quarters = FiscalCalendar::MonthStart(2).value();
  EXPECT_EQ(PeriodBefore(quarters, kFiscal, quarters.PeriodNamed("2018Q1").value())->name,
            "2017Q4");
  EXPECT_EQ(
      PeriodBefore(quarters, metrics::v1::GROUP_BY_MONTH, MonthOf(CivilDay(2018, 1, 9)))->name,
      "2017-12");
  const auto weeks = FiscalCalendar::FourFourFive(2016, CivilDay(2016, 1, 31), {53, 52}).value();
  EXPECT_FALSE(PeriodBefore(weeks, kFiscal, weeks.PeriodNamed("2016Q1").value()).has_value());
}

}  // namespace
}  // namespace quotacast::metrics
