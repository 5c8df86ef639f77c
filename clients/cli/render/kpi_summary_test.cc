// Goal: many KPIs at a glance, those without a figure included. Method: golden texts; a summary of
// more KPIs than there are.
#include "clients/cli/render/kpi_summary.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "clients/cli/render/terminal.h"
#include "clients/cli/testing/run_cli.h"
#include "clients/cli/testing/sample_messages.h"
#include "gtest/gtest.h"
#include "quotacast/metrics/v1/kpi.pb.h"
#include "quotacast/metrics/v1/metrics_service.pb.h"

namespace quotacast::cli {
namespace {

metrics::v1::KpiTable Of(const std::string& name, metrics::v1::KpiUnit unit, double value) {
  metrics::v1::KpiTable table;
  table.mutable_definition()->set_name(name);
  table.mutable_definition()->set_display_name(absl::StrCat("The ", name));
  table.mutable_definition()->set_unit(unit);
  table.set_currency_code("USD");
  *table.mutable_as_of()->mutable_effective_date() = SampleDate(2017, 12, 31);
  table.add_rows()->set_value(value);
  table.mutable_rows(0)->set_sample_size(1000);
  return table;
}

metrics::v1::KpiTable Undefined(const std::string& name, const std::string& reason) {
  metrics::v1::KpiTable table = Of(name, metrics::v1::KPI_UNIT_MONEY, 0);
  table.clear_as_of();
  table.mutable_rows(0)->set_undefined_reason(reason);
  return table;
}

std::vector<metrics::v1::KpiTable> Some() {
  std::vector<metrics::v1::KpiTable> tables = {
      Undefined("bookings", "amounts are in several currencies"),
      Of("close_rate", metrics::v1::KPI_UNIT_RATIO, 0.25),
      Of("follow_up", metrics::v1::KPI_UNIT_MINUTES, 252),
      Of("open_amount", metrics::v1::KPI_UNIT_MONEY, 1'234'567),
      Of("open_deals", metrics::v1::KPI_UNIT_COUNT, 321),
      Of("quota_attainment", metrics::v1::KPI_UNIT_RATIO, 1.25),
      Undefined("touches", "there are no leads"),
      Undefined("velocity", "amounts are in several currencies"),
  };
  tables[5].mutable_rows(0)->set_period("2017Q4");
  return tables;
}

TEST(KpiSummaryTest, ByKindOfFigureAndByReason) {
  EXPECT_EQ("\n" + KpiSummaryReport({}, Some(), Terminal()), R"(
The organisation, all history, as of 31 Dec 2017

KPI                   In words              Period          Value  Rests on
────────────────────  ────────────────────  ──────  ─────────────  ────────
Money
open_amount           The open_amount               USD 1,234,567     1,000

Shares and multiples
close_rate            The close_rate                       25.0 %     1,000
quota_attainment      The quota_attainment  2017Q4        125.0 %     1,000

Time
follow_up             The follow_up                    4 h 12 min     1,000

Counts and others
open_deals            The open_deals                          321     1,000

Undefined
  amounts are in several currencies:
    bookings, velocity
  there are no leads:
    touches

quotacast metrics --kpi NAME --by rep shows one of them in detail.
)");
}

TEST(KpiSummaryTest, NarrowTerminalsKeepTheNamesThatAreTyped) {
  Terminal terminal;
  terminal.width_columns = 60;
  terminal.unicode = false;
  EXPECT_EQ("\n" + KpiSummaryReport({}, Some(), terminal), R"(
The organisation, all history, as of 31 Dec 2017

KPI                   Period          Value  Rests on
--------------------  ------  -------------  --------
Money
open_amount                   USD 1,234,567     1,000

Shares and multiples
close_rate                           25.0 %     1,000
quota_attainment      2017Q4        125.0 %     1,000

Time
follow_up                        4 h 12 min     1,000

Counts and others
open_deals                              321     1,000

Undefined
  amounts are in several currencies:
    bookings, velocity
  there are no leads:
    touches

quotacast metrics --kpi NAME --by rep shows one of them in
detail.
)");
}

TEST(KpiSummaryTest, WithAPeriodAndSomethingBeside) {
  metrics::v1::QueryKpiRequest asked;
  asked.set_period("2017Q4");
  asked.set_comparison(metrics::v1::KPI_COMPARISON_PREVIOUS_PERIOD);
  asked.add_filters()->set_dimension(metrics::v1::GROUP_BY_TEAM);
  asked.mutable_filters(0)->add_ids("east");
  std::vector<metrics::v1::KpiTable> tables = {
      Of("close_rate", metrics::v1::KPI_UNIT_RATIO, 0.25),
      Of("cycle", metrics::v1::KPI_UNIT_DAYS, 47),
  };
  tables[0].mutable_rows(0)->set_period("2017Q4");
  tables[0].mutable_rows(0)->mutable_reference()->set_value(0.3);
  tables[0].mutable_rows(0)->mutable_reference()->set_difference(-0.05);
  tables[1].mutable_rows(0)->mutable_reference()->set_undefined_reason("no deal closed");
  EXPECT_EQ("\n" + KpiSummaryReport(asked, tables, Terminal()), R"(
The organisation, 2017Q4, as of 31 Dec 2017
Only team east

KPI                   In words          Value  Previous period   Difference  Rests on
────────────────────  ──────────────  ───────  ───────────────  ───────────  ────────
Shares and multiples
close_rate            The close_rate   25.0 %           30.0 %  -5.0 points     1,000

Time
cycle                 The cycle       47 days                -            -     1,000

quotacast metrics --kpi NAME --by rep shows one of them in detail.
)");
}

TEST(KpiSummaryTest, EveryKpiOnceAndNoLineTooWide) {
  std::vector<metrics::v1::KpiTable> tables;
  for (int i = 0; i < 80; ++i) {
    const auto unit = static_cast<metrics::v1::KpiUnit>(i % metrics::v1::KpiUnit_ARRAYSIZE);
    tables.push_back(i % 9 == 0 ? Undefined(absl::StrCat("kpi_", i, "_"), "why")
                                : Of(absl::StrCat("kpi_", i, "_"), unit, i));
  }
  for (const int width : {60, 80, 100}) {
    Terminal terminal;
    terminal.width_columns = width;
    const std::string text = KpiSummaryReport({}, tables, terminal);
    EXPECT_LE(WidestLine(text), width);
    for (int i = 0; i < 80; ++i) {
      EXPECT_NE(text.find(absl::StrCat("kpi_", i, "_")), std::string::npos) << i;
    }
  }
}

TEST(KpiSummaryTest, NothingDefined) {
  EXPECT_EQ("\n" + KpiSummaryReport({}, {Undefined("bookings", "why")}, Terminal()), R"(
The organisation, all history

Undefined
  why:
    bookings

quotacast metrics --kpi NAME --by rep shows one of them in detail.
)");
}

}  // namespace
}  // namespace quotacast::cli
