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
win_rate_closed  Win rate of closed deals
  won / (won + lost), by the day a deal closed
  Mind: Biased when losses go unmarked.
)");
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
  row.set_undefined_reason("target met");
  EXPECT_EQ(KpiValue(definition, row), "undefined: target met");
}

}  // namespace
}  // namespace quotacast::cli
