// Goal: scenarios are kept under a name. Method: command lines against a fake planning service.
#include "clients/cli/commands/scenarios.h"

#include <string>

#include "clients/cli/exit_code.h"
#include "clients/cli/testing/fake_services.h"
#include "clients/cli/testing/run_cli.h"
#include "gtest/gtest.h"
#include "quotacast/planning/v1/planning_service.pb.h"

namespace quotacast::cli {
namespace {

class ScenariosTest : public ::testing::Test {
 protected:
  FakeServices services_;
};

TEST_F(ScenariosTest, SaveAFile) {
  const std::string path =
      WriteTempFile("scenarios/plan.json", "{\"hires\": [{\"hireId\": \"h\"}]}");
  const CliRun run = RunCliOnData(services_, {"scenarios", "save", "two-hires", "--file", path});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_EQ(services_.save_scenario_request.scenario_id(), "two-hires");
  EXPECT_EQ(services_.save_scenario_request.scenario().hires(0).hire_id(), "h");
  EXPECT_NE(run.out.find("two-hires: plan"), std::string::npos) << run.out;
}

TEST_F(ScenariosTest, ListShowFreeze) {
  auto& saved = services_.saved_scenarios["workspaces/default/scenarios/two-hires"];
  saved.set_name("workspaces/default/scenarios/two-hires");
  const CliRun list = RunCliOnData(services_, {"scenarios", "list"});
  EXPECT_NE(list.out.find("two-hires"), std::string::npos) << list.out;
  EXPECT_EQ(RunCliOnData(services_, {"scenarios", "show", "two-hires"}).exit_code, kExitOk);
  EXPECT_EQ(RunCliOnData(services_, {"scenarios", "show", "gone"}).exit_code, kExitError);
  const CliRun freeze = RunCliOnData(services_, {"scenarios", "freeze", "two-hires"});
  EXPECT_NE(freeze.out.find("frozen"), std::string::npos) << freeze.out;
}

TEST_F(ScenariosTest, SaveNeedsAFile) {
  EXPECT_EQ(RunCliOnData(services_, {"scenarios", "save", "x"}).exit_code, kExitUsage);
}

}  // namespace
}  // namespace quotacast::cli
