// Goal: scalars survive the way through the schemas and back, and wrong ones read as absent.
// Method: round trips at the edges of each range; every kind of wrong value once.
#include "services/metrics/proto_values.h"

#include <cstdint>
#include <limits>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/money.h"
#include "gtest/gtest.h"

namespace quotacast::metrics {
namespace {

google::type::Date Date(int year, int month, int day) {
  google::type::Date date;
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return date;
}

TEST(ProtoValues, DatesRoundTripAndImpossibleOnesAreAbsent) {
  for (const absl::CivilDay day :
       {absl::CivilDay(1900, 1, 1), absl::CivilDay(2016, 2, 29), absl::CivilDay(2199, 12, 31)}) {
    EXPECT_EQ(ToCivilDay(ToProtoDate(day)), day);
  }
  EXPECT_EQ(ToCivilDay(Date(2017, 2, 29)), std::nullopt);
  EXPECT_EQ(ToCivilDay(Date(2017, 0, 1)), std::nullopt);
  EXPECT_EQ(ToCivilDay(Date(1899, 12, 31)), std::nullopt);
  EXPECT_EQ(ToCivilDay(Date(2200, 1, 1)), std::nullopt);
}

TEST(ProtoValues, InstantsKeepTheirMicroseconds) {
  for (const int64_t micros : {int64_t{-1}, int64_t{0}, int64_t{1'500'000'123'456'789}}) {
    const absl::Time time = absl::FromUnixMicros(micros);
    EXPECT_EQ(ToTime(ToProtoTimestamp(time)), time);
    EXPECT_GE(ToProtoTimestamp(time).nanos(), 0);
  }
}

TEST(ProtoValues, MoneyRoundTripsInEveryDigitCount) {
  for (const char* currency : {"USD", "JPY", "KWD"}) {
    for (const int64_t minor :
         {int64_t{0}, int64_t{-105}, int64_t{123'456'789}, std::numeric_limits<int64_t>::max()}) {
      const std::optional<Money> money = ToMoney(ToProtoMoney(minor, currency));
      ASSERT_TRUE(money.has_value()) << currency << " " << minor;
      EXPECT_EQ(money->minor_units, minor);
      EXPECT_EQ(money->currency, currency);
    }
  }
  EXPECT_EQ(MajorUnits(12'345, "USD"), 123.45);
  EXPECT_EQ(MajorUnits(12'345, "JPY"), 12'345);
}

TEST(ProtoValues, WrongMoneyIsAbsent) {
  google::type::Money money = ToProtoMoney(100, "USD");
  money.set_currency_code("ZZZ");
  EXPECT_EQ(ToMoney(money), std::nullopt);
  money = ToProtoMoney(100, "USD");
  money.set_nanos(1);  // A billionth of a dollar is no cent.
  EXPECT_EQ(ToMoney(money), std::nullopt);
  money = ToProtoMoney(100, "USD");
  money.set_units(std::numeric_limits<int64_t>::max());
  EXPECT_EQ(ToMoney(money), std::nullopt);
}

}  // namespace
}  // namespace quotacast::metrics
