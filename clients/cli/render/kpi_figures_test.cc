// Goal: every unit of the schema is written as people read it, alike in a column. Method: values by
// hand for each unit; all values of the enum.
#include "clients/cli/render/kpi_figures.h"

#include <set>
#include <string>

#include "gtest/gtest.h"
#include "quotacast/metrics/v1/kpi.pb.h"

namespace quotacast::cli {
namespace {

metrics::v1::KpiDefinition Definition(const std::string& name, metrics::v1::KpiUnit unit) {
  metrics::v1::KpiDefinition definition;
  definition.set_name(name);
  definition.set_unit(unit);
  return definition;
}

std::string Alone(metrics::v1::KpiUnit unit, double value, const std::string& currency = "") {
  return KpiFigures(Definition("kpi", unit), value, currency).Value(value);
}

std::string Changed(metrics::v1::KpiUnit unit, double difference) {
  return KpiFigures(Definition("kpi", unit), difference, "").Difference(difference);
}

TEST(KpiFiguresTest, EveryUnitOfTheSchemaHasNamesAndAWayToBeWritten) {
  std::set<std::string> names;
  std::set<std::string> values;
  for (int i = 1; i <= metrics::v1::KpiUnit_MAX; ++i) {
    if (!metrics::v1::KpiUnit_IsValid(i)) continue;
    const auto unit = static_cast<metrics::v1::KpiUnit>(i);
    const std::string what = metrics::v1::KpiUnit_Name(unit);
    EXPECT_NE(UnitName(unit), "-") << what;
    EXPECT_NE(UnitText(unit), "") << what;
    names.insert(UnitName(unit));
    values.insert(Alone(unit, 90.26, "USD"));
  }
  const size_t unit_count = metrics::v1::KpiUnit_ARRAYSIZE - 1;
  EXPECT_EQ(names.size(), unit_count);
  // No two units look the same.
  EXPECT_EQ(values.size(), unit_count);
}

TEST(KpiFiguresTest, Values) {
  using namespace metrics::v1;  // NOLINT: the units, seven times a line otherwise.
  EXPECT_EQ(Alone(KPI_UNIT_RATIO, 0.64449), "64.4 %");
  EXPECT_EQ(Alone(KPI_UNIT_RATIO, -0.031), "-3.1 %");
  EXPECT_EQ(Alone(KPI_UNIT_DAYS, 47), "47 days");
  EXPECT_EQ(Alone(KPI_UNIT_DAYS, 1), "1 day");
  EXPECT_EQ(Alone(KPI_UNIT_DAYS, 2.345), "2.3 days");
  EXPECT_EQ(Alone(KPI_UNIT_MONEY, 1234567.4), "1,234,567");
  EXPECT_EQ(Alone(KPI_UNIT_MONEY, 1234567.4, "USD"), "USD 1,234,567");
  EXPECT_EQ(Alone(KPI_UNIT_MONEY, -1200, "USD"), "-USD 1,200");
  EXPECT_EQ(Alone(KPI_UNIT_MONEY_PER_DAY, 1234.5, "USD"), "1,234.50 USD/day");
  EXPECT_EQ(Alone(KPI_UNIT_MONEY_PER_DAY, 1234.5), "1,234.50/day");
  EXPECT_EQ(Alone(KPI_UNIT_COUNT, 5420), "5,420");
  EXPECT_EQ(Alone(KPI_UNIT_COUNT, 0.254), "0.25");
  EXPECT_EQ(Alone(KPI_UNIT_COUNT, 0), "0");
}

TEST(KpiFiguresTest, MinutesAreHoursAndMinutes) {
  const auto minutes = [](double value) { return Alone(metrics::v1::KPI_UNIT_MINUTES, value); };
  EXPECT_EQ(minutes(252), "4 h 12 min");
  EXPECT_EQ(minutes(240), "4 h");
  EXPECT_EQ(minutes(59.4), "59 min");
  EXPECT_EQ(minutes(59.6), "1 h");
  EXPECT_EQ(minutes(0.5), "0.5 min");
  EXPECT_EQ(minutes(0), "0 min");
  EXPECT_EQ(minutes(60 * 1234 + 5), "1,234 h 5 min");
  EXPECT_EQ(Changed(metrics::v1::KPI_UNIT_MINUTES, -75), "-1 h 15 min");
}

TEST(KpiFiguresTest, OnlyMultiplesAreWrittenAsMultiples) {
  for (const char* name : {"pipeline_coverage_full", "pipeline_coverage_remaining",
                           "required_coverage", "over_assignment", "training_balance"}) {
    const auto definition = Definition(name, metrics::v1::KPI_UNIT_RATIO);
    EXPECT_EQ(KpiFigures(definition, 2.345, "").Value(2.345), "2.3x") << name;
    EXPECT_EQ(KpiFigures(definition, 2.345, "").Difference(0.3), "+0.3x") << name;
  }
  for (const char* name : {"insight_coverage", "rep_forecast_coverage", "customer_problem_coverage",
                           "quota_attainment"}) {
    const auto definition = Definition(name, metrics::v1::KPI_UNIT_RATIO);
    EXPECT_EQ(KpiFigures(definition, 0.8, "").Value(0.8), "80.0 %") << name;
    EXPECT_EQ(KpiFigures(definition, 0.8, "").Difference(0.03), "+3.0 points") << name;
  }
  // Whatever its name, a number of days is no multiple.
  EXPECT_FALSE(IsMultiple(Definition("required_coverage", metrics::v1::KPI_UNIT_DAYS)));
}

TEST(KpiFiguresTest, DifferencesHaveSigns) {
  EXPECT_EQ(Changed(metrics::v1::KPI_UNIT_RATIO, -0.0512), "-5.1 points");
  EXPECT_EQ(Changed(metrics::v1::KPI_UNIT_RATIO, 0.0004), "0.0 points");
  EXPECT_EQ(Changed(metrics::v1::KPI_UNIT_MONEY, 12345), "+12,345");
  EXPECT_EQ(Changed(metrics::v1::KPI_UNIT_DAYS, -1), "-1 day");
  EXPECT_EQ(Changed(metrics::v1::KPI_UNIT_COUNT, 0), "0");
  EXPECT_EQ(Changed(metrics::v1::KPI_UNIT_COUNT, -1.5), "-1.50");
  EXPECT_EQ(Changed(metrics::v1::KPI_UNIT_MONEY_PER_DAY, -1234.5), "-1,234.50/day");
}

TEST(KpiFiguresTest, AColumnHasDecimalsWhenAnyOfItsFiguresNeedsThem) {
  metrics::v1::KpiTable table;
  *table.mutable_definition() = Definition("kpi", metrics::v1::KPI_UNIT_COUNT);
  table.add_rows()->set_value(1200);
  table.add_rows()->set_undefined_reason("nothing");
  EXPECT_EQ(KpiFigures(table).Value(1200), "1,200");
  table.add_rows()->set_value(0.5);
  EXPECT_EQ(KpiFigures(table).Value(1200), "1,200.00");
  table.mutable_rows(2)->set_value(5);
  table.mutable_rows(2)->mutable_interval()->set_high(5.5);
  EXPECT_EQ(KpiFigures(table).Interval(table.rows(2).interval()), "0.00 to 5.50");
  table.mutable_rows(2)->clear_interval();
  table.mutable_rows(2)->mutable_reference()->set_value(0.25);
  EXPECT_EQ(KpiFigures(table).Value(5), "5.00");
}

TEST(KpiValueTest, UndefinedWithItsReason) {
  metrics::v1::KpiRow row;
  row.set_undefined_reason("target\nmet");
  EXPECT_EQ(KpiValue(Definition("kpi", metrics::v1::KPI_UNIT_DAYS), row), "undefined: target?met");
  row.set_value(3);
  EXPECT_EQ(KpiValue(Definition("kpi", metrics::v1::KPI_UNIT_DAYS), row), "3 days");
}

TEST(PlainNumberTest, WholeOrOneDecimal) {
  EXPECT_EQ(PlainNumber(12), "12");
  EXPECT_EQ(PlainNumber(12.34), "12.3");
  EXPECT_EQ(PlainNumber(1234.5), "1,235");
}

}  // namespace
}  // namespace quotacast::cli
