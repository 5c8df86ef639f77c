// Goal: `metrics actuals` asks for what was typed and prints it at the level asked for. Method:
// command lines against a fake metrics service.
#include "clients/cli/commands/actuals.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/errors.h"
#include "clients/cli/exit_code.h"
#include "clients/cli/testing/fake_services.h"
#include "clients/cli/testing/run_cli.h"
#include "clients/cli/testing/sample_messages.h"
#include "gtest/gtest.h"
#include "quotacast/metrics/v1/metrics_service.pb.h"

namespace quotacast::cli {
namespace {

class ActualsTest : public ::testing::Test {
 protected:
  ActualsTest() {
    services_.actuals = SampleActuals();
    *services_.state.emplace_back().mutable_header() = SampleRoster();
    services_.state.emplace_back().mutable_deals();
  }

  CliRun Run(std::vector<std::string> typed) {
    typed.insert(typed.begin(), {"metrics", "actuals"});
    return RunCliOnData(services_, typed);
  }

  FakeServices services_;
};

TEST_F(ActualsTest, OnePeriodByRepWithNames) {
  const CliRun run = Run({"--period", "2017Q3", "--as-of", "2017-11-15"});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_EQ(services_.actuals_request.parent(), "workspaces/default");
  EXPECT_EQ(services_.actuals_request.first_period(), "2017Q3");
  EXPECT_EQ(services_.actuals_request.last_period(), "2017Q3");
  EXPECT_EQ(services_.actuals_request.as_of().effective_date().day(), 15);
  // Names are those of the moment that the actuals are of.
  EXPECT_EQ(services_.state_request.as_of().effective_date().month(), 11);
  EXPECT_NE(run.out.find("Anna Snelling  R001  west   2017Q3  120,000"), std::string::npos)
      << run.out;
  EXPECT_TRUE(services_.kpi_requests.empty());
}

TEST_F(ActualsTest, PeriodsAreOpenWhenNothingIsTyped) {
  EXPECT_EQ(Run({}).exit_code, kExitOk);
  EXPECT_EQ(services_.actuals_request.first_period(), "");
  EXPECT_EQ(services_.actuals_request.last_period(), "");
  EXPECT_FALSE(services_.actuals_request.has_as_of());
  EXPECT_EQ(Run({"--to", "2017Q4"}).exit_code, kExitOk);
  EXPECT_EQ(services_.actuals_request.last_period(), "2017Q4");
  EXPECT_EQ(Run({"--period", "2017Q1", "--to", "2017Q4"}).exit_code, kExitOk);
  EXPECT_EQ(services_.actuals_request.first_period(), "2017Q1");
}

TEST_F(ActualsTest, ByLevel) {
  const CliRun team = Run({"--level", "team"});
  EXPECT_NE(team.out.find("35,000"), std::string::npos) << team.out;
  EXPECT_NE(team.out.find("North-west"), std::string::npos) << team.out;
  const CliRun org = Run({"--level", "org"});
  EXPECT_NE(org.out.find("Organisation"), std::string::npos) << org.out;
  EXPECT_EQ(org.out.find("Anna"), std::string::npos) << org.out;
  EXPECT_EQ(Run({"--level", "squad"}).exit_code, kExitUsage);
}

TEST_F(ActualsTest, RowsForOtherPrograms) {
  const CliRun csv = Run({"--csv", "--level", "org"});
  EXPECT_EQ(csv.exit_code, kExitOk);
  EXPECT_NE(csv.out.find("\r\norg,,,,2017Q4,35000.25,,USD,4,4,11\r\n"), std::string::npos)
      << csv.out;
  EXPECT_NE(csv.err.find("note: 2017Q4 has not ended"), std::string::npos) << csv.err;
  const CliRun ndjson = Run({"--ndjson"});
  EXPECT_EQ(ndjson.out.find("{\"level\":\"rep\",\"group\":\"R001\","), 0u) << ndjson.out;
  const CliRun json = Run({"--json"});
  EXPECT_EQ(json.exit_code, kExitOk);
  EXPECT_EQ(json.out.find("[\n{\n \"header\": {"), 0u) << json.out;
  EXPECT_EQ(json.out.substr(json.out.size() - 4), "}\n]\n");
}

TEST_F(ActualsTest, WhatExcludesEachOther) {
  for (const std::vector<std::string>& typed : {std::vector<std::string>{"--csv", "--json"},
                                                {"--csv", "--ndjson"},
                                                {"--ndjson", "--json"},
                                                {"--level", "team", "--json"}}) {
    EXPECT_EQ(Run(typed).exit_code, kExitUsage) << typed[0] << typed[1];
  }
}

TEST_F(ActualsTest, OptionsOfMetricsAreNotLost) {
  const CliRun run = RunCliOnData(services_, {"metrics", "--period", "2017Q3", "actuals"});
  EXPECT_EQ(run.exit_code, kExitUsage);
  EXPECT_NE(run.err.find("--period"), std::string::npos) << run.err;
}

TEST_F(ActualsTest, WithoutNamesRepsHaveIdsAndTeamsAreRefused) {
  services_.state_failure = FailedPrecondition("NO_HISTORY", "no opportunity is dated");
  const CliRun rep = Run({});
  EXPECT_EQ(rep.exit_code, kExitOk) << rep.err;
  EXPECT_NE(rep.out.find("R001"), std::string::npos) << rep.out;
  const CliRun team = Run({"--level", "team"});
  EXPECT_EQ(team.exit_code, kExitError);
  EXPECT_NE(team.err.find("no opportunity is dated"), std::string::npos) << team.err;
}

TEST_F(ActualsTest, ErrorsAreInWordsOfTheCommandLine) {
  services_.failure = InvalidField("first_period", "\"2017Q9\" is no period");
  const CliRun run = Run({"--period", "2017Q9"});
  EXPECT_EQ(run.exit_code, kExitError);
  EXPECT_EQ(run.err, "error: one value cannot be used\n  --period: \"2017Q9\" is no period\n");
}

}  // namespace
}  // namespace quotacast::cli
