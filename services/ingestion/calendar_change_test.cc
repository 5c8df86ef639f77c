// Goal: each kind of calendar event gives the calendar it states. Method: one period of each is
// looked up by hand-known dates.
#include "services/ingestion/calendar_change.h"

#include "absl/time/civil_time.h"
#include "base/fiscal_calendar.h"
#include "gtest/gtest.h"
#include "services/ingestion/converters.h"

namespace quotacast::ingestion {
namespace {

TEST(CalendarChangeTest, EachKind) {
  crm::v1::FiscalCalendarChange change;
  EXPECT_EQ(CalendarFromChange(change)->PeriodNamed("2017Q4")->start, absl::CivilDay(2017, 10, 1));
  change.set_start_month(2);
  EXPECT_EQ(CalendarFromChange(change)->PeriodNamed("2018Q1")->start, absl::CivilDay(2017, 2, 1));
  change.set_start_month(13);
  EXPECT_FALSE(CalendarFromChange(change).ok());

  crm::v1::FourFourFive& weeks = *change.mutable_four_four_five();
  weeks.set_first_year(2017);
  *weeks.mutable_first_year_start() = ToProtoDate(absl::CivilDay(2017, 1, 29));
  weeks.add_weeks_in_year(52);
  EXPECT_EQ(CalendarFromChange(change)->PeriodNamed("2017Q2")->start,
            absl::CivilDay(2017, 1, 29) + 7 * 13);

  type::v1::FiscalPeriod& period = *change.mutable_explicit_periods()->add_periods();
  period.set_name("Short");
  *period.mutable_start_date() = ToProtoDate(absl::CivilDay(2017, 1, 5));
  *period.mutable_end_date() = ToProtoDate(absl::CivilDay(2017, 1, 9));
  EXPECT_EQ(CalendarFromChange(change)->PeriodContaining(absl::CivilDay(2017, 1, 8))->name,
            "Short");
  period.clear_end_date();
  EXPECT_FALSE(CalendarFromChange(change).ok());
}

}  // namespace
}  // namespace quotacast::ingestion
