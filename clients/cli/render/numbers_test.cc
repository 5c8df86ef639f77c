// Goal: figures read well and never pretend to be more exact than they are. Method: golden texts,
// the edges of rounding among them.
#include "clients/cli/render/numbers.h"

#include <limits>

#include "absl/time/civil_time.h"
#include "gtest/gtest.h"

namespace quotacast::cli {
namespace {

google::type::Money Dollars(int64_t units, int32_t nanos = 0) {
  google::type::Money money;
  money.set_currency_code("USD");
  money.set_units(units);
  money.set_nanos(nanos);
  return money;
}

type::v1::Estimate Estimate(double value, double monte_carlo_error, double total_error = 0) {
  type::v1::Estimate estimate;
  estimate.set_value(value);
  estimate.set_monte_carlo_error(monte_carlo_error);
  estimate.set_total_error(total_error);
  return estimate;
}

TEST(NumbersTest, CountsAreGrouped) {
  EXPECT_EQ(FormatCount(0), "0");
  EXPECT_EQ(FormatCount(999), "999");
  EXPECT_EQ(FormatCount(1000), "1,000");
  EXPECT_EQ(FormatCount(-1234567), "-1,234,567");
  EXPECT_EQ(FormatCount(std::numeric_limits<int64_t>::min()), "-9,223,372,036,854,775,808");
  EXPECT_EQ(CountOf(1, "row"), "1 row");
  EXPECT_EQ(CountOf(2000, "row"), "2,000 rows");
}

TEST(NumbersTest, ExactMoneyIsRoundedToWholeUnits) {
  EXPECT_EQ(FormatMoney(Dollars(1234567, 490'000'000)), "USD 1,234,567");
  EXPECT_EQ(FormatMoney(Dollars(1234567, 500'000'000)), "USD 1,234,568");
  EXPECT_EQ(FormatMoney(Dollars(-5, -500'000'000)), "USD -6");
  EXPECT_DOUBLE_EQ(MajorUnits(Dollars(2, 250'000'000)), 2.25);
}

TEST(NumbersTest, SimulatedMoneyHasTheDigitsOfItsError) {
  EXPECT_EQ(FormatAmount(2'345'678, 4'800), "2,346,000");
  EXPECT_EQ(FormatAmount(2'345'678, 12'000), "2,350,000");
  EXPECT_EQ(FormatAmount(2'345'678.4, 0.2), "2,345,678");
  EXPECT_EQ(FormatAmount(2'345'678.4, 0), "2,345,678");
  EXPECT_EQ(FormatAmount(-400, 1'000), "0");
  EXPECT_EQ(FormatSignedAmount(12'345, 100), "+12,300");
  EXPECT_EQ(FormatSignedAmount(-12'345, 100), "-12,300");
  EXPECT_EQ(FormatSignedAmount(3, 10), "0");
  EXPECT_EQ(FormatMoney(2'345'678, 4'800, "USD"), "USD 2,346,000");
  EXPECT_EQ(FormatSignedMoney(-2'345'678, 4'800, "USD"), "-USD 2,346,000");
}

TEST(NumbersTest, AxisAmountsAreShort) {
  EXPECT_EQ(FormatCompact(0), "0");
  EXPECT_EQ(FormatCompact(850), "850");
  EXPECT_EQ(FormatCompact(1250), "1.25k");
  EXPECT_EQ(FormatCompact(999'600), "1M");
  EXPECT_EQ(FormatCompact(2'500'000), "2.5M");
  EXPECT_EQ(FormatCompact(-3.2e9), "-3.2B");
}

TEST(NumbersTest, ProbabilitiesNeverClaimCertainty) {
  EXPECT_EQ(FormatProbability(Estimate(0.3712, 0.005)), "37 %");
  EXPECT_EQ(FormatProbability(Estimate(0, 0)), "<1 %");
  EXPECT_EQ(FormatProbability(Estimate(0.004, 0.005)), "<1 %");
  EXPECT_EQ(FormatProbability(Estimate(1, 0)), ">99 %");
  EXPECT_EQ(FormatProbability(Estimate(0.9949, 0.0005)), "99 %");
  EXPECT_EQ(FormatProbability(Estimate(0.996, 0.0005)), ">99 %");
}

TEST(NumbersTest, AmountsWithCents) {
  EXPECT_EQ(FormatAmountWithCents(1234.5), "1,234.50");
  EXPECT_EQ(FormatAmountWithCents(999999.999), "1,000,000.00");
  EXPECT_EQ(FormatAmountWithCents(-12.345), "-12.35");
  EXPECT_EQ(FormatAmountWithCents(-0.001), "0.00");
  EXPECT_EQ(FormatAmountWithCents(1e300), "1e+300");
}

TEST(NumbersTest, PointsAndTheirErrors) {
  EXPECT_EQ(FormatPointsError(Estimate(0.4, 0, 0.062)), "6.2");
  EXPECT_EQ(FormatPointsError(Estimate(0.4, 0, 0.0042)), "0.4");
  EXPECT_EQ(FormatPointsError(Estimate(0.4, 0, 0.123)), "12");
  EXPECT_EQ(FormatPointsError(Estimate(0.4, 0, 0.0001)), "<0.1");
  EXPECT_EQ(FormatPointsChange(Estimate(0.152, 0.005)), "+15.2");
  EXPECT_EQ(FormatPointsChange(Estimate(0.152, 0.02)), "+15");
  EXPECT_EQ(FormatPointsChange(Estimate(-0.0043, 0.001)), "-0.4");
  EXPECT_EQ(FormatPointsChange(Estimate(-0.0001, 0.001)), "0");
  EXPECT_EQ(FormatPercent(0.64369), "64.4 %");
}

TEST(NumbersTest, Dates) {
  EXPECT_EQ(FormatDate(absl::CivilDay(2017, 9, 30)), "30 Sep 2017");
  EXPECT_EQ(FormatDayAndMonth(absl::CivilDay(2017, 1, 2)), "2 Jan");
  EXPECT_EQ(FormatDate(google::type::Date()), "-");
  google::protobuf::Timestamp instant;
  instant.set_seconds(1'500'000'000);
  EXPECT_EQ(FormatInstant(instant), "2017-07-14 02:40 UTC");
}

}  // namespace
}  // namespace quotacast::cli
