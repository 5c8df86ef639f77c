// Goal: what stands around a KPI table says what it shows and what is missing. Method: golden
// texts.
#include "clients/cli/render/kpi_table_text.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "clients/cli/render/terminal.h"
#include "clients/cli/testing/sample_messages.h"
#include "gtest/gtest.h"
#include "quotacast/metrics/v1/kpi.pb.h"
#include "quotacast/metrics/v1/metrics_service.pb.h"

namespace quotacast::cli {
namespace {

TEST(KpiTableTextTest, Headings) {
  EXPECT_EQ(GroupHeader(metrics::v1::GROUP_BY_UNSPECIFIED), "Group");
  EXPECT_EQ(GroupHeader(metrics::v1::GROUP_BY_LEAD_SOURCE), "Lead source");
  EXPECT_EQ(ComparisonHeader(metrics::v1::KPI_COMPARISON_PREVIOUS_PERIOD), "Previous period");
}

TEST(KpiTableTextTest, NamesOfRows) {
  metrics::v1::KpiRow row;
  EXPECT_EQ(GroupName(row), "Organisation");
  row.set_period("2017Q3");
  EXPECT_EQ(GroupName(row), "2017Q3");
  row.set_group("R1");
  row.set_then_group("smb");
  EXPECT_EQ(GroupName(row), "R1");
  EXPECT_EQ(ThenGroupName(row), "smb");
  row.set_group_display_name("Anna\tS");
  row.set_then_group_display_name("Small");
  EXPECT_EQ(GroupName(row), "Anna?S");
  EXPECT_EQ(ThenGroupName(row), "Small");
}

TEST(KpiTableTextTest, TheTitleNamesPeriodsCurrencyAndFilters) {
  metrics::v1::KpiTable table = SampleKpiTable();
  table.mutable_definition()->set_unit(metrics::v1::KPI_UNIT_MONEY);
  table.set_currency_code("USD");
  table.mutable_rows(1)->set_period("2017Q4");
  metrics::v1::QueryKpiRequest asked;
  EXPECT_EQ(KpiTitle(asked, table, Terminal()),
            "Win rate of closed deals, 2017Q3 to 2017Q4, as of 31 Dec 2017, USD\n\n");
  metrics::v1::KpiFilter& filter = *asked.add_filters();
  filter.set_dimension(metrics::v1::GROUP_BY_LEAD_SOURCE);
  filter.add_ids("Fairs");
  filter.add_ids("Web");
  *asked.add_filters() = filter;
  asked.mutable_filters(1)->set_dimension(metrics::v1::GROUP_BY_REP);
  EXPECT_EQ(FiltersText(asked, Terminal()), "Only lead source Fairs, Web; rep Fairs, Web\n");
  EXPECT_EQ(KpiTitle(asked, table, Terminal()),
            "Win rate of closed deals, 2017Q3 to 2017Q4, as of 31 Dec 2017, USD\n"
            "Only lead source Fairs, Web; rep Fairs, Web\n\n");
  // Rows that are periods say it themselves.
  for (metrics::v1::KpiRow& row : *table.mutable_rows()) row.set_group(row.period());
  EXPECT_EQ(KpiTitle({}, table, Terminal()),
            "Win rate of closed deals, as of 31 Dec 2017, USD\n\n");
}

TEST(KpiTableTextTest, ReasonsMostFrequentFirstAndNotAll) {
  metrics::v1::KpiTable table;
  for (int i = 0; i < 7; ++i) {
    table.add_rows()->set_undefined_reason(absl::StrCat("reason ", i));
  }
  table.add_rows()->set_undefined_reason("reason 6");
  metrics::v1::KpiRow& row = *table.add_rows();
  row.set_value(1);
  row.mutable_reference()->set_undefined_reason("no quota");
  EXPECT_EQ(ReasonsText(table, Terminal()),
            "undefined: reason 6 (2 figures)\n"
            "undefined: reason 0 (1 figure)\n"
            "undefined: reason 1 (1 figure)\n"
            "undefined: reason 2 (1 figure)\n"
            "undefined: reason 3 (1 figure)\n"
            "undefined: for 2 more reasons; --csv has them all\n"
            "not compared: no quota (1 figure)\n");
  metrics::v1::KpiTable one;
  one.add_rows()->set_undefined_reason("why");
  EXPECT_EQ(ReasonsText(one, Terminal()), "undefined: why\n");
}

TEST(KpiTableTextTest, NotesAndFootnotes) {
  Terminal narrow;
  narrow.width_columns = 40;
  EXPECT_EQ(KpiNotes(SampleKpiTable(), narrow),
            "note: 500 deals without any date do not\n      count.\n");
  EXPECT_EQ(KpiNotes({}, narrow), "");
  EXPECT_EQ(FootnotesText(SampleKpiTable(), false, Terminal()),
            "Formula:     won / (won + lost), by the day a deal closed\n"
            "Mind:        Biased when losses go unmarked.\n"
            "note: 500 deals without any date do not count.\n");
}

TEST(KpiTableTextTest, WhatFoundNoRoom) {
  EXPECT_EQ(DroppedText({}, "--csv", Terminal()), "");
  EXPECT_EQ(DroppedText({"Numerator", "Rests on"}, "--csv", Terminal()),
            "No room here for Numerator, Rests on: a wider terminal or --csv has them.\n");
}

}  // namespace
}  // namespace quotacast::cli
