// Goal: `backtest` asks for what was typed and shows, as text, JSON or a page, what was streamed.
// Method: command lines against a fake simulation service.
#include "clients/cli/commands/backtest.h"

#include <fstream>
#include <sstream>
#include <string>

#include "clients/cli/exit_code.h"
#include "clients/cli/testing/fake_services.h"
#include "clients/cli/testing/run_cli.h"
#include "clients/cli/testing/sample_backtest.h"
#include "gtest/gtest.h"
#include "quotacast/simulation/v1/simulation_service.pb.h"

namespace quotacast::cli {
namespace {

class BacktestTest : public ::testing::Test {
 protected:
  BacktestTest() { services_.backtest = SampleBacktestMessages(); }
  FakeServices services_;
};

TEST_F(BacktestTest, TheRequestAsTyped) {
  const CliRun run = RunCliOnData(
      services_, {"backtest", "--first", "2017Q2", "--last", "2017Q3", "--weeks", "1,5", "--levels",
                  "org,rep", "--trials", "1000", "--seed", "7", "--step-days", "1", "--replay",
                  "effective", "--as-of", "2017-12-31"});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  const auto& request = services_.backtest_request;
  EXPECT_EQ(request.parent(), "workspaces/default");
  EXPECT_EQ(request.first_period(), "2017Q2");
  EXPECT_EQ(request.last_period(), "2017Q3");
  ASSERT_EQ(request.weeks_size(), 2);
  EXPECT_EQ(request.weeks(1), 5);
  ASSERT_EQ(request.levels_size(), 2);
  EXPECT_EQ(request.levels(1), simulation::v1::LEVEL_REP);
  EXPECT_EQ(request.trial_count(), 1'000);
  EXPECT_EQ(request.seed(), 7u);
  EXPECT_EQ(request.step_days(), 1);
  EXPECT_EQ(request.replay_mode(), simulation::v1::REPLAY_MODE_EFFECTIVE);
  EXPECT_EQ(request.as_of().effective_date().day(), 31);
  EXPECT_EQ(run.out.find("Back-test of 2017Q2 to 2017Q3"), 0u) << run.out;
  EXPECT_LE(WidestLine(run.out), 100);
}

TEST_F(BacktestTest, NothingTypedIsLeftToTheService) {
  ASSERT_EQ(RunCliOnData(services_, {"backtest"}).exit_code, kExitOk);
  EXPECT_EQ(services_.backtest_request.weeks_size(), 0);
  EXPECT_EQ(services_.backtest_request.levels_size(), 0);
  EXPECT_EQ(services_.backtest_request.replay_mode(), simulation::v1::REPLAY_MODE_UNSPECIFIED);
  EXPECT_FALSE(services_.backtest_request.has_as_of());
}

TEST_F(BacktestTest, JsonIsWhatWasStreamedWithoutProgress) {
  const CliRun run = RunCliOnData(services_, {"backtest", "--json"});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_EQ(run.out.find("[\n{\n \"forecasts\": {"), 0u) << run.out.substr(0, 100);
  EXPECT_NE(run.out.find("\"summary\": {"), std::string::npos);
  EXPECT_EQ(run.out.find("\"progress\""), std::string::npos);
  EXPECT_EQ(run.out.substr(run.out.size() - 2), "]\n");
}

TEST_F(BacktestTest, WritesAPage) {
  const std::string path = WriteTempFile("backtest/page.html", "what was there before, and longer");
  const CliRun run = RunCliOnData(services_, {"backtest", "--html", path});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  std::stringstream page;
  page << std::ifstream(path).rdbuf();
  EXPECT_EQ(page.str().find("<!DOCTYPE html>"), 0u);
  EXPECT_EQ(page.str().substr(page.str().size() - 8), "</html>\n");
  const CliRun nowhere =
      RunCliOnData(services_, {"backtest", "--html", path + "/no such folder/page.html"});
  EXPECT_EQ(nowhere.exit_code, kExitError);
  EXPECT_NE(nowhere.err.find("could not be written"), std::string::npos) << nowhere.err;
}

TEST_F(BacktestTest, NothingScoredIsExitCodeFour) {
  services_.backtest.erase(services_.backtest.begin() + 1);
  services_.backtest.back().mutable_summary()->clear_scores();
  const CliRun run = RunCliOnData(services_, {"backtest"});
  EXPECT_EQ(run.exit_code, kExitRefused);
  EXPECT_NE(run.out.find("12 deals were won, a forecast needs 20."), std::string::npos) << run.out;
}

TEST_F(BacktestTest, RefusesWhatMakesNoSense) {
  for (const auto& [option, value] :
       {std::pair{"--weeks", "0"}, std::pair{"--weeks", "54"}, std::pair{"--replay", "maybe"},
        std::pair{"--levels", "all of"}, std::pair{"--trials", "0"},
        std::pair{"--as-of", "soon"}}) {
    EXPECT_EQ(RunCliOnData(services_, {"backtest", option, value}).exit_code, kExitUsage)
        << option << " " << value;
  }
}

}  // namespace
}  // namespace quotacast::cli
