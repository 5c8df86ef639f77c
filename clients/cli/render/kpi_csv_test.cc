// Goal: another program gets every part of every cell. Method: golden texts.
#include "clients/cli/render/kpi_csv.h"

#include <string>

#include "clients/cli/testing/sample_messages.h"
#include "gtest/gtest.h"
#include "quotacast/metrics/v1/kpi.pb.h"

namespace quotacast::cli {
namespace {

constexpr char kHeadings[] =
    "group,group_display_name,then_group,then_group_display_name,period,value,undefined_reason,"
    "numerator,denominator,sample_size,interval_low,interval_high,reference_value,"
    "reference_undefined_reason,difference,better_than_share,signal\r\n";

TEST(KpiCsvTest, ARowPerCell) {
  metrics::v1::KpiTable table = SampleKpiTable();
  table.mutable_rows(0)->set_group_display_name("Snelling, \"Anna\"");
  table.mutable_rows(0)->set_then_group("smb");
  table.mutable_rows(0)->set_then_group_display_name("Small business");
  table.mutable_rows(0)->set_value(0.1);
  table.mutable_rows(0)->mutable_interval()->set_low(0);
  table.mutable_rows(0)->mutable_interval()->set_high(123456789.25);
  table.mutable_rows(0)->set_signal(metrics::v1::KPI_SIGNAL_BELOW_PEERS);
  table.mutable_rows(1)->set_numerator(1e22);
  EXPECT_EQ(
      KpiCsv(table),
      std::string(kHeadings) +
          "Anna Snelling,\"Snelling, \"\"Anna\"\"\",smb,Small business,2017Q3,0.1,,64,103,103,"
          "0,123456789.25,,,,,below_peers\r\n"
          "Zoë Novák,,,,2017Q3,,no deal closed in the period,10000000000000000000000,0,0,"
          ",,,,,,\r\n");
}

TEST(KpiCsvTest, WhatCellsAreSetBeside) {
  metrics::v1::KpiTable table = SampleKpiTable();
  table.mutable_rows(0)->set_value(0.5);
  auto* reference = table.mutable_rows(0)->mutable_reference();
  reference->set_value(0.25);
  reference->set_difference(0.25);
  reference->set_better_than_share(0.75);
  // Nothing to compare: no difference rather than 0.
  table.mutable_rows(1)->mutable_reference()->set_value(0.25);
  auto* row = table.add_rows();
  row->set_group("x");
  row->set_value(0.5);
  row->mutable_reference()->set_undefined_reason("too few");
  EXPECT_EQ(KpiCsv(table, metrics::v1::KPI_COMPARISON_PEER_QUARTILE),
            std::string(kHeadings) +
                "Anna Snelling,,,,2017Q3,0.5,,64,103,103,,,0.25,,0.25,0.75,\r\n"
                "Zoë Novák,,,,2017Q3,,no deal closed in the period,0,0,0,,,0.25,,,,\r\n"
                "x,,,,,0.5,,0,0,0,,,,too few,,,\r\n");
  // A share of peers is nothing that other comparisons have.
  EXPECT_NE(KpiCsv(table, metrics::v1::KPI_COMPARISON_QUOTA).find(",0.25,,0.25,,\r\n"),
            std::string::npos);
}

}  // namespace
}  // namespace quotacast::cli
