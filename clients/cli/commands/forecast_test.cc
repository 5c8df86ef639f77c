// Goal: `forecast` asks for what was typed and shows the answer or the refusal. Method: command
// lines against a fake simulation service.
#include "clients/cli/commands/forecast.h"

#include <string>

#include "clients/cli/exit_code.h"
#include "clients/cli/testing/fake_services.h"
#include "clients/cli/testing/run_cli.h"
#include "clients/cli/testing/sample_messages.h"
#include "gtest/gtest.h"
#include "quotacast/simulation/v1/simulation_service.pb.h"

namespace quotacast::cli {
namespace {

class ForecastTest : public ::testing::Test {
 protected:
  ForecastTest() { *services_.forecast_response.mutable_outcome() = SampleForecast(); }
  FakeServices services_;
};

TEST_F(ForecastTest, TheSpecAsTyped) {
  const CliRun run =
      RunCliOnData(services_, {"forecast", "--period", "2017Q4",     "--level",     "rep",
                               "--level",  "team",     "--trials",   "10000",       "--seed",
                               "7",        "--as-of",  "2017-09-30", "--step-days", "1",
                               "--tail",   "0.1",      "--drivers",  "12",          "--json"});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  const auto& spec = services_.forecast_request.spec();
  EXPECT_EQ(spec.period(), "2017Q4");
  ASSERT_EQ(spec.levels_size(), 2);
  EXPECT_EQ(spec.levels(0), simulation::v1::LEVEL_TEAM);
  EXPECT_EQ(spec.levels(1), simulation::v1::LEVEL_REP);
  EXPECT_EQ(spec.trial_count(), 10'000);
  EXPECT_EQ(spec.seed(), 7u);
  EXPECT_EQ(spec.as_of().effective_date().month(), 9);
  EXPECT_EQ(spec.step_days(), 1);
  EXPECT_DOUBLE_EQ(spec.tail_share(), 0.1);
  EXPECT_EQ(spec.driver_count(), 12);
  EXPECT_EQ(run.out.find("{\n \"outcome\": {\n  \"forecast\": {"), 0u) << run.out;
}

TEST_F(ForecastTest, TextAlwaysHasTheOrganisation) {
  const CliRun run = RunCliOnData(services_, {"forecast", "--level", "rep"});
  EXPECT_EQ(services_.forecast_request.spec().levels(0), simulation::v1::LEVEL_ORG);
  EXPECT_EQ(services_.forecast_request.spec().levels(1), simulation::v1::LEVEL_REP);
  EXPECT_EQ(run.out.find("Forecast of 2017Q4"), 0u) << run.out;
  EXPECT_LE(WidestLine(run.out), 100);
  EXPECT_NE(run.out.find(" Worst 5 % "), std::string::npos) << run.out;
  EXPECT_NE(RunCliOnData(services_, {"forecast", "--tail", "0.1"}).out.find(" Worst 10 % "),
            std::string::npos);
}

TEST_F(ForecastTest, LevelsInOneWord) {
  ASSERT_EQ(RunCliOnData(services_, {"forecast", "--level", "org,team", "--json"}).exit_code,
            kExitOk);
  EXPECT_EQ(services_.forecast_request.spec().levels_size(), 2);
  ASSERT_EQ(RunCliOnData(services_, {"forecast", "--level", "all", "--json"}).exit_code, kExitOk);
  EXPECT_EQ(services_.forecast_request.spec().levels_size(), 3);
}

TEST_F(ForecastTest, ARefusalIsExitCodeFour) {
  services_.forecast_response.Clear();
  services_.forecast_response.mutable_outcome()->mutable_refusal()->set_message("12 won deals");
  const CliRun run = RunCliOnData(services_, {"forecast"});
  EXPECT_EQ(run.exit_code, kExitRefused);
  EXPECT_EQ(run.out.find("No forecast: 12 won deals\n"), 0u) << run.out;
  EXPECT_EQ(RunCliOnData(services_, {"forecast", "--json"}).exit_code, kExitRefused);
}

TEST_F(ForecastTest, UnderAScenarioFile) {
  const std::string path =
      WriteTempFile("forecast/plan.json", "{\"hires\": [{\"hireId\": \"h\"}]}");
  ASSERT_EQ(RunCliOnData(services_, {"forecast", "--scenario", path}).exit_code, kExitOk);
  EXPECT_EQ(services_.forecast_request.scenario().hires(0).hire_id(), "h");
}

TEST_F(ForecastTest, UntilConverged) {
  *services_.stream_forecast_result.mutable_outcome() = SampleForecast();
  services_.stream_forecast_result.set_converged(true);
  const CliRun run = RunCliOnData(services_, {"forecast", "--converge", "0.002", "--json"});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_DOUBLE_EQ(services_.stream_forecast_request.tolerance(), 0.002);
  EXPECT_EQ(services_.stream_forecast_request.spec().trial_count(), 1'000'000);
  EXPECT_EQ(run.out.find("{\n \"outcome\": {"), 0u) << run.out;
  EXPECT_NE(run.out.find("\"converged\": true"), std::string::npos) << run.out;
}

TEST_F(ForecastTest, SaysWhenThePrecisionWasNotReached) {
  *services_.stream_forecast_result.mutable_outcome() = SampleForecast();
  const CliRun run =
      RunCliOnData(services_, {"forecast", "--converge", "0.002", "--trials", "5000"});
  EXPECT_EQ(services_.stream_forecast_request.spec().trial_count(), 5'000);
  EXPECT_NE(run.out.find("precision was not reached"), std::string::npos) << run.out;
}

}  // namespace
}  // namespace quotacast::cli
