// Goal: `metrics` asks for what was typed; without a KPI it summarises all. Method: command lines
// against a fake metrics service.
#include "clients/cli/commands/metrics.h"

#include <string>

#include "base/errors.h"
#include "clients/cli/exit_code.h"
#include "clients/cli/testing/fake_services.h"
#include "clients/cli/testing/run_cli.h"
#include "gtest/gtest.h"
#include "quotacast/metrics/v1/metrics_service.pb.h"

namespace quotacast::cli {
namespace {

class MetricsTest : public ::testing::Test {
 protected:
  MetricsTest() {
    for (const char* name : {"win_rate_closed", "sales_cycle_length"}) {
      metrics::v1::KpiDefinition& kpi = *services_.kpis.add_kpis();
      kpi.set_name(name);
      kpi.add_group_bys(metrics::v1::GROUP_BY_ORG);
      auto& table = services_.kpi_tables[name];
      table.mutable_definition()->set_name(name);
      table.mutable_definition()->set_unit(metrics::v1::KPI_UNIT_RATIO);
      auto* row = table.add_rows();
      row->set_value(0.644);
      row->set_sample_size(4726);
    }
  }
  FakeServices services_;
};

TEST_F(MetricsTest, OneKpi) {
  const CliRun run = RunCliOnData(services_, {"metrics", "--kpi", "win_rate_closed", "--by", "rep",
                                              "--period", "2017Q3", "--as-of", "2017-10-01"});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  ASSERT_EQ(services_.kpi_requests.size(), 1u);
  const auto& request = services_.kpi_requests[0];
  EXPECT_EQ(request.parent(), "workspaces/default");
  EXPECT_EQ(request.kpi(), "win_rate_closed");
  EXPECT_EQ(request.group_by(), metrics::v1::GROUP_BY_REP);
  EXPECT_EQ(request.period(), "2017Q3");
  EXPECT_EQ(request.as_of().effective_date().day(), 1);
  EXPECT_NE(run.out.find("64.4 %"), std::string::npos) << run.out;
}

TEST_F(MetricsTest, JsonIsTheResponse) {
  const CliRun run = RunCliOnData(
      services_, {"metrics", "--kpi", "win_rate_closed", "--period", "2017Q3", "--json"});
  EXPECT_EQ(run.out.find("{\n \"table\": {"), 0u) << run.out;
  EXPECT_NE(run.out.find("\"value\": 0.644"), std::string::npos) << run.out;
}

TEST_F(MetricsTest, SummaryOfAllKpis) {
  // Of reps only: the organisation has no figure.
  services_.kpis.add_kpis()->set_name("close_rate_shrunk");
  services_.kpis.mutable_kpis(2)->add_group_bys(metrics::v1::GROUP_BY_REP);
  const CliRun run = RunCliOnData(services_, {"metrics", "--period", "2017Q3"});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  ASSERT_EQ(services_.kpi_requests.size(), 2u);
  EXPECT_EQ(services_.kpi_requests[1].group_by(), metrics::v1::GROUP_BY_ORG);
  EXPECT_NE(run.out.find("sales_cycle_length"), std::string::npos) << run.out;
  const CliRun json = RunCliOnData(services_, {"metrics", "--json"});
  EXPECT_EQ(json.out.find("[\n{\n"), 0u) << json.out;
  EXPECT_EQ(json.out.substr(json.out.size() - 4), "}\n]\n");
}

TEST_F(MetricsTest, TheHorizonIsSentWhenGiven) {
  for (const char* days : {"1", "3650"}) {
    const CliRun run = RunCliOnData(
        services_, {"metrics", "--kpi", "win_rate_closed", "--by", "segment", "--horizon", days});
    EXPECT_EQ(run.exit_code, kExitOk) << run.err;
    EXPECT_EQ(std::to_string(services_.kpi_requests.back().horizon_days()), days);
    EXPECT_EQ(services_.kpi_requests.back().group_by(), metrics::v1::GROUP_BY_SEGMENT);
  }
  for (const char* days : {"0", "3651", "-1", "x"}) {
    EXPECT_EQ(RunCliOnData(services_, {"metrics", "--horizon", days}).exit_code, kExitUsage)
        << days;
  }
  ASSERT_EQ(RunCliOnData(services_, {"metrics", "--kpi", "win_rate_closed"}).exit_code, kExitOk);
  EXPECT_EQ(services_.kpi_requests.back().horizon_days(), 0);
}

TEST_F(MetricsTest, CsvKeepsTheNotesApart) {
  services_.kpi_tables["win_rate_closed"].add_notes("500 deals have no date");
  const CliRun run =
      RunCliOnData(services_, {"metrics", "--kpi", "win_rate_closed", "--by", "stage", "--csv"});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_EQ(services_.kpi_requests.back().group_by(), metrics::v1::GROUP_BY_STAGE);
  EXPECT_EQ(run.out.find("group,group_display_name,period,"), 0u) << run.out;
  EXPECT_NE(run.out.find("\r\n,,,0.644,,0,0,4726,,\r\n"), std::string::npos) << run.out;
  EXPECT_EQ(run.out.find("no date"), std::string::npos) << run.out;
  EXPECT_EQ(run.err, "note: 500 deals have no date\n");
}

TEST_F(MetricsTest, CsvNeedsAKpiAndExcludesJson) {
  EXPECT_EQ(RunCliOnData(services_, {"metrics", "--csv"}).exit_code, kExitUsage);
  EXPECT_EQ(
      RunCliOnData(services_, {"metrics", "--kpi", "win_rate_closed", "--csv", "--json"}).exit_code,
      kExitUsage);
  EXPECT_TRUE(services_.kpi_requests.empty());
}

TEST_F(MetricsTest, AnUnknownKpiShowsTheNearest) {
  services_.failure = InvalidField("kpi", "\"win\" is no KPI; the nearest are win_rate_closed");
  const CliRun run = RunCliOnData(services_, {"metrics", "--kpi", "win"});
  EXPECT_EQ(run.exit_code, kExitError);
  EXPECT_NE(run.err.find("the nearest are win_rate_closed"), std::string::npos) << run.err;
}

TEST_F(MetricsTest, GroupingNeedsAKpi) {
  EXPECT_EQ(RunCliOnData(services_, {"metrics", "--by", "rep"}).exit_code, kExitUsage);
}

}  // namespace
}  // namespace quotacast::cli
