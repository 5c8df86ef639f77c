// Goal: `kpis` lists what the service knows, and explains one of them. Method: command lines
// against a fake metrics service.
#include "clients/cli/commands/kpis.h"

#include <string>

#include "base/errors.h"
#include "clients/cli/exit_code.h"
#include "clients/cli/testing/fake_services.h"
#include "clients/cli/testing/run_cli.h"
#include "gtest/gtest.h"
#include "quotacast/metrics/v1/metrics_service.pb.h"

namespace quotacast::cli {
namespace {

class KpisTest : public ::testing::Test {
 protected:
  KpisTest() {
    for (const char* name : {"win_rate_closed", "sales_cycle_days"}) {
      auto* kpi = services_.kpis.add_kpis();
      kpi->set_name(name);
      kpi->set_formula(std::string("formula of ") + name);
      kpi->set_unit(metrics::v1::KPI_UNIT_RATIO);
      kpi->add_edge_rules(std::string("A rule of ") + name + ".");
    }
  }
  FakeServices services_;
};

TEST_F(KpisTest, ListsAll) {
  const CliRun run = RunCliOnData(services_, {"kpis"});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_NE(run.out.find("win_rate_closed   ratio  formula of win_rate_closed\n"),
            std::string::npos)
      << run.out;
  EXPECT_NE(run.out.find("sales_cycle_days  ratio  formula of sales_cycle_days\n"),
            std::string::npos)
      << run.out;
}

TEST_F(KpisTest, ExplainsOne) {
  const CliRun run = RunCliOnData(services_, {"kpis", "explain", "sales_cycle_days"});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_EQ(services_.get_kpi_request.kpi(), "sales_cycle_days");
  EXPECT_EQ(run.out.find("sales_cycle_days\n\nFormula:     formula of sales_cycle_days\n"), 0u)
      << run.out;
  EXPECT_NE(run.out.find("  - A rule of sales_cycle_days.\n"), std::string::npos) << run.out;
  EXPECT_EQ(run.out.find("win_rate_closed"), std::string::npos) << run.out;
}

TEST_F(KpisTest, JsonIsTheResponse) {
  const CliRun list = RunCliOnData(services_, {"kpis", "--json"});
  EXPECT_EQ(list.out.find("{\n \"kpis\": ["), 0u) << list.out;
  const CliRun one = RunCliOnData(services_, {"kpis", "explain", "win_rate_closed", "--json"});
  EXPECT_EQ(one.out.find("{\n \"definition\": {"), 0u) << one.out;
  EXPECT_NE(one.out.find("\"edgeRules\": ["), std::string::npos) << one.out;
}

TEST_F(KpisTest, AnUnknownKpiShowsTheNearest) {
  services_.failure = InvalidField("kpi", "\"win\" is no KPI; the nearest are win_rate_closed");
  const CliRun run = RunCliOnData(services_, {"kpis", "explain", "win"});
  EXPECT_EQ(run.exit_code, kExitError);
  EXPECT_EQ(run.out, "");
  EXPECT_NE(run.err.find("the nearest are win_rate_closed"), std::string::npos) << run.err;
}

TEST_F(KpisTest, RefusesWhatMakesNoSense) {
  EXPECT_EQ(RunCliOnData(services_, {"kpis", "explain"}).exit_code, kExitUsage);
  EXPECT_EQ(RunCliOnData(services_, {"kpis", "win_rate_closed"}).exit_code, kExitUsage);
}

}  // namespace
}  // namespace quotacast::cli
