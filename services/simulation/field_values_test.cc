// Goal: dates, money and names cross the boundary exactly or are refused with path and value.
// Method: tables of good and bad values, with the message the caller reads.

#include "services/simulation/field_values.h"

#include <cmath>
#include <limits>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace quotacast::simulation {
namespace {

using ::testing::HasSubstr;

const CurrencyUnit kDollar = {.code = "USD", .digits = 2};
const CurrencyUnit kYen = {.code = "JPY", .digits = 0};

google::type::Date Date(int year, int month, int day) {
  google::type::Date date;
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return date;
}

google::type::Money Money(const char* currency, int64_t units, int32_t nanos) {
  google::type::Money money;
  money.set_currency_code(currency);
  money.set_units(units);
  money.set_nanos(nanos);
  return money;
}

TEST(FieldValues, DaysRoundTripAndImpossibleOnesAreRefused) {
  FieldErrors errors;
  EXPECT_EQ(DayFrom(Date(2016, 2, 29), "d", errors), absl::CivilDay(2016, 2, 29));
  EXPECT_TRUE(errors.empty());
  EXPECT_EQ(DateFrom(absl::CivilDay(2016, 2, 29)).day(), 29);
  for (const auto& bad : {Date(2017, 2, 29), Date(2017, 13, 1), Date(0, 1, 1), Date(2017, 1, 0),
                          Date(1899, 12, 31), Date(2200, 1, 1)}) {
    FieldErrors refused;
    EXPECT_EQ(DayFrom(bad, "spec.day", refused), std::nullopt) << bad.ShortDebugString();
    EXPECT_THAT(std::string(refused.Result().message()), HasSubstr("spec.day: there is no day "));
  }
}

TEST(FieldValues, MoneyIsExactOrRefused) {
  FieldErrors errors;
  EXPECT_EQ(MinorUnitsFrom(Money("USD", 12, 340'000'000), kDollar, "m", errors), 1234);
  EXPECT_EQ(MinorUnitsFrom(Money("JPY", 12, 0), kYen, "m", errors), 12);
  EXPECT_EQ(MinorUnitsFrom(Money("USD", 0, 0), kDollar, "m", errors), 0);
  EXPECT_TRUE(errors.empty());

  const struct {
    google::type::Money money;
    const char* message;
  } kBad[] = {
      {Money("EUR", 1, 0), "m.currency_code: is `EUR`; the data is in USD"},
      {Money("", 1, 0), "m.currency_code: is ``"},
      {Money("USD", -1, 0), "m: is -1 units and 0 nanos; want an amount of at least 0"},
      {Money("USD", 1, -10), "m: is 1 units and -10 nanos"},
      {Money("USD", 1, 1'000'000'000), "nanos below 1000000000"},
      {Money("USD", 1, 5'000'000), "USD has 2 decimal digits"},
      {Money("USD", 10'000'000'000'000, 0), "want less than 10000000000000 USD"},
      {Money("USD", std::numeric_limits<int64_t>::max(), 0), "want less than"},
  };
  for (const auto& bad : kBad) {
    FieldErrors refused;
    EXPECT_EQ(MinorUnitsFrom(bad.money, kDollar, "m", refused), std::nullopt);
    EXPECT_THAT(std::string(refused.Result().message()), HasSubstr(bad.message));
  }
}

TEST(FieldValues, AmountsOfBothSignsGoOut) {
  EXPECT_EQ(MoneyFrom(1234, kDollar).units(), 12);
  EXPECT_EQ(MoneyFrom(1234, kDollar).nanos(), 340'000'000);
  EXPECT_EQ(MoneyFrom(-1234, kDollar).units(), -12);
  EXPECT_EQ(MoneyFrom(-1234, kDollar).nanos(), -340'000'000);
  EXPECT_EQ(MoneyFrom(7, kYen).units(), 7);
}

TEST(FieldValues, RangesRefuseNaN) {
  FieldErrors errors;
  EXPECT_TRUE(CheckRange(0, 0, 1, "x", errors));
  EXPECT_TRUE(CheckRange(1, 0, 1, "x", errors));
  EXPECT_TRUE(errors.empty());
  EXPECT_FALSE(CheckRange(std::nan(""), 0, 1, "x", errors));
  EXPECT_FALSE(CheckRange(1.5, 0, 1, "x", errors));
  EXPECT_THAT(std::string(errors.Result().message()), HasSubstr("x: is 1.5; want a number from"));
}

TEST(FieldValues, UnknownNamesComeWithTheNearest) {
  EXPECT_EQ(UnknownName("team", "teams", "eats", {"West", "East"}),
            "unknown team `eats`; teams are `East`, `West`");
  EXPECT_EQ(UnknownName("rep", "reps", "x", {}), "unknown rep `x`; there are no reps");
  const std::string many =
      UnknownName("rep", "reps", "r42", {"r1", "r2", "r3", "r4", "r41", "s99", "t98"});
  EXPECT_THAT(many, HasSubstr("reps are `r2`, `r4`, `r41`, `r1`, `r3` and 2 more"));
}

TEST(FieldValues, KeepsAScreenfulOfViolations) {
  FieldErrors errors;
  for (size_t i = 0; i <= kMaxReportedViolations; ++i) errors.Add("f", "bad");
  const auto detail = GetDetail(errors.Result());
  ASSERT_TRUE(detail.has_value());
  EXPECT_EQ(detail->reason, "INVALID_FIELD");
  EXPECT_EQ(detail->field_violations.size(), kMaxReportedViolations);
}

}  // namespace
}  // namespace quotacast::simulation
