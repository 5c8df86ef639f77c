// Goal: every day belongs to exactly one period of the right name and bounds, in all three kinds
// of calendar, and a wrong list is refused. Method: hand-worked calendars (among them a retail
// 4-4-5 year of 53 weeks and a list that starts on 2011-05-31), and laws checked on every day.
#include "base/fiscal_calendar.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "base/civil_date.h"
#include "base/errors.h"
#include "gtest/gtest.h"

namespace quotacast {
namespace {

using absl::CivilDay;

void ExpectRefused(const absl::Status& status, absl::StatusCode code, std::string_view reason,
                   std::string_view mentioned) {
  EXPECT_EQ(status.code(), code) << status;
  ASSERT_TRUE(GetDetail(status).has_value()) << status;
  EXPECT_EQ(GetDetail(status)->reason, reason) << status;
  EXPECT_NE(std::string(status.message()).find(mentioned), std::string::npos) << status;
}

void ExpectInvalidField(const absl::Status& status, std::string_view field) {
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
  ASSERT_TRUE(GetDetail(status).has_value()) << status;
  ASSERT_EQ(GetDetail(status)->field_violations.size(), 1u) << status;
  EXPECT_EQ(GetDetail(status)->field_violations[0].field, field) << status;
}

TEST(MonthStartTest, JanuaryYearsAreCalendarYears) {
  const FiscalCalendar calendar = *FiscalCalendar::MonthStart(1);
  EXPECT_EQ(*calendar.PeriodContaining(CivilDay(2017, 12, 31)),
            (FiscalPeriod{"2017Q4", CivilDay(2017, 10, 1), CivilDay(2018, 1, 1)}));
  EXPECT_EQ(*calendar.PeriodContaining(CivilDay(2018, 1, 1)),
            (FiscalPeriod{"2018Q1", CivilDay(2018, 1, 1), CivilDay(2018, 4, 1)}));
}

TEST(MonthStartTest, OtherYearsAreNamedAfterTheYearTheyEndIn) {
  // Start month, then the name of the quarter that starts on the first of it in 2017.
  for (int month = 1; month <= 12; ++month) {
    const FiscalCalendar calendar = *FiscalCalendar::MonthStart(month);
    const std::string year = month == 1 ? "2017" : "2018";
    const absl::CivilMonth start(2017, month);
    for (int quarter = 0; quarter < 4; ++quarter) {
      const FiscalPeriod expected{year + "Q" + std::to_string(quarter + 1),
                                  CivilDay(start + 3 * quarter), CivilDay(start + 3 * quarter + 3)};
      EXPECT_EQ(*calendar.PeriodContaining(expected.start), expected);
      EXPECT_EQ(*calendar.PeriodContaining(expected.end - 1), expected);
      EXPECT_EQ(*calendar.PeriodNamed(expected.name), expected);
    }
  }
}

TEST(MonthStartTest, LeapDaysBelongToTheirQuarter) {
  const FiscalCalendar march = *FiscalCalendar::MonthStart(3);
  EXPECT_EQ(*march.PeriodContaining(CivilDay(2016, 2, 29)),
            (FiscalPeriod{"2016Q4", CivilDay(2015, 12, 1), CivilDay(2016, 3, 1)}));
  const FiscalCalendar february = *FiscalCalendar::MonthStart(2);
  EXPECT_EQ(february.PeriodContaining(CivilDay(2016, 2, 29))->name, "2017Q1");
  const FiscalPeriod quarter = *FiscalCalendar::MonthStart(1)->PeriodNamed("2016Q1");
  EXPECT_EQ(quarter.end - quarter.start, 91);
}

TEST(MonthStartTest, EveryDayHasOnePeriodThatIsFoundByNameAndNeighbours) {
  for (int month = 1; month <= 12; ++month) {
    const FiscalCalendar calendar = *FiscalCalendar::MonthStart(month);
    FiscalPeriod previous = *calendar.PeriodContaining(CivilDay(kMinYear, 1, 1));
    for (CivilDay day = previous.end; day <= CivilDay(kMaxYear, 12, 31);) {
      const FiscalPeriod period = *calendar.PeriodContaining(day);
      ASSERT_EQ(period.start, previous.end);
      ASSERT_EQ(*calendar.PeriodContaining(period.start + 20), period);
      ASSERT_EQ(*calendar.PeriodNamed(period.name), period);
      ASSERT_EQ(*calendar.Next(previous), period);
      ASSERT_EQ(*calendar.Previous(period), previous);
      previous = period;
      day = period.end;
    }
  }
}

TEST(MonthStartTest, RefusesOtherMonths) {
  for (const int month : {-1, 0, 13}) {
    ExpectInvalidField(FiscalCalendar::MonthStart(month).status(), "start_month");
  }
}

TEST(MonthStartTest, EndsWithTheSupportedYears) {
  const FiscalCalendar calendar = *FiscalCalendar::MonthStart(2);
  // The quarter that holds the last days is whole, though it ends beyond them.
  const FiscalPeriod last = *calendar.PeriodContaining(CivilDay(2199, 12, 31));
  EXPECT_EQ(last, (FiscalPeriod{"2200Q4", CivilDay(2199, 11, 1), CivilDay(2200, 2, 1)}));
  EXPECT_EQ(*calendar.PeriodNamed("2200Q4"), last);
  const FiscalPeriod first = *calendar.PeriodContaining(CivilDay(1900, 1, 1));
  EXPECT_EQ(first, (FiscalPeriod{"1900Q4", CivilDay(1899, 11, 1), CivilDay(1900, 2, 1)}));
  EXPECT_EQ(*calendar.PeriodNamed("1900Q4"), first);
  const absl::StatusCode code = absl::StatusCode::kOutOfRange;
  ExpectRefused(calendar.Next(last).status(), code, "OUTSIDE_CALENDAR", "2200-02-01");
  ExpectRefused(calendar.Previous(first).status(), code, "OUTSIDE_CALENDAR", "1899-10-31");
  ExpectRefused(calendar.PeriodContaining(CivilDay(2200, 1, 1)).status(), code, "OUTSIDE_CALENDAR",
                "2200-01-01");
}

TEST(MonthStartTest, RefusesNamesThatAreNone) {
  const FiscalCalendar calendar = *FiscalCalendar::MonthStart(1);
  for (const char* name : {"", "2017", "2017Q0", "2017Q5", "2017q4", "2017 Q4", "2017Q4 ", "17Q4",
                           "Q4 2017", "+017Q4", "1899Q4", "2200Q1", "9999Q1", "0000Q1"}) {
    ExpectRefused(calendar.PeriodNamed(name).status(), absl::StatusCode::kInvalidArgument,
                  "UNKNOWN_PERIOD", "2017Q4");
  }
}

// The example was 2017Q4 whatever was written.
TEST(MonthStartTest, SuggestsThePeriodThatWasMeant) {
  const FiscalCalendar calendar = *FiscalCalendar::MonthStart(1);
  const absl::StatusCode code = absl::StatusCode::kInvalidArgument;
  for (const char* name : {"2023q1", "Q1 2023", "q1 2023", "2023-Q1", "2023 Q1", "Q1/2023",
                           "FY2023 Q1", "1Q2023", "1Q23", "Q1 '23", "2023Q1 "}) {
    ExpectRefused(calendar.PeriodNamed(name).status(), code, "UNKNOWN_PERIOD",
                  "did you mean \"2023Q1\"?");
  }
  const CivilDay near(2021, 5, 1);
  ExpectRefused(calendar.PeriodNamed("2023").status(), code, "UNKNOWN_PERIOD",
                "a right name is 2023Q4");
  ExpectRefused(calendar.PeriodNamed("2023Q7", near).status(), code, "UNKNOWN_PERIOD",
                "a right name is 2023Q4");
  for (const char* name : {"", "spring", "9999Q1", "Q1", "123456Q1"}) {
    ExpectRefused(calendar.PeriodNamed(name, near).status(), code, "UNKNOWN_PERIOD",
                  "a right name is 2021Q2");
  }
  ExpectRefused(calendar.PeriodNamed("spring", CivilDay(3000, 1, 1)).status(), code,
                "UNKNOWN_PERIOD", "a right name is 2199Q4");
  ExpectRefused(calendar.PeriodNamed("spring").status(), code, "UNKNOWN_PERIOD",
                "names look like 2017Q4");
}

// The (US) National Retail Federation's calendar: 2023 has 53 weeks, its neighbours 52.
FiscalCalendar RetailCalendar() {
  return *FiscalCalendar::FourFourFive(2022, CivilDay(2022, 1, 30), {52, 53, 52});
}

TEST(FourFourFiveTest, TheFiftyThirdWeekJoinsTheLastQuarter) {
  const FiscalCalendar calendar = RetailCalendar();
  const std::vector<FiscalPeriod> expected = {
      {"2022Q4", CivilDay(2022, 10, 30), CivilDay(2023, 1, 29)},
      {"2023Q1", CivilDay(2023, 1, 29), CivilDay(2023, 4, 30)},
      {"2023Q2", CivilDay(2023, 4, 30), CivilDay(2023, 7, 30)},
      {"2023Q3", CivilDay(2023, 7, 30), CivilDay(2023, 10, 29)},
      {"2023Q4", CivilDay(2023, 10, 29), CivilDay(2024, 2, 4)},
      {"2024Q1", CivilDay(2024, 2, 4), CivilDay(2024, 5, 5)},
  };
  EXPECT_EQ(*calendar.PeriodsBetween(CivilDay(2023, 1, 28), CivilDay(2024, 2, 5)), expected);
  EXPECT_EQ(calendar.PeriodNamed("2023Q4")->end - calendar.PeriodNamed("2023Q4")->start, 14 * 7);
  EXPECT_EQ(calendar.PeriodNamed("2022Q4")->end - calendar.PeriodNamed("2022Q4")->start, 13 * 7);
}

TEST(FourFourFiveTest, IsFinite) {
  const FiscalCalendar calendar = RetailCalendar();
  EXPECT_EQ(calendar.PeriodContaining(CivilDay(2022, 1, 30))->name, "2022Q1");
  EXPECT_EQ(calendar.PeriodContaining(CivilDay(2025, 2, 1))->name, "2024Q4");
  const absl::StatusCode code = absl::StatusCode::kOutOfRange;
  ExpectRefused(calendar.PeriodContaining(CivilDay(2022, 1, 29)).status(), code, "OUTSIDE_CALENDAR",
                "2022-01-30 to 2025-02-01");
  ExpectRefused(calendar.PeriodContaining(CivilDay(2025, 2, 2)).status(), code, "OUTSIDE_CALENDAR",
                "2025-02-02");
  ExpectRefused(calendar.Next(*calendar.PeriodNamed("2024Q4")).status(), code, "OUTSIDE_CALENDAR",
                "2025-02-02");
  ExpectRefused(calendar.Previous(*calendar.PeriodNamed("2022Q1")).status(), code,
                "OUTSIDE_CALENDAR", "2022-01-29");
  ExpectRefused(calendar.PeriodNamed("2025Q1").status(), absl::StatusCode::kInvalidArgument,
                "UNKNOWN_PERIOD", "2024Q4");
}

TEST(FourFourFiveTest, SuggestsOnlyPeriodsItHas) {
  const FiscalCalendar calendar = RetailCalendar();
  const absl::StatusCode code = absl::StatusCode::kInvalidArgument;
  ExpectRefused(calendar.PeriodNamed("2023q1").status(), code, "UNKNOWN_PERIOD",
                "did you mean \"2023Q1\"?");
  ExpectRefused(calendar.PeriodNamed("2017q1", CivilDay(2023, 2, 1)).status(), code,
                "UNKNOWN_PERIOD", "a right name is 2023Q1");
  ExpectRefused(calendar.PeriodNamed("2017q1", CivilDay(1950, 2, 1)).status(), code,
                "UNKNOWN_PERIOD", "a right name is 2022Q1");
}

TEST(FourFourFiveTest, RefusesWrongYears) {
  const CivilDay start(2022, 1, 30);
  ExpectInvalidField(FiscalCalendar::FourFourFive(2022, start, {}).status(), "weeks_in_year");
  ExpectInvalidField(FiscalCalendar::FourFourFive(2022, start, {52, 51}).status(),
                     "weeks_in_year[1]");
  ExpectInvalidField(FiscalCalendar::FourFourFive(2022, start, {54}).status(), "weeks_in_year[0]");
  ExpectInvalidField(FiscalCalendar::FourFourFive(1899, start, {52}).status(), "first_year");
  ExpectInvalidField(FiscalCalendar::FourFourFive(2017, start, {52}).status(), "first_year_start");
  ExpectInvalidField(FiscalCalendar::FourFourFive(2024, start, {52}).status(), "first_year_start");
  EXPECT_TRUE(FiscalCalendar::FourFourFive(2023, start, {52}).ok());
  // A list without end is cut off at the supported years, not followed.
  EXPECT_FALSE(FiscalCalendar::FourFourFive(2022, start, std::vector<int>(1'000'000, 52)).ok());
}

// Odd starts, as a company has them that fixed its quarters by board decision.
std::vector<FiscalPeriod> OddPeriods() {
  return {{"H1-11", CivilDay(2011, 5, 31), CivilDay(2011, 12, 1)},
          {"stub", CivilDay(2011, 12, 1), CivilDay(2011, 12, 2)},
          {"H2-12", CivilDay(2011, 12, 2), CivilDay(2012, 6, 30)}};
}

TEST(ExplicitTest, TakesOddStarts) {
  const std::vector<FiscalPeriod> periods = OddPeriods();
  const FiscalCalendar calendar = *FiscalCalendar::Explicit(periods);
  EXPECT_EQ(*calendar.PeriodContaining(CivilDay(2011, 5, 31)), periods[0]);
  EXPECT_EQ(*calendar.PeriodContaining(CivilDay(2011, 11, 30)), periods[0]);
  EXPECT_EQ(*calendar.PeriodContaining(CivilDay(2011, 12, 1)), periods[1]);
  EXPECT_EQ(*calendar.PeriodContaining(CivilDay(2012, 2, 29)), periods[2]);
  EXPECT_EQ(*calendar.PeriodNamed("stub"), periods[1]);
  EXPECT_EQ(*calendar.Next(periods[0]), periods[1]);
  EXPECT_EQ(*calendar.Previous(periods[2]), periods[1]);
  const absl::StatusCode code = absl::StatusCode::kOutOfRange;
  ExpectRefused(calendar.PeriodContaining(CivilDay(2011, 5, 30)).status(), code, "OUTSIDE_CALENDAR",
                "2011-05-30");
  ExpectRefused(calendar.PeriodContaining(CivilDay(2012, 6, 30)).status(), code, "OUTSIDE_CALENDAR",
                "2012-06-30");
  ExpectRefused(calendar.PeriodNamed("2011Q2").status(), absl::StatusCode::kInvalidArgument,
                "UNKNOWN_PERIOD", "H2-12");
}

TEST(ExplicitTest, NamesThePeriodAtFault) {
  ExpectInvalidField(FiscalCalendar::Explicit({}).status(), "periods");
  std::vector<FiscalPeriod> periods = OddPeriods();
  periods[1].start = CivilDay(2011, 12, 1) + 1;
  periods[1].end = periods[1].start + 1;
  const absl::Status gap = FiscalCalendar::Explicit(periods).status();
  ExpectInvalidField(gap, "periods[1].start");
  EXPECT_NE(gap.message().find("gap"), std::string::npos);

  periods = OddPeriods();
  periods[2].start -= 1;
  const absl::Status overlap = FiscalCalendar::Explicit(periods).status();
  ExpectInvalidField(overlap, "periods[2].start");
  EXPECT_NE(overlap.message().find("overlap"), std::string::npos);

  periods = OddPeriods();
  std::swap(periods[0], periods[1]);
  ExpectInvalidField(FiscalCalendar::Explicit(periods).status(), "periods[1].start");

  periods = OddPeriods();
  periods[1].end = periods[1].start;
  ExpectInvalidField(FiscalCalendar::Explicit(periods).status(), "periods[1].end");

  periods = OddPeriods();
  periods[2].name = periods[0].name;
  ExpectInvalidField(FiscalCalendar::Explicit(periods).status(), "periods[2].name");

  periods = OddPeriods();
  periods[0].name.clear();
  ExpectInvalidField(FiscalCalendar::Explicit(periods).status(), "periods[0].name");

  periods = OddPeriods();
  periods[0].start = CivilDay(1899, 12, 31);
  ExpectInvalidField(FiscalCalendar::Explicit(periods).status(), "periods[0]");

  periods = OddPeriods();
  periods[2].end = CivilDay(2200, 1, 2);
  ExpectInvalidField(FiscalCalendar::Explicit(periods).status(), "periods[2]");
}

TEST(ExplicitTest, KeepsItsLimits) {
  std::vector<FiscalPeriod> periods;
  for (size_t i = 0; i < kMaxPeriodCount; ++i) {
    const CivilDay start = CivilDay(2000, 1, 1) + static_cast<int>(i);
    periods.push_back({std::to_string(i), start, start + 1});
  }
  EXPECT_TRUE(FiscalCalendar::Explicit(periods).ok());
  periods.push_back({"one more", periods.back().end, periods.back().end + 1});
  ExpectInvalidField(FiscalCalendar::Explicit(periods).status(), "periods");

  periods = OddPeriods();
  periods[0].name = std::string(kMaxPeriodNameBytes, 'n');
  EXPECT_TRUE(FiscalCalendar::Explicit(periods).ok());
  periods[0].name.push_back('n');
  ExpectInvalidField(FiscalCalendar::Explicit(periods).status(), "periods[0].name");
}

TEST(PeriodsBetweenTest, ListsThePeriodsThatTouchTheInterval) {
  const FiscalCalendar calendar = *FiscalCalendar::MonthStart(1);
  const auto names = [&calendar](CivilDay from, CivilDay to) {
    std::vector<std::string> result;
    const std::vector<FiscalPeriod> periods = *calendar.PeriodsBetween(from, to);
    for (const FiscalPeriod& period : periods) result.push_back(period.name);
    return result;
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(names(CivilDay(2017, 1, 1), CivilDay(2017, 4, 1)), (Names{"2017Q1"}));
  EXPECT_EQ(names(CivilDay(2017, 1, 1), CivilDay(2017, 4, 2)), (Names{"2017Q1", "2017Q2"}));
  EXPECT_EQ(names(CivilDay(2016, 12, 31), CivilDay(2017, 1, 2)), (Names{"2016Q4", "2017Q1"}));
  EXPECT_EQ(names(CivilDay(2017, 1, 1), CivilDay(2017, 1, 1)), Names{});
  EXPECT_EQ(names(CivilDay(2017, 1, 2), CivilDay(2017, 1, 1)), Names{});
  ExpectRefused(calendar.PeriodsBetween(CivilDay(2199, 1, 1), CivilDay(2200, 1, 2)).status(),
                absl::StatusCode::kOutOfRange, "OUTSIDE_CALENDAR", "2200-01-01");
}

}  // namespace
}  // namespace quotacast
