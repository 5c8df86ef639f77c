// Goal: `model show` asks for what was typed and prints tables or JSON. Method: command lines
// against a fake metrics service.
#include "clients/cli/commands/model.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "clients/cli/exit_code.h"
#include "clients/cli/testing/fake_services.h"
#include "clients/cli/testing/run_cli.h"
#include "gtest/gtest.h"
#include "quotacast/metrics/v1/metrics_service.pb.h"

namespace quotacast::cli {
namespace {

class ModelTest : public ::testing::Test {
 protected:
  ModelTest() {
    services_.model.add_segments("all");
    services_.model.add_reps("R001");
    metrics::v1::ParameterEstimate& estimate = *services_.model.add_estimates();
    estimate.set_parameter("rep_effect");
    estimate.set_entity_id("R001");
    estimate.set_unit("probit");
    estimate.set_value(0.123);
    estimate.set_source(metrics::v1::ESTIMATE_SOURCE_HISTORY);
  }

  CliRun Run(std::vector<std::string> typed) {
    typed.insert(typed.begin(), {"model", "show"});
    return RunCliOnData(services_, typed);
  }

  FakeServices services_;
};

TEST_F(ModelTest, ShowsTables) {
  const CliRun run = Run({"--as-of", "2017-06-30"});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_EQ(services_.fit_request.parent(), "workspaces/default");
  EXPECT_EQ(services_.fit_request.as_of().effective_date().month(), 6);
  EXPECT_NE(run.out.find("Pipeline model"), std::string::npos) << run.out;
  EXPECT_EQ(run.out.find("R001"), std::string::npos) << run.out;
  EXPECT_NE(Run({"--reps"}).out.find("0.123"), std::string::npos);
  EXPECT_FALSE(services_.fit_request.has_as_of());
}

TEST_F(ModelTest, Json) {
  const CliRun run = Run({"--json"});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_NE(run.out.find("\"entityId\": \"R001\""), std::string::npos) << run.out;
  EXPECT_EQ(Run({"--json", "--reps"}).exit_code, kExitUsage);
}

TEST_F(ModelTest, Mistakes) {
  EXPECT_EQ(Run({"--as-of", "yesterday"}).exit_code, kExitUsage);
  EXPECT_EQ(RunCliOnData(services_, {"model"}).exit_code, kExitUsage);
  services_.failure = absl::NotFoundError("no such workspace");
  EXPECT_EQ(Run({}).exit_code, kExitError);
}

TEST_F(ModelTest, MeasuresAScenariosInitiatives) {
  services_.saved_scenarios["workspaces/default/scenarios/plan"]
      .mutable_scenario()
      ->add_initiatives()
      ->set_initiative_id("x");
  services_.measurements.add_measurements()->set_initiative_id("clinic");
  const std::vector<std::string> typed = {"model", "initiatives", "plan", "--as-of", "2017-06-30"};
  const CliRun run = RunCliOnData(services_, typed);
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_EQ(services_.measure_request.as_of().effective_date().month(), 6);
  EXPECT_EQ(services_.measure_request.scenario().initiatives(0).initiative_id(), "x");
  EXPECT_NE(run.out.find("clinic"), std::string::npos) << run.out;
  EXPECT_NE(
      RunCliOnData(services_, {"model", "initiatives", "plan", "--json"}).out.find("\"clinic\""),
      std::string::npos);
  EXPECT_EQ(RunCliOnData(services_, {"model", "initiatives"}).exit_code, kExitUsage);
}

}  // namespace
}  // namespace quotacast::cli
