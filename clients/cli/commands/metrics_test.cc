// Goal: `metrics` asks for what was typed; without a KPI it summarises all. Method: command lines
// against a fake metrics service.
#include "clients/cli/commands/metrics.h"

#include <string>

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
      services_.kpis.add_kpis()->set_name(name);
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
  const CliRun run = RunCliOnData(services_, {"metrics", "--period", "2017Q3"});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  ASSERT_EQ(services_.kpi_requests.size(), 2u);
  EXPECT_EQ(services_.kpi_requests[1].group_by(), metrics::v1::GROUP_BY_ORG);
  EXPECT_NE(run.out.find("sales_cycle_length"), std::string::npos) << run.out;
  const CliRun json = RunCliOnData(services_, {"metrics", "--json"});
  EXPECT_EQ(json.out.find("[\n{\n"), 0u) << json.out;
  EXPECT_EQ(json.out.substr(json.out.size() - 4), "}\n]\n");
}

TEST_F(MetricsTest, Definitions) {
  const CliRun run = RunCliOnData(services_, {"metrics", "--list"});
  EXPECT_NE(run.out.find("win_rate_closed"), std::string::npos) << run.out;
  EXPECT_TRUE(services_.kpi_requests.empty());
}

TEST_F(MetricsTest, GroupingNeedsAKpi) {
  EXPECT_EQ(RunCliOnData(services_, {"metrics", "--by", "rep"}).exit_code, kExitUsage);
}

}  // namespace
}  // namespace quotacast::cli
