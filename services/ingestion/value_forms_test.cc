// Goal: the forms in which files write values are read, and nothing else is. Method: tables of
// texts and what they say; invalid neighbours of every form.
#include "services/ingestion/value_forms.h"

#include <optional>
#include <string>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/civil_date.h"
#include "base/money.h"
#include "gtest/gtest.h"

namespace quotacast::ingestion {
namespace {

std::optional<std::string> Day(const std::string& text, const ValueForms& forms = {}) {
  const auto day = ParseDay(text, forms);
  if (!day.ok()) return std::nullopt;
  return FormatIsoDate(*day);
}

std::optional<std::string> Instant(const std::string& text, const ValueForms& forms = {}) {
  const auto time = ParseInstant(text, forms);
  if (!time.ok()) return std::nullopt;
  return FormatInstant(*time);
}

TEST(ValueFormsTest, DaysWithTheMonthsName) {
  for (const char* text : {"May 31 2011 12:00AM", "31-May-2011", "Tuesday, May 31, 2011",
                           "31 may 2011", "MAY 31, 2011", "31-May-11", "31.May.2011 00:00:00"}) {
    EXPECT_EQ(Day(text), "2011-05-31") << text;
  }
  EXPECT_EQ(Day("Dec  1 2011 12:00AM"), "2011-12-01");
  EXPECT_EQ(Day("Friday, December 1, 2017"), "2017-12-01");
  for (const char* text : {"Ma 31 2011", "May 31", "May May 31 2011", "Mayo 31 2011", "Feb 30 2011",
                           "May 2011 31 7", "May 310 2011", "May_31_2011"}) {
    EXPECT_EQ(Day(text), std::nullopt) << text;
  }
}

TEST(ValueFormsTest, DaysInNumbersFollowTheDeclaredOrder) {
  EXPECT_EQ(Day("2018-12-19 00:00:00"), "2018-12-19");
  EXPECT_EQ(Day("2018-12-19T23:59:59.999Z"), "2018-12-19");
  EXPECT_EQ(Day("2017/12/01"), std::nullopt);
  EXPECT_EQ(Day("2018-12-19 25:00:00"), std::nullopt);
  ValueForms loose;
  loose.loose_year_first = true;
  EXPECT_EQ(Day("2017/12/01", loose), "2017-12-01");
  EXPECT_EQ(Day("2017.2.1", loose), "2017-02-01");
  EXPECT_EQ(Day("2017-12-01", loose), "2017-12-01");
  EXPECT_EQ(Day("01/12/2017", loose), std::nullopt);
  EXPECT_EQ(Day("2017/13/01", loose), std::nullopt);
  ValueForms day_first;
  day_first.date_order = DateOrder::kDayMonthYear;
  EXPECT_EQ(Day("01-02-2018 09:15", day_first), "2018-02-01");
  EXPECT_EQ(Day("0001-01-01"), std::nullopt);
  EXPECT_EQ(Day("9999-12-31"), std::nullopt);
}

TEST(ValueFormsTest, Instants) {
  EXPECT_EQ(Instant("2011-10-01T00:38:44.546+02:00"), "2011-09-30T22:38:44.546Z");
  EXPECT_EQ(Instant("2011-10-01 00:38"), "2011-10-01T00:38:00Z");
  EXPECT_EQ(Instant("2021-01-07 6:49:18"), "2021-01-07T06:49:18Z");
  EXPECT_EQ(Instant("May 31 2011 1:05PM"), "2011-05-31T13:05:00Z");
  EXPECT_EQ(Instant("May 31 2011 12:05 am"), "2011-05-31T00:05:00Z");
  EXPECT_EQ(Instant("2011-10-01"), "2011-10-01T00:00:00Z");
  EXPECT_EQ(Instant("2011-10-01T10:00:00-0330"), "2011-10-01T13:30:00Z");
  for (const char* text : {"2011-10-01 24:00", "2011-10-01 10:60", "2011-10-01 10:00+15:00",
                           "2011-10-01 10:00 XM", "10:00", "2011-10-01 13:00PM", "soon"}) {
    EXPECT_EQ(Instant(text), std::nullopt) << text;
  }
  ValueForms berlin;
  berlin.date_order = DateOrder::kDayMonthYear;
  ASSERT_TRUE(absl::LoadTimeZone("Europe/Berlin", &berlin.time_zone));
  EXPECT_EQ(Instant("15.06.2024 13:50", berlin), "2024-06-15T11:50:00Z");
  EXPECT_EQ(Instant("15.01.2024 13:50", berlin), "2024-01-15T12:50:00Z");
  // 02:30 did not exist on this night.
  EXPECT_EQ(Instant("31.03.2024 02:30", berlin), "2024-03-31T01:00:00Z");
}

TEST(ValueFormsTest, Amounts) {
  EXPECT_EQ(ParseAmount("$500,000", "USD", {}).value(), (Money{50'000'000, "USD"}));
  EXPECT_FALSE(ParseAmount("20565.6206", "USD", {}).ok());
  ValueForms rounded;
  rounded.round_amounts = true;
  EXPECT_EQ(ParseAmount("20565.6206", "USD", rounded).value().minor_units, 2'056'562);
  EXPECT_EQ(ParseAmount("0.005", "USD", rounded).value().minor_units, 1);
  EXPECT_EQ(ParseAmount("-0.995", "USD", rounded).value().minor_units, -100);
  EXPECT_EQ(ParseAmount("99.999", "USD", rounded).value().minor_units, 10'000);
  EXPECT_EQ(ParseAmount("1,294.2529", "USD", rounded).value().minor_units, 129'425);
  EXPECT_EQ(ParseAmount("9.6", "JPY", rounded).value().minor_units, 10);
  EXPECT_FALSE(ParseAmount("1.2.34567", "USD", rounded).ok());
  ValueForms comma;
  comma.decimal_mark = ',';
  EXPECT_EQ(ParseAmount("€ 2.900,00", "EUR", comma).value().minor_units, 290'000);
  EXPECT_EQ(ParseAmount("11000", "EUR", comma).value().minor_units, 1'100'000);
  EXPECT_EQ(ParseAmount("3,5", "EUR", comma).value().minor_units, 350);
  EXPECT_FALSE(ParseAmount("3500.5", "EUR", comma).ok());
  EXPECT_FALSE(ParseAmount("3,5,1", "EUR", comma).ok());
}

TEST(ValueFormsTest, NumbersAndBooleans) {
  EXPECT_EQ(ParseInteger("1,234", {}), 1'234);
  EXPECT_EQ(ParseInteger("-3.00", {}), -3);
  EXPECT_EQ(ParseInteger("3.5", {}), std::nullopt);
  EXPECT_EQ(ParseInteger("", {}), std::nullopt);
  EXPECT_EQ(ParsePercent("65.0%", {}), 6'500);
  EXPECT_EQ(ParsePercent("0.25", {}), 25);
  EXPECT_EQ(ParsePercent("0.255", {}), std::nullopt);
  EXPECT_EQ(ParsePercent("-1", {}), std::nullopt);
  EXPECT_EQ(ParsePercent("%", {}), std::nullopt);
  EXPECT_EQ(ParseBoolean("TRUE"), true);
  EXPECT_EQ(ParseBoolean("No"), false);
  EXPECT_EQ(ParseBoolean("0"), false);
  EXPECT_EQ(ParseBoolean("maybe"), std::nullopt);
}

}  // namespace
}  // namespace quotacast::ingestion
