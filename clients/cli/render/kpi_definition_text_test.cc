// Goal: definitions as people read them. Method: golden texts.
#include "clients/cli/render/kpi_definition_text.h"

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

TEST(KpiDefinitionTextTest, Definitions) {
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

TEST(KpiDefinitionTextTest, Explanation) {
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

}  // namespace
}  // namespace quotacast::cli
