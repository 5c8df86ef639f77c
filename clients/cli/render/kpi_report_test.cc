// Goal: KPI tables with their reasons and definitions. Method: golden texts, and each unit once.
#include "clients/cli/render/kpi_report.h"

#include <string>

#include "clients/cli/render/terminal.h"
#include "clients/cli/testing/sample_messages.h"
#include "gtest/gtest.h"
#include "quotacast/metrics/v1/kpi.pb.h"

namespace quotacast::cli {
namespace {

// 60 columns without Unicode.
Terminal Ascii() {
  Terminal terminal;
  terminal.unicode = false;
  terminal.width_columns = 60;
  return terminal;
}

TEST(KpiReportTest, ByRep) {
  EXPECT_EQ("\n" + KpiReport(SampleKpiTable(), Terminal()),
            R"(
Win rate of closed deals, 2017Q3, as of 31 Dec 2017

Group              Value  Numerator  Denominator  Rests on
─────────────  ─────────  ─────────  ───────────  ────────
Anna Snelling     62.1 %         64          103       103
Zoë Novák      undefined          0            0         0

undefined: no deal closed in the period
Formula:     won / (won + lost), by the day a deal closed
Numerator:   Deals won in the period
Denominator: Deals won or lost in the period
Mind:        Biased when losses go unmarked.
note: 500 deals without any date do not count.
)");
}

TEST(KpiReportTest, Summary) {
  EXPECT_EQ("\n" + KpiSummaryReport({SampleKpiTable()}, "2017Q3", Terminal()),
            R"(
The organisation, 2017Q3, as of 31 Dec 2017

KPI                       Name                 Value  Rests on
────────────────────────  ───────────────  ─────────  ────────
Win rate of closed deals  win_rate_closed     62.1 %       103
Win rate of closed deals  win_rate_closed  undefined         0

win_rate_closed is undefined: no deal closed in the period
quotacast metrics --kpi NAME --by rep shows one of them in detail.
)");
}

TEST(KpiReportTest, Definitions) {
  EXPECT_EQ("\n" + KpiDefinitionsReport({SampleKpiTable().definition()}, Ascii()),
            R"(
KPI                   Unit   Formula
--------------------  -----  ------------------------------
win_rate_closed       ratio  won / (won + lost), by the day
  Win rate of closed         a deal closed
  deals

quotacast kpis explain NAME says what one of them counts,
and what it leaves out.
)");
}

TEST(KpiReportTest, Explanation) {
  metrics::v1::KpiDefinition definition = SampleKpiTable().definition();
  definition.add_group_bys(metrics::v1::GROUP_BY_ORG);
  definition.add_group_bys(metrics::v1::GROUP_BY_SEGMENT);
  definition.add_group_bys(metrics::v1::GROUP_BY_STAGE);
  EXPECT_EQ("\n" + KpiExplanation(definition, Ascii()),
            R"(
win_rate_closed: Win rate of closed deals

Formula:     won / (won + lost), by the day a deal closed
Numerator:   Deals won in the period
Denominator: Deals won or lost in the period
Unit:        ratio; 1 is 100 %
Rows:        org, segment, stage
Interval:    none
Mind:        Biased when losses go unmarked.
)");
  definition.set_direction(metrics::v1::KPI_DIRECTION_UP);
  definition.set_interval_method("Wilson's, at 95 %.");
  definition.set_source("The house's own.");
  definition.add_edge_rules("Open deals count nowhere.");
  definition.add_edge_rules("A deal that was reopened by the as-of is not closed any more.");
  EXPECT_EQ("\n" + KpiExplanation(definition, Ascii()),
            R"(
win_rate_closed: Win rate of closed deals

Formula:     won / (won + lost), by the day a deal closed
Numerator:   Deals won in the period
Denominator: Deals won or lost in the period
Unit:        ratio; 1 is 100 %
Better when: it is higher
Rows:        org, segment, stage
Interval:    Wilson's, at 95 %.
Mind:        Biased when losses go unmarked.
Source:      The house's own.

What counts:
  - Open deals count nowhere.
  - A deal that was reopened by the as-of is not closed any
    more.
)");
}

TEST(KpiReportTest, IntervalsWhenARowHasOne) {
  metrics::v1::KpiTable table = SampleKpiTable();
  table.mutable_rows(0)->mutable_interval()->set_low(0.5241);
  table.mutable_rows(0)->mutable_interval()->set_high(0.7093);
  table.clear_notes();
  EXPECT_EQ("\n" + KpiReport(table, Terminal()),
            R"(
Win rate of closed deals, 2017Q3, as of 31 Dec 2017

Group              Value     95 % interval  Numerator  Denominator  Rests on
─────────────  ─────────  ────────────────  ─────────  ───────────  ────────
Anna Snelling     62.1 %  52.4 % to 70.9 %         64          103       103
Zoë Novák      undefined                 -          0            0         0

undefined: no deal closed in the period
Formula:     won / (won + lost), by the day a deal closed
Numerator:   Deals won in the period
Denominator: Deals won or lost in the period
Mind:        Biased when losses go unmarked.
)");
}

TEST(KpiReportTest, MoneyPerDayCarriesItsCurrencyInTheRow) {
  metrics::v1::KpiTable table = SampleKpiTable();
  table.mutable_definition()->set_unit(metrics::v1::KPI_UNIT_MONEY_PER_DAY);
  table.mutable_rows(0)->set_value(1234.5);
  EXPECT_NE(KpiReport(table, Terminal()).find("  1,234.50 USD/day  "), std::string::npos)
      << KpiReport(table, Terminal());
}

TEST(KpiReportTest, Notes) {
  EXPECT_EQ(KpiNotes(SampleKpiTable(), Ascii()),
            "note: 500 deals without any date do not count.\n");
  EXPECT_EQ(KpiNotes({}, Ascii()), "");
}

TEST(KpiCsvTest, ARowPerCell) {
  metrics::v1::KpiTable table = SampleKpiTable();
  table.mutable_rows(0)->set_group_display_name("Snelling, \"Anna\"");
  table.mutable_rows(0)->set_value(0.1);
  table.mutable_rows(0)->mutable_interval()->set_low(0);
  table.mutable_rows(0)->mutable_interval()->set_high(123456789.25);
  table.mutable_rows(1)->set_numerator(1e22);
  EXPECT_EQ(KpiCsv(table),
            "group,group_display_name,period,value,undefined_reason,numerator,denominator,"
            "sample_size,interval_low,interval_high\r\n"
            "Anna Snelling,\"Snelling, \"\"Anna\"\"\",2017Q3,0.1,,64,103,103,0,123456789.25\r\n"
            "Zoë Novák,,2017Q3,,no deal closed in the period,10000000000000000000000,0,0,,\r\n");
}

TEST(KpiCsvTest, WhatWouldEndAFieldIsQuoted) {
  metrics::v1::KpiTable table;
  table.add_rows()->set_group("a\nb");
  table.add_rows()->set_group("c\rd");
  table.add_rows()->set_group("\"");
  const std::string csv = KpiCsv(table);
  for (const char* field : {"\n\"a\nb\",", "\n\"c\rd\",", "\n\"\"\"\","}) {
    EXPECT_NE(csv.find(field), std::string::npos) << field;
  }
}

TEST(KpiValueTest, UnitsAndUndefined) {
  metrics::v1::KpiDefinition definition;
  metrics::v1::KpiRow row;
  row.set_value(2.345);
  definition.set_name("pipeline_coverage_remaining");
  definition.set_unit(metrics::v1::KPI_UNIT_RATIO);
  EXPECT_EQ(KpiValue(definition, row), "2.3x");
  definition.set_name("quota_attainment");
  EXPECT_EQ(KpiValue(definition, row), "234.5 %");
  definition.set_unit(metrics::v1::KPI_UNIT_DAYS);
  EXPECT_EQ(KpiValue(definition, row), "2.3 days");
  row.set_value(47);
  EXPECT_EQ(KpiValue(definition, row), "47 days");
  definition.set_unit(metrics::v1::KPI_UNIT_MONEY);
  row.set_value(1234567.4);
  EXPECT_EQ(KpiValue(definition, row), "1,234,567");
  EXPECT_EQ(KpiValue(definition, row, "USD"), "USD 1,234,567");
  definition.set_unit(metrics::v1::KPI_UNIT_MONEY_PER_DAY);
  row.set_value(1234.5);
  EXPECT_EQ(KpiValue(definition, row, "USD"), "1,234.50 USD/day");
  EXPECT_EQ(KpiValue(definition, row), "1,234.50/day");
  row.set_undefined_reason("target met");
  EXPECT_EQ(KpiValue(definition, row), "undefined: target met");
}

}  // namespace
}  // namespace quotacast::cli
