// Goal: reps' forecasts are scored as they stood before the period, against what came. Method: two
// reps and three quarters counted by hand; a generated set of forecasts with a known error and
// range against sums computed here. 200 ranges that hold with a chance of 0.8 lie within 0.70 and
// 0.90 but for one seed in 2,000; the seed is fixed.
#include "services/metrics/kpi/rep_forecasts.h"

#include <cmath>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "base/random.h"
#include "gtest/gtest.h"
#include "services/metrics/kpi/kpi_test_support.h"
#include "services/metrics/test_feed.h"
#include "services/metrics/test_records.h"

namespace quotacast::metrics {
namespace {

using absl::CivilDay;
using metrics::v1::GROUP_BY_PERIOD;
using metrics::v1::GROUP_BY_REP;

std::string Usd(int64_t units) {
  return absl::StrCat("{ currency_code: 'USD' units: ", units, " }");
}

void Forecast(TestFeed& feed, const std::string& rep, const std::string& period,
              const std::string& day, int64_t low, int64_t expected, int64_t high) {
  Say(feed, absl::StrCat("rep_forecast/", rep, "/", period), day, day,
      absl::StrCat("rep_forecast { rep_id: '", rep, "' period: '", period, "' low ", Usd(low),
                   " expected ", Usd(expected), " high ", Usd(high), " }"));
}

TestFeed Company() {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stages();
  feed.Team("Sales");
  for (const char* rep : {"ann", "bob", "idle"}) feed.Rep(rep, "Sales");
  feed.Closed("a1", "Won", CivilDay(2016, 12, 1), CivilDay(2017, 2, 1),
              {.rep = "ann", .amount = 100});
  feed.Closed("a2", "Won", CivilDay(2016, 12, 1), CivilDay(2017, 5, 1),
              {.rep = "ann", .amount = 50});
  feed.Closed("b1", "Won", CivilDay(2016, 12, 1), CivilDay(2017, 2, 1),
              {.rep = "bob", .amount = 200});
  Forecast(feed, "ann", "2017Q1", "2016-11-01", 1, 1, 1);
  Forecast(feed, "ann", "2017Q1", "2016-12-31", 100, 120, 150);  // The one that counts.
  Forecast(feed, "ann", "2017Q1", "2017-01-01", 1, 1, 1);        // Too late.
  Forecast(feed, "ann", "2017Q2", "2017-03-31", 10, 30, 49);
  Forecast(feed, "ann", "2017Q4", "2017-03-31", 10, 30, 40);  // Not over.
  Forecast(feed, "bob", "2017Q1", "2016-12-01", 90, 100, 200);
  Forecast(feed, "bob", "2017Q2", "2016-12-01", 5, 60, 70);  // Nothing came.
  Forecast(feed, "bob", "2017Q3", "2017-07-01", 1, 1, 1);    // Only late ones.
  Forecast(feed, "bob", "nonsense", "2016-12-01", 1, 1, 1);
  Forecast(feed, "zoe", "2017Q1", "2016-12-01", 1, 1, 1);
  return feed;
}

const CivilDay kNovember(2017, 11, 30);

std::string Of(const std::string& kpi, const std::string& rep, const std::string& period = "") {
  return Cell(Ask(Company(), kNovember, {.kpi = kpi, .group_by = GROUP_BY_REP, .period = period}),
              rep);
}

TEST(RepForecastBias, AddsUpTheErrors) {
  // ann: 120 - 100 and 30 - 50; bob: 100 - 200 and 60 - 0.
  EXPECT_EQ(Of("rep_forecast_bias", "ann"), "0 = 0/150 (n=2)");
  EXPECT_EQ(Of("rep_forecast_bias", "bob"), "-0.2 = -40/200 (n=2)");
  EXPECT_EQ(Of("rep_forecast_bias", "idle"),
            "undefined: no rep made a forecast of a period before it began that has ended");
  const auto table = Ask(Company(), kNovember, {.kpi = "rep_forecast_bias"});
  EXPECT_EQ(Cell(table), "-0.114286 = -40/350 (n=4)");
  EXPECT_TRUE(HasNote(table, "the last forecast that a rep made before the period began"));
  EXPECT_TRUE(HasNote(table, "1 times a rep's forecasts all came when the period had begun"));
  EXPECT_TRUE(HasNote(table, "forecasts of \"nonsense\" were left out"));
  EXPECT_EQ(Of("rep_forecast_bias", "ann", "2017Q1"), "0.2 = 20/100 (n=1)");
  EXPECT_EQ(Of("rep_forecast_bias", "bob", "2017Q2"),
            "undefined: nothing was booked in the periods forecast");
  EXPECT_EQ(Of("rep_forecast_bias", "bob", "2017Q3"),
            "undefined: no rep made a forecast of 2017Q3 before it began");
  EXPECT_EQ(Of("rep_forecast_bias", "ann", "2017Q4").rfind("undefined: 2017Q4 has not ended", 0),
            0u);
}

TEST(RepForecastWape, AddsUpTheDistances) {
  EXPECT_EQ(Of("rep_forecast_wape", "ann"), "0.266667 = 40/150 (n=2)");
  EXPECT_EQ(Of("rep_forecast_wape", "bob"), "0.8 = 160/200 (n=2)");
  const auto table =
      Ask(Company(), kNovember, {.kpi = "rep_forecast_wape", .group_by = GROUP_BY_PERIOD});
  EXPECT_EQ(Cell(table, "2017Q1"), "0.4 = 120/300 (n=2)");
  EXPECT_EQ(Cell(table, "2017Q2"), "1.6 = 80/50 (n=2)");
  EXPECT_EQ(Cell(table, "2017Q4").rfind("undefined: 2017Q4 has not ended", 0), 0u);
}

TEST(RepForecastCoverage, CountsTheEndsOfTheRange) {
  // ann's 100 is the low end; her 50 is above 49. bob's 200 is the high end, his 0 below 5.
  EXPECT_EQ(Of("rep_forecast_coverage", "ann"), "0.5 = 1/2 (n=2)");
  EXPECT_EQ(Of("rep_forecast_coverage", "bob"), "0.5 = 1/2 (n=2)");
  EXPECT_EQ(Of("rep_forecast_coverage", "bob", "2017Q2"), "0 = 0/1 (n=1)");
}

TEST(RepForecastAccuracyHubspot, LeavesOutPeriodsWithoutBookings) {
  EXPECT_EQ(Of("rep_forecast_accuracy_hubspot", "ann"), "0.7 = 1.4/2 (n=2)");  // 0.8 and 0.6.
  EXPECT_EQ(Of("rep_forecast_accuracy_hubspot", "bob"), "0.5 = 0.5/1 (n=1)");
}

TEST(RepForecasts, OfAMergedRepCountWhereTheOtherHasNone) {
  TestFeed feed = Company();
  Say(feed, "rep/bob", "merged@2017-06-01", "2017-06-01",
      "merge { entity: ENTITY_KIND_REP from_id: 'bob' into_id: 'idle' }");
  Forecast(feed, "idle", "2017Q1", "2016-11-15", 1, 150, 300);
  const auto table = Ask(feed, kNovember, {.kpi = "rep_forecast_bias", .group_by = GROUP_BY_REP});
  // idle's own for Q1 (150 - 200), though bob's is younger, and bob's for Q2 (60 - 0).
  EXPECT_EQ(Cell(table, "idle"), "0.05 = 10/200 (n=2)");
}

TEST(RepForecasts, FindTheErrorThatWasPutIn) {
  TestFeed feed(CivilDay(2018, 1, 2));
  feed.Stages();
  double error = 0, distance = 0, booked_sum = 0;
  int inside_count = 0;
  for (uint32_t i = 0; i < 200; ++i) {
    const auto draw = RandomBlock(5, i, 0, RandomPurpose::kSynthetic, 0);
    const std::string rep = absl::StrCat("r", i);
    const int64_t booked = 100 + draw[0] % 900;
    const int64_t expected = booked * (60 + draw[1] % 101) / 100;
    const bool holds = draw[2] % 10 < 8;
    feed.Closed(absl::StrCat("d", i), "Won", CivilDay(2016, 12, 1), CivilDay(2017, 2, 1),
                {.rep = rep, .amount = booked});
    Forecast(feed, rep, "2017Q1", "2016-12-15", booked - 10, expected, booked + (holds ? 10 : -1));
    error += static_cast<double>(expected - booked);
    distance += std::abs(static_cast<double>(expected - booked));
    booked_sum += static_cast<double>(booked);
    inside_count += holds ? 1 : 0;
  }
  const auto value = [&feed](const std::string& kpi) {
    return Ask(feed, kNovember, {.kpi = kpi}).rows(0).value();
  };
  EXPECT_NEAR(value("rep_forecast_bias"), error / booked_sum, 1e-12);
  EXPECT_NEAR(value("rep_forecast_wape"), distance / booked_sum, 1e-12);
  EXPECT_NEAR(value("rep_forecast_coverage"), inside_count / 200.0, 1e-12);
  EXPECT_NEAR(value("rep_forecast_coverage"), 0.8, 0.1);
  // Forecasts are drawn from 0.6 to 1.6 of the bookings: the standard error of the mean is 0.021.
  EXPECT_NEAR(value("rep_forecast_bias"), 0.1, 0.08);
}

}  // namespace
}  // namespace quotacast::metrics
