// Goal: exactly the declared date forms parse, impossible dates never do, and days and instants
// convert both ways. Method: hand-picked cases, then every day of the supported years.
#include "base/civil_date.h"

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/errors.h"
#include "gtest/gtest.h"

namespace quotacast {
namespace {

void ExpectInvalid(std::string_view text, DateOrder order) {
  const absl::StatusOr<absl::CivilDay> day = ParseDate(text, order);
  EXPECT_EQ(day.status().code(), absl::StatusCode::kInvalidArgument) << text;
  ASSERT_TRUE(GetDetail(day.status()).has_value()) << text;
  EXPECT_EQ(GetDetail(day.status())->reason, "INVALID_DATE") << text;
}

TEST(CivilDateTest, ParsesIsoDates) {
  EXPECT_EQ(*ParseIsoDate("2017-09-30"), absl::CivilDay(2017, 9, 30));
  EXPECT_EQ(*ParseIsoDate("2016-02-29"), absl::CivilDay(2016, 2, 29));
  EXPECT_EQ(*ParseIsoDate("2000-02-29"), absl::CivilDay(2000, 2, 29));
  EXPECT_EQ(*ParseDate("2017-09-30", DateOrder::kIso), absl::CivilDay(2017, 9, 30));
}

TEST(CivilDateTest, RefusesImpossibleAndMalformedIsoDates) {
  for (const char* text : {"2017-02-29",
                           "2017-02-30",
                           "1900-02-29",
                           "2017-04-31",
                           "2017-13-01",
                           "2017-00-10",
                           "2017-01-00",
                           "2017-01-32",
                           "",
                           "2017",
                           "2017-1-1",
                           "2017-01-1",
                           "17-01-01",
                           "2017/01/01",
                           "20170101",
                           "2017-01-01T00:00:00Z",
                           " 2017-01-01",
                           "2017-01-01 ",
                           "2017-0a-01",
                           "+017-01-01",
                           "-017-01-01",
                           "2017--1-01"}) {
    ExpectInvalid(text, DateOrder::kIso);
  }
  // The text is named; control characters are escaped and a huge text is cut.
  EXPECT_NE(ParseIsoDate("2017-02-30").status().message().find("\"2017-02-30\""),
            std::string::npos);
  EXPECT_EQ(ParseIsoDate("a\nb").status().message().find('\n'), std::string::npos);
  EXPECT_LT(ParseIsoDate(std::string(1 << 20, '1')).status().message().size(), 200u);
}

TEST(CivilDateTest, KeepsToTheYearBounds) {
  EXPECT_EQ(*ParseIsoDate("1900-01-01"), absl::CivilDay(1900, 1, 1));
  EXPECT_EQ(*ParseIsoDate("2199-12-31"), absl::CivilDay(2199, 12, 31));
  for (const char* text : {"1899-12-31", "2200-01-01", "0000-01-01", "9999-12-31"}) {
    ExpectInvalid(text, DateOrder::kIso);
  }
  ExpectInvalid("1/1/1899", DateOrder::kMonthDayYear);
  ExpectInvalid("31.12.2200", DateOrder::kDayMonthYear);
}

TEST(CivilDateTest, ReadsTheDeclaredOrder) {
  EXPECT_EQ(*ParseDate("3/4/2017", DateOrder::kMonthDayYear), absl::CivilDay(2017, 3, 4));
  EXPECT_EQ(*ParseDate("3/4/2017", DateOrder::kDayMonthYear), absl::CivilDay(2017, 4, 3));
  EXPECT_EQ(*ParseDate("03-04-2017", DateOrder::kMonthDayYear), absl::CivilDay(2017, 3, 4));
  EXPECT_EQ(*ParseDate("30.9.2017", DateOrder::kDayMonthYear), absl::CivilDay(2017, 9, 30));
  EXPECT_EQ(*ParseDate("29.02.2016", DateOrder::kDayMonthYear), absl::CivilDay(2016, 2, 29));
}

TEST(CivilDateTest, TurnsTwoDigitYearsAtThePivot) {
  EXPECT_EQ(*ParseDate("1/2/00", DateOrder::kMonthDayYear), absl::CivilDay(2000, 1, 2));
  EXPECT_EQ(*ParseDate("1/2/68", DateOrder::kMonthDayYear), absl::CivilDay(2068, 1, 2));
  EXPECT_EQ(*ParseDate("1/2/69", DateOrder::kMonthDayYear), absl::CivilDay(1969, 1, 2));
  EXPECT_EQ(*ParseDate("1/2/99", DateOrder::kMonthDayYear), absl::CivilDay(1999, 1, 2));
}

TEST(CivilDateTest, RefusesEveryOtherForm) {
  for (const char* text :
       {"",           "/",        "//",        "1/2",        "1/2/",       "/2/2017",
        "1//2017",    "1/2/017",  "1/2/20170", "001/2/2017", "1/002/2017", "1/2-2017",
        "1/2/2017/3", "1 2 2017", "1/2/2O17",  "-1/2/2017",  "1/2/2017 ",  "0/1/2017",
        "1/0/2017",   "2017/1/2", "99/99/2017"}) {
    ExpectInvalid(text, DateOrder::kMonthDayYear);
    ExpectInvalid(text, DateOrder::kDayMonthYear);
  }
  ExpectInvalid("13/1/2017", DateOrder::kMonthDayYear);
  ExpectInvalid("1/13/2017", DateOrder::kDayMonthYear);
  ExpectInvalid("2/30/2017", DateOrder::kMonthDayYear);
  ExpectInvalid("3/4/2017", DateOrder::kIso);
}

TEST(CivilDateTest, EveryDayRoundTripsAsTextAndAsInstant) {
  int day_count = 0;
  const absl::CivilDay end(kMaxYear + 1, 1, 1);
  for (absl::CivilDay day(kMinYear, 1, 1); day < end; ++day, ++day_count) {
    const absl::StatusOr<absl::CivilDay> parsed = ParseIsoDate(FormatIsoDate(day));
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    ASSERT_EQ(*parsed, day);
    const absl::Time start = StartOfDayUtc(day);
    ASSERT_EQ(DayOfUtc(start), day);
    ASSERT_EQ(DayOfUtc(start + absl::Hours(24) - absl::Nanoseconds(1)), day);
    ASSERT_EQ(DayOfUtc(start - absl::Nanoseconds(1)), day - 1);
  }
  // 300 years with 73 leap days: 1904..2196 by four, without 2100; 1900 is none, 2000 is one.
  EXPECT_EQ(day_count, 300 * 365 + 73);
  EXPECT_EQ(StartOfDayUtc(absl::CivilDay(1970, 1, 2)), absl::FromUnixSeconds(86'400));
}

}  // namespace
}  // namespace quotacast
