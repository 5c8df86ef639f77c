// Goal: request values are read and refused as documented. Method: edges of each rule.
#include "services/planning/field_values.h"

#include <limits>
#include <optional>
#include <string>

#include "base/errors.h"
#include "gtest/gtest.h"

namespace quotacast::planning {
namespace {

google::type::Money Money(const char* currency, int64_t units, int32_t nanos) {
  google::type::Money money;
  money.set_currency_code(currency);
  money.set_units(units);
  money.set_nanos(nanos);
  return money;
}

google::type::Date Date(int year, int month, int day) {
  google::type::Date date;
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return date;
}

bool AmountIsFine(const google::type::Money& money) {
  FieldErrors errors;
  CheckAmount(money, "amount", errors);
  return errors.empty();
}

TEST(FieldErrors, KeepAScreenful) {
  FieldErrors errors;
  EXPECT_TRUE(errors.Result().ok());
  for (size_t i = 0; i < kMaxReportedViolations + 1; ++i) errors.Add("a", "b");
  const std::optional<ErrorDetail> detail = GetDetail(errors.Result());
  ASSERT_TRUE(detail.has_value());
  EXPECT_EQ(detail->reason, "INVALID_FIELD");
  EXPECT_EQ(detail->field_violations.size(), kMaxReportedViolations);
}

TEST(Paths, Join) {
  EXPECT_EQ(Path("a", "b"), "a.b");
  EXPECT_EQ(Path("", "b"), "b");
  EXPECT_EQ(Item("a.b", 3), "a.b[3]");
}

TEST(CheckText, HasALimitAndWhiteSpaceIsNoText) {
  FieldErrors errors;
  CheckText(std::string(kMaxTextBytes, 'x'), "name", errors);
  CheckRequiredText("x", "name", "a name", errors);
  EXPECT_TRUE(errors.empty());
  CheckText(std::string(kMaxTextBytes + 1, 'x'), "long", errors);
  CheckRequiredText(" \t\n", "blank", "a name", errors);
  EXPECT_EQ(GetDetail(errors.Result())->field_violations.size(), 2u);
}

TEST(CheckRange, RefusesNanAndInfinity) {
  for (const double value : {std::numeric_limits<double>::quiet_NaN(),
                             std::numeric_limits<double>::infinity(), -0.1, 1.1}) {
    FieldErrors errors;
    CheckRange(value, 0, 1, "x", errors);
    EXPECT_FALSE(errors.empty()) << value;
  }
  FieldErrors errors;
  CheckRange(0, 0, 1, "x", errors);
  CheckRange(1, 0, 1, "x", errors);
  EXPECT_TRUE(errors.empty());
}

TEST(DayFrom, KnowsTheCalendar) {
  FieldErrors errors;
  EXPECT_EQ(DayFrom(true, Date(2020, 2, 29), "d", errors), absl::CivilDay(2020, 2, 29));
  EXPECT_TRUE(errors.empty());
  EXPECT_FALSE(DayFrom(true, Date(2019, 2, 29), "d", errors).has_value());
  EXPECT_FALSE(DayFrom(true, Date(2019, 0, 1), "d", errors).has_value());
  EXPECT_FALSE(DayFrom(true, Date(2500, 1, 1), "d", errors).has_value());
  EXPECT_FALSE(DayFrom(false, Date(2019, 1, 1), "d", errors).has_value());
  EXPECT_EQ(GetDetail(errors.Result())->field_violations.size(), 4u);
  EXPECT_EQ(CheckedDay(DateFrom(absl::CivilDay(2017, 12, 31))), absl::CivilDay(2017, 12, 31));
}

TEST(CheckAmount, WantsAPositiveAmountInWholeMinorUnits) {
  EXPECT_TRUE(AmountIsFine(Money("USD", 100, 0)));
  EXPECT_TRUE(AmountIsFine(Money("USD", 0, 10'000'000)));
  EXPECT_TRUE(AmountIsFine(Money("JPY", 100, 0)));
  EXPECT_FALSE(AmountIsFine(Money("USD", 0, 0)));
  EXPECT_FALSE(AmountIsFine(Money("USD", -1, 0)));
  EXPECT_FALSE(AmountIsFine(Money("USD", 1, 1)));
  EXPECT_FALSE(AmountIsFine(Money("JPY", 1, 10'000'000)));
  EXPECT_FALSE(AmountIsFine(Money("XXXX", 1, 0)));
  EXPECT_TRUE(AmountIsFine(Money("USD", kMaxAmountMinorUnits / 100 - 1, 0)));
  EXPECT_FALSE(AmountIsFine(Money("USD", kMaxAmountMinorUnits / 100, 0)));
}

TEST(Texts, ReadWell) {
  EXPECT_EQ(AmountText(Money("USD", 1'250'000, 0)), "USD 1,250,000");
  EXPECT_EQ(AmountText(Money("USD", 999, 500'000'000)), "USD 999.50");
  EXPECT_EQ(AmountText(Money("USD", 1'000, 0)), "USD 1,000");
  EXPECT_EQ(PercentText(0.374), "37 %");
  EXPECT_EQ(PercentText(0), "under 1 %");
  EXPECT_EQ(PercentText(1), "over 99 %");
}

}  // namespace
}  // namespace quotacast::planning
