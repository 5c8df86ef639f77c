// Goal: `compare` sends the scenarios in order and shows the difference. Method: command lines
// against a fake simulation service.
#include "clients/cli/commands/compare.h"

#include <string>
#include <vector>

#include "clients/cli/exit_code.h"
#include "clients/cli/testing/fake_services.h"
#include "clients/cli/testing/run_cli.h"
#include "clients/cli/testing/sample_messages.h"
#include "gtest/gtest.h"
#include "quotacast/simulation/v1/simulation_service.pb.h"

namespace quotacast::cli {
namespace {

class CompareTest : public ::testing::Test {
 protected:
  CompareTest() : plan_(WriteTempFile("compare/plan.json", "{}")) {
    services_.comparison = SampleComparison();
  }
  FakeServices services_;
  std::string plan_;
};

TEST_F(CompareTest, ScenariosInOrder) {
  const CliRun run = RunCliOnData(services_, {"compare", "--scenario", "base", "--scenario", plan_,
                                              "--period", "2017Q4", "--seed", "7"});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  ASSERT_EQ(services_.compare_request.scenarios_size(), 2);
  EXPECT_EQ(services_.compare_request.scenarios(0).display_name(), "base");
  EXPECT_EQ(services_.compare_request.scenarios(1).display_name(), "plan");
  EXPECT_EQ(services_.compare_request.spec().seed(), 7u);
  ASSERT_EQ(services_.compare_request.spec().levels_size(), 2);
  EXPECT_EQ(services_.compare_request.spec().levels(1), simulation::v1::LEVEL_TEAM);
  EXPECT_EQ(run.out.find("Comparison for 2017Q4"), 0u) << run.out;
  EXPECT_LE(WidestLine(run.out), 100);
}

TEST_F(CompareTest, OneScenarioIsComparedWithBase) {
  ASSERT_EQ(RunCliOnData(services_, {"compare", "--scenario", plan_}).exit_code, kExitOk);
  EXPECT_EQ(services_.compare_request.scenarios(0).display_name(), "base");
  EXPECT_EQ(services_.compare_request.scenarios_size(), 2);
}

TEST_F(CompareTest, JsonIsTheResultAlone) {
  const CliRun run = RunCliOnData(services_, {"compare", "--scenario", plan_, "--json"});
  EXPECT_EQ(run.out.find("{\n \"scenarios\": ["), 0u) << run.out;
  EXPECT_EQ(run.out.find("trialsDone"), std::string::npos);
}

TEST_F(CompareTest, ARefusalIsExitCodeFour) {
  services_.comparison.Clear();
  services_.comparison.mutable_refusal()->set_message("12 won deals");
  EXPECT_EQ(RunCliOnData(services_, {"compare", "--scenario", plan_}).exit_code, kExitRefused);
}

TEST_F(CompareTest, TheExampleNeedsNoServices) {
  const CliRun run = RunCli(services_, {"compare", "--example"});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_EQ(run.reached, "");
  EXPECT_EQ(run.out.find("{\n  \"displayName\""), 0u) << run.out;
}

TEST_F(CompareTest, NoneAndTooMany) {
  EXPECT_EQ(RunCliOnData(services_, {"compare"}).exit_code, kExitUsage);
  std::vector<std::string> eight = {"compare"};
  for (int i = 0; i < 8; ++i) eight.insert(eight.end(), {"--scenario", "base"});
  EXPECT_EQ(RunCliOnData(services_, eight).exit_code, kExitOk);
  std::vector<std::string> nine = eight;
  nine.insert(nine.end(), {"--scenario", "base"});
  EXPECT_EQ(RunCliOnData(services_, nine).exit_code, kExitUsage);
}

}  // namespace
}  // namespace quotacast::cli
