// Goal: KPI tables as people read them, whatever was asked for and how wide the terminal is.
// Method: golden texts.
#include "clients/cli/render/kpi_report.h"

#include <cstdint>
#include <string>

#include "clients/cli/render/terminal.h"
#include "clients/cli/testing/run_cli.h"
#include "clients/cli/testing/sample_messages.h"
#include "gtest/gtest.h"
#include "quotacast/metrics/v1/kpi.pb.h"
#include "quotacast/metrics/v1/metrics_service.pb.h"

namespace quotacast::cli {
namespace {

// 60 columns without Unicode.
Terminal Ascii() {
  Terminal terminal;
  terminal.unicode = false;
  terminal.width_columns = 60;
  return terminal;
}

metrics::v1::QueryKpiRequest Compared(metrics::v1::KpiComparison comparison) {
  metrics::v1::QueryKpiRequest asked;
  asked.set_comparison(comparison);
  return asked;
}

// Three teams with intervals.
metrics::v1::KpiTable Teams() {
  metrics::v1::KpiTable table = SampleKpiTable();
  table.clear_rows();
  table.clear_notes();
  table.set_group_by(metrics::v1::GROUP_BY_TEAM);
  const auto add = [&](const std::string& id, const std::string& name, double won, double closed,
                       double low, double high) {
    metrics::v1::KpiRow& row = *table.add_rows();
    row.set_group(id);
    row.set_group_display_name(name);
    row.set_period("2017Q3");
    row.set_value(won / closed);
    row.set_numerator(won);
    row.set_denominator(closed);
    row.set_sample_size(static_cast<int64_t>(closed));
    row.mutable_interval()->set_low(low);
    row.mutable_interval()->set_high(high);
  };
  add("T1", "East", 50, 100, 0.4, 0.6);
  add("T2", "North", 8, 10, 0.49, 0.94);
  add("T3", "West", 100, 400, 0.21, 0.29);
  return table;
}

metrics::v1::KpiTable Sums() {
  metrics::v1::KpiTable table = Teams();
  table.mutable_definition()->set_unit(metrics::v1::KPI_UNIT_MONEY);
  table.mutable_definition()->set_direction(metrics::v1::KPI_DIRECTION_UP);
  table.set_currency_code("USD");
  double value = 1'200'000;
  for (metrics::v1::KpiRow& row : *table.mutable_rows()) {
    row.set_group(row.group_display_name());
    row.clear_interval();
    row.set_value(value);
    row.set_numerator(value);
    row.set_denominator(1);
    value /= 2;
  }
  return table;
}

TEST(KpiReportTest, ByRep) {
  EXPECT_EQ("\n" + KpiReport({}, SampleKpiTable(), Terminal()), R"(
Win rate of closed deals, 2017Q3, as of 31 Dec 2017

Group              Value  Numerator  Denominator  Rests on
─────────────  ─────────  ─────────  ───────────  ────────
Anna Snelling     62.1 %         64          103       103
Zoë Novák      undefined          0            0         0

undefined: no deal closed in the period (1 figure)
Formula:     won / (won + lost), by the day a deal closed
Numerator:   Deals won in the period
Denominator: Deals won or lost in the period
Mind:        Biased when losses go unmarked.
note: 500 deals without any date do not count.
)");
}

TEST(KpiReportTest, IntervalsAreDrawnWhereThereIsRoom) {
  EXPECT_EQ("\n" + KpiReport({}, Teams(), Terminal()), R"(
Win rate of closed deals, 2017Q3, as of 31 Dec 2017

Team   Id   Value                               95 % interval  Numerator  Denominator  Rests on
─────  ──  ──────  ────────────────────────  ────────────────  ─────────  ───────────  ────────
East   T1  50.0 %        ├──●──┤             40.0 % to 60.0 %         50          100       100
North  T2  80.0 %           ├─────────●───┤  49.0 % to 94.0 %          8           10        10
West   T3  25.0 %  ├●─┤                      21.0 % to 29.0 %        100          400       400

Formula:     won / (won + lost), by the day a deal closed
Numerator:   Deals won in the period
Denominator: Deals won or lost in the period
Mind:        Biased when losses go unmarked.
)");
}

TEST(KpiReportTest, EightyColumns) {
  Terminal terminal;
  terminal.width_columns = 80;
  EXPECT_EQ("\n" + KpiReport({}, Teams(), terminal), R"(
Win rate of closed deals, 2017Q3, as of 31 Dec 2017

Team   Id   Value                95 % interval  Numerator  Denominator  Rests on
─────  ──  ──────  ─────────  ────────────────  ─────────  ───────────  ────────
East   T1  50.0 %    ├●┤      40.0 % to 60.0 %         50          100       100
North  T2  80.0 %     ├──●─┤  49.0 % to 94.0 %          8           10        10
West   T3  25.0 %  ●┤         21.0 % to 29.0 %        100          400       400

Formula:     won / (won + lost), by the day a deal closed
Numerator:   Deals won in the period
Denominator: Deals won or lost in the period
Mind:        Biased when losses go unmarked.
)");
}

TEST(KpiReportTest, SixtyColumnsWithoutUnicode) {
  EXPECT_EQ("\n" + KpiReport({}, Teams(), Ascii()), R"(
Win rate of closed deals, 2017Q3, as of 31 Dec 2017

Team    Value     95 % interval  Rests on
-----  ------  ----------------  --------
East   50.0 %  40.0 % to 60.0 %       100
North  80.0 %  49.0 % to 94.0 %        10
West   25.0 %  21.0 % to 29.0 %       400

No room here for Id, Numerator, Denominator: a wider
terminal or --csv has them.
Formula:     won / (won + lost), by the day a deal closed
Numerator:   Deals won in the period
Denominator: Deals won or lost in the period
Mind:        Biased when losses go unmarked.
)");
}

TEST(KpiReportTest, SumsHaveBarsAndNoParts) {
  EXPECT_EQ("\n" + KpiReport({}, Sums(), Ascii()), R"(
Win rate of closed deals, 2017Q3, as of 31 Dec 2017, USD

Team       Value                            Rests on
-----  ---------  ------------------------  --------
East   1,200,000  ########################       100
North    600,000  ############                    10
West     300,000  ######                         400

Formula:     won / (won + lost), by the day a deal closed
Mind:        Biased when losses go unmarked.
)");
}

TEST(KpiReportTest, WhatStandsBesideTheFigures) {
  metrics::v1::KpiTable table = Teams();
  metrics::v1::KpiReference& reference = *table.mutable_rows(0)->mutable_reference();
  reference.set_value(0.45);
  reference.set_difference(0.05);
  table.mutable_rows(1)->mutable_reference()->set_undefined_reason("no deal closed in 2017Q2");
  table.mutable_rows(2)->mutable_reference()->set_value(0.3);
  table.mutable_rows(2)->mutable_reference()->set_difference(-0.05);
  EXPECT_EQ(
      "\n" + KpiReport(Compared(metrics::v1::KPI_COMPARISON_PREVIOUS_PERIOD), table, Terminal()),
      R"(
Win rate of closed deals, 2017Q3, as of 31 Dec 2017

Team   Id   Value     95 % interval  Previous period   Difference  Numerator  Denominator  Rests on
─────  ──  ──────  ────────────────  ───────────────  ───────────  ─────────  ───────────  ────────
East   T1  50.0 %  40.0 % to 60.0 %           45.0 %  +5.0 points         50          100       100
North  T2  80.0 %  49.0 % to 94.0 %                -            -          8           10        10
West   T3  25.0 %  21.0 % to 29.0 %           30.0 %  -5.0 points        100          400       400

not compared: no deal closed in 2017Q2 (1 figure)
Formula:     won / (won + lost), by the day a deal closed
Numerator:   Deals won in the period
Denominator: Deals won or lost in the period
Mind:        Biased when losses go unmarked.
)");
}

TEST(KpiReportTest, PeersHaveAShare) {
  metrics::v1::KpiTable table = Sums();
  for (metrics::v1::KpiRow& row : *table.mutable_rows()) {
    row.mutable_reference()->set_value(500'000);
    row.mutable_reference()->set_difference(row.value() - 500'000);
    row.mutable_reference()->set_better_than_share(0.5);
  }
  EXPECT_EQ(
      "\n" + KpiReport(Compared(metrics::v1::KPI_COMPARISON_PEER_QUARTILE), table, Terminal()),
      R"(
Win rate of closed deals, 2017Q3, as of 31 Dec 2017, USD

Team       Value                            Peer quartile  Difference  Better than  Rests on
─────  ─────────  ────────────────────────  ─────────────  ──────────  ───────────  ────────
East   1,200,000  ████████████████████████        500,000    +700,000         50 %       100
North    600,000  ████████████                    500,000    +100,000         50 %        10
West     300,000  ██████                          500,000    -200,000         50 %       400

Formula:     won / (won + lost), by the day a deal closed
Mind:        Biased when losses go unmarked.
)");
}

TEST(KpiReportTest, SaysWhichRowsStandOut) {
  metrics::v1::KpiTable table = Sums();
  table.mutable_definition()->set_direction(metrics::v1::KPI_DIRECTION_UP);
  for (metrics::v1::KpiRow& row : *table.mutable_rows()) {
    row.mutable_interval()->set_low(row.value() - 100'000);
    row.mutable_interval()->set_high(row.value() + 100'000);
  }
  table.mutable_rows(0)->set_signal(metrics::v1::KPI_SIGNAL_ABOVE_PEERS);
  table.mutable_rows(2)->set_signal(metrics::v1::KPI_SIGNAL_BELOW_PEERS);
  const std::string report = KpiReport({}, table, Terminal());
  EXPECT_NE(report.find("Stands out"), std::string::npos) << report;
  EXPECT_NE(report.find("above peers"), std::string::npos) << report;
  EXPECT_NE(report.find("below peers"), std::string::npos) << report;
}

TEST(KpiReportTest, OneValueIsNoPicture) {
  metrics::v1::KpiTable table = Sums();
  table.mutable_rows(1)->set_undefined_reason("why");
  table.mutable_rows(2)->set_undefined_reason("why");
  EXPECT_EQ(KpiReport({}, table, Ascii()).find('#'), std::string::npos);
}

TEST(KpiReportTest, DifferencesAreColouredByDirection) {
  metrics::v1::KpiTable table = Sums();
  table.mutable_rows(0)->mutable_reference()->set_value(1'000'000);
  table.mutable_rows(0)->mutable_reference()->set_difference(200'000);
  Terminal terminal;
  terminal.color = true;
  const auto asked = Compared(metrics::v1::KPI_COMPARISON_QUOTA);
  EXPECT_NE(KpiReport(asked, table, terminal).find("\x1b[32m+200,000"), std::string::npos);
  table.mutable_definition()->set_direction(metrics::v1::KPI_DIRECTION_DOWN);
  EXPECT_NE(KpiReport(asked, table, terminal).find("\x1b[31m+200,000"), std::string::npos);
  table.mutable_definition()->set_direction(metrics::v1::KPI_DIRECTION_NEITHER);
  EXPECT_NE(KpiReport(asked, table, terminal).find(" +200,000"), std::string::npos);
}

TEST(KpiReportTest, PairsOfGroups) {
  metrics::v1::KpiTable table = Sums();
  table.set_then_by(metrics::v1::GROUP_BY_SEGMENT);
  table.mutable_rows(1)->set_group("East");
  table.mutable_rows(1)->set_group_display_name("East");
  table.mutable_rows(0)->set_then_group("large");
  table.mutable_rows(1)->set_then_group("smb");
  table.mutable_rows(2)->set_then_group("smb");
  EXPECT_EQ("\n" + KpiReport({}, table, Ascii()), R"(
Win rate of closed deals, 2017Q3, as of 31 Dec 2017, USD

Team  Segment      Value  Rests on
----  -------  ---------  --------
East  large    1,200,000       100
      smb        600,000        10
West  smb        300,000       400

Formula:     won / (won + lost), by the day a deal closed
Mind:        Biased when losses go unmarked.
)");
}

TEST(KpiReportTest, PairsOverTimeBesideSomething) {
  metrics::v1::KpiTable table = Sums();
  table.set_then_by(metrics::v1::GROUP_BY_SEGMENT);
  table.mutable_rows()->RemoveLast();
  int quarter = 1;
  for (metrics::v1::KpiRow& row : *table.mutable_rows()) {
    row.set_group("East");
    row.set_group_display_name("East");
    row.set_then_group("smb");
    row.set_period("2017Q" + std::to_string(quarter++));
    row.mutable_reference()->set_value(1'000'000);
    row.mutable_reference()->set_difference(row.value() - 1'000'000);
  }
  EXPECT_EQ("\n" + KpiReport(Compared(metrics::v1::KPI_COMPARISON_YEAR_EARLIER), table, Ascii()),
            R"(
Win rate of closed deals, 2017Q1 to 2017Q2, as of 31 Dec
2017, USD

Team  Segment  Period      Value  Year earlier  Difference
----  -------  ------  ---------  ------------  ----------
East  smb      2017Q1  1,200,000     1,000,000    +200,000
               2017Q2    600,000     1,000,000    -400,000

No room here for Rests on: a wider terminal or --csv has
them.
Formula:     won / (won + lost), by the day a deal closed
Mind:        Biased when losses go unmarked.
)");
}

TEST(KpiReportTest, ASeriesOfTheOrganisation) {
  metrics::v1::KpiTable table = Sums();
  table.set_group_by(metrics::v1::GROUP_BY_ORG);
  int quarter = 1;
  for (metrics::v1::KpiRow& row : *table.mutable_rows()) {
    row.clear_group();
    row.clear_group_display_name();
    row.set_period("2017Q" + std::to_string(quarter++));
  }
  EXPECT_EQ("\n" + KpiReport({}, table, Ascii()), R"(
Win rate of closed deals, 2017Q1 to 2017Q3, as of 31 Dec
2017, USD

Period      Value                            Rests on
------  ---------  ------------------------  --------
2017Q1  1,200,000  ########################       100
2017Q2    600,000  ############                    10
2017Q3    300,000  ######                         400

Formula:     won / (won + lost), by the day a deal closed
Mind:        Biased when losses go unmarked.
)");
}

TEST(KpiReportTest, SeriesOfSeveralGroupsAreSetSideBySide) {
  metrics::v1::KpiTable table = Sums();
  const metrics::v1::KpiTable later = Sums();
  for (const metrics::v1::KpiRow& row : later.rows()) *table.add_rows() = row;
  for (int i = 3; i < 6; ++i) table.mutable_rows(i)->set_period("2017Q4");
  const std::string text = KpiReport({}, table, Ascii());
  EXPECT_NE(text.find("Trend     2017Q3     2017Q4\n"), std::string::npos) << text;
  EXPECT_NE(text.find("2017Q3 to 2017Q4"), std::string::npos) << text;
}

TEST(KpiReportTest, MoneyPerDayCarriesItsCurrencyInTheRow) {
  metrics::v1::KpiTable table = Sums();
  table.mutable_definition()->set_unit(metrics::v1::KPI_UNIT_MONEY_PER_DAY);
  const std::string text = KpiReport({}, table, Terminal());
  EXPECT_NE(text.find("  1,200,000.00 USD/day  "), std::string::npos) << text;
}

TEST(KpiReportTest, NoLineLeavesTheTerminal) {
  for (const int width : {40, 60, 80, 100, 120}) {
    for (const bool unicode : {false, true}) {
      Terminal terminal;
      terminal.width_columns = width;
      terminal.unicode = unicode;
      for (const metrics::v1::KpiTable& table : {SampleKpiTable(), Teams(), Sums()}) {
        EXPECT_LE(WidestLine(KpiReport({}, table, terminal)), width);
      }
    }
  }
}

}  // namespace
}  // namespace quotacast::cli
