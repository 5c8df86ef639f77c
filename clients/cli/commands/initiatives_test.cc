// Goal: the initiatives commands build the right requests, from flags and files. Method: command
// lines against a fake planning service.
#include "clients/cli/commands/initiatives.h"

#include <string>

#include "base/errors.h"
#include "clients/cli/exit_code.h"
#include "clients/cli/testing/fake_services.h"
#include "clients/cli/testing/run_cli.h"
#include "gtest/gtest.h"
#include "quotacast/planning/v1/planning_service.pb.h"

namespace quotacast::cli {
namespace {

class InitiativesTest : public ::testing::Test {
 protected:
  FakeServices services_;
};

TEST_F(InitiativesTest, CreateFromFlags) {
  const CliRun run = RunCliOnData(services_, {"initiatives",
                                              "create",
                                              "coaching",
                                              "--name",
                                              "Coaching",
                                              "--sponsor",
                                              "Dana",
                                              "--team",
                                              "east",
                                              "--team",
                                              "west",
                                              "--rep",
                                              "Anna Snelling",
                                              "--win",
                                              "0.1:0.05",
                                              "--cycle",
                                              "-0.02",
                                              "--start",
                                              "2017-10-01",
                                              "--until",
                                              "2017-12-31",
                                              "--ceiling",
                                              "0.8",
                                              "--half-time-weeks",
                                              "0",
                                              "--evidence",
                                              "pilot",
                                              "--override-reason",
                                              "pilot ends",
                                              "--approver",
                                              "Li"});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  const auto& request = services_.create_initiative_request;
  EXPECT_EQ(request.initiative_id(), "coaching");
  const auto& change = request.initiative().change();
  EXPECT_EQ(change.audience().team_ids_size(), 2);
  EXPECT_EQ(change.audience().rep_ids(0), "Anna Snelling");
  EXPECT_DOUBLE_EQ(change.effect().win().mean(), 0.1);
  EXPECT_DOUBLE_EQ(change.effect().win().sd(), 0.05);
  EXPECT_DOUBLE_EQ(change.effect().cycle().mean(), -0.02);
  EXPECT_FALSE(change.effect().has_creation());
  EXPECT_EQ(change.start_date().day(), 1);
  EXPECT_EQ(change.last_date().day(), 31);
  EXPECT_DOUBLE_EQ(change.adoption().ceiling(), 0.8);
  EXPECT_TRUE(change.adoption().has_half_time_weeks());
  EXPECT_FALSE(change.adoption().has_width_weeks());
  EXPECT_EQ(request.initiative().limit_override().reason(), "pilot ends");
  EXPECT_EQ(request.initiative().limit_override().approver(), "Li");
}

TEST_F(InitiativesTest, FlagsWinOverTheFile) {
  const std::string path =
      WriteTempFile("initiatives/coaching.json",
                    R"({"sponsor": "Dana", "change": {"displayName": "Coaching",
          "startDate": {"year": 2017, "month": 10, "day": 1}}})");
  ASSERT_EQ(
      RunCliOnData(services_, {"initiatives", "create", "c", "--file", path, "--sponsor", "Li"})
          .exit_code,
      kExitOk);
  const auto& initiative = services_.create_initiative_request.initiative();
  EXPECT_EQ(initiative.sponsor(), "Li");
  EXPECT_EQ(initiative.change().display_name(), "Coaching");
  EXPECT_FALSE(initiative.has_limit_override());
}

TEST_F(InitiativesTest, UsageErrors) {
  EXPECT_EQ(RunCliOnData(services_, {"initiatives", "create", "c"}).exit_code, kExitUsage);
  EXPECT_EQ(RunCliOnData(services_, {"initiatives", "create", "c", "--start", "2017-10-01",
                                     "--override-reason", "because"})
                .exit_code,
            kExitUsage);
  EXPECT_EQ(RunCliOnData(services_,
                         {"initiatives", "create", "c", "--start", "2017-10-01", "--win", "strong"})
                .exit_code,
            kExitUsage);
}

TEST_F(InitiativesTest, TheLimitOfTwoIsExplained) {
  services_.failure = FailedPrecondition("INITIATIVE_LIMIT", "Anna already has two initiatives");
  const CliRun run =
      RunCliOnData(services_, {"initiatives", "create", "c", "--start", "2017-10-01"});
  EXPECT_EQ(run.exit_code, kExitError);
  EXPECT_EQ(run.err.find("error: Anna already has two initiatives\nhint: stop one"), 0u) << run.err;
}

TEST_F(InitiativesTest, ListShowStop) {
  planning::v1::Initiative initiative;
  for (const char* id : {"a", "b", "c"}) {
    initiative.set_name(std::string("workspaces/default/initiatives/") + id + "-initiative");
    services_.initiatives.push_back(initiative);
  }
  const CliRun list = RunCliOnData(services_, {"initiatives", "list"});
  EXPECT_NE(list.out.find("c-initiative"), std::string::npos) << list.out;
  EXPECT_EQ(RunCliOnData(services_, {"initiatives", "show", "a"}).exit_code, kExitOk);
  const CliRun stop = RunCliOnData(
      services_, {"initiatives", "stop", "a", "--on", "2017-11-15", "--reason", "no effect"});
  EXPECT_EQ(stop.exit_code, kExitOk) << stop.err;
  EXPECT_EQ(services_.stop_initiative_request.stop_date().month(), 11);
  EXPECT_NE(stop.out.find("stopped 15 Nov 2017"), std::string::npos) << stop.out;
  EXPECT_EQ(RunCliOnData(services_, {"initiatives", "stop", "a"}).exit_code, kExitUsage);
}

}  // namespace
}  // namespace quotacast::cli
