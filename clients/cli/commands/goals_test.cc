// Goal: the goals commands build the right requests and show the answers. Method: command lines
// against a fake planning service.
#include "clients/cli/commands/goals.h"

#include <string>

#include "clients/cli/exit_code.h"
#include "clients/cli/testing/fake_services.h"
#include "clients/cli/testing/run_cli.h"
#include "gtest/gtest.h"
#include "quotacast/planning/v1/planning_service.pb.h"

namespace quotacast::cli {
namespace {

class GoalsTest : public ::testing::Test {
 protected:
  FakeServices services_;
};

TEST_F(GoalsTest, CreateABookingsGoal) {
  const CliRun run =
      RunCliOnData(services_, {"goals", "create", "q4", "--name", "Close well", "--entity",
                               "team:east", "--amount", "3,000,000", "--due", "2017-12-31",
                               "--kind", "commit", "--owner", "Dana"});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  const auto& request = services_.create_goal_request;
  EXPECT_EQ(request.parent(), "workspaces/default");
  EXPECT_EQ(request.goal_id(), "q4");
  EXPECT_EQ(request.goal().metric(), planning::v1::GOAL_METRIC_BOOKINGS);
  EXPECT_EQ(request.goal().entity().entity_id(), "east");
  EXPECT_EQ(request.goal().amount().units(), 3'000'000);
  EXPECT_EQ(request.goal().amount().currency_code(), "USD");
  EXPECT_EQ(request.goal().due_date().day(), 31);
  EXPECT_EQ(request.goal().kind(), planning::v1::GOAL_KIND_COMMIT);
  EXPECT_EQ(request.goal().owner(), "Dana");
  EXPECT_NE(run.out.find("q4: Close well"), std::string::npos) << run.out;
}

TEST_F(GoalsTest, CreateAShareGoal) {
  ASSERT_EQ(RunCliOnData(services_, {"goals", "create", "reps", "--share", "0.6", "--due",
                                     "2017-12-31", "--owner", "Dana"})
                .exit_code,
            kExitOk);
  EXPECT_EQ(services_.create_goal_request.goal().metric(),
            planning::v1::GOAL_METRIC_REPS_AT_QUOTA_SHARE);
  EXPECT_DOUBLE_EQ(services_.create_goal_request.goal().share(), 0.6);
  EXPECT_EQ(services_.create_goal_request.goal().entity().level(), simulation::v1::LEVEL_ORG);
}

TEST_F(GoalsTest, CreateNeedsExactlyOneTarget) {
  EXPECT_EQ(
      RunCliOnData(services_, {"goals", "create", "x", "--due", "2017-12-31", "--owner", "Dana"})
          .exit_code,
      kExitUsage);
  EXPECT_EQ(RunCliOnData(services_, {"goals", "create", "x", "--due", "2017-12-31", "--owner",
                                     "Dana", "--amount", "1", "--share", "0.5"})
                .exit_code,
            kExitUsage);
  EXPECT_EQ(RunCliOnData(services_, {"goals", "create", "x", "--due", "2017-12-31", "--amount",
                                     "lots", "--owner", "Dana"})
                .exit_code,
            kExitUsage);
}

TEST_F(GoalsTest, ListReadsEveryPage) {
  for (int i = 0; i < 5; ++i) {
    planning::v1::Goal goal;
    goal.set_name("workspaces/default/goals/goal-" + std::to_string(i));
    services_.goals.push_back(goal);
  }
  const CliRun run = RunCliOnData(services_, {"goals", "list"});
  for (int i = 0; i < 5; ++i) {
    EXPECT_NE(run.out.find("goal-" + std::to_string(i)), std::string::npos) << run.out;
  }
}

TEST_F(GoalsTest, ShowAndNotFound) {
  planning::v1::Goal goal;
  goal.set_name("workspaces/default/goals/q4");
  services_.goals.push_back(goal);
  EXPECT_EQ(RunCliOnData(services_, {"goals", "show", "q4"}).exit_code, kExitOk);
  const CliRun run = RunCliOnData(services_, {"goals", "show", "q5"});
  EXPECT_EQ(run.exit_code, kExitError);
  EXPECT_EQ(run.err, "error: no such goal\n");
}

TEST_F(GoalsTest, Evaluate) {
  services_.evaluation.mutable_probability()->set_value(0.37);
  services_.evaluation.set_summary("It is likely.");
  const CliRun run = RunCliOnData(services_, {"goals", "evaluate", "q4", "--seed", "7", "--trials",
                                              "500", "--as-of", "2017-09-30"});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_EQ(services_.evaluate_goal_request.name(), "workspaces/default/goals/q4");
  EXPECT_EQ(services_.evaluate_goal_request.seed(), 7u);
  EXPECT_EQ(services_.evaluate_goal_request.trial_count(), 500);
  EXPECT_EQ(services_.evaluate_goal_request.as_of_date().month(), 9);
  EXPECT_FALSE(services_.evaluate_goal_request.has_scenario());
  EXPECT_EQ(run.out.find("It is likely.\n"), 0u) << run.out;
  services_.evaluation.mutable_refusal()->set_message("too thin");
  EXPECT_EQ(RunCliOnData(services_, {"goals", "evaluate", "q4"}).exit_code, kExitRefused);
}

TEST_F(GoalsTest, DropNeedsAReason) {
  EXPECT_EQ(RunCliOnData(services_, {"goals", "drop", "q4"}).exit_code, kExitUsage);
  const CliRun run = RunCliOnData(services_, {"goals", "drop", "q4", "--reason", "plan changed"});
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_EQ(services_.drop_goal_request.reason(), "plan changed");
  EXPECT_NE(run.out.find("Dropped     plan changed"), std::string::npos) << run.out;
}

}  // namespace
}  // namespace quotacast::cli
