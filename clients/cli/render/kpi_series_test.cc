// Goal: the course of several groups side by side, whatever the width. Method: golden texts of a
// table made by hand; orders of rows as the service sends them.
#include "clients/cli/render/kpi_series.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "clients/cli/render/terminal.h"
#include "clients/cli/testing/run_cli.h"
#include "gtest/gtest.h"
#include "quotacast/metrics/v1/kpi.pb.h"

namespace quotacast::cli {
namespace {

void AddRow(const std::string& group, const std::string& then_group, int quarter, double value,
            metrics::v1::KpiTable& table) {
  metrics::v1::KpiRow& row = *table.add_rows();
  row.set_group(group);
  row.set_then_group(then_group);
  row.set_period(absl::StrCat("2017Q", quarter));
  row.set_sample_size(quarter * 1000);
  if (value < 0) {
    row.set_undefined_reason("no deal");
  } else {
    row.set_value(value);
  }
}

// Two teams over four quarters; one figure is missing.
metrics::v1::KpiTable Teams() {
  metrics::v1::KpiTable table;
  table.mutable_definition()->set_unit(metrics::v1::KPI_UNIT_RATIO);
  table.set_group_by(metrics::v1::GROUP_BY_TEAM);
  for (int quarter = 1; quarter <= 4; ++quarter) AddRow("East", "", quarter, 0.1 * quarter, table);
  for (int quarter = 1; quarter <= 4; ++quarter) {
    AddRow("West", "", quarter, quarter == 2 ? -1 : 1 - 0.25 * quarter, table);
  }
  return table;
}

TEST(KpiSeriesTest, ARowPerGroupAndAColumnPerPeriod) {
  ASSERT_TRUE(IsSeriesOfGroups(Teams()));
  EXPECT_EQ("\n" + KpiSeriesTable(Teams(), Terminal()), R"(
Team  Trend  2017Q1  2017Q2  2017Q3  2017Q4
────  ─────  ──────  ──────  ──────  ──────
East  ▁▃▆█   10.0 %  20.0 %  30.0 %  40.0 %
West  █ ▃▁   75.0 %       -  25.0 %   0.0 %

A figure rests on 1,000 to 4,000; --csv has what each one rests on.
)");
}

TEST(KpiSeriesTest, TheEarliestPeriodsGoWhereThereIsNoRoom) {
  Terminal terminal;
  terminal.width_columns = 40;
  terminal.unicode = false;
  EXPECT_EQ("\n" + KpiSeriesTable(Teams(), terminal), R"(
Team  Trend  2017Q2  2017Q3  2017Q4
----  -----  ------  ------  ------
East  _.*^   20.0 %  30.0 %  40.0 %
West  ^ ._        -  25.0 %   0.0 %

No room here for 2017Q1: a wider
terminal or --csv has them.
A figure rests on 1,000 to 4,000; --csv
has what each one rests on.
)");
}

TEST(KpiSeriesTest, RowsThatArePeriodsBecomeColumns) {
  metrics::v1::KpiTable table = Teams();
  table.clear_rows();
  table.set_group_by(metrics::v1::GROUP_BY_PERIOD);
  table.set_then_by(metrics::v1::GROUP_BY_SEGMENT);
  for (int quarter = 1; quarter <= 2; ++quarter) {
    AddRow(absl::StrCat("2017Q", quarter), "smb", quarter, 0.1 * quarter, table);
    AddRow(absl::StrCat("2017Q", quarter), "large", quarter, 0.5, table);
  }
  ASSERT_TRUE(IsSeriesOfGroups(table));
  EXPECT_EQ("\n" + KpiSeriesTable(table, Terminal()), R"(
Segment  Trend  2017Q1  2017Q2
───────  ─────  ──────  ──────
smb      ▁█     10.0 %  20.0 %
large    ▅▅     50.0 %  50.0 %

A figure rests on 1,000 to 2,000; --csv has what each one rests on.
)");
}

TEST(KpiSeriesTest, PairsNameTheirFirstGroupOnce) {
  metrics::v1::KpiTable table = Teams();
  table.clear_rows();
  table.set_then_by(metrics::v1::GROUP_BY_SEGMENT);
  for (const char* then_group : {"large", "smb"}) {
    for (int quarter = 1; quarter <= 2; ++quarter) AddRow("East", then_group, quarter, 0.5, table);
  }
  EXPECT_EQ("\n" + KpiSeriesTable(table, Terminal()), R"(
Team  Segment  Trend  2017Q1  2017Q2
────  ───────  ─────  ──────  ──────
East  large    ▅▅     50.0 %  50.0 %
      smb      ▅▅     50.0 %  50.0 %

A figure rests on 1,000 to 2,000; --csv has what each one rests on.
)");
}

TEST(KpiSeriesTest, WhatIsNoSeriesOfGroups) {
  metrics::v1::KpiTable table = Teams();
  table.mutable_rows(0)->mutable_reference()->set_value(1);
  EXPECT_FALSE(IsSeriesOfGroups(table)) << "something stands beside a value";
  metrics::v1::KpiTable one_group = Teams();
  one_group.mutable_rows()->DeleteSubrange(4, 4);
  EXPECT_FALSE(IsSeriesOfGroups(one_group));
  metrics::v1::KpiTable one_period = Teams();
  for (metrics::v1::KpiRow& row : *one_period.mutable_rows()) {
    row.set_period("2017Q1");
  }
  EXPECT_FALSE(IsSeriesOfGroups(one_period));
  EXPECT_FALSE(IsSeriesOfGroups({}));
}

TEST(KpiSeriesTest, NoLineLeavesTheTerminal) {
  for (const int width : {40, 60, 80, 100}) {
    Terminal terminal;
    terminal.width_columns = width;
    EXPECT_LE(WidestLine(KpiSeriesTable(Teams(), terminal)), width);
  }
}

}  // namespace
}  // namespace quotacast::cli
